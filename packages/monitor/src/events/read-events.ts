import type { AccessEvent, VisibilityReason, VisibilityState } from '@trembita/protocol/accessevent'
import type { Clock } from '@trembita/daemon'
import type { SqlReader, SqlStore, SqlValue } from '@trembita/daemon/store'
import type { EventFilter, EventPage, EventReader, Facet, StoredEvent } from './types.ts'

/** SQLite takes no more values in a statement than 32,766; a person in 300 registers over 36 months has 10,800 indexes. */
const INDEXES_MAX = 30_000
const PAGE_MAX = 1000

interface Row {
  readonly body: string
  readonly received_at: string
  readonly state: VisibilityState | null
  readonly reason: VisibilityReason | null
  readonly review_at: string | null
  readonly lifted_at: string | null
  readonly in_log: number | null
}

const COLUMNS = `a.body, a.received_at, v.state, v.reason, v.review_at, v.lifted_at,
  (SELECT 1 FROM log_entry l WHERE l.ref = a.event_id AND l.leaf_index < (SELECT COALESCE(MAX(c.size), 0) FROM log_checkpoint c)) AS in_log`
const JOINED = 'access_event a LEFT JOIN event_visibility v ON v.event_id = a.event_id'

/** The events of the store, for whom they concern. */
export function eventReader (store: SqlStore, clock: Clock): EventReader {
  return {
    list: (indexes, filter, page) => store.read(async (tx) => await list(tx, indexes, filter, { ...page, asOf: page.asOf ?? clock.now() })),
    one: async (indexes, eventId) => {
      const found = (await store.all<{ subject_index: string }>('SELECT subject_index FROM subject_entry WHERE event_id = ? AND visible = 1', eventId)).some((entry) => indexes.includes(entry.subject_index))
      return found ? await stored(store, eventId) : undefined
    },
    stored: (eventId) => stored(store, eventId),
    facets: (indexes) => store.read(async (tx) => ({
      recipients: await facets(tx, indexes, 'recipient', (event) => event.recipient.name),
      registries: await facets(tx, indexes, 'registry', (event) => event.holder.name)
    }))
  }
}

async function stored (reader: SqlReader, eventId: string): Promise<StoredEvent | undefined> {
  const row = await reader.get<Row>(`SELECT ${COLUMNS} FROM ${JOINED} WHERE a.event_id = ?`, eventId)
  return row === undefined ? undefined : toStored(row)
}

interface Page {
  readonly offset: number
  readonly limit: number
  readonly asOf: Date
}

async function list (tx: SqlReader, indexes: readonly string[], filter: EventFilter, { offset, limit, asOf }: Page): Promise<EventPage> {
  const { where, values } = conditions(indexes, filter, asOf)
  const total = Number((await tx.get<{ total: number }>(`SELECT COUNT(*) AS total FROM subject_entry e WHERE ${where}`, ...values))!.total)
  const rows = await tx.all<Row>(`SELECT ${COLUMNS} FROM (SELECT e.event_id, e.occurred_at FROM subject_entry e WHERE ${where} ORDER BY e.occurred_at DESC, e.event_id DESC LIMIT ? OFFSET ?) p
    JOIN access_event a ON a.event_id = p.event_id LEFT JOIN event_visibility v ON v.event_id = a.event_id ORDER BY p.occurred_at DESC, p.event_id DESC`, ...values, Math.min(limit, PAGE_MAX), offset)
  return { events: rows.map(toStored), total, asOf }
}

function conditions (indexes: readonly string[], filter: EventFilter, asOf?: Date): { readonly where: string, readonly values: SqlValue[] } {
  const padded = padIndexes(indexes)
  const parts = [`e.subject_index IN (${padded.map(() => '?').join(', ')}) AND e.visible = 1`]
  const values: SqlValue[] = [...padded]
  const add = (condition: string, value: SqlValue | undefined): void => {
    if (value === undefined) return
    parts.push(condition)
    values.push(value)
  }
  add('e.received_at <= ?', asOf?.toISOString())
  add('e.occurred_at >= ?', filter.from?.toISOString())
  add('e.occurred_at < ?', filter.until?.toISOString())
  add('e.recipient = ?', filter.recipient)
  add('e.registry = ?', filter.registry)
  add('e.by_person = ?', filter.byPersons === true ? 1 : undefined)
  return { where: parts.join(' AND '), values }
}

/** To a power of two, so that few statements are prepared; an index that stands twice finds nothing twice. */
function padIndexes (indexes: readonly string[]): readonly string[] {
  if (indexes.length > INDEXES_MAX) throw new RangeError(`more than ${INDEXES_MAX} indexes`)
  const size = Math.min(2 ** Math.ceil(Math.log2(Math.max(indexes.length, 1))), INDEXES_MAX)
  return Array.from({ length: size }, (_, i) => indexes[i] ?? indexes[0] ?? '')
}

async function facets (tx: SqlReader, indexes: readonly string[], column: 'recipient' | 'registry', nameOf: (event: AccessEvent) => Facet['name']): Promise<readonly Facet[]> {
  const { where, values } = conditions(indexes, {})
  const rows = await tx.all<{ code: string, count: number, body: string }>(`SELECT g.code, g.count, a.body FROM (
      SELECT e.${column} AS code, COUNT(*) AS count, MAX(e.event_id) AS event_id FROM subject_entry e WHERE ${where} GROUP BY e.${column}
    ) g JOIN access_event a ON a.event_id = g.event_id ORDER BY g.count DESC, g.code`, ...values)
  return rows.map(({ code, count, body }) => ({ code, count: Number(count), name: nameOf(JSON.parse(body) as AccessEvent) }))
}

function toStored (row: Row): StoredEvent {
  const event = JSON.parse(row.body) as AccessEvent
  return {
    event,
    visibility: row.state === null
      ? { state: 'open' }
      : {
          state: row.state,
          ...row.reason !== null && { reason: row.reason },
          ...row.review_at !== null && { reviewAt: new Date(row.review_at) },
          ...row.lifted_at !== null && { liftedAt: new Date(row.lifted_at) }
        },
    receivedAt: new Date(row.received_at),
    inLog: row.in_log !== null
  }
}
