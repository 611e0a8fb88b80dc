import { mkdtemp } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import t from 'tap'
import { openSqliteStore } from '@trembita/daemon/store'
import { NOTICE_SCHEMA } from '../../src/notice/index.ts'
import { behaves } from './behaviour.ts'

t.test('notices on SQLite', async (t) => {
  await behaves(t, async () => await openSqliteStore(join(await mkdtemp(join(tmpdir(), 'notices-')), 'notices.db'), [NOTICE_SCHEMA]))
})
