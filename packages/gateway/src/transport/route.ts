import { Fault } from '@trembita/protocol/fault'
import { describeServer, describeService, isSameServer, providerOf, type ClientId, type ServerId, type ServiceId } from '@trembita/protocol/identifiers'
import type { ServerAddress, Snapshot } from '../globalconf/index.ts'

/** Where an exchange may go: the gateways that serve the provider. */
export interface Route {
  readonly provider: ClientId
  readonly addresses: readonly ServerAddress[]
}

/**
 * Finds the gateways of a service's provider (xroad-messages §2.2).
 *
 * @throws {Fault} `AccessSuspended`, `UnknownMember`, `InvalidSecurityServer`, `MaintenanceMode`.
 */
export function routeTo (snapshot: Snapshot, service: ServiceId, securityServer: ServerId | undefined): Route {
  const provider = providerOf(service)
  snapshot.suspensions.checkClient(provider)
  const all = snapshot.addressesOf(provider)
  if (all.length === 0) refuseSuspendedServers(snapshot, provider)
  if (all.length === 0) throw new Fault('UnknownMember', `Could not find addresses for service provider '${describeService(service)}'`)
  if (securityServer !== undefined) {
    const named = all.filter(({ server }) => isSameServer(server, securityServer))
    if (named.length === 0) snapshot.suspensions.checkServer(securityServer)
    if (named.length === 0) throw new Fault('InvalidSecurityServer', `Invalid security server '${describeServer(securityServer)}'`)
    refuseMaintenance(named, named)
    return { provider, addresses: named }
  }
  const usable = all.filter(({ maintenance }) => maintenance === undefined)
  refuseMaintenance(usable.length === 0 ? all : [], all)
  return { provider, addresses: usable }
}

/** A suspended gateway has no address: who is served by such alone is told so. */
function refuseSuspendedServers (snapshot: Snapshot, provider: ClientId): void {
  for (const { id } of snapshot.shared(provider.instance)?.servers ?? []) {
    if (snapshot.isClientOf(id, provider)) snapshot.suspensions.checkServer(id)
  }
}

function refuseMaintenance (candidates: readonly ServerAddress[], all: readonly ServerAddress[]): void {
  const resting = candidates.find(({ maintenance }) => maintenance !== undefined)
  if (resting === undefined) return
  const message = resting.maintenance?.message
  throw new Fault('MaintenanceMode', `${all.length === 1 ? 'The security server' : 'Every security server'} of the provider is in maintenance mode${message === undefined ? '' : `: ${message}`}`)
}
