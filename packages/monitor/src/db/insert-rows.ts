import type { SqlValue, SqlWriter } from '@trembita/daemon/store'

/** One statement takes so many rows: round trips are what costs, and two lengths of text are all that is prepared. */
const ROWS_AT_ONCE = 50

/** Inserts many rows by few statements. @param columns `event_id, component, …`; nothing of it comes from outside. */
export async function insertRows (tx: SqlWriter, table: string, columns: readonly string[], rows: readonly (readonly SqlValue[])[]): Promise<void> {
  const text = (count: number): string => {
    const row = `(${columns.map(() => '?').join(', ')})`
    return `INSERT INTO ${table} (${columns.join(', ')}) VALUES ${Array.from({ length: count }, () => row).join(', ')}`
  }
  let at = 0
  for (; at + ROWS_AT_ONCE <= rows.length; at += ROWS_AT_ONCE) await tx.run(text(ROWS_AT_ONCE), ...rows.slice(at, at + ROWS_AT_ONCE).flat())
  for (; at < rows.length; at++) await tx.run(text(1), ...rows[at]!)
}
