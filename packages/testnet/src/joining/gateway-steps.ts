import type { AdminApi } from './admin-api.ts'
import { addClient } from './client-steps.ts'
import { approveRequests, type ApprovedRequest } from './core-steps.ts'
import { obtainCertificate } from './key-steps.ts'
import { encodedId, memberOfId, type JoiningGateway } from './plan.ts'
import { until } from './until.ts'

/** What every step of a gateway needs to know. */
export interface Joining {
  readonly instance: string
  readonly core: AdminApi
  /** Address of the development CA. */
  readonly ca: string
  /** Name of the certification service. */
  readonly caName: string
}

/** Gives a gateway its anchor and its name. */
export async function initialiseGateway ({ core }: Pick<Joining, 'core'>, gateway: AdminApi, planned: Pick<JoiningGateway, 'owner' | 'code'>): Promise<void> {
  const status = await gateway.get('/initialization/status')
  if (status.is_anchor_imported !== true) await gateway.upload('/system/anchor', await core.download('/configuration-sources/INTERNAL/anchor/download'))
  if (status.is_server_code_initialized === true) return
  const [ownerClass, ownerCode] = planned.owner.split('/')
  await gateway.post('/initialization', { owner_member_class: ownerClass, owner_member_code: ownerCode, security_server_code: planned.code })
}

/** A seal for each member that the gateway serves, its owner first; each is in use as soon as it is imported. Their clients must be added before. */
export async function obtainSeals ({ instance, ca, caName }: Joining, gateway: AdminApi, { owner, clients, keys }: JoiningGateway): Promise<void> {
  for (const member of new Set([owner, ...clients.map(({ id }) => memberOfId(id))])) {
    await obtainCertificate(gateway, { use: 'SIGNING', member: encodedId(instance, member), algorithm: keys?.seal, ca, caName, label: `seal of ${member}`, fields: { C: 'UA' } })
  }
}

/**
 * Makes the gateway known: an authentication certificate, activated and sent to the core in a request that both its key and the
 * owner's seal sign. @returns the certificate's hash; the gateway is registered once the request is approved.
 */
export async function requestRegistration ({ ca, caName }: Joining, gateway: AdminApi, { code, address, keys }: JoiningGateway, label = `authentication of ${code}`): Promise<string> {
  const hash = await obtainCertificate(gateway, { use: 'AUTHENTICATION', algorithm: keys?.authentication, ca, caName, label, fields: { C: 'UA', CN: address.replace(/:\d+$/, '') } })
  const certificate = await gateway.get(`/token-certificates/${hash}`)
  if (certificate.active !== true) await gateway.put(`/token-certificates/${hash}/activate`)
  if (certificate.status === 'SAVED') await gateway.put(`/token-certificates/${hash}/register`, { address })
  return hash
}

/** Waits until the gateway learns from the configuration that its certificate stands in the registry. */
export async function untilRegistered (gateway: AdminApi, hash: string): Promise<void> {
  await until(`certificate ${hash.slice(0, 8)}… registered`, async () => (await gateway.get(`/token-certificates/${hash}`)).status === 'REGISTERED')
}

/** The whole way of one gateway from nothing to registered. @returns the requests that the core's operator approved for it. */
export async function joinGateway (joining: Joining, gateway: AdminApi, planned: JoiningGateway): Promise<ApprovedRequest[]> {
  await initialiseGateway(joining, gateway, planned)
  for (const client of planned.clients) await addClient(gateway, joining.instance, client)
  await obtainSeals(joining, gateway, planned)
  const hash = await requestRegistration(joining, gateway, planned)
  const approved = await approveRequests(joining.core, `${encodedId(joining.instance, planned.owner)}:${planned.code}`)
  await untilRegistered(gateway, hash)
  return approved
}
