import { AsyncLocalStorage } from 'node:async_hooks'
import assert from 'node:assert/strict'
import type { Statement } from 'better-sqlite3'
import { openDatabase, type Database } from '../sqlite/index.ts'
import { Lock } from './lock.ts'
import type { SqlStore, SqlValue, SqlWriter } from './types.ts'

/** Consistent reads that may run at the same time; a further one waits. */
const READERS_MAX = 4

/** Opens (and, where needed, creates) a store in one file. */
export async function openSqliteStore (path: string, migrations: readonly string[]): Promise<SqlStore> {
  const writer = openDatabase(path, migrations)
  return new SqliteStore(writer, () => openDatabase(path, migrations, { readonly: true }))
}

/** Reads have connections of their own: what a writer has not committed yet must not be seen by anyone else. */
class SqliteStore implements SqlStore {
  readonly kind = 'sqlite'
  readonly #writer: Database
  readonly #open: () => Database
  readonly #single: Database
  readonly #idle: Database[] = []
  readonly #readers: Database[] = []
  readonly #waiting: ((db: Database) => void)[] = []
  readonly #lock = new Lock()
  readonly #writing = new AsyncLocalStorage<true>()

  constructor (writer: Database, open: () => Database) {
    this.#writer = writer
    this.#open = open
    this.#single = open()
  }

  async all<Row> (sql: string, ...values: readonly SqlValue[]): Promise<Row[]> {
    return statements(this.#single).all<Row>(sql, ...values)
  }

  async get<Row> (sql: string, ...values: readonly SqlValue[]): Promise<Row | undefined> {
    return statements(this.#single).get<Row>(sql, ...values)
  }

  async read<T> (work: (tx: SqlWriter) => Promise<T>): Promise<T> {
    const db = await this.#take()
    try {
      db.exec('BEGIN')
      return await work(statements(db))
    } finally {
      db.exec('ROLLBACK')
      this.#giveBack(db)
    }
  }

  async write<T> (work: (tx: SqlWriter) => Promise<T>): Promise<T> {
    assert(this.#writing.getStore() === undefined, 'a write within a write would wait for itself')
    return await this.#writing.run(true, () => this.#lock.run(async () => {
      const db = this.#writer
      db.exec('BEGIN IMMEDIATE')
      try {
        const result = await work(statements(db))
        db.exec('COMMIT')
        return result
      } catch (error) {
        if (db.inTransaction) db.exec('ROLLBACK')
        throw error
      }
    }))
  }

  async close (): Promise<void> {
    await this.#lock.run(async () => {
      for (const db of [...this.#readers, this.#single, this.#writer]) db.close()
    })
  }

  async #take (): Promise<Database> {
    const idle = this.#idle.pop()
    if (idle !== undefined) return idle
    if (this.#readers.length < READERS_MAX) {
      const db = this.#open()
      this.#readers.push(db)
      return db
    }
    return await new Promise((resolve) => { this.#waiting.push(resolve) })
  }

  #giveBack (db: Database): void {
    const next = this.#waiting.shift()
    if (next === undefined) this.#idle.push(db)
    else next(db)
  }
}

/** Prepared statements of a connection, by their text. */
const prepared = new WeakMap<Database, Map<string, Statement<SqlValue[]>>>()
const STATEMENTS_MAX = 500

function prepare (db: Database, sql: string): Statement<SqlValue[]> {
  let known = prepared.get(db)
  if (known === undefined || known.size > STATEMENTS_MAX) prepared.set(db, known = new Map())
  let statement = known.get(sql)
  if (statement === undefined) known.set(sql, statement = db.prepare<SqlValue[]>(sql))
  return statement
}

function statements (db: Database): SqlWriter {
  return {
    all: async <Row>(sql: string, ...values: readonly SqlValue[]) => prepare(db, sql).all(...values) as Row[],
    get: async <Row>(sql: string, ...values: readonly SqlValue[]) => prepare(db, sql).get(...values) as Row | undefined,
    run: async (sql, ...values) => {
      const statement = prepare(db, sql)
      // With RETURNING a statement gives rows, and better-sqlite3 wants to be asked for them.
      return statement.reader ? statement.all(...values).length : statement.run(...values).changes
    }
  }
}
