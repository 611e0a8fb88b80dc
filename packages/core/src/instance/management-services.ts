import type { Actor } from '@trembita/daemon/accounts'
import type { SqlReader } from '@trembita/daemon/store'
import { Fault } from '@trembita/protocol/fault'
import { formatClientId, type ServerId } from '@trembita/protocol/identifiers'
import { Certificate } from '@trembita/protocol/pki'
import type { Changes } from '../audit/index.ts'
import type { Registration } from '../registration/index.ts'
import { findSubsystem, managementProviderOf, parseSubsystemId, readParameters, writeParameters } from '../registry/index.ts'
import { Refusal } from '../refusal.ts'

/** Gateways that may publish the services are few. */
export const CLIENT_CERTIFICATES_MAX = 20

/**
 * Says which subsystem gives the management services.
 *
 * @param id encoded, with or without `SUBSYSTEM:` before it, as X-Road's console writes it (xroad-trust §1.1).
 * @throws {Refusal} `invalid_service_provider_id`, `subsystem_not_found`
 */
export async function setManagementProvider (changes: Changes, actor: Actor, id: string): Promise<void> {
  const provider = parseProvider(id)
  await changes.change(actor, async (tx) => {
    await findSubsystem(tx, provider)
    const parameters = await readParameters(tx)
    const known = managementProviderOf(parameters)
    if (known !== undefined && formatClientId(known) === formatClientId(provider)) return
    await writeParameters(tx, { managementProvider: [provider.memberClass, provider.memberCode, provider.subsystemCode] })
    await tx.record({
      action: 'management-services.set-provider',
      object: { kind: 'instance', id: parameters.instance },
      before: { provider: known === undefined ? undefined : formatClientId(known) },
      after: { provider: formatClientId(provider) }
    })
  })
}

function parseProvider (id: string): ReturnType<typeof parseSubsystemId> {
  try {
    return parseSubsystemId(id.replace(/^SUBSYSTEM:/, ''))
  } catch (cause) {
    throw new Refusal('invalid', 'invalid_service_provider_id', 'the provider of the management services is a subsystem', { fields: { service_provider_id: 'expected INSTANCE:CLASS:MEMBER:SUBSYSTEM' }, cause })
  }
}

/**
 * Makes the provider of the management services a client of a gateway: a request of the centre that approves itself, since
 * without it no gateway could ask (xroad-trust §4.6, step 8).
 *
 * @returns the id of the request.
 * @throws {Refusal} `management_service_provider_not_set`, and as the registration of a client.
 */
export async function registerProvider (reader: SqlReader, registration: Registration, actor: Actor, server: ServerId): Promise<number> {
  const provider = managementProviderOf(await readParameters(reader))
  if (provider === undefined) throw new Refusal('conflict', 'management_service_provider_not_set', 'set the provider of the management services first')
  return await registration.add(actor, { request: { service: 'clientReg', server, client: provider }, comments: 'Management service provider', approve: true })
}

/**
 * Says by which TLS client certificates the management services may be called.
 *
 * @param certificates DER in base64, or PEM.
 * @throws {Refusal} `cannot_convert_bytes_to_certificate`
 */
export async function setClientCertificates (changes: Changes, actor: Actor, certificates: readonly string[]): Promise<void> {
  const parsed = certificates.map(certificateOf)
  await changes.change(actor, async (tx) => {
    const { instance, managementServiceClients } = await readParameters(tx)
    const before = managementServiceClients.map(certificateOf)
    await writeParameters(tx, { managementServiceClients: parsed.map(({ der }) => der.toString('base64')) })
    await tx.record({ action: 'management-services.set-clients', object: { kind: 'instance', id: instance }, before: before.map(hashOf), after: parsed.map(hashOf) })
  })
}

const hashOf = ({ sha256 }: Certificate): string => sha256.toString('hex')

function certificateOf (text: string): Certificate {
  try {
    return Certificate.parse(Buffer.from(text.replaceAll(/-----(?:BEGIN|END) CERTIFICATE-----|\s/g, ''), 'base64'))
  } catch (cause) {
    if (!(cause instanceof Fault)) throw cause
    throw new Refusal('invalid', 'cannot_convert_bytes_to_certificate', 'expected certificates as PEM, or as DER in base64', { fields: { certificates: 'cannot be read' }, cause })
  }
}
