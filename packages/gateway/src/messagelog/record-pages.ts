import type { Database } from '@trembita/daemon/sqlite'
import type { RecordRow } from './row.ts'
import { COLUMNS, JOINED } from './store.ts'

/** Where a page ends: the next begins below it. */
export interface Position {
  /** Milliseconds. */
  readonly created: number
  readonly id: number
}

export interface PageColumns {
  readonly queryId?: string | undefined
  readonly requestId?: string | undefined
  readonly client?: string | undefined
  readonly service?: string | undefined
  readonly direction?: string | undefined
  readonly side?: string | undefined
  readonly status?: string | undefined
  /** Milliseconds, inclusive. */
  readonly from?: number | undefined
  /** Milliseconds, exclusive. */
  readonly to?: number | undefined
  readonly before?: Position | undefined
  readonly limit: number
}

export interface PageOfRows {
  readonly rows: readonly RecordRow[]
  /** Absent when there is nothing further down. */
  readonly next?: Position | undefined
}

/** Rows looked at for one page at most: the thread that does it also writes the messages of exchanges under way. */
const LOOKED_AT_MAX = 5000

/** Columns that have an index with the time, those that leave the least over first. */
const INDEXED = [['requestId', 'request_id'], ['queryId', 'query_id'], ['service', 'service'], ['client', 'client']] as const

/** Pages of the log for people, newest first. Each look-up walks down one index and looks at a bounded number of rows. */
export class RecordPages {
  readonly #db: Database

  constructor (db: Database) {
    this.#db = db
  }

  /** @returns up to `limit` rows; with a rare filter fewer, and `next` all the same: the search goes on from there. */
  page (query: PageColumns): PageOfRows {
    const lead = INDEXED.find(([name]) => query[name] !== undefined)
    const where = [
      ...lead === undefined ? [] : [`r.${lead[1]} = ?`],
      'r.created >= ?', 'r.created < ?', '(r.created, r.id) < (?, ?)'
    ]
    const before = query.before ?? { created: Number.MAX_SAFE_INTEGER, id: Number.MAX_SAFE_INTEGER }
    const values = [...lead === undefined ? [] : [query[lead[0]]!], query.from ?? 0, query.to ?? Number.MAX_SAFE_INTEGER, before.created, before.id]
    const statement = this.#db.prepare(`SELECT ${COLUMNS} ${JOINED} WHERE ${where.join(' AND ')} ORDER BY r.created DESC, r.id DESC`)
    const rows: RecordRow[] = []
    let lookedAt = 0
    for (const row of statement.iterate(...values) as IterableIterator<RecordRow>) {
      if (fits(row, query)) rows.push(row)
      if (++lookedAt === LOOKED_AT_MAX || rows.length === query.limit) return { rows, next: { created: row.created, id: row.id } }
    }
    return { rows }
  }
}

function fits (row: RecordRow, query: PageColumns): boolean {
  return (['queryId', 'requestId', 'client', 'service', 'direction', 'side'] as const).every((name) => query[name] === undefined || row[name] === query[name]) &&
    (query.status === undefined || query.status === statusOf(row))
}

function statusOf ({ stampedAt, archiveFile }: RecordRow): string {
  return archiveFile !== null ? 'archived' : stampedAt !== null ? 'time-stamped' : 'waiting for time stamp'
}
