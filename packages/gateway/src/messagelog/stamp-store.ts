import type { Database } from '@trembita/daemon/sqlite'

/** A record without a time stamp. */
export interface WaitingRecord {
  readonly id: number
  /** SHA-512 of its signature XML: its leaf in a batch. */
  readonly signatureHash: Uint8Array
}

export interface NewStamp {
  readonly kind: 'single' | 'batch'
  /** Milliseconds, as the authority says. */
  readonly stampedAt: number
  /** Name of the provider that answered. */
  readonly authority: string
  readonly token: Uint8Array
  /** In the order of their leaves. */
  readonly records: readonly WaitingRecord[]
}

/** The stamp of one record. `leaves` and `position` only for a batch. */
export interface StampOfRecord {
  readonly stamp: number
  readonly kind: 'single' | 'batch'
  readonly token: Uint8Array
  readonly leaves: Uint8Array | null
  readonly position: number
}

const HASH_BYTES = 64

/** Time stamps and which record has which. */
export class StampStore {
  readonly #db: Database

  constructor (db: Database) {
    this.#db = db
  }

  /** Oldest first. */
  waiting (limit: number): WaitingRecord[] {
    return this.#db.prepare('SELECT id, signature_hash AS signatureHash FROM record WHERE stamp IS NULL ORDER BY id LIMIT ?').all(limit) as WaitingRecord[]
  }

  /** Of these records, those without a stamp. */
  waitingAmong (ids: readonly number[]): WaitingRecord[] {
    const one = this.#db.prepare('SELECT id, signature_hash AS signatureHash FROM record WHERE id = ? AND stamp IS NULL')
    return ids.flatMap((id) => one.all(id) as WaitingRecord[])
  }

  /** Count, oldest time and time of the last stamp, all in milliseconds. */
  state (): { waiting: number, oldest: number | null, lastStamp: number | null } {
    return this.#db.prepare(`SELECT count(*) AS waiting, min(created) AS oldest, (SELECT max(stamped_at) FROM stamp) AS lastStamp
      FROM record WHERE stamp IS NULL`).get() as { waiting: number, oldest: number | null, lastStamp: number | null }
  }

  save (stamp: NewStamp): void {
    const leaves = stamp.kind === 'single' ? null : Buffer.concat(stamp.records.map((record) => record.signatureHash))
    this.#db.transaction(() => {
      const { lastInsertRowid } = this.#db.prepare('INSERT INTO stamp (kind, stamped_at, authority, token, leaves) VALUES (?, ?, ?, ?, ?)')
        .run(stamp.kind, stamp.stampedAt, stamp.authority, stamp.token, leaves)
      const update = this.#db.prepare('UPDATE record SET stamp = ?, position = ? WHERE id = ? AND stamp IS NULL')
      stamp.records.forEach((record, position) => {
        if (update.run(lastInsertRowid, position, record.id).changes !== 1) throw new Error(`record ${record.id} is gone or has a stamp already`)
      })
    }).immediate()
  }

  of (id: number): StampOfRecord | undefined {
    return this.#db.prepare('SELECT s.id AS stamp, s.kind, s.token, s.leaves, r.position FROM record r JOIN stamp s ON s.id = r.stamp WHERE r.id = ?')
      .get(id) as StampOfRecord | undefined
  }
}

export function splitLeaves (leaves: Uint8Array): Uint8Array[] {
  return Array.from({ length: leaves.length / HASH_BYTES }, (_, i) => leaves.subarray(i * HASH_BYTES, (i + 1) * HASH_BYTES))
}
