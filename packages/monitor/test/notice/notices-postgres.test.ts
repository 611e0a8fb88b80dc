import { mkdtemp } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import t from 'tap'
import { openPostgresStore } from '@trembita/daemon/store'
import { postgresPrograms, startPostgres } from '@trembita/testnet/postgres'
import { NOTICE_SCHEMA } from '../../src/notice/index.ts'
import { behaves } from './behaviour.ts'

t.test('notices on PostgreSQL', { skip: postgresPrograms() === undefined ? 'postgresql is not installed' : false }, async (t) => {
  const server = await startPostgres(await mkdtemp(join(tmpdir(), 'notices-pg-')))
  t.teardown(() => server.close())
  const store = await openPostgresStore(server.url, [NOTICE_SCHEMA])
  t.teardown(() => store.close())
  await behaves(t, async () => {
    await store.write(async (tx) => { for (const table of ['notice_message', 'notice_item', 'notice_subscription', 'notice_person', 'notice_route', 'notice_known', 'notice_cursor']) await tx.run(`DELETE FROM ${table}`) })
    return store
  })
})
