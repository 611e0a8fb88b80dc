import { readFileSync } from 'node:fs'
import { mkdtemp } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import t, { type Test } from 'tap'
import { ManualClock } from '@trembita/daemon'
import { openPostgresStore, openSqliteStore, type SqlStore } from '@trembita/daemon/store'
import { postgresPrograms, startPostgres } from '@trembita/testnet/postgres'
import { Changes, SYSTEM } from '../src/audit/index.ts'
import { changesBetween, crosswalk, itemHistory, itemsAt } from '../src/classifiers/items.ts'
import { readCsv } from '../src/classifiers/index.ts'
import { addClassifier, addVersion, putCrosswalk } from '../src/classifiers/store.ts'
import { MIGRATIONS } from '../src/db/index.ts'
import { coreIn, seedOf } from './seeding.ts'

const KVED = { code: 'kved', format: 'kved', nameUk: 'КВЕД', nameEn: 'KVED', description: '', publisher: 'Держстат' } as const
const sample = (name: string): string => readFileSync(join(import.meta.dirname, `../src/classifiers/samples/${name}.csv`), 'utf8')

async function behaves (t: Test, store: SqlStore): Promise<void> {
  const changes = new Changes(store, new ManualClock(new Date('2026-11-22T12:00:00Z')))
  const kved2010 = readCsv(sample('kved-2010'), 'kved')
  const all = { limit: 1000, offset: 0 }

  await t.test('TR-7.5: each version holds from its day on, and any day can be asked for', async (t) => {
    await changes.change(SYSTEM, (tx) => addClassifier(tx, KVED))
    const first = await changes.change(SYSTEM, (tx) => addVersion(tx, 'kved', { validFrom: '2012-01-01', ground: 'ДК 009:2010', items: kved2010 }))
    t.match(first, { number: 1, added: kved2010.length, changed: 0, removed: 0 })
    // As NACE 2.1-UA does from 2027: one class goes, one is named anew, one comes.
    const next = kved2010.filter(({ code }) => code !== '62.03').map((item) => item.code === '62.01' ? { ...item, nameUk: 'Програмування' } : item)
    next.push({ code: '62.1', parent: '62', nameUk: 'Комп’ютерне програмування' }, { code: '62.10', parent: '62.1', nameUk: 'Комп’ютерне програмування' })
    t.match(await changes.change(SYSTEM, (tx) => addVersion(tx, 'kved', { validFrom: '2027-01-01', ground: 'NACE 2.1-UA', items: next })), { number: 2, added: 2, changed: 1, removed: 1 })

    t.equal((await itemsAt(store, 'kved', { at: '2011-12-31', ...all })).total, 0)
    t.same((await itemsAt(store, 'kved', { at: '2012-01-01', ...all })).items.map(({ code }) => code), kved2010.map(({ code }) => code).sort())
    const codes = async (at: string): Promise<string[]> => (await itemsAt(store, 'kved', { at, parent: '62.0', ...all })).items.map(({ code }) => code)
    t.same(await codes('2026-12-31'), ['62.01', '62.02', '62.03', '62.09'])
    t.same(await codes('2027-01-01'), ['62.01', '62.02', '62.09'])
    t.same((await itemHistory(store, 'kved', '62.01')).map(({ nameUk, validFrom, validTo }) => [nameUk, validFrom, validTo]), [
      ['Комп\'ютерне програмування', '2012-01-01', '2027-01-01'], ['Програмування', '2027-01-01', undefined]
    ])
    t.same((await changesBetween(store, 'kved', '2026-12-31', '2027-01-01')).map(({ kind, before, after }) => `${kind} ${(after ?? before)!.code}`), [
      'changed 62.01', 'removed 62.03', 'added 62.1', 'added 62.10'
    ])
  })

  await t.test('the past stays what it was: a version for a day that has one, or before it, is refused and nothing changes', async (t) => {
    const before = await store.all('SELECT code, valid_from, valid_to FROM classifier_item ORDER BY id')
    for (const validFrom of ['2027-01-01', '2020-01-01']) {
      await t.rejects(changes.change(SYSTEM, (tx) => addVersion(tx, 'kved', { validFrom, ground: 'g', items: kved2010 })), { code: 'classifier_version_late' })
    }
    await t.rejects(changes.change(SYSTEM, (tx) => addVersion(tx, 'kved', { validFrom: '2030-01-01', ground: 'g', items: [{ code: '6', nameUk: 'x' }, { code: '01', parent: '99', nameUk: '' }] })),
      { code: 'classifier_items_invalid', message: /line 1, 6: КВЕД is.*line 2, 01: a name has.*parent 99/ })
    await t.rejects(changes.change(SYSTEM, (tx) => addClassifier(tx, KVED)), { code: 'classifier_exists' })
    await t.rejects(itemsAt(store, 'none', { at: '2027-01-01', ...all }), { code: 'classifier_not_found' })
    t.same(await store.all('SELECT code, valid_from, valid_to FROM classifier_item ORDER BY id'), before)
  })

  await t.test('search finds Ukrainian words in any case, and no character of it has a meaning of its own', async (t) => {
    const found = async (q: string): Promise<string[]> => (await itemsAt(store, 'kved', { at: '2026-01-01', q, ...all })).items.map(({ code }) => code)
    t.same(await found('ПРОГРАМУВАННЯ'), ['62', '62.0', '62.01'])
    t.same(await found('cereals'), ['01.11'])
    for (const q of ['%', '_', '!', "'", '62_0']) t.same(await found(q), q === "'" ? await found("'") : [], q)
    t.ok((await found("'")).length > 0)
  })

  await t.test('КАТОТТГ keeps parents and categories; codes of one list lead to those of another', async (t) => {
    await changes.change(SYSTEM, (tx) => addClassifier(tx, { ...KVED, code: 'katottg', format: 'katottg' }))
    await changes.change(SYSTEM, (tx) => addVersion(tx, 'katottg', { validFrom: '2020-11-26', ground: 'наказ 290', items: readCsv(sample('katottg'), 'katottg') }))
    t.match((await itemsAt(store, 'katottg', { at: '2026-01-01', parent: 'UA80000000000093317', ...all })).items, Array.from({ length: 10 }, () => ({ category: 'B' })))
    await t.rejects(changes.change(SYSTEM, (tx) => addVersion(tx, 'katottg', { validFrom: '2030-01-01', ground: 'g', items: [{ code: 'UA1', category: 'Q', nameUk: 'x' }] })), { code: 'classifier_items_invalid' })
    await changes.change(SYSTEM, (tx) => putCrosswalk(tx, 'kved', 'katottg', [{ from: '62.01', to: 'B' }, { from: '62.01', to: 'A' }]))
    t.same(await crosswalk(store, 'kved', 'katottg', '62.01'), ['A', 'B'])
    t.same(await crosswalk(store, 'katottg', 'kved', 'A'), [])
  })
}

t.test('classifiers in SQLite', async (t) => {
  const store = await openSqliteStore(join(t.testdir(), 'core.db'), MIGRATIONS)
  t.teardown(() => store.close())
  await behaves(t, store)
})

t.test('classifiers in PostgreSQL', { skip: postgresPrograms() === undefined && process.env.CI === undefined && 'PostgreSQL is not installed: npm run setup:system' }, async (t) => {
  await using postgres = await startPostgres(await mkdtemp(join(tmpdir(), 'trembita-classifiers-')))
  const store = await openPostgresStore(postgres.url, MIGRATIONS)
  t.teardown(() => store.close())
  await behaves(t, store)
})

t.test('CSV is read by the book, and refused with the line that is wrong', async (t) => {
  t.same(readCsv('\uFEFFcode,name_uk\r\n01,"a ""b"", c"\r\n\r\n62.01,x', 'kved'), [
    { code: '01', parent: undefined, category: undefined, nameUk: 'a "b", c', nameEn: undefined },
    { code: '62.01', parent: '62.0', category: undefined, nameUk: 'x', nameEn: undefined }
  ])
  for (const [text, message] of [['', /column code/], ['code\n1', /column name_uk/], ['code;name_uk;what\n', /unknown columns: what/], ['code;name_uk\n1', /line 2 has 1 field/], ['code;name_uk\n1;"open', /not CSV/]] as const) {
    t.throws(() => readCsv(text, 'plain'), { code: 'classifier_csv_invalid', message }, text)
  }
})

t.test('the service that gateways publish tells the same, and describes itself', async (t) => {
  await using core = await coreIn(t.testdir(), { seed: seedOf() })
  await core.changes.change(SYSTEM, (tx) => addClassifier(tx, KVED))
  await core.changes.change(SYSTEM, (tx) => addVersion(tx, 'kved', { validFrom: '2012-01-01', ground: 'ДК 009:2010', items: readCsv(sample('kved-2010'), 'kved') }))
  const get = async (path: string): Promise<{ status: number, body: any }> => {
    const response = await fetch(`${core.addresses.configuration}${path}`)
    return { status: response.status, body: await response.json() }
  }
  t.match((await get('/classifiers/kved/items?parent=62.0&at=2026-01-01')).body, { items: [{ code: '62.01' }, {}, {}, {}], paging_metadata: { total_items: 4 } })
  t.match(await get('/classifiers/none'), { status: 404, body: { error: { code: 'classifier_not_found' } } })
  t.match(await get('/classifiers/kved/items?at=yesterday'), { status: 400, body: { error: { code: 'validation_failure' } } })
  const { body: description } = await get('/classifiers/openapi.json')
  t.equal(description.openapi, '3.1.0')
  t.same(Object.keys(description.paths).sort(), ['/classifiers', '/classifiers/{code}', '/classifiers/{code}/changes', '/classifiers/{code}/items', '/classifiers/{code}/items/{item}', '/classifiers/{code}/items/{item}/crosswalk', '/classifiers/openapi.json'].sort())
})
