import assert from 'node:assert/strict'
import { AsyncLocalStorage } from 'node:async_hooks'
import type { Pool, PoolClient } from 'pg'
import { postgresSchema, postgresText } from './postgres-text.ts'
import type { SqlReader, SqlStore, SqlValue, SqlWriter } from './types.ts'

/** Key of the advisory lock that makes writers take turns: 'tremb' in ASCII. */
const WRITER_LOCK = 0x74_72_65_6d_62

/** A node that hangs within a transaction must not hold up the others for ever. */
const IDLE_IN_TRANSACTION_MS = 60_000
const CONNECT_TIMEOUT_MS = 10_000
const CONNECTIONS_MAX = 10

/** Types that PostgreSQL gives as text since they may exceed a double: ours do not. bigint, numeric (sums). */
const NUMBER_TYPES = [20, 1700]

/**
 * Opens a store in a PostgreSQL database that several processes may share, and brings its schema up to date.
 *
 * @param url `postgresql://user:password@host/database`.
 * @param schema of PostgreSQL in which the tables stand; made when missing.
 * @throws when the tables were made by a newer release.
 */
export async function openPostgresStore (url: string, migrations: readonly string[], schema = 'public'): Promise<SqlStore> {
  assert(/^[a-z_][a-z0-9_]*$/.test(schema), 'the name of a schema is made of small letters, digits and _')
  const { default: pg } = await import('pg')
  const pool = new pg.Pool({
    connectionString: url,
    max: CONNECTIONS_MAX,
    connectionTimeoutMillis: CONNECT_TIMEOUT_MS,
    idle_in_transaction_session_timeout: IDLE_IN_TRANSACTION_MS,
    application_name: 'trembita',
    options: `-c search_path=${schema}`,
    types: {
      getTypeParser: ((oid: number, format: 'text' | 'binary') => NUMBER_TYPES.includes(oid) ? Number : pg.types.getTypeParser(oid, format as 'text')) as typeof pg.types.getTypeParser
    }
  })
  // A connection that breaks while idle is replaced by the pool at the next query; without a listener it would end the process.
  pool.on('error', () => {})
  const store = new PostgresStore(pool)
  try {
    await store.migrate(schema, migrations)
    return store
  } catch (error) {
    await store.close()
    throw error
  }
}

class PostgresStore implements SqlStore {
  readonly kind = 'postgresql'
  readonly #pool: Pool
  readonly #writing = new AsyncLocalStorage<true>()

  constructor (pool: Pool) {
    this.#pool = pool
  }

  async migrate (schema: string, migrations: readonly string[]): Promise<void> {
    await this.write(async (tx) => {
      await tx.run(`CREATE SCHEMA IF NOT EXISTS ${schema}`)
      await tx.run('CREATE TABLE IF NOT EXISTS schema_version (version BIGINT NOT NULL)')
      const found = (await tx.get<{ version: number }>('SELECT version FROM schema_version'))?.version ?? 0
      if (found > migrations.length) throw new Error(`schema ${found} is newer than this program knows (${migrations.length}); it was written by a later release`)
      for (const migration of migrations.slice(found)) if (migration.trim() !== '') await tx.run(postgresSchema(migration))
      await tx.run('DELETE FROM schema_version')
      await tx.run('INSERT INTO schema_version (version) VALUES (?)', migrations.length)
    })
  }

  async all<Row> (sql: string, ...values: readonly SqlValue[]): Promise<Row[]> {
    return (await this.#pool.query(postgresText(sql), [...values])).rows as Row[]
  }

  async get<Row> (sql: string, ...values: readonly SqlValue[]): Promise<Row | undefined> {
    return (await this.all<Row>(sql, ...values))[0]
  }

  async read<T> (work: (tx: SqlReader) => Promise<T>): Promise<T> {
    return await this.#transaction('BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY', work)
  }

  async write<T> (work: (tx: SqlWriter) => Promise<T>): Promise<T> {
    assert(this.#writing.getStore() === undefined, 'a write within a write would wait for itself')
    return await this.#writing.run(true, () => this.#transaction('BEGIN', async (tx) => {
      await tx.run('SELECT pg_advisory_xact_lock(?)', WRITER_LOCK)
      return await work(tx)
    }))
  }

  async close (): Promise<void> {
    await this.#pool.end()
  }

  async #transaction<T> (begin: string, work: (tx: SqlWriter) => Promise<T>): Promise<T> {
    const client = await this.#pool.connect()
    let broken: Error | undefined
    const onError = (error: Error): void => { broken = error }
    client.on('error', onError)
    try {
      await client.query(begin)
      const result = await work(statements(client))
      await client.query('COMMIT')
      return result
    } catch (error) {
      await client.query('ROLLBACK').catch((failure: Error) => { broken = failure })
      throw error
    } finally {
      client.off('error', onError)
      client.release(broken)
    }
  }
}

function statements (client: PoolClient): SqlWriter {
  const query = async (sql: string, values: readonly SqlValue[]) => await client.query(postgresText(sql), values.length === 0 ? undefined : [...values])
  return {
    all: async <Row>(sql: string, ...values: readonly SqlValue[]) => (await query(sql, values)).rows as Row[],
    get: async <Row>(sql: string, ...values: readonly SqlValue[]) => (await query(sql, values)).rows[0] as Row | undefined,
    run: async (sql, ...values) => (await query(sql, values)).rowCount ?? 0
  }
}
