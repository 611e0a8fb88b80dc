import { mkdtemp } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Test } from 'tap'
import { ManualClock } from '@trembita/daemon'
import { openPostgresStore, openSqliteStore, type SqlStore } from '@trembita/daemon/store'
import { postgresPrograms, startPostgres } from '@trembita/testnet/postgres'
import { Changes } from '../../src/audit/index.ts'
import { MIGRATIONS } from '../../src/db/index.ts'

/** An empty registry in one kind of store. */
export interface EmptyRegistry {
  readonly store: SqlStore
  readonly changes: Changes
  readonly clock: ManualClock
  /** Actions of the audit log so far, with what they were about. */
  actions (): Promise<string[]>
}

export const NOW = new Date('2026-02-06T13:41:26Z')

/** Runs the same test in SQLite and in PostgreSQL, each time with a registry of its own. */
export async function onBothStores (t: Test, work: (t: Test, registry: EmptyRegistry) => Promise<void>): Promise<void> {
  await t.test('in SQLite', async (t) => {
    const store = await openSqliteStore(join(t.testdir(), 'registry.db'), MIGRATIONS)
    t.teardown(() => store.close())
    await work(t, registryOf(store))
  })
  const missing = postgresPrograms() === undefined && process.env.CI === undefined
  await t.test('in PostgreSQL', { skip: missing && 'PostgreSQL is not installed: npm run setup:system' }, async (t) => {
    const postgres = await (server ??= startPostgres(await mkdtemp(join(tmpdir(), 'trembita-registry-'))))
    const store = await openPostgresStore(postgres.url, MIGRATIONS, `registry_${++schemas}`)
    t.teardown(() => store.close())
    await work(t, registryOf(store))
  })
}

let server: ReturnType<typeof startPostgres> | undefined
let schemas = 0

/** To be called when all tests of a file are over. */
export async function stopPostgres (): Promise<void> {
  await (await server)?.close()
}

function registryOf (store: SqlStore): EmptyRegistry {
  const clock = new ManualClock(NOW)
  return {
    store,
    clock,
    changes: new Changes(store, clock),
    actions: async () => (await store.all<{ action: string, id: string }>('SELECT action, object_id AS id FROM audit_event ORDER BY audit_event.id')).map(({ action, id }) => `${action} ${id}`)
  }
}
