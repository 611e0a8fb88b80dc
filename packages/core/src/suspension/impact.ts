import type { SqlReader } from '@trembita/daemon/store'
import { isSameMember, memberOf, type ClientId, type ServerId } from '@trembita/protocol/identifiers'
import type { SuspensionTarget } from '@trembita/protocol/suspension'
import { clientsOf, memberDependents, serversOf } from '../registry/index.ts'

/** Who is cut off when a target is suspended. */
export interface SuspensionImpact {
  /** Its own subsystems. */
  readonly subsystems: readonly ClientId[]
  /** Gateways that fall silent. */
  readonly servers: readonly ServerId[]
  /** Clients of others that have their place at those gateways, and at no other: they are cut off too. */
  readonly hosted: readonly ClientId[]
}

/** What the holder should know before deciding. @throws {Refusal} `…_not_found` */
export async function suspensionImpact (reader: SqlReader, target: SuspensionTarget): Promise<SuspensionImpact> {
  if (target.kind === 'subsystem') return { subsystems: [target.id], servers: [], hosted: [] }
  if (target.kind === 'server') {
    const clients = (await clientsOf(reader, target.id)).map(({ id }) => id)
    return { subsystems: [], servers: [target.id], hosted: await withoutOther(reader, clients, [target.id]) }
  }
  const { subsystems, servers } = await memberDependents(reader, target.id)
  const clients = (await Promise.all(servers.map((server) => clientsOf(reader, server)))).flat().map(({ id }) => id)
  return { subsystems, servers, hosted: await withoutOther(reader, clients.filter((client) => !isSameMember(client, target.id)), servers) }
}

/** Those that no gateway but these serves. */
async function withoutOther (reader: SqlReader, clients: readonly ClientId[], stopped: readonly ServerId[]): Promise<ClientId[]> {
  const names = new Set(stopped.map((server) => key(server)))
  const cut: ClientId[] = []
  for (const client of clients) {
    if ((await serversOf(reader, client)).every(({ id, enabled }) => !enabled || names.has(key(id)))) cut.push(client)
  }
  return cut
}

function key (server: ServerId): string {
  const { memberClass, memberCode } = memberOf(server)
  return [memberClass, memberCode, server.serverCode].join('\n')
}
