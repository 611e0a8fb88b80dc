import { Fault } from '@trembita/protocol/fault'
import { describeService, type ClientId, type ServiceId } from '@trembita/protocol/identifiers'
import { matchesEndpoint, restPathForMatching } from '@trembita/protocol/message'
import type { Snapshot } from '../globalconf/index.ts'
import type { ProviderConf, ServiceConf } from '../serverconf/index.ts'
import { rightsOf } from './rights.ts'

export interface AccessRequest {
  readonly client: ClientId
  readonly service: ServiceId
  /** Set for REST: rights are per method and path there. */
  readonly rest?: { readonly method: string, readonly servicePath: string } | undefined
}

/**
 * Finds the service and decides whether the client may call it: existence, then type, then right, then notice (xroad-messages §7.2 step 9).
 * Rights only grant: one that matches is enough, none means no.
 *
 * @throws {Fault} `UnknownService`, `ServiceType`, `AccessDenied`, `ServiceDisabled`.
 */
export function checkAccess (request: AccessRequest, provider: ProviderConf, snapshot: Snapshot): ServiceConf {
  const name = describeService(request.service)
  const service = provider.findService(request.service.serviceCode, request.service.serviceVersion)
  if (service === undefined) throw new Fault('UnknownService', `Unknown service: ${name}`)
  if ((service.type === 'WSDL') !== (request.rest === undefined)) {
    throw new Fault('ServiceType', service.type === 'WSDL' ? `Service is a SOAP service: ${name}` : `Service is a REST service: ${name}`)
  }
  const method = request.rest?.method
  const path = request.rest === undefined ? undefined : restPathForMatching(request.rest.servicePath)
  const allowed = rightsOf(request.client, request.service.serviceCode, provider, snapshot)
    .some(({ endpoint }) => matchesEndpoint(endpoint, method, path))
  if (!allowed) throw new Fault('AccessDenied', `Request is not allowed: ${name}`)
  if (service.disabledNotice !== undefined) throw new Fault('ServiceDisabled', `Service ${name} is disabled: ${service.disabledNotice}`)
  return service
}
