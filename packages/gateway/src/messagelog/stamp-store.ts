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
  /** Batch: the hashes of the stamped signatures, 64 bytes each. */
  readonly leaves: Uint8Array | null
}

/** The stamp of one record. `leaves` and `position` only for a batch. */
export interface StampOfRecord {
  readonly stamp: number
  readonly kind: 'single' | 'batch'
  readonly token: Uint8Array
  readonly leaves: Uint8Array | null
  readonly position: number
  /** Name of the provider that answered. */
  readonly authority: string
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

  /** Stores a token, as yet of no record. @returns its number, for `assign`. */
  save (stamp: NewStamp): number {
    const { lastInsertRowid } = this.#db.prepare('INSERT INTO stamp (kind, stamped_at, authority, token, leaves) VALUES (?, ?, ?, ?, ?)')
      .run(stamp.kind, stamp.stampedAt, stamp.authority, stamp.token, stamp.leaves)
    return Number(lastInsertRowid)
  }

  /** Gives records their stamp: the first of them is leaf `position`. A record that a crash leaves out waits for another stamp. */
  assign (stamp: number, records: readonly number[], position: number): void {
    this.#db.transaction(() => {
      const update = this.#db.prepare('UPDATE record SET stamp = ?, position = ? WHERE id = ? AND stamp IS NULL')
      records.forEach((id, i) => {
        if (update.run(stamp, position + i, id).changes !== 1) throw new Error(`record ${id} is gone or has a stamp already`)
      })
    }).immediate()
  }

  of (id: number): StampOfRecord | undefined {
    return this.#db.prepare('SELECT s.id AS stamp, s.kind, s.token, s.leaves, s.authority, r.position FROM record r JOIN stamp s ON s.id = r.stamp WHERE r.id = ?')
      .get(id) as StampOfRecord | undefined
  }
}

/** How many records have a stamp: their leaves are of one size. */
export function leafCount (leaves: Uint8Array | null): number {
  return leaves === null ? 1 : leaves.length / HASH_BYTES
}

export function splitLeaves (leaves: Uint8Array): Uint8Array[] {
  return Array.from({ length: leaves.length / HASH_BYTES }, (_, i) => leaves.subarray(i * HASH_BYTES, (i + 1) * HASH_BYTES))
}
