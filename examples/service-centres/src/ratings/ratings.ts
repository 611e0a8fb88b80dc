import { randomUUID } from 'node:crypto'
import type { Clock } from '@trembita/daemon'
import type { SqlStore } from '@trembita/daemon/store'
import { Outage, Refused, type CentreIndicators, type QualityService, type Rating } from '../exchange/index.ts'
import { retryAt } from '../retry.ts'

export interface RatingsDeps {
  readonly store: SqlStore
  readonly clock: Clock
  readonly quality: QualityService
  readonly retrySeconds: number
  readonly onStep?: ((step: string) => void) | undefined
}

export type RatingState = 'waiting' | 'delivered' | 'refused'

export interface Delivery {
  readonly counts: Readonly<Record<RatingState, number>>
  /** Code of the trouble that holds up the oldest batch. */
  readonly problem: string | undefined
  readonly lastDeliveredAt: string | undefined
}

export interface KnownIndicators {
  readonly items: readonly CentreIndicators[]
  readonly asOf: string
  readonly pulledAt: string
}

/** Of one batch, as the other side takes at most. */
const BATCH_MAX = 500

/** Ratings of visits (regulation, items 7(3) and 18): kept until the quality system has them, each delivered once. */
export class Ratings {
  readonly #deps: RatingsDeps
  #delivering: Promise<void> = Promise.resolve()

  constructor (deps: RatingsDeps) {
    this.#deps = deps
  }

  /** Keeps a rating; the same form sent twice is one rating. */
  async keep (rating: Rating): Promise<void> {
    await this.#deps.store.write(async (tx) => await tx.run("INSERT INTO ratings (rating_id, body, state, rated_on) VALUES (?, ?, 'waiting', ?) ON CONFLICT (rating_id) DO NOTHING", rating.ratingId, JSON.stringify(rating), rating.ratedOn))
    this.#deps.onStep?.('rating kept')
  }

  async stateOf (ratingId: string): Promise<RatingState | undefined> {
    return (await this.#deps.store.get<{ state: RatingState }>('SELECT state FROM ratings WHERE rating_id = ?', ratingId))?.state
  }

  /** Sends what waits, one batch after another. A batch keeps its id and its content until it is answered. */
  async deliver (): Promise<void> {
    this.#delivering = this.#delivering.catch(() => {}).then(async () => {
      while (await this.#deliverOne());
    })
    await this.#delivering
  }

  async delivery (): Promise<Delivery> {
    const { store } = this.#deps
    const rows = await store.all<{ state: RatingState, n: number }>('SELECT state, COUNT(*) AS n FROM ratings GROUP BY state')
    const count = (state: RatingState): number => rows.find((row) => row.state === state)?.n ?? 0
    const stuck = await store.get<{ problem: string | null }>("SELECT problem FROM batches WHERE state = 'sending' AND problem IS NOT NULL")
    const last = await store.get<{ at: string | null }>("SELECT MAX(settled_at) AS at FROM batches WHERE state = 'delivered'")
    return { counts: { waiting: count('waiting'), delivered: count('delivered'), refused: count('refused') }, problem: stuck?.problem ?? undefined, lastDeliveredAt: last?.at ?? undefined }
  }

  /** Asks the quality system for the indicators; those known before stay when it does not answer. */
  async pull (): Promise<void> {
    const { store, clock, quality } = this.#deps
    let problem: string | null = null
    try {
      const { items, asOf } = await quality.indicators()
      await store.write(async (tx) => await tx.run('INSERT INTO indicators (id, items, as_of, pulled_at) VALUES (1, ?, ?, ?) ON CONFLICT (id) DO UPDATE SET items = excluded.items, as_of = excluded.as_of, pulled_at = excluded.pulled_at', JSON.stringify(items), asOf, clock.now().toISOString()))
    } catch (error) {
      if (!(error instanceof Outage || error instanceof Refused)) throw error
      problem = error.code
    }
    await store.write(async (tx) => await tx.run('INSERT INTO pulls (id, problem, at) VALUES (1, ?, ?) ON CONFLICT (id) DO UPDATE SET problem = excluded.problem, at = excluded.at', problem, clock.now().toISOString()))
  }

  /** What was pulled last, and whether the last try failed. */
  async indicators (): Promise<{ readonly known: KnownIndicators | undefined, readonly problem: string | undefined }> {
    const { store } = this.#deps
    const row = await store.get<{ items: string, as_of: string, pulled_at: string }>('SELECT * FROM indicators WHERE id = 1')
    const pull = await store.get<{ problem: string | null }>('SELECT problem FROM pulls WHERE id = 1')
    return {
      known: row === undefined ? undefined : { items: JSON.parse(row.items) as CentreIndicators[], asOf: row.as_of, pulledAt: row.pulled_at },
      problem: pull?.problem ?? undefined
    }
  }

  /** @returns whether there may be more to send now. */
  async #deliverOne (): Promise<boolean> {
    const { store, clock, quality, retrySeconds, onStep } = this.#deps
    const batch = await this.#nextBatch()
    if (batch === undefined) return false
    const { batchId, attempts } = batch
    const bodies = await store.all<{ body: string }>('SELECT body FROM ratings WHERE batch_id = ? ORDER BY rating_id', batchId)
    try {
      onStep?.('batch asking')
      await quality.submit({ batchId, ratings: bodies.map(({ body }) => JSON.parse(body) as Rating) })
      onStep?.('batch answered')
      await this.#settle(batchId, 'delivered', null)
      return true
    } catch (error) {
      if (error instanceof Refused) {
        await this.#settle(batchId, 'refused', error.code)
        return true
      }
      if (!(error instanceof Outage)) throw error
      await store.write(async (tx) => await tx.run('UPDATE batches SET attempts = attempts + 1, next_at = ?, problem = ? WHERE batch_id = ?', retryAt(clock.now(), attempts, retrySeconds).toISOString(), error.code, batchId))
      return false
    }
  }

  /** The batch under way when its time has come, or a new one of what waits. */
  async #nextBatch (): Promise<{ readonly batchId: string, readonly attempts: number } | undefined> {
    const { store, clock } = this.#deps
    const now = clock.now().toISOString()
    return await store.write(async (tx) => {
      const open = await tx.get<{ batch_id: string, attempts: number, next_at: string }>("SELECT * FROM batches WHERE state = 'sending'")
      if (open !== undefined) return open.next_at <= now ? { batchId: open.batch_id, attempts: open.attempts } : undefined
      const waiting = await tx.get<{ rating_id: string }>("SELECT rating_id FROM ratings WHERE state = 'waiting' AND batch_id IS NULL")
      if (waiting === undefined) return undefined
      const batchId = randomUUID()
      await tx.run("INSERT INTO batches (batch_id, state, attempts, next_at) VALUES (?, 'sending', 0, ?)", batchId, now)
      await tx.run("UPDATE ratings SET batch_id = ? WHERE rating_id IN (SELECT rating_id FROM ratings WHERE state = 'waiting' AND batch_id IS NULL ORDER BY rating_id LIMIT ?)", batchId, BATCH_MAX)
      return { batchId, attempts: 0 }
    })
  }

  async #settle (batchId: string, state: 'delivered' | 'refused', problem: string | null): Promise<void> {
    await this.#deps.store.write(async (tx) => {
      await tx.run('UPDATE ratings SET state = ?, body = CASE WHEN ? = \'delivered\' THEN NULL ELSE body END WHERE batch_id = ?', state, state, batchId)
      await tx.run('UPDATE batches SET state = ?, problem = ?, settled_at = ? WHERE batch_id = ?', state, problem, this.#deps.clock.now().toISOString(), batchId)
    })
  }
}
