import type { SqlReader, SqlStore, SqlValue, SqlWriter } from '@trembita/daemon/store'
import { Refusal } from '../refusal.ts'
import { tablesInOrder, volatileTables, type Table } from './tables.ts'

/** What a row holds, as JSON says it: bytes are `{"base64": …}`. */
type Cell = string | number | null | { readonly base64: string }

/** Tables whose content is secret keys: left out of a backup that shall hold none. */
const KEY_TABLES = new Set(['signing_key'])

/**
 * The whole registry from one consistent state, as lines of JSON: `{"table": …, "columns": […]}` and then its rows. The same
 * lines come of either kind of store, and go into either.
 */
export async function dumpStore (store: SqlStore, { withKeys }: { readonly withKeys: boolean }): Promise<Buffer> {
  return await store.read(async (tx) => {
    const lines: string[] = []
    for (const { name, columns } of await tablesInOrder(tx, store.kind)) {
      if (!withKeys && KEY_TABLES.has(name)) continue
      lines.push(JSON.stringify({ table: name, columns }))
      const rows = await tx.all<Record<string, SqlValue>>(`SELECT ${columns.join(', ')} FROM ${name} ORDER BY ${columns[0]!}`)
      for (const row of rows) lines.push(JSON.stringify(columns.map((column) => cellOf(row[column] ?? null))))
    }
    return Buffer.from(`${lines.join('\n')}\n`)
  })
}

/** What was done stays on record, whatever is put back: a backup may not make anybody's deeds undone. */
const AUDIT_TABLE = 'audit_event'

/**
 * Puts dumped rows in the place of everything that the store holds, save an audit log that goes on from the dumped one: that
 * stays. Within one transaction: until it is committed, and after a crash, the store is as it was.
 *
 * @param schema steps of the schema that the dump was made with; older ones fit, since later steps only add.
 * @throws {Refusal} `backup_too_new`, `backup_invalid`
 */
export async function loadDump (tx: SqlWriter, kind: SqlStore['kind'], content: Buffer): Promise<void> {
  const tables = new Map((await tablesInOrder(tx, kind)).map((table) => [table.name, table]))
  const lines = content.toString('utf8').split('\n')
  const keepsAudit = await goesOnFrom(tx, lines)
  for (const name of [...await volatileTables(tx, kind), ...[...tables.keys()].toReversed()]) {
    if (name !== AUDIT_TABLE || !keepsAudit) await tx.run(`DELETE FROM ${name}`)
  }
  let into: { readonly sql: string, readonly take: readonly number[] } | undefined
  let leftOut = false
  for (const line of lines) {
    if (line === '') continue
    // A file of the data folder: not for the store.
    if (line.startsWith('{"file":')) continue
    if (line.startsWith('{')) leftOut = keepsAudit && line.startsWith(headOf(AUDIT_TABLE))
    if (leftOut) continue
    const parsed = parseLine(line)
    if (Array.isArray(parsed)) {
      if (into === undefined) throw invalid('a row stands before its table')
      const { take } = into
      await tx.run(into.sql, ...take.map((index) => valueOf(parsed[index] as Cell)))
    } else {
      into = insertInto(tables, parsed as { table: string, columns: readonly string[] })
    }
  }
  if (kind === 'postgresql') await moveSequences(tx, [...tables.values()])
}

/** Whether the store's audit log holds the last event of the dumped one: then it holds all of them, by the chain of hashes. */
async function goesOnFrom (tx: SqlReader, lines: readonly string[]): Promise<boolean> {
  const start = lines.findIndex((line) => line.startsWith(headOf(AUDIT_TABLE)))
  if (start < 0) return false
  const next = lines.findIndex((line, index) => index > start && !line.startsWith('['))
  const last = lines.slice(start + 1, next < 0 ? undefined : next).at(-1)
  if (last === undefined) return false
  const { columns } = parseLine(lines[start]!) as { columns: readonly string[] }
  const row = parseLine(last) as Cell[]
  const [id, hash] = ['id', 'hash'].map((column) => valueOf(row[columns.indexOf(column)] ?? null))
  return await tx.get(`SELECT id FROM ${AUDIT_TABLE} WHERE id = ? AND hash = ?`, id ?? null, hash ?? null) !== undefined
}

/** How the line begins that names a table. */
function headOf (table: string): string {
  return JSON.stringify({ table }).slice(0, -1)
}

function insertInto (tables: ReadonlyMap<string, Table>, { table, columns }: { table: string, columns: readonly string[] }): { sql: string, take: number[] } {
  const known = tables.get(table)
  if (known === undefined) throw new Refusal('invalid', 'backup_too_new', `the backup holds a table ${table}, which this program does not know`)
  const take = columns.flatMap((column, index) => known.columns.includes(column) ? [index] : [])
  if (take.length < columns.length) throw new Refusal('invalid', 'backup_too_new', `the backup holds columns of ${table} that this program does not know`)
  return { sql: `INSERT INTO ${table} (${columns.join(', ')}) VALUES (${columns.map(() => '?').join(', ')})`, take }
}

/** Rows came with their numbers; the next ones must be higher. */
async function moveSequences (tx: SqlWriter, tables: readonly Table[]): Promise<void> {
  for (const { name, columns } of tables) {
    if (!columns.includes('id')) continue
    const sequence = await tx.get<{ name: string | null }>("SELECT pg_get_serial_sequence(?, 'id') AS name", name)
    if (sequence?.name != null) await tx.get(`SELECT setval('${sequence.name}', coalesce((SELECT max(id) FROM ${name}), 0) + 1, false)`)
  }
}

function parseLine (line: string): unknown {
  try {
    return JSON.parse(line) as unknown
  } catch {
    throw invalid('a line of the content is not JSON')
  }
}

function cellOf (value: SqlValue): Cell {
  return value instanceof Uint8Array ? { base64: Buffer.from(value).toString('base64') } : value as Cell
}

function valueOf (cell: Cell): SqlValue {
  return cell !== null && typeof cell === 'object' ? Buffer.from(cell.base64, 'base64') : cell
}

function invalid (message: string): Refusal {
  return new Refusal('invalid', 'backup_invalid', message)
}
