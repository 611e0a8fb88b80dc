import type { SqlReader } from '@trembita/daemon/store'
import type { Listed } from './conditions.ts'

/** One thing that was done to an object of the registry. */
export interface HistoryEntry {
  readonly number: number
  readonly at: string
  readonly action: string
  readonly actor: { readonly kind: string, readonly name: string }
  readonly before: unknown
  readonly after: unknown
}

export type HistoryObject = 'member' | 'subsystem' | 'server' | 'group' | 'memberClass' | 'suspension'

/** What was done to one object, the latest first; it outlives the object. */
export async function historyOf (reader: SqlReader, kind: HistoryObject, id: string, { limit, offset }: { readonly limit: number, readonly offset: number }): Promise<Listed<HistoryEntry>> {
  const { total } = (await reader.get<{ total: number }>('SELECT count(*) AS total FROM audit_event WHERE object_kind = ? AND object_id = ?', kind, id))!
  const rows = await reader.all<{ id: number, at: string, action: string, actor_kind: string, actor_name: string, state_before: string | null, state_after: string | null }>(
    'SELECT id, at, action, actor_kind, actor_name, state_before, state_after FROM audit_event WHERE object_kind = ? AND object_id = ? ORDER BY id DESC LIMIT ? OFFSET ?', kind, id, limit, offset)
  return {
    total,
    items: rows.map((row) => ({
      number: row.id,
      at: row.at,
      action: row.action,
      actor: { kind: row.actor_kind, name: row.actor_name },
      before: row.state_before === null ? undefined : JSON.parse(row.state_before) as unknown,
      after: row.state_after === null ? undefined : JSON.parse(row.state_after) as unknown
    }))
  }
}
