import type { Database } from '@trembita/daemon/sqlite'
import type { ArchiveGrouping } from './types.ts'

/** A record that may go into an archive: stamped, and in none yet. */
export interface ArchivableRecord {
  readonly id: number
  readonly party: string
}

/** Where the chain of digests of a group stands. */
export interface ArchiveLink {
  readonly file: string
  readonly lastDigest: string
}

const WHERE = 'stamp IS NOT NULL AND archive IS NULL'

/** Which archive files were written, how they are linked, and what may be removed. */
export class ArchiveStore {
  readonly #db: Database

  constructor (db: Database) {
    this.#db = db
  }

  /** The next records after a place, in the order of archives: by party where archives are grouped, else by number. */
  next (grouping: ArchiveGrouping, after: ArchivableRecord | undefined, limit: number): ArchivableRecord[] {
    const from = after ?? { id: 0, party: '' }
    return grouping === 'none'
      ? this.#db.prepare(`SELECT id, party FROM record WHERE ${WHERE} AND id > ? ORDER BY id LIMIT ?`).all(from.id, limit) as ArchivableRecord[]
      : this.#db.prepare(`SELECT id, party FROM record WHERE ${WHERE} AND (party, id) > (?, ?) ORDER BY party, id LIMIT ?`)
        .all(from.party, from.id, limit) as ArchivableRecord[]
  }

  last (group: string): ArchiveLink | undefined {
    return this.#db.prepare("SELECT file, last_digest AS lastDigest FROM archive WHERE grouping = ? AND state = 'done' ORDER BY id DESC LIMIT 1")
      .get(group) as ArchiveLink | undefined
  }

  /** Notes that a file is about to be written. */
  begin (group: string, file: string, lastDigest: string, created: number): number {
    return Number(this.#db.prepare("INSERT INTO archive (grouping, file, state, last_digest, created) VALUES (?, ?, 'writing', ?, ?)")
      .run(group, file, lastDigest, created).lastInsertRowid)
  }

  /** The file is on disk: these records are archived. */
  finish (archive: number, records: readonly number[]): void {
    this.#db.transaction(() => {
      this.#db.prepare("UPDATE archive SET state = 'done' WHERE id = ?").run(archive)
      const update = this.#db.prepare('UPDATE record SET archive = ? WHERE id = ?')
      for (const id of records) update.run(archive, id)
    }).immediate()
  }

  /** Files that were begun and not finished. */
  unfinished (): { id: number, file: string }[] {
    return this.#db.prepare("SELECT id, file FROM archive WHERE state = 'writing'").all() as { id: number, file: string }[]
  }

  forget (archive: number): void {
    this.#db.prepare("DELETE FROM archive WHERE id = ? AND state = 'writing'").run(archive)
  }

  /**
   * Removes records of archives made before a time, at most `limit` of them. Archive rows stay: the chain goes on from them.
   *
   * @returns how many, and the body files that are nobody's now.
   */
  prune (before: number, limit: number): { removed: number, bodies: string[] } {
    return this.#db.transaction(() => {
      // CROSS JOIN fixes the order: from the few archives to their records by index, never through all records.
      const found = this.#db.prepare(`SELECT r.id, r.stamp FROM archive a CROSS JOIN record r ON r.archive = a.id
        WHERE a.state = 'done' AND a.created < ? LIMIT ?`).all(before, limit) as { id: number, stamp: number }[]
      const ids = found.map((record) => record.id)
      if (ids.length === 0) return { removed: 0, bodies: [] }
      const bodies: string[] = []
      const findBodies = this.#db.prepare('SELECT name FROM body WHERE record = ?').pluck()
      const deletes = ['DELETE FROM body WHERE record = ?', 'DELETE FROM content WHERE record = ?', 'DELETE FROM record WHERE id = ?'].map((sql) => this.#db.prepare(sql))
      for (const id of ids) {
        bodies.push(...findBodies.all(id) as string[])
        for (const statement of deletes) statement.run(id)
      }
      this.#db.prepare('UPDATE numbering SET highest = max(highest, ?)').run(Math.max(...ids))
      const deleteStamp = this.#db.prepare('DELETE FROM stamp WHERE id = ? AND NOT EXISTS (SELECT 1 FROM record WHERE stamp = ?)')
      for (const stamp of new Set(found.map((record) => record.stamp))) deleteStamp.run(stamp, stamp)
      return { removed: ids.length, bodies }
    }).immediate()
  }
}
