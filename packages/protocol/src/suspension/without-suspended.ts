import type { ServerInfoToWrite, SharedParametersToWrite } from '../globalconf/index.ts'
import { formatClientId, formatServerId, memberOf } from '../identifiers/index.ts'
import type { SuspensionTarget } from './types.ts'

/**
 * Shared parameters in which suspended ones can neither ask nor answer, for X-Road's nodes as for ours (xroad-trust §2.5):
 *
 * - a suspended subsystem, or anything of a suspended member, is a client of no server: no gateway accepts a message from it
 *   (its gateway is not one of its own) and none finds an address for one to it;
 * - a suspended gateway, or one that a suspended member owns, has neither certificate nor address: nobody takes its TLS
 *   certificate for a gateway's, and nobody tries it.
 *
 * Members, subsystems and servers themselves stay, and so do groups: what refers to them goes on doing so, and lifting a
 * suspension brings back exactly what was there.
 */
export function withoutSuspended (shared: SharedParametersToWrite, targets: readonly SuspensionTarget[]): SharedParametersToWrite {
  if (targets.length === 0) return shared
  const members = new Set<string>()
  const subsystems = new Set<string>()
  const servers = new Set<string>()
  for (const target of targets) {
    if (target.kind === 'member') members.add(formatClientId(memberOf(target.id)))
    else if (target.kind === 'subsystem') subsystems.add(formatClientId(target.id))
    else servers.add(formatServerId(target.id))
  }
  return {
    ...shared,
    servers: shared.servers.map((server): ServerInfoToWrite => {
      const isSuspended = servers.has(formatServerId(server.id)) || members.has(formatClientId(memberOf(server.id)))
      const clients = server.clients.filter((client) => !members.has(formatClientId(memberOf(client))) && !subsystems.has(formatClientId(client)))
      return isSuspended ? { ...server, address: undefined, authCertificates: [], clients } : { ...server, clients }
    })
  }
}
