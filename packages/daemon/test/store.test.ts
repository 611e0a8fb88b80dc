import { mkdtemp } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import t, { type Test } from 'tap'
import { openPostgresStore, openSqliteStore, type SqlStore } from '@trembita/daemon/store'
import { postgresPrograms, startPostgres } from '@trembita/testnet/postgres'

const SCHEMA = `
  CREATE TABLE thing (
    id    INTEGER PRIMARY KEY,
    name  TEXT NOT NULL UNIQUE,
    flag  INTEGER NOT NULL DEFAULT 0 CHECK (flag IN (0, 1)),
    bytes BLOB
  ) STRICT;
  CREATE TABLE tag (name TEXT PRIMARY KEY, thing_id INTEGER NOT NULL REFERENCES thing (id) ON DELETE CASCADE) STRICT, WITHOUT ROWID;
`
const MORE = 'ALTER TABLE thing ADD COLUMN note TEXT;'

/** What both stores must do alike. */
async function behaves (t: Test, open: (migrations: readonly string[]) => Promise<SqlStore>): Promise<void> {
  let store = await open([SCHEMA])
  t.teardown(() => store.close())

  await t.test('gives back what was written, in the types that were written', async (t) => {
    const changed = await store.write((tx) => tx.run('INSERT INTO thing (name, flag, bytes) VALUES (?, ?, ?)', 'щось?', 1, Buffer.from([0, 255])))
    t.equal(changed, 1)
    const row = await store.get<{ id: number, name: string, flag: number, bytes: Buffer }>("SELECT id, name, flag, bytes FROM thing WHERE name LIKE '%?' AND flag = ?", 1)
    t.equal(typeof row?.id, 'number')
    t.match(row, { name: 'щось?', flag: 1 })
    t.ok(Buffer.isBuffer(row?.bytes) && row.bytes.equals(Buffer.from([0, 255])))
    t.same(await store.get('SELECT count(*) AS count, sum(flag) AS sum FROM thing'), { count: 1, sum: 1 })
    t.equal(await store.get('SELECT id FROM thing WHERE name = ?', 'none'), undefined)
  })

  await t.test('gives the rows of RETURNING, and updates on conflict', async (t) => {
    const put = async (note: number): Promise<{ id: number, flag: number } | undefined> => await store.write((tx) =>
      tx.get('INSERT INTO thing (name, flag) VALUES (?, ?) ON CONFLICT (name) DO UPDATE SET flag = excluded.flag RETURNING id, flag', 'twice', note))
    const first = await put(0)
    const second = await put(1)
    t.equal(first?.id, second?.id)
    t.equal(second?.flag, 1)
    t.equal(await store.write((tx) => tx.run('INSERT INTO thing (name) VALUES (?) ON CONFLICT DO NOTHING', 'twice')), 0)
  })

  await t.test('leaves nothing of a write that throws, and shows others nothing before it is done', async (t) => {
    const seen: unknown[] = []
    await t.rejects(store.write(async (tx) => {
      await tx.run('INSERT INTO thing (name) VALUES (?)', 'half')
      seen.push(await store.get('SELECT id FROM thing WHERE name = ?', 'half'))
      seen.push(await store.read((reader) => reader.get('SELECT id FROM thing WHERE name = ?', 'half')))
      throw new Error('stop')
    }), { message: 'stop' })
    t.same(seen, [undefined, undefined])
    t.equal(await store.get('SELECT id FROM thing WHERE name = ?', 'half'), undefined)
    await t.rejects(store.write((tx) => tx.run('INSERT INTO tag (name, thing_id) VALUES (?, ?)', 'lost', 4711)), 'references hold')
  })

  await t.test('lets writers take turns, so that none loses what another added', async (t) => {
    await store.write((tx) => tx.run('INSERT INTO thing (name) VALUES (?)', 'counter'))
    const add = async (): Promise<void> => await store.write(async (tx) => {
      const { bytes } = await tx.get<{ bytes: Buffer | null }>('SELECT bytes FROM thing WHERE name = ?', 'counter') ?? { bytes: null }
      await tx.run('UPDATE thing SET bytes = ? WHERE name = ?', Buffer.concat([bytes ?? Buffer.alloc(0), Buffer.of(1)]), 'counter')
    })
    await Promise.all(Array.from({ length: 20 }, add))
    t.equal((await store.get<{ bytes: Buffer }>('SELECT bytes FROM thing WHERE name = ?', 'counter'))?.bytes.length, 20)
  })

  await t.test('reads one state while others write', async (t) => {
    const counts = await store.read(async (tx) => {
      const before = await tx.all('SELECT id FROM thing')
      await store.write((writer) => writer.run('INSERT INTO thing (name) VALUES (?)', 'meanwhile'))
      return [before.length, (await tx.all('SELECT id FROM thing')).length]
    })
    t.equal(counts[0], counts[1])
    t.ok(await store.get('SELECT id FROM thing WHERE name = ?', 'meanwhile'))
  })

  await t.test('refuses a write within a write instead of waiting for ever', async (t) => {
    await t.rejects(store.write(() => store.write(async () => {})), { message: /wait for itself/ })
  })

  await t.test('orders text by code points and cascades deletions', async (t) => {
    await store.write(async (tx) => {
      for (const name of ['b', 'B', 'a', 'є', 'Я']) await tx.run('INSERT INTO thing (name, flag) VALUES (?, 1)', name)
      const { id } = (await tx.get<{ id: number }>('SELECT id FROM thing WHERE name = ?', 'a'))!
      await tx.run('INSERT INTO tag (name, thing_id) VALUES (?, ?)', 'of a', id)
      await tx.run('DELETE FROM thing WHERE id = ?', id)
    })
    t.same((await store.all<{ name: string }>("SELECT name FROM thing WHERE name IN ('b', 'B', 'є', 'Я') ORDER BY name")).map(({ name }) => name), ['B', 'b', 'Я', 'є'])
    t.same(await store.all('SELECT name FROM tag'), [])
  })

  await t.test('brings an older schema up to date, and refuses a newer one', async (t) => {
    await store.close()
    store = await open([SCHEMA, '', MORE])
    await store.write((tx) => tx.run('UPDATE thing SET note = ? WHERE name = ?', 'нотатка', 'twice'))
    t.same(await store.get('SELECT note FROM thing WHERE name = ?', 'twice'), { note: 'нотатка' })
    await t.rejects(open([SCHEMA]), { message: /newer/ })
  })
}

t.test('a store in SQLite', async (t) => {
  const folder = await mkdtemp(join(tmpdir(), 'trembita-store-'))
  await behaves(t, (migrations) => openSqliteStore(join(folder, 'store.db'), migrations))
})

const missing = postgresPrograms() === undefined && process.env.CI === undefined
t.test('a store in PostgreSQL', { skip: missing && 'PostgreSQL is not installed: npm run setup:system' }, async (t) => {
  await using postgres = await startPostgres(await mkdtemp(join(tmpdir(), 'trembita-postgres-')))
  await behaves(t, (migrations) => openPostgresStore(postgres.url, migrations))

  await t.test('survives a crash of the server: what was written is there, and the store goes on', async (t) => {
    const store = await openPostgresStore(postgres.url, [SCHEMA], 'crash')
    await store.write((tx) => tx.run('INSERT INTO thing (name) VALUES (?)', 'kept'))
    await postgres.kill()
    await t.rejects(store.get('SELECT id FROM thing'))
    await postgres.start()
    t.ok(await store.get('SELECT id FROM thing WHERE name = ?', 'kept'))
    await store.close()
  })

  await t.test('lets writers of several processes take turns', async (t) => {
    const [one, two] = [await openPostgresStore(postgres.url, [SCHEMA], 'turns'), await openPostgresStore(postgres.url, [SCHEMA], 'turns')]
    const next = async (store: SqlStore): Promise<void> => await store.write(async (tx) => {
      const { most } = (await tx.get<{ most: number | null }>('SELECT max(id) AS most FROM thing'))!
      await tx.run('INSERT INTO thing (id, name) VALUES (?, ?)', (most ?? 0) + 1, `thing ${(most ?? 0) + 1}`)
    })
    await Promise.all(Array.from({ length: 20 }, (_, index) => next(index % 2 === 0 ? one : two)))
    t.same(await one.get('SELECT count(*) AS count, max(id) AS most FROM thing'), { count: 20, most: 20 })
    await Promise.all([one.close(), two.close()])
  })
})
