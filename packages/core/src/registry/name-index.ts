import { setImmediate } from 'node:timers/promises'
import type { SqlReader, SqlStore, SqlWriter } from '@trembita/daemon/store'
import { searchable, sortKey } from './search-text.ts'

/** What lists are searched and sorted by, made anew for a member and its subsystems. To be called wherever one of their names is written. */
export async function indexMember (tx: SqlWriter, key: number): Promise<void> {
  for (const row of await memberRows(tx, key)) await fixMember(tx, row)
  for (const row of await subsystemRows(tx, key)) await fixSubsystem(tx, row)
}

/** The same for a security server: wherever its address is written. */
export async function indexServer (tx: SqlWriter, key: number): Promise<void> {
  for (const row of await serverRows(tx, key)) await fixServer(tx, row)
}

/** Rows of a large registry are looked at so many at a time, so that the rest of the process lives meanwhile and its memory does not grow. */
const ROWS_AT_ONCE = 100

/**
 * Brings rows up to date that an older release wrote, or one that knew another order. Not a change of the registry: nothing is
 * recorded, and nothing published.
 */
export async function refreshNameIndex (store: SqlStore): Promise<void> {
  for (const [table, rowsOf, fix] of [['member', memberRows, fixMember], ['member', subsystemRows, fixSubsystem], ['security_server', serverRows, fixServer]] as const) {
    const last = (await store.get<{ id: number | null }>(`SELECT max(id) AS id FROM ${table}`))?.id ?? 0
    for (let from = 1; from <= last; from += ROWS_AT_ONCE) {
      const stale = (await rowsOf(store, from, from + ROWS_AT_ONCE - 1)).filter(isStale)
      if (stale.length > 0) await store.write(async (tx) => { for (const row of stale) await fix(tx, row) })
      await setImmediate()
    }
  }
}

interface IndexedRow {
  readonly id: number
  readonly found: string
  readonly wanted: string
  readonly foundKey: string
  readonly wantedKey: string
}

const isStale = ({ found, wanted, foundKey, wantedKey }: IndexedRow): boolean => found !== wanted || foundKey !== wantedKey

async function memberRows (reader: SqlReader, from: number, to = from): Promise<IndexedRow[]> {
  const rows = await reader.all<{ id: number, class: string, code: string, name: string, search_text: string, sort_key: string }>(
    'SELECT m.id, c.code AS class, m.code, m.name, m.search_text, m.sort_key FROM member m JOIN member_class c ON c.id = m.member_class_id WHERE m.id BETWEEN ? AND ?',
    from, to)
  return rows.map((row) => ({
    id: row.id, found: row.search_text, wanted: searchable(row.name, row.class, row.code), foundKey: row.sort_key, wantedKey: sortKey(row.name)
  }))
}

/** Of members by their numbers. */
async function subsystemRows (reader: SqlReader, from: number, to = from): Promise<IndexedRow[]> {
  const rows = await reader.all<{ id: number, class: string, member_code: string, member_name: string, code: string, name: string | null, search_text: string, sort_key: string }>(
    `SELECT s.id, c.code AS class, m.code AS member_code, m.name AS member_name, s.code, s.name, s.search_text, s.sort_key
    FROM subsystem s JOIN member m ON m.id = s.member_id JOIN member_class c ON c.id = m.member_class_id WHERE m.id BETWEEN ? AND ?`,
    from, to)
  return rows.map((row) => ({
    id: row.id,
    found: row.search_text,
    wanted: searchable(row.code, row.name, row.member_name, row.class, row.member_code),
    foundKey: row.sort_key,
    // A tab sorts before anything that a name may go on with: a member's subsystems follow it.
    wantedKey: `${sortKey(row.member_name)}\t${row.class}:${row.member_code}\t${sortKey(row.code)}`
  }))
}

async function serverRows (reader: SqlReader, from: number, to = from): Promise<IndexedRow[]> {
  const rows = await reader.all<{ id: number, code: string, address: string | null, search_text: string }>(
    'SELECT id, code, address, search_text FROM security_server WHERE id BETWEEN ? AND ?', from, to)
  return rows.map((row) => ({ id: row.id, found: row.search_text, wanted: searchable(row.code, row.address), foundKey: '', wantedKey: '' }))
}

async function fixMember (tx: SqlWriter, { id, wanted, wantedKey }: IndexedRow): Promise<void> {
  await tx.run('UPDATE member SET search_text = ?, sort_key = ? WHERE id = ?', wanted, wantedKey, id)
}

async function fixSubsystem (tx: SqlWriter, { id, wanted, wantedKey }: IndexedRow): Promise<void> {
  await tx.run('UPDATE subsystem SET search_text = ?, sort_key = ? WHERE id = ?', wanted, wantedKey, id)
}

async function fixServer (tx: SqlWriter, { id, wanted }: IndexedRow): Promise<void> {
  await tx.run('UPDATE security_server SET search_text = ? WHERE id = ?', wanted, id)
}
