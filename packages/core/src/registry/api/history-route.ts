import type { FastifyInstance } from 'fastify'
import type { SqlStore } from '@trembita/daemon/store'
import { pageOf, READERS, toPage } from '../../admin/index.ts'
import { findEvents } from '../../audit/index.ts'
import { answers, historyEntry, pageQuery, pathOf, type PageQuery } from './schemas.ts'

export interface HistoryRoute {
  /** `/members`; the object's own path parameter is `id`. */
  readonly path: string
  readonly tag: string
  readonly kind: string
  /** Name of the object in the audit log. */
  readonly nameOf: (id: string) => string
}

/** What was done to an object, the latest first. It outlives the object. */
export function historyRoute (app: FastifyInstance, store: SqlStore, { path, tag, kind, nameOf }: HistoryRoute): void {
  app.get<{ Params: { id: string }, Querystring: PageQuery }>(`${path}/:id/history`, {
    config: { access: READERS },
    schema: { summary: 'What was done to it, the latest first', tags: [tag], params: pathOf('id'), querystring: pageQuery, response: answers({ 200: pageOf(historyEntry) }) }
  }, async ({ params, query }) => {
    const { events, total } = await findEvents(store, { objectKind: kind, objectId: nameOf(params.id), ...query })
    return toPage(events.map(({ id, at, actor, approvedBy, action, before, after }) => ({ id, at, actor, approved_by: approvedBy, action, before, after })), total, query)
  })
}
