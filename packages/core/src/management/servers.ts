import { verifyAuthCertReg, verifyManagementRequest } from '@trembita/protocol/management'
import type { FastifyInstance } from 'fastify'
import { createManagementListener, type AcceptedClients, type ManagementListenerDeps } from './listener.ts'

/** Path of the registration service; `authCertRegServiceAddress` ends with it. */
export const REGISTRATION_PATH = '/managementservice/'
/** Path of the services that gateways reach through the exchange. */
export const MANAGEMENT_PATH = '/managementservice/manage/'

/**
 * The registration service (X-Road: port 4001): takes the authentication certificates of gateways, over HTTPS with exactly the
 * certificate that the private parameters name.
 *
 * @returns an app that is not listening yet.
 * @see xroad-trust §4.2, §4.3
 */
export function createRegistrationServer (deps: ManagementListenerDeps): FastifyInstance {
  return createManagementListener(deps, { name: 'registration', path: REGISTRATION_PATH, verify: verifyAuthCertReg })
}

export interface ManagementServerDeps extends ManagementListenerDeps {
  /** DER of the TLS client certificates of the gateways that publish the management services; undefined takes any, as X-Road does. */
  readonly acceptedClients?: AcceptedClients | undefined
}

/**
 * The management services (X-Road: port 4002): the information system behind the gateway that publishes them.
 *
 * @returns an app that is not listening yet.
 * @see xroad-trust §4.4
 */
export function createManagementServer ({ acceptedClients, ...deps }: ManagementServerDeps): FastifyInstance {
  return createManagementListener(deps, { name: 'management', path: MANAGEMENT_PATH, verify: verifyManagementRequest, acceptedClients })
}
