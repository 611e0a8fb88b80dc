import type { FastifyPluginAsync } from 'fastify'
import { formatEncodedId } from '../encoded-id.ts'
import { memberOf } from '@trembita/protocol/identifiers'
import { snapshotIfAny } from '../clients/index.ts'
import type { AdminDeps } from '../deps.ts'
import { READERS } from '../roles.ts'
import { described, flag, instant, listOf, record, text } from '../route.ts'
import type { DescriptionWatch } from '../services/index.ts'
import { attentionOf } from './warnings.ts'

const count = { type: 'integer' } as const
const answer = record({
  initialized: flag,
  anchor_imported: flag,
  server_id: text(2048),
  owner_name: text(1024, 0),
  address: text(),
  configuration_until: instant,
  attention: listOf(record({ code: text(), severity: { type: 'string', enum: ['urgent', 'later'] }, subject: text(4096, 0), message: text(8192, 0), ref: text(4096) }, ['code', 'severity', 'subject'])),
  counts: record({ clients: count, clients_registered: count, descriptions: count, services: count, keys: count, certificates_registered: count, agreements: count }),
  message_log: record({ waiting_for_timestamp: count, last_timestamp_at: instant, free_bytes: { type: 'number' } })
}, ['initialized', 'anchor_imported', 'attention', 'counts'])

/** The first page of the console. */
export const overviewApi = (deps: AdminDeps, watch: DescriptionWatch): FastifyPluginAsync => async (app) => {
  app.get('/overview', described({ tag: 'overview', summary: 'What wants attention, what is urgent first, and figures', access: READERS, answer }), async () => {
    const server = deps.installation.server()
    const snapshot = snapshotIfAny(deps)
    const address = server === undefined ? undefined : snapshot?.serverAddress(server)
    const name = server === undefined ? undefined : snapshot?.memberName(server)
    const log = await deps.running()?.messagelog.health()
    return {
      initialized: server !== undefined,
      anchor_imported: deps.installation.anchor() !== undefined,
      ...server === undefined ? {} : { server_id: formatEncodedId({ ...memberOf(server), subsystemCode: server.serverCode }) },
      ...name === undefined ? {} : { owner_name: name },
      ...address === undefined ? {} : { address },
      ...snapshot?.expiresAt === undefined ? {} : { configuration_until: snapshot.expiresAt.toISOString() },
      attention: await attentionOf(deps, watch),
      counts: countsOf(deps),
      ...log === undefined
        ? {}
        : {
            message_log: {
              waiting_for_timestamp: log.waitingForTimestamp,
              ...log.lastTimestampAt === undefined ? {} : { last_timestamp_at: log.lastTimestampAt.toISOString() },
              ...log.freeBytes === undefined ? {} : { free_bytes: log.freeBytes }
            }
          }
    }
  })
}

function countsOf (deps: AdminDeps): object {
  const { clients } = deps.serverconf.current()
  const descriptions = clients.flatMap(({ id }) => deps.serverconf.descriptions.of(id))
  const keys = deps.token.keys()
  return {
    clients: clients.length,
    clients_registered: clients.filter(({ status }) => status === 'registered').length,
    descriptions: descriptions.length,
    services: descriptions.reduce((sum, { services }) => sum + services.length, 0),
    keys: keys.length,
    certificates_registered: keys.reduce((sum, { entries }) => sum + entries.filter(({ status }) => status === 'registered').length, 0),
    agreements: snapshotIfAny(deps)?.agreements?.agreements.length ?? 0
  }
}
