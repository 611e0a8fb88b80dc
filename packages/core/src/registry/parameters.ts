import { Refusal } from '../refusal.ts'
import type { SqlReader, SqlWriter } from '@trembita/daemon/store'
import { memberOf, type ClientId } from '@trembita/protocol/identifiers'

/** Parameters of the instance that are not rows of their own, with the defaults of X-Road (xroad-trust §1.6). */
export interface SystemParameters {
  /** Empty while the core has not been initialised. */
  readonly instance: string
  /** Lifetime of each signed directory. */
  readonly confExpireIntervalSeconds: number
  readonly ocspFreshnessSeconds: number
  readonly timestampingIntervalSeconds: number
  /** Member or subsystem that gives the management services: class, code, subsystem. */
  readonly managementProvider: readonly string[] | undefined
  /** Address of the registration service of authentication certificates; `%{centralServerAddress}` stands for the host. */
  readonly authCertRegUrl: string | undefined
  /** Requests that need nobody's approval when everything they name is known (xroad-trust §4.5). */
  readonly autoApproveAuthCertRegRequests: boolean
  readonly autoApproveClientRegRequests: boolean
  readonly autoApproveOwnerChangeRequests: boolean
  /** Whether new codes may hold X-Road's strict set of characters only (xroad-trust §1.4); codes of Trembita have `_`. */
  readonly strictIdentifiers: boolean
  /** Whether a member must have its accession on record before its first gateway or subsystem is registered (TR-6.2, TR-14b). */
  readonly accessionRequired: boolean
  /**
   * TLS client certificates (DER in base64) of the gateways that publish the management services; none: whoever reaches the
   * listener may call it, as X-Road has it.
   */
  readonly managementServiceClients: readonly string[]
  /** Hash of the seed that was last applied. */
  readonly seedHash: string | undefined
}

export type SystemParametersUpdate = { readonly [Name in keyof SystemParameters]?: SystemParameters[Name] | undefined }

type Name = keyof SystemParameters

const DEFAULTS = {
  instance: '',
  confExpireIntervalSeconds: 600,
  ocspFreshnessSeconds: 3600,
  timestampingIntervalSeconds: 60,
  managementProvider: undefined,
  authCertRegUrl: undefined,
  autoApproveAuthCertRegRequests: false,
  autoApproveClientRegRequests: false,
  autoApproveOwnerChangeRequests: false,
  strictIdentifiers: false,
  accessionRequired: false,
  managementServiceClients: [],
  seedHash: undefined
} satisfies SystemParameters

export async function readParameters (reader: SqlReader): Promise<SystemParameters> {
  const rows = await reader.all<{ name: Name, value: string }>('SELECT name, value FROM system_parameter')
  return { ...DEFAULTS, ...Object.fromEntries(rows.map(({ name, value }) => [name, JSON.parse(value) as unknown])) }
}

/**
 * Sets the parameters given; undefined leaves one as it is.
 *
 * @throws {Refusal} `instance_fixed` for another instance identifier than the one the core was initialised with.
 */
export async function writeParameters (tx: SqlWriter, parameters: SystemParametersUpdate): Promise<void> {
  const { instance } = await readParameters(tx)
  if (parameters.instance !== undefined && instance !== '' && instance !== parameters.instance) {
    throw new Refusal('conflict', 'instance_fixed', `the registry is of instance ${instance} and cannot become ${parameters.instance}`)
  }
  for (const [name, value] of Object.entries(parameters)) {
    if (value === undefined) continue
    await tx.run('INSERT INTO system_parameter (name, value) VALUES (?, ?) ON CONFLICT (name) DO UPDATE SET value = excluded.value', name, JSON.stringify(value))
  }
}

/** Who gives the management services; undefined until it is set. */
export function managementProviderOf ({ instance, managementProvider }: SystemParameters): ClientId | undefined {
  if (managementProvider === undefined) return undefined
  const [memberClass = '', memberCode = '', subsystemCode] = managementProvider
  const member = memberOf({ instance, memberClass, memberCode })
  return subsystemCode === undefined ? member : { ...member, subsystemCode }
}
