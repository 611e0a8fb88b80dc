import type { SqlReader, SqlValue } from '@trembita/daemon/store'
import type { AuditEvent, Json } from '@trembita/protocol/auditlog'

export interface EventQuery {
  readonly objectKind?: string | undefined
  readonly objectId?: string | undefined
  /** Whole action or, ending in a point, all that begin so: `member.`. */
  readonly action?: string | undefined
  readonly actorId?: string | undefined
  /** RFC 3339, including. */
  readonly from?: string | undefined
  /** RFC 3339, excluding. */
  readonly to?: string | undefined
  readonly limit: number
  readonly offset: number
}

/** An event as it is kept: with the hash that binds it to the one before. */
export interface KeptEvent extends AuditEvent {
  readonly previousHash: Buffer
  readonly hash: Buffer
}

interface Row {
  readonly id: number
  readonly at: string
  readonly actor_kind: string
  readonly actor_id: string
  readonly actor_name: string
  readonly approved_by: string | null
  readonly origin: string
  readonly action: string
  readonly object_kind: string
  readonly object_id: string
  readonly state_before: string | null
  readonly state_after: string | null
  readonly previous_hash: Buffer
  readonly hash: Buffer
}

const COLUMNS = 'id, at, actor_kind, actor_id, actor_name, approved_by, origin, action, object_kind, object_id, state_before, state_after, previous_hash, hash'

/** Newest first. */
export async function findEvents (reader: SqlReader, query: EventQuery): Promise<{ readonly events: readonly KeptEvent[], readonly total: number }> {
  const { where, values } = conditions(query)
  const { total } = (await reader.get<{ total: number }>(`SELECT count(*) AS total FROM audit_event ${where}`, ...values))!
  const rows = await reader.all<Row>(`SELECT ${COLUMNS} FROM audit_event ${where} ORDER BY id DESC LIMIT ? OFFSET ?`, ...values, query.limit, query.offset)
  return { events: rows.map(toEvent), total }
}

/** History of one object, newest first: what a page shows below it. */
export async function historyOf (reader: SqlReader, kind: string, id: string, limit = 50): Promise<readonly KeptEvent[]> {
  return (await findEvents(reader, { objectKind: kind, objectId: id, limit, offset: 0 })).events
}

export async function getEvent (reader: SqlReader, id: number): Promise<KeptEvent | undefined> {
  const row = await reader.get<Row>(`SELECT ${COLUMNS} FROM audit_event WHERE id = ?`, id)
  return row === undefined ? undefined : toEvent(row)
}

/** Events after `id` in their order, as many as `limit`: for exports, piece by piece. */
export async function eventsAfter (reader: SqlReader, id: number, limit: number): Promise<readonly KeptEvent[]> {
  return (await reader.all<Row>(`SELECT ${COLUMNS} FROM audit_event WHERE id > ? ORDER BY id LIMIT ?`, id, limit)).map(toEvent)
}

function conditions ({ objectKind, objectId, action, actorId, from, to }: EventQuery): { where: string, values: SqlValue[] } {
  const parts: [string, SqlValue][] = []
  if (objectKind !== undefined) parts.push(['object_kind = ?', objectKind])
  if (objectId !== undefined) parts.push(['object_id = ?', objectId])
  // A range and not LIKE: an index serves it, and no character of the text has a meaning.
  if (action?.endsWith('.') === true) parts.push(['action >= ?', action], ['action < ?', `${action.slice(0, -1)}/`])
  else if (action !== undefined) parts.push(['action = ?', action])
  if (actorId !== undefined) parts.push(['actor_id = ?', actorId])
  if (from !== undefined) parts.push(['at >= ?', new Date(from).toISOString()])
  if (to !== undefined) parts.push(['at < ?', new Date(to).toISOString()])
  return { where: parts.length === 0 ? '' : `WHERE ${parts.map(([sql]) => sql).join(' AND ')}`, values: parts.map(([, value]) => value) }
}

function toEvent (row: Row): KeptEvent {
  const json = (text: string | null): Json | undefined => text === null ? undefined : JSON.parse(text) as Json
  return {
    id: row.id,
    at: row.at,
    actor: { kind: row.actor_kind, id: row.actor_id, name: row.actor_name },
    approvedBy: json(row.approved_by) as AuditEvent['approvedBy'],
    origin: row.origin,
    action: row.action,
    object: { kind: row.object_kind, id: row.object_id },
    before: json(row.state_before),
    after: json(row.state_after),
    previousHash: row.previous_hash,
    hash: row.hash
  }
}
