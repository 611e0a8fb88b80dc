import { randomUUID } from 'node:crypto'
import type { Clock } from '@trembita/daemon'
import type { SqlStore } from '@trembita/daemon/store'
import { kyivDay, type Bilingual } from './words.ts'

export const MAINTENANCE_SCHEMA = `
CREATE TABLE maintenance (
  id TEXT NOT NULL PRIMARY KEY,
  starts_at TEXT NOT NULL,
  ends_at TEXT NOT NULL,
  urgent INTEGER NOT NULL,
  ground TEXT NOT NULL,
  about TEXT NOT NULL,
  published_at TEXT NOT NULL
) STRICT, WITHOUT ROWID;
`

/** Works on the system, announced (order 688, item 6). */
export interface Maintenance {
  readonly id: string
  readonly startsAt: string
  readonly endsAt: string
  /** No warning was possible: a notice is published all the same. */
  readonly urgent: boolean
  /** Why it could not wait; empty for planned works. */
  readonly ground: string
  readonly about: Bilingual
  readonly publishedAt: string
}

export type NewMaintenance = Omit<Maintenance, 'id' | 'publishedAt'>
export type MaintenanceProblem = 'order' | 'tooSoon' | 'groundMissing'

/** Calendar days between the announcement and planned works. */
const NOTICE_DAYS = 3
const DAY_MS = 86_400_000

/** What forbids a notice: planned works are announced three calendar days ahead, urgent ones say why. */
export function checkMaintenance ({ startsAt, endsAt, urgent, ground }: NewMaintenance, now: Date): MaintenanceProblem | undefined {
  if (!(startsAt < endsAt)) return 'order'
  if (urgent) return ground === '' ? 'groundMissing' : undefined
  const days = (Date.parse(kyivDay(new Date(startsAt))) - Date.parse(kyivDay(now))) / DAY_MS
  return days < NOTICE_DAYS ? 'tooSoon' : undefined
}

/** Notices of maintenance; published at once, never taken back. */
export class MaintenanceNotices {
  readonly #store: SqlStore
  readonly #clock: Clock

  constructor (store: SqlStore, clock: Clock) {
    this.#store = store
    this.#clock = clock
  }

  /** @returns what forbids it, if anything. */
  async publish (notice: NewMaintenance): Promise<MaintenanceProblem | undefined> {
    const now = this.#clock.now()
    const problem = checkMaintenance(notice, now)
    if (problem !== undefined) return problem
    await this.#store.write(async (tx) => {
      await tx.run('INSERT INTO maintenance (id, starts_at, ends_at, urgent, ground, about, published_at) VALUES (?, ?, ?, ?, ?, ?, ?)',
        randomUUID(), notice.startsAt, notice.endsAt, notice.urgent ? 1 : 0, notice.ground, JSON.stringify(notice.about), now.toISOString())
    })
    return undefined
  }

  /** Those under way and ahead, the nearest first. */
  async current (): Promise<Maintenance[]> {
    const rows = await this.#store.all<{ id: string, starts_at: string, ends_at: string, urgent: number, ground: string, about: string, published_at: string }>(
      'SELECT id, starts_at, ends_at, urgent, ground, about, published_at FROM maintenance WHERE ends_at > ? ORDER BY starts_at', this.#clock.now().toISOString())
    return rows.map((row) => ({
      id: row.id, startsAt: row.starts_at, endsAt: row.ends_at, urgent: row.urgent === 1, ground: row.ground, about: JSON.parse(row.about) as Bilingual, publishedAt: row.published_at
    }))
  }
}
