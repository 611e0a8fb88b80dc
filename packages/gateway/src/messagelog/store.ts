import { hash } from 'node:crypto'
import { type Database, openDatabase } from '@trembita/daemon/sqlite'
import { bindingOf, type RecordColumns, type RecordRow } from './row.ts'
import { signatureIn } from './content.ts'
import { MIGRATIONS } from './migrations.ts'
import { RowCipher } from './row-cipher.ts'

/** A row to be written. `content` is what `writeContent` wrote. */
export interface NewRecord {
  readonly columns: RecordColumns
  readonly bodyFiles: readonly string[]
  readonly content: Buffer
}

export interface SearchColumns {
  readonly queryId?: string | undefined
  readonly requestId?: string | undefined
  readonly party?: string | undefined
  readonly client?: string | undefined
  readonly service?: string | undefined
  readonly direction?: string | undefined
  readonly side?: string | undefined
  readonly status?: string | undefined
  readonly from?: number | undefined
  readonly to?: number | undefined
  readonly before?: number | undefined
  readonly limit: number
}

/** Of a `RecordRow`, from `JOINED`. */
export const COLUMNS = `r.id, r.direction, r.side, r.query_id AS queryId, r.request_id AS requestId, r.party, r.client, r.service, r.protocol, r.created,
  r.completeness, s.stamped_at AS stampedAt, a.file AS archiveFile`
export const JOINED = 'FROM record r LEFT JOIN stamp s ON s.id = r.stamp LEFT JOIN archive a ON a.id = r.archive'

/** A client that calls every message `1` must not make one look-up fill the memory. */
const FOUND_MAX = 10_000

/** Records and their content. Synchronous: lives in the log's worker thread. */
export class RecordStore {
  readonly db: Database
  readonly #lock: Database
  readonly #cipher: RowCipher
  #last: number
  readonly #insert
  readonly #insertContent
  readonly #insertBody

  /** @throws when another process has it open. */
  constructor (path: string, contentKey: Uint8Array) {
    this.#lock = lockFolder(path)
    // One commit is one fsync; the checkpoint copies 16 MiB at a time back into the database.
    this.db = openDatabase(path, MIGRATIONS, { synchronous: 'FULL', pageSize: 8192 })
    this.db.pragma('wal_autocheckpoint = 2000')
    this.#cipher = new RowCipher(contentKey)
    const { last } = this.db.prepare('SELECT max(highest, coalesce((SELECT max(id) FROM record), 0)) AS last FROM numbering').get() as { last: number }
    this.#last = last
    this.#insert = this.db.prepare(`INSERT INTO record (id, direction, side, query_id, request_id, party, client, service, protocol, created, completeness,
      signature_hash) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`)
    this.#insertContent = this.db.prepare('INSERT INTO content (record, salt, sealed) VALUES (?, ?, ?)')
    this.#insertBody = this.db.prepare('INSERT INTO body (name, record) VALUES (?, ?)')
  }

  /** All in one transaction, durable on return. @returns number of the first; the others follow it. */
  append (records: readonly NewRecord[]): number {
    const first = this.#last + 1
    this.db.transaction(() => {
      const { salt, seal } = this.#cipher.begin()
      let id = first
      for (const { columns: c, bodyFiles, content } of records) {
        const signatureHash = hash('sha512', signatureIn(content), 'buffer')
        this.#insert.run(id, c.direction, c.side, c.queryId, c.requestId, c.party, c.client, c.service, c.protocol, c.created, c.completeness, signatureHash)
        this.#insertContent.run(id, salt, seal(id, bindingOf(c), content))
        for (const name of bodyFiles) this.#insertBody.run(name, id)
        id++
      }
    }).immediate()
    this.#last += records.length
    return first
  }

  find (queryId: string, party: string, direction: string | undefined): RecordRow[] {
    return this.db.prepare(`SELECT ${COLUMNS} ${JOINED} WHERE r.query_id = ? AND r.party = ? AND (? IS NULL OR r.direction = ?) ORDER BY r.id LIMIT ?`)
      .all(queryId, party, direction ?? null, direction ?? null, FOUND_MAX) as RecordRow[]
  }

  search (query: SearchColumns): RecordRow[] {
    const where: string[] = []
    const values: (string | number)[] = []
    const equal = (column: string, value: string | undefined): void => {
      if (value === undefined) return
      where.push(`${column} = ?`)
      values.push(value)
    }
    equal('r.query_id', query.queryId)
    equal('r.request_id', query.requestId)
    equal('r.party', query.party)
    equal('r.client', query.client)
    equal('r.service', query.service)
    equal('r.direction', query.direction)
    equal('r.side', query.side)
    if (query.from !== undefined) { where.push('r.created >= ?'); values.push(query.from) }
    if (query.to !== undefined) { where.push('r.created < ?'); values.push(query.to) }
    if (query.before !== undefined) { where.push('r.id < ?'); values.push(query.before) }
    if (query.status === 'waiting for time stamp') where.push('r.stamp IS NULL')
    if (query.status === 'time-stamped') where.push('r.stamp IS NOT NULL AND r.archive IS NULL')
    if (query.status === 'archived') where.push('r.archive IS NOT NULL')
    return this.db.prepare(`SELECT ${COLUMNS} ${JOINED} ${where.length === 0 ? '' : `WHERE ${where.join(' AND ')}`} ORDER BY r.id DESC LIMIT ?`)
      .all(...values, query.limit) as RecordRow[]
  }

  row (id: number): RecordRow | undefined {
    return this.db.prepare(`SELECT ${COLUMNS} ${JOINED} WHERE r.id = ?`).get(id) as RecordRow | undefined
  }

  /** Decrypted content of a record. @throws when row or columns were tampered with. */
  content (id: number): { row: RecordRow, content: Buffer } | undefined {
    const row = this.row(id)
    const sealed = this.db.prepare('SELECT salt, sealed FROM content WHERE record = ?').get(id) as { salt: Buffer, sealed: Buffer } | undefined
    if (row === undefined || sealed === undefined) return undefined
    return { row, content: this.#cipher.open(id, bindingOf(row), sealed.salt, sealed.sealed) }
  }

  knownBodies (names: readonly string[]): string[] {
    const statement = this.db.prepare('SELECT name FROM body WHERE name = ?').pluck()
    return names.filter((name) => statement.get(name) !== undefined)
  }

  close (): void {
    this.db.close()
    this.#lock.close()
  }
}

/** Two processes would give out the same numbers and remove each other's files. The system drops the lock with the process, however it ends. */
function lockFolder (path: string): Database {
  let lock: Database | undefined
  try {
    lock = openDatabase(path === ':memory:' ? path : `${path}.lock`, [], { busyTimeoutMs: LOCK_WAIT_MS })
    lock.pragma('locking_mode = EXCLUSIVE')
    lock.exec('BEGIN EXCLUSIVE')
    return lock
  } catch (cause) {
    lock?.close()
    throw (cause as { code?: unknown }).code === 'SQLITE_BUSY' ? new Error('message log is in use by another process', { cause }) : cause
  }
}

/** Long enough for a process that is just closing. */
const LOCK_WAIT_MS = 2000
