import type { TraceContext } from '@trembita/daemon'
import { providerOf } from '@trembita/protocol/identifiers'
import { Fault } from '@trembita/protocol/fault'
import { checkAccess } from '../access/index.ts'
import type { Snapshot } from '../globalconf/index.ts'
import type { ReceivedRequest, ServiceAnswer } from '../exchange/index.ts'
import type { PeerRequest } from './read-message.ts'
import type { ProviderDeps } from './serve.ts'

/** What answers a request: a metaservice of this gateway, or the provider's information system. */
export type Service = (request: ReceivedRequest, trace: TraceContext) => Promise<ServiceAnswer>

/**
 * Finds what answers and decides whether the client may have it. Metaservices have no access rights: they tell only what the
 * client may know. A service that asks for an agreement answers under one alone, and no more than it permits.
 *
 * @throws {Fault} `UnknownService`, `ServiceType`, `AccessDenied`, `ServiceDisabled`, `AgreementRequired`, `PurposeNotAllowed`.
 */
export function chooseService (deps: ProviderDeps, request: PeerRequest, snapshot: Snapshot): Service {
  const provider = deps.serverconf.current().client(providerOf(request.service))
  if (provider === undefined) throw new Fault('UnknownMember', 'the provider is not registered here')
  const metaservice = deps.metaservices.find(request.protocol, request.service.serviceCode)
  if (metaservice !== undefined) return async (received) => await metaservice(received, provider, snapshot)
  const rest = request.message.kind === 'rest' ? request.message.rest : undefined
  const service = checkAccess({ client: request.client, service: request.service, rest }, provider.provider, snapshot)
  if (service.agreement === 'none') return async (received, trace) => await deps.services.call(service, provider, received, trace)
  const permit = deps.agreements.admit(request, service.agreement, snapshot)
  return async (received, trace) => await deps.agreements.answer(permit, received, async () => await deps.services.call(service, provider, received, trace))
}
