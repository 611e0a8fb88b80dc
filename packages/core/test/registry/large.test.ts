import t from 'tap'
import type { SqlReader, SqlStore, SqlValue } from '@trembita/daemon/store'
import { listClients, listMembers, listServers, listSubsystems, refreshNameIndex, Suspended } from '../../src/registry/index.ts'
import { onBothStores, stopPostgres } from './both-stores.ts'

// Lists of a large registry are read along an index: no statement sorts more than the page that it gives.

t.setTimeout(110_000)

const MEMBERS = 2000
const NOBODY = new Suspended([])
const PAGE = { limit: 25, offset: 100 }

async function fill (store: SqlStore): Promise<void> {
  await store.write(async (tx) => {
    await tx.run("INSERT INTO system_parameter (name, value) VALUES ('instance', '\"ZZ\"')")
    await tx.run("INSERT INTO member_class (id, code, description) VALUES (1, 'GOV', 'GOV'), (2, 'COM', 'COM')")
    for (let n = 1; n <= MEMBERS; n++) {
      await tx.run('INSERT INTO member (id, member_class_id, code, name, created_at) VALUES (?, ?, ?, ?, ?)', n, 1 + n % 2, String(90_000_000 + n), `Установа ${(n * 7919) % MEMBERS}`, '2026-01-01T00:00:00Z')
      if (n % 2 === 0) await tx.run('INSERT INTO security_server (owner_id, code, address, created_at) VALUES (?, ?, ?, ?)', n, `gw${n}`, `gw${n}.example`, '2026-01-01T00:00:00Z')
      for (let s = 1; s <= 5; s++) await tx.run('INSERT INTO subsystem (member_id, code, name, created_at) VALUES (?, ?, ?, ?)', n, `S${s}`, s === 1 ? null : `Система ${s}`, '2026-01-01T00:00:00Z')
    }
  })
  await refreshNameIndex(store)
  await store.write((tx) => tx.run('ANALYZE'))
}

interface Statement { readonly sql: string, readonly values: readonly SqlValue[] }

/** A reader that remembers what it was asked for pages. */
function watched (store: SqlStore, statements: Statement[]): SqlReader {
  return {
    all: async (sql, ...values) => {
      if (sql.includes('ORDER BY') && sql.includes('LIMIT')) statements.push({ sql, values })
      return await store.all(sql, ...values)
    },
    get: async (sql, ...values) => await store.get(sql, ...values)
  }
}

await t.test('no list of a large registry sorts what it does not show', (t) => onBothStores(t, async (t, { store }) => {
  await fill(store)
  const lists: Record<string, (reader: SqlReader) => Promise<{ readonly items: readonly unknown[], readonly total: number }>> = {
    'members by name': async (reader) => await listMembers(reader, PAGE, NOBODY),
    'members by name, backwards': async (reader) => await listMembers(reader, { ...PAGE, desc: true }, NOBODY),
    'members by code': async (reader) => await listMembers(reader, { ...PAGE, sort: 'member_code' }, NOBODY),
    'members by age': async (reader) => await listMembers(reader, { ...PAGE, sort: 'created_at' }, NOBODY),
    'members searched': async (reader) => await listMembers(reader, { ...PAGE, q: 'установа 1' }, NOBODY),
    'subsystems by member': async (reader) => await listSubsystems(reader, PAGE, NOBODY),
    'subsystems by code': async (reader) => await listSubsystems(reader, { ...PAGE, sort: 'subsystem_code' }, NOBODY),
    'subsystems searched': async (reader) => await listSubsystems(reader, { ...PAGE, q: 'система 3' }, NOBODY),
    'members and subsystems': async (reader) => await listClients(reader, PAGE, NOBODY),
    'members and subsystems searched': async (reader) => await listClients(reader, { ...PAGE, q: 'установа' }, NOBODY),
    'servers by owner': async (reader) => await listServers(reader, PAGE, NOBODY),
    'servers by code': async (reader) => await listServers(reader, { ...PAGE, sort: 'server_code' }, NOBODY),
    'servers searched': async (reader) => await listServers(reader, { ...PAGE, q: 'gw1' }, NOBODY)
  }
  for (const [name, list] of Object.entries(lists)) {
    const statements: Statement[] = []
    const { items, total } = await list(watched(store, statements))
    t.equal(items.length, 25, `${name}: a page`)
    t.ok(total > 125, `${name}: of ${total}`)
    t.equal(statements.length, 1, `${name}: one statement`)
    const { sql, values } = statements[0]!
    const plan = JSON.stringify(await store.all(`EXPLAIN ${store.kind === 'sqlite' ? 'QUERY PLAN ' : ''}${sql}`, ...values))
    // Its planner may sort what a search has found, and what an index has sorted already, within it.
    if (store.kind === 'sqlite') t.notMatch(plan, /TEMP B-TREE/, name)
    else if (!name.includes('searched')) t.notMatch(plan, /(?<!Incremental )Sort {2}\(/, `${name}: ${plan}`)
  }
}))

await stopPostgres()
