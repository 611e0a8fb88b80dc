import type { SqlReader, SqlStore } from '@trembita/daemon/store'

/** A table with its columns in their order. */
export interface Table {
  readonly name: string
  readonly columns: readonly string[]
}

/** Of the store itself, or of no worth tomorrow: sessions, sign-ins under way, how far each node has come with publishing. */
const LEFT_OUT = new Set(['schema_version', 'account_session', 'account_sign_in', 'key_publication', 'configuration_publication', 'configuration_download'])

/** All tables of the store, each after those that its rows refer to. */
export async function tablesInOrder (reader: SqlReader, kind: SqlStore['kind']): Promise<Table[]> {
  const names = (await reader.all<{ name: string }>(kind === 'sqlite'
    ? "SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite%' ORDER BY name"
    : "SELECT table_name AS name FROM information_schema.tables WHERE table_schema = current_schema() AND table_type = 'BASE TABLE' ORDER BY table_name")).map(({ name }) => name)
  const references = Map.groupBy(await reader.all<{ child: string, parent: string }>(kind === 'sqlite'
    ? "SELECT m.name AS child, f.\"table\" AS parent FROM sqlite_schema m JOIN pragma_foreign_key_list(m.name) f WHERE m.type = 'table'"
    : `SELECT child.relname AS child, parent.relname AS parent FROM pg_constraint c
      JOIN pg_class child ON child.oid = c.conrelid JOIN pg_class parent ON parent.oid = c.confrelid
      JOIN pg_namespace n ON n.oid = child.relnamespace WHERE c.contype = 'f' AND n.nspname = current_schema()`), ({ child }) => child)
  const ordered: string[] = []
  const visit = (name: string): void => {
    if (ordered.includes(name)) return
    for (const { parent } of references.get(name) ?? []) if (parent !== name) visit(parent)
    ordered.push(name)
  }
  names.forEach(visit)
  const tables: Table[] = []
  for (const name of ordered.filter((name) => !LEFT_OUT.has(name))) tables.push({ name, columns: await columnsOf(reader, kind, name) })
  return tables
}

/** Tables that a restore empties although no backup holds them. */
export async function volatileTables (reader: SqlReader, kind: SqlStore['kind']): Promise<string[]> {
  const present = await Promise.all([...LEFT_OUT].filter((name) => name !== 'schema_version').map(async (name) => (await columnsOf(reader, kind, name)).length > 0 ? [name] : []))
  return present.flat()
}

async function columnsOf (reader: SqlReader, kind: SqlStore['kind'], table: string): Promise<string[]> {
  const rows = await reader.all<{ name: string }>(kind === 'sqlite'
    ? 'SELECT name FROM pragma_table_info(?) ORDER BY cid'
    : 'SELECT column_name AS name FROM information_schema.columns WHERE table_schema = current_schema() AND table_name = ? ORDER BY ordinal_position', table)
  return rows.map(({ name }) => name)
}
