import type { FastifyPluginAsync } from 'fastify'
import type { AdminDeps } from './deps.ts'
import { Refusal } from './refusal.ts'
import { AUDIT_READERS } from './roles.ts'
import { described, instant, listOf, pathOf, record, text } from './route.ts'
import { type AuditEntry, readAuditEvent, readAuditLog } from './read-audit-log.ts'

interface Query { readonly before?: number, readonly limit: number, readonly event?: string, readonly user?: string, readonly from?: string, readonly to?: string }

const tag = 'audit'
const LIMIT_MAX = 200
const event = record({
  id: { type: 'integer' },
  time: instant,
  event: text(),
  user: text(1024, 0),
  user_id: text(1024, 0),
  ipaddress: text(),
  auth: text(),
  url: text(8192, 0),
  reason: text(8192, 0),
  correlation_id: text(),
  data: { type: 'object', additionalProperties: true }
}, ['id', 'time', 'event'])

/** What administrators did and tried, from the file that every change is written to before it is answered. */
export const auditApi = ({ audit }: AdminDeps): FastifyPluginAsync => async (app) => {
  app.get<{ Querystring: Query }>('/audit-events', described({
    tag,
    summary: 'Events, newest first; a page may be short and have a next one all the same',
    access: AUDIT_READERS,
    query: record({
      before: { type: 'integer', minimum: 0, description: 'next of the page before' },
      limit: { type: 'integer', minimum: 1, maximum: LIMIT_MAX, default: 50 },
      event: { ...text(), description: 'part of its name, in any case' },
      user: { ...text(), description: 'part of a name, in any case' },
      from: instant,
      to: instant
    }),
    answer: record({ items: listOf(event, LIMIT_MAX), next: { type: 'integer' } }, ['items'])
  }), async ({ query }) => {
    const { entries, next } = await readAuditLog(audit.path, { before: query.before, limit: query.limit, wanted: wantedBy(query) })
    return { items: entries.map(toJson), ...next === undefined ? {} : { next } }
  })

  app.get<{ Params: { id: string } }>('/audit-events/:id', described({ tag, summary: 'One event', access: AUDIT_READERS, params: pathOf('id'), answer: event }), async ({ params }) => {
    const found = /^\d{1,15}$/.test(params.id) ? await readAuditEvent(audit.path, Number(params.id)) : undefined
    if (found === undefined) throw new Refusal('notFound', 'audit_event_not_found', 'the audit log has no such event')
    return toJson(found)
  })
}

function toJson ({ id, event }: AuditEntry): object {
  return { id, ...event }
}

function wantedBy ({ event, user, from, to }: Query): (entry: AuditEntry['event']) => boolean {
  const has = (value: unknown, part: string | undefined): boolean => part === undefined || (typeof value === 'string' && value.toLocaleLowerCase('uk').includes(part.toLocaleLowerCase('uk')))
  const [first, last] = [from, to].map((at) => at === undefined ? undefined : new Date(at).toISOString())
  return (entry) => has(entry.event, event) && has(entry.user, user) && (first === undefined || String(entry.time) >= first) && (last === undefined || String(entry.time) < last)
}
