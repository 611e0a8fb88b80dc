import { join } from 'node:path'
import type { Secret } from '@trembita/daemon'
import { openPostgresStore, openSqliteStore, type SqlStore } from '@trembita/daemon/store'
import { MIGRATIONS } from './migrations.ts'

/** Opens what a catalog keeps: a file of its own, or the database that several catalogs share. */
export async function openCatalogStore ({ dataFolder, database }: { readonly dataFolder: string, readonly database?: Secret | undefined }): Promise<SqlStore> {
  return database === undefined
    ? await openSqliteStore(join(dataFolder, 'catalog.db'), MIGRATIONS)
    : await openPostgresStore(database.bytes.toString('utf8').trim(), MIGRATIONS, 'trembita_catalog')
}
