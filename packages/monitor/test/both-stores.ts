import { mkdtemp } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Test } from 'tap'
import { openPostgresStore, openSqliteStore, type SqlStore } from '@trembita/daemon/store'
import { postgresPrograms, startPostgres } from '@trembita/testnet/postgres'
import { MIGRATIONS } from '../src/index.ts'

let server: ReturnType<typeof startPostgres> | undefined
let schemas = 0

/** Runs the same test in SQLite and in PostgreSQL, each time with an empty store of its own. */
export async function onBothStores (t: Test, work: (t: Test, store: SqlStore) => Promise<void>): Promise<void> {
  await t.test('in SQLite', async (t) => {
    const store = await openSqliteStore(join(t.testdir(), 'monitor.db'), MIGRATIONS)
    t.teardown(() => store.close())
    await work(t, store)
  })
  const missing = postgresPrograms() === undefined && process.env.CI === undefined
  await t.test('in PostgreSQL', { skip: missing && 'PostgreSQL is not installed: npm run setup:system' }, async (t) => {
    const postgres = await (server ??= startPostgres(await mkdtemp(join(tmpdir(), 'trembita-monitor-'))))
    const store = await openPostgresStore(postgres.url, MIGRATIONS, `monitor_${++schemas}`)
    t.teardown(() => store.close())
    await work(t, store)
  })
}

/** To be called when all tests of a file are over. */
export async function stopPostgres (): Promise<void> {
  await (await server)?.close()
}
