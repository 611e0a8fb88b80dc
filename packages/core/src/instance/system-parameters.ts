import type { Actor } from '@trembita/daemon/accounts'
import type { Changes } from '../audit/index.ts'
import { readParameters, writeParameters, type SystemParameters } from '../registry/index.ts'
import { Refusal } from '../refusal.ts'

/** Parameters that an operator sets, by their names in the API. */
const NAMES = {
  conf_expire_interval_seconds: 'confExpireIntervalSeconds',
  ocsp_freshness_seconds: 'ocspFreshnessSeconds',
  time_stamping_interval_seconds: 'timestampingIntervalSeconds',
  auth_cert_reg_url: 'authCertRegUrl',
  auto_approve_auth_cert_reg_requests: 'autoApproveAuthCertRegRequests',
  auto_approve_client_reg_requests: 'autoApproveClientRegRequests',
  auto_approve_owner_change_requests: 'autoApproveOwnerChangeRequests',
  strict_identifiers: 'strictIdentifiers',
  accession_required: 'accessionRequired'
} as const satisfies Record<string, keyof SystemParameters>

export type ParametersJson = { readonly [Name in keyof typeof NAMES]?: SystemParameters[typeof NAMES[Name]] }

const seconds = (minimum: number, maximum: number, description: string) => ({ type: 'integer', minimum, maximum, description })
const flag = (description: string) => ({ type: 'boolean', description })

export const parametersSchema = {
  type: 'object',
  additionalProperties: false,
  properties: {
    conf_expire_interval_seconds: seconds(120, 86_400, 'Lifetime of each signed directory'),
    ocsp_freshness_seconds: seconds(60, 604_800, 'How old an OCSP response may be'),
    time_stamping_interval_seconds: seconds(1, 86_400, 'How often gateways stamp what they logged'),
    auth_cert_reg_url: { type: 'string', maxLength: 500, description: 'Address of the registration service; %{centralServerAddress} stands for the host. Empty: where it listens' },
    auto_approve_auth_cert_reg_requests: flag('Approve certificates of members\' gateways without a person'),
    auto_approve_client_reg_requests: flag('Approve clients of known members without a person'),
    auto_approve_owner_change_requests: flag('Approve changes of owner without a person'),
    strict_identifiers: flag('New codes may hold X-Road\'s strict set of characters only'),
    accession_required: flag('A member must have acceded before anything is registered for it')
  }
} as const

export function parametersJson (parameters: SystemParameters): ParametersJson {
  return Object.fromEntries(Object.entries(NAMES).map(([name, key]) => [name, parameters[key] ?? '']))
}

/** Sets what is given and leaves the rest. @throws {Refusal} `invalid_url` */
export async function changeParameters (changes: Changes, actor: Actor, update: ParametersJson): Promise<void> {
  const { auth_cert_reg_url: url } = update
  if (url !== undefined && url !== '' && !isRegistrationUrl(url)) {
    throw new Refusal('invalid', 'invalid_url', 'the address of the registration service is no https URL', { fields: { auth_cert_reg_url: 'expected an https URL' } })
  }
  await changes.change(actor, async (tx) => {
    const before = parametersJson(await readParameters(tx))
    const changed = Object.entries(update).filter(([name, value]) => before[name as keyof typeof NAMES] !== value) as [keyof typeof NAMES, never][]
    if (changed.length === 0) return
    await writeParameters(tx, Object.fromEntries(changed.filter(([, value]) => value !== '').map(([name, value]) => [NAMES[name], value])))
    if (url === '') await tx.run("DELETE FROM system_parameter WHERE name = 'authCertRegUrl'")
    const { instance } = await readParameters(tx)
    await tx.record({
      action: 'instance.parameters',
      object: { kind: 'instance', id: instance },
      before: Object.fromEntries(changed.map(([name]) => [name, before[name]])),
      after: Object.fromEntries(changed)
    })
  })
}

function isRegistrationUrl (url: string): boolean {
  const example = url.replaceAll('%{centralServerAddress}', 'core.example')
  // URL's own reader takes blanks and control characters out; it is published as it was written.
  return /^[\x21-\x7e]+$/.test(example) && URL.canParse(example) && new URL(example).protocol === 'https:'
}
