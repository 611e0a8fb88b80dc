import type { Database } from '@trembita/daemon/sqlite'
import type { ClientId } from '@trembita/protocol/identifiers'

/** The database behind the server configuration, and the one way to change it. */
export interface ConfDb {
  readonly db: Database
  /** Runs a change as a whole and makes it seen; nothing of it remains when it throws. */
  change<T> (work: () => T): T
}

/** Row number of a client. */
export function rowOf (db: Database, { instance, memberClass, memberCode, subsystemCode }: ClientId): number | undefined {
  return db.prepare<string[], { id: number }>(
    'SELECT id FROM client WHERE instance = ? AND member_class = ? AND member_code = ? AND coalesce(subsystem_code, \'\') = ?')
    .get(instance, memberClass, memberCode, subsystemCode ?? '')?.id
}

/** Row number of a client that must be there: whoever asks has seen it. */
export function mustRowOf (db: Database, id: ClientId): number {
  const row = rowOf(db, id)
  if (row === undefined) throw new Error('no such client')
  return row
}

/** Identifier in a row of `client`. */
export function idOfRow (row: { instance: string, member_class: string, member_code: string, subsystem_code: string | null }): ClientId {
  const member = { instance: row.instance, memberClass: row.member_class, memberCode: row.member_code }
  return row.subsystem_code === null ? member : { ...member, subsystemCode: row.subsystem_code }
}
