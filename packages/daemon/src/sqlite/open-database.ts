import Sqlite from 'better-sqlite3'
import { mkdirSync } from 'node:fs'
import { dirname } from 'node:path'

export type Database = Sqlite.Database

/** One step of a schema: SQL text, or a function where SQL alone cannot say it. Never edited once released: later releases add steps. */
export type Migration = string | ((db: Database) => void)

export interface DatabaseOptions {
  /** `FULL` (default): a committed transaction survives a power cut. `NORMAL`: the last ones may be lost, nothing is broken. */
  readonly synchronous?: 'FULL' | 'NORMAL'
  /** How long a writer waits for another process's lock. */
  readonly busyTimeoutMs?: number
  /** Bytes; counts only for a database that does not exist yet. */
  readonly pageSize?: number
  readonly readonly?: boolean
}

/**
 * Opens (and where needed creates) an SQLite database: WAL, foreign keys on, schema brought up to date in one transaction a step.
 *
 * @param path a file, its folder made when missing; or `:memory:`.
 * @throws when the file was written by a newer release, whose steps are not known here.
 */
export function openDatabase (path: string, migrations: readonly Migration[], options: DatabaseOptions = {}): Database {
  const inMemory = path === ':memory:'
  const readonly = options.readonly ?? false
  if (!inMemory && !readonly) mkdirSync(dirname(path), { recursive: true, mode: 0o750 })
  const db = connect(path, readonly, options.busyTimeoutMs ?? 5000)
  try {
    if (!readonly) {
      if (options.pageSize !== undefined) db.pragma(`page_size = ${options.pageSize}`)
      if (!inMemory) db.pragma('journal_mode = WAL')
      db.pragma(`synchronous = ${options.synchronous ?? 'FULL'}`)
    }
    db.pragma('foreign_keys = ON')
    migrate(db, migrations, readonly)
    return db
  } catch (thrown) {
    db.close()
    throw naming(path, thrown)
  }
}

function connect (path: string, readonly: boolean, timeout: number): Database {
  try {
    return new Sqlite(path, { readonly, timeout })
  } catch (thrown) {
    throw naming(path, thrown)
  }
}

/** SQLite says what is wrong, but not with which of several databases. Its code stays: callers look at it. */
function naming (path: string, thrown: unknown): unknown {
  if (thrown instanceof Sqlite.SqliteError) thrown.message = `${path}: ${thrown.message}`
  return thrown
}

function versionOf (db: Database): number {
  return db.pragma('user_version', { simple: true }) as number
}

function migrate (db: Database, migrations: readonly Migration[], readonly: boolean): void {
  const found = versionOf(db)
  if (found > migrations.length) {
    throw new Error(`${db.name}: schema ${found} is newer than this program knows (${migrations.length}); it was written by a later release`)
  }
  if (readonly && found < migrations.length) throw new Error(`${db.name}: schema ${found} is older than ${migrations.length} and the database was opened for reading`)
  for (let step = found; step < migrations.length; step++) {
    const apply = db.transaction(() => {
      // Another process may have done this step while we waited for the lock.
      if (versionOf(db) > step) return
      const migration = migrations[step]!
      if (typeof migration === 'string') db.exec(migration)
      else migration(db)
      db.pragma(`user_version = ${step + 1}`)
    })
    apply.immediate()
  }
}
