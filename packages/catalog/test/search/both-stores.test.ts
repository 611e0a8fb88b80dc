import { chmod, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test, type Test } from 'tap'
import { openPostgresStore, openSqliteStore, type SqlStore } from '@trembita/daemon/store'
import { postgresPrograms, startPostgres } from '@trembita/testnet/postgres'
import { MIGRATIONS } from '../../src/db/index.ts'
import { Entries, PUBLIC } from '../../src/entry/index.ts'
import { CatalogSearch } from '../../src/search/index.ts'
import { addInterface, cardOf, fillStore, REST, SOAP } from '../filled-catalog.ts'

/** The same words, the same answers, whichever database keeps the entries. */
async function finds (t: Test, store: SqlStore): Promise<void> {
  await fillStore(store)
  const search = new CatalogSearch(store, new Entries(store))
  const ids = async (query: string): Promise<string[]> => (await search.search(query, PUBLIC)).map(({ id }) => id)
  t.same(await ids('SubjectDetail'), [SOAP, 'edr-interface'])
  t.same(await ids('НАЙМЕНУВАННЯМ'), [REST])
  t.ok((await ids('ЄДР')).includes('edr-resource'), 'an abbreviation finds what it stands for')
  t.ok((await ids('юридичної особи')).includes('edr-resource'))
  t.same(await ids('чернетковий'), [])
  await addInterface(store, { id: 'later', organisation: 'TEST/GOV/90000038', card: cardOf('Пізніший запис', 'Пізніше'), state: 'published', services: [] })
  t.same(await ids('пізніших записів'), ['later'], 'what was published since')
}

test('Search over SQLite follows its entries (CD-8.6)', async (t) => {
  const folder = await mkdtemp(join(tmpdir(), 'trembita-catalog-search-'))
  const store = await openSqliteStore(join(folder, 'catalog.db'), MIGRATIONS)
  t.teardown(async () => {
    await store.close()
    await rm(folder, { recursive: true, force: true })
  })
  await finds(t, store)
})

test('Search over PostgreSQL finds the same (CD-8.6)', { skip: postgresPrograms() === undefined ? 'PostgreSQL is not installed' : false }, async (t) => {
  const folder = await mkdtemp(join(tmpdir(), 'trembita-catalog-search-'))
  // The system's account for PostgreSQL must be able to go in.
  await chmod(folder, 0o755)
  const postgres = await startPostgres(join(folder, 'cluster'))
  const store = await openPostgresStore(postgres.url, MIGRATIONS, 'trembita_catalog')
  t.teardown(async () => {
    await store.close()
    await postgres.close()
    await rm(folder, { recursive: true, force: true })
  })
  await finds(t, store)
})
