import { hash } from 'node:crypto'
import { setImmediate } from 'node:timers/promises'
import type { SqlReader } from '@trembita/daemon/store'

/** Rows of the registry that everyone is told of, by table. Rows refer to one another by number. */
export interface RegistryRows {
  readonly members: { readonly id: number, readonly memberClass: string, readonly code: string, readonly name: string }
  readonly subsystems: { readonly id: number, readonly member: number, readonly code: string, readonly name: string | null }
  readonly servers: { readonly id: number, readonly owner: number, readonly code: string, readonly address: string | null, readonly maintenance: 0 | 1, readonly message: string | null }
  readonly certificates: { readonly id: number, readonly server: number, readonly sha1: Buffer, readonly sha256: Buffer }
  /** Those that are enabled: a disabled association is left out, and that is all there is to disabling (xroad-trust §1.5). */
  readonly clients: { readonly id: number, readonly server: number, readonly member: number, readonly subsystem: number | null }
  readonly groups: { readonly id: number, readonly code: string, readonly description: string }
  readonly groupMembers: { readonly id: number, readonly group: number, readonly instance: string, readonly memberClass: string, readonly code: string, readonly subsystem: string | null }
}

export type RegistryPage = { [Table in keyof RegistryRows]: { readonly table: Table, readonly rows: readonly RegistryRows[Table][] } }[keyof RegistryRows]

/** A statement of this many rows takes some milliseconds, in which nobody else is served. */
const PAGE_ROWS = 500

const STATEMENTS: Readonly<Record<Exclude<keyof RegistryRows, 'certificates'>, string>> = {
  members: 'SELECT m.id, c.code AS "memberClass", m.code, m.name FROM member m JOIN member_class c ON c.id = m.member_class_id WHERE m.id > ? ORDER BY m.id LIMIT ?',
  subsystems: 'SELECT id, member_id AS member, code, name FROM subsystem WHERE id > ? ORDER BY id LIMIT ?',
  servers: 'SELECT id, owner_id AS owner, code, address, in_maintenance AS maintenance, maintenance_message AS message FROM security_server WHERE id > ? ORDER BY id LIMIT ?',
  clients: 'SELECT id, security_server_id AS server, member_id AS member, subsystem_id AS subsystem FROM server_client WHERE enabled = 1 AND id > ? ORDER BY id LIMIT ?',
  groups: 'SELECT id, code, description FROM global_group WHERE id > ? ORDER BY id LIMIT ?',
  groupMembers: `SELECT id, global_group_id AS "group", instance, member_class AS "memberClass", member_code AS code, subsystem_code AS subsystem
    FROM global_group_member WHERE id > ? ORDER BY id LIMIT ?`
}
const CERTIFICATES = 'SELECT id, security_server_id AS server, certificate, sha256 FROM auth_certificate WHERE id > ? ORDER BY id LIMIT ?'

/** Reads the registry in pages of bounded size; others are served in between. The reader holds one state all the while. */
export async function * registryPages (reader: SqlReader): AsyncGenerator<RegistryPage> {
  for (const [table, statement] of Object.entries(STATEMENTS)) {
    for await (const rows of pagesOf(reader, statement)) yield { table, rows } as unknown as RegistryPage
  }
  // A certificate is not parsed for its hashes: it was when it was registered.
  for await (const rows of pagesOf<{ id: number, server: number, certificate: Buffer, sha256: Buffer }>(reader, CERTIFICATES)) {
    yield { table: 'certificates', rows: rows.map(({ id, server, certificate, sha256 }) => ({ id, server, sha256, sha1: hash('sha1', certificate, 'buffer') })) }
  }
}

async function * pagesOf<Row extends { readonly id: number }> (reader: SqlReader, statement: string): AsyncGenerator<Row[]> {
  for (let last = 0; ;) {
    const rows = await reader.all<Row>(statement, last, PAGE_ROWS)
    if (rows.length > 0) yield rows
    if (rows.length < PAGE_ROWS) return
    last = rows.at(-1)!.id
    await setImmediate()
  }
}

/** How many rows the pages will have, roughly: members, subsystems and clients are nearly all. */
export async function registrySize (reader: SqlReader): Promise<number> {
  const { size } = (await reader.get<{ size: number }>('SELECT (SELECT count(*) FROM member) + (SELECT count(*) FROM subsystem) + (SELECT count(*) FROM server_client) AS size'))!
  return size
}
