import { Readable } from 'node:stream'
import type { FastifyPluginAsync } from 'fastify'
import type { SqlStore } from '@trembita/daemon/store'
import type { Clock } from '@trembita/daemon'
import { AUDIT_START, checkpointBytes, writeAuditExport, writeCheckpoint } from '@trembita/protocol/auditlog'
import type { DirectorySigner } from '@trembita/protocol/globalconf'
import { READERS } from '../admin/index.ts'
import { LIMIT_MAX, pageOf, toPage } from '../admin/index.ts'
import { Refusal } from '../refusal.ts'
import { eventsAfter, findEvents, getEvent, type KeptEvent } from './events.ts'

const text = { type: 'string' } as const
const actorSchema = { type: 'object', properties: { kind: text, id: text, name: text } } as const
const eventSchema = {
  type: 'object',
  required: ['id', 'at', 'actor', 'origin', 'action', 'object', 'hash'],
  properties: {
    id: { type: 'integer' },
    at: { type: 'string', format: 'date-time' },
    actor: actorSchema,
    approved_by: actorSchema,
    origin: text,
    action: text,
    object: { type: 'object', properties: { kind: text, id: text } },
    before: {},
    after: {},
    previous_hash: text,
    hash: text
  }
} as const
const querySchema = {
  type: 'object',
  additionalProperties: false,
  properties: {
    object_kind: text,
    object_id: text,
    action: { type: 'string', description: 'A whole action, or the beginning of several, ending in a point' },
    actor_id: text,
    from: { type: 'string', format: 'date-time' },
    to: { type: 'string', format: 'date-time' },
    limit: { type: 'integer', minimum: 1, maximum: LIMIT_MAX, default: 25 },
    offset: { type: 'integer', minimum: 0, maximum: 10_000_000, default: 0 }
  }
} as const

interface Query {
  readonly object_kind?: string
  readonly object_id?: string
  readonly action?: string
  readonly actor_id?: string
  readonly from?: string
  readonly to?: string
  readonly limit: number
  readonly offset: number
}

export interface AuditApiDeps {
  readonly store: SqlStore
  readonly clock: Clock
  readonly instance: () => Promise<string>
  /** Signs the end of an export. */
  readonly signer: () => DirectorySigner
}

/** Who changed what: lists, one event, and the whole log for an auditor to keep and verify elsewhere. */
export function auditApi (deps: AuditApiDeps): FastifyPluginAsync {
  const { store } = deps
  return async (app) => {
    app.get<{ Querystring: Query }>('/audit-events', {
      schema: { summary: 'Changes, newest first', tags: ['audit'], querystring: querySchema, response: { 200: pageOf(eventSchema) } },
      config: { access: READERS }
    }, async ({ query }) => {
      const { events, total } = await findEvents(store, { ...query, objectKind: query.object_kind, objectId: query.object_id, actorId: query.actor_id })
      return toPage(events.map(toJson), total, query)
    })

    app.get<{ Params: { id: number } }>('/audit-events/:id', {
      schema: { summary: 'One change', tags: ['audit'], params: { type: 'object', properties: { id: { type: 'integer', minimum: 1 } } }, response: { 200: eventSchema } },
      config: { access: READERS }
    }, async ({ params }) => {
      const event = await getEvent(store, params.id)
      if (event === undefined) throw new Refusal('notFound', 'audit_event_not_found', `there is no event ${params.id}`)
      return toJson(event)
    })

    app.get('/audit-events/export', {
      schema: { summary: 'The whole log, one event a line, for trembita-verify', tags: ['audit'], produces: ['application/x-ndjson'] },
      config: { access: READERS }
    }, async (_request, reply) => reply
      .type('application/x-ndjson; charset=utf-8')
      .header('content-disposition', 'attachment; filename="audit-log.jsonl"')
      .send(Readable.from(exportOf(deps))))
  }
}

const EVENTS_AT_ONCE = 500

async function * exportOf ({ store, clock, instance, signer }: AuditApiDeps): AsyncGenerator<string> {
  let last = 0
  let head: Uint8Array = AUDIT_START
  for (;;) {
    const events = await eventsAfter(store, last, EVENTS_AT_ONCE)
    if (events.length === 0) break
    last = events.at(-1)!.id
    head = events.at(-1)!.hash
    yield events.map(({ hash, previousHash, ...event }) => writeAuditExport(event, hash)).join('')
  }
  const checkpoint = { instance: await instance(), events: last, head: Buffer.from(head).toString('hex'), at: clock.now().toISOString() }
  const { algorithmUri, certificate, sign } = signer()
  const signature = await sign(checkpointBytes(checkpoint))
  yield writeCheckpoint({ checkpoint, signature: Buffer.from(signature).toString('base64'), certificate: Buffer.from(certificate).toString('base64'), algorithm: algorithmUri })
}

function toJson ({ approvedBy, previousHash, hash, ...event }: KeptEvent): object {
  return { ...event, approved_by: approvedBy, previous_hash: previousHash.toString('hex'), hash: hash.toString('hex') }
}
