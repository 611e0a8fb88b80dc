import { randomUUID } from 'node:crypto'
import type { Clock, Seal } from '@trembita/daemon'
import type { SqlStore } from '@trembita/daemon/store'
import { centreOf } from '../centres/index.ts'
import { Outage, Refused, type Person, type QueueService, type Slot } from '../exchange/index.ts'
import { retryAt } from '../retry.ts'

/** `sending`: asked for, the queue has not answered yet. `refused`: the queue said no; nothing is booked. */
export type VisitState = 'sending' | 'booked' | 'refused' | 'cancelled'

/** A booking as the platform knows it. */
export interface Visit {
  readonly id: string
  readonly owner: string | undefined
  readonly centre: string
  readonly service: string
  readonly slot: Slot
  readonly state: VisitState
  /** Given by the queue. */
  readonly number: string | undefined
  readonly pin: string | undefined
  /** What was asked for and not answered yet. */
  readonly wish: { readonly kind: 'move', readonly slot: Slot } | { readonly kind: 'cancel' } | undefined
  /** Code of the last refusal. */
  readonly note: string | undefined
}

export interface NewVisit {
  /** Made by the form: the same form sent twice is one booking. UUID. */
  readonly id: string
  readonly owner?: string | undefined
  readonly centre: string
  readonly service: string
  readonly slot: Slot
  readonly person: Person
}

interface Row {
  readonly id: string
  readonly owner: string | null
  readonly centre: string
  readonly service: string
  readonly slot: string
  readonly starts_at: string
  readonly ends_at: string
  readonly person: string | null
  readonly state: VisitState
  readonly number: string | null
  readonly pin: string | null
  readonly wish: 'move' | 'cancel' | null
  readonly wish_slot: string | null
  readonly wish_starts_at: string | null
  readonly wish_ends_at: string | null
  readonly note: string | null
  readonly attempts: number
}

export interface VisitsDeps {
  readonly store: SqlStore
  readonly clock: Clock
  readonly seal: Seal
  readonly queue: QueueService
  readonly retrySeconds: number
  /** Told at each step that is on disk or about to leave; for tests that end the process there. */
  readonly onStep?: ((step: string) => void) | undefined
}

/** How long after its end a visit is remembered. */
const KEEP_MS = 30 * 24 * 3_600_000
const DUE_MAX = 100

/**
 * Bookings by way of the centres' queues. What is wanted is on disk before the queue is asked, and the queue takes the same request
 * once: whatever dies between, the next try finds the same booking.
 */
export class Visits {
  readonly #deps: VisitsDeps
  readonly #settling = new Map<string, Promise<void>>()

  constructor (deps: VisitsDeps) {
    this.#deps = deps
  }

  /**
   * Books, or keeps the request to be sent again while the queue does not answer.
   *
   * @returns undefined when the form's id is known from another booking.
   */
  async book ({ id, owner, centre, service, slot, person }: NewVisit): Promise<Visit | undefined> {
    const { store, clock, seal, onStep } = this.#deps
    const now = clock.now().toISOString()
    const fits = await store.write(async (tx) => {
      const known = await tx.get<Row>('SELECT * FROM visits WHERE id = ?', id)
      if (known !== undefined) return known.slot === slot.id && known.person !== null && seal.open(known.person, id) === JSON.stringify(person)
      await tx.run(
        'INSERT INTO visits (id, owner, centre, service, slot, starts_at, ends_at, person, state, attempts, next_at, created_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, 0, ?, ?)',
        id, owner ?? null, centre, service, slot.id, slot.start, slot.end, seal.seal(JSON.stringify(person), id), 'sending', now, now
      )
      return true
    })
    if (!fits) return undefined
    onStep?.('recorded')
    await this.#settle(id)
    return await this.get(id)
  }

  /** Asks for another time of the same centre and service. */
  async move (id: string, slot: Slot): Promise<Visit | undefined> {
    await this.#deps.store.write(async (tx) => await tx.run("UPDATE visits SET wish = 'move', wish_slot = ?, wish_starts_at = ?, wish_ends_at = ?, note = NULL, attempts = 0, next_at = ? WHERE id = ? AND state = 'booked'", slot.id, slot.start, slot.end, this.#deps.clock.now().toISOString(), id))
    this.#deps.onStep?.('recorded')
    await this.#settle(id)
    return await this.get(id)
  }

  async cancel (id: string): Promise<Visit | undefined> {
    const now = this.#deps.clock.now().toISOString()
    await this.#deps.store.write(async (tx) => await tx.run("UPDATE visits SET wish = 'cancel', note = NULL, attempts = 0, next_at = ? WHERE id = ? AND state IN ('booked', 'sending')", now, id))
    this.#deps.onStep?.('recorded')
    await this.#settle(id)
    return await this.get(id)
  }

  async get (id: string): Promise<Visit | undefined> {
    const row = await this.#deps.store.get<Row>('SELECT * FROM visits WHERE id = ?', id)
    return row === undefined ? undefined : this.#visitOf(row)
  }

  /** A person's own, the latest first. */
  async of (owner: string): Promise<Visit[]> {
    return (await this.#deps.store.all<Row>('SELECT * FROM visits WHERE owner = ? ORDER BY starts_at DESC LIMIT 100', owner)).map((row) => this.#visitOf(row))
  }

  /**
   * The booking with a number and PIN, also one made elsewhere: then the queue is asked.
   *
   * @throws {Outage} when the queue does not answer; {Refused} when it knows no such booking.
   */
  async find (queue: string, number: string, pin: string): Promise<Visit> {
    const { slot, state } = await this.#deps.queue.status(queue, { number, pin })
    const { centre, service } = slot
    return await this.#deps.store.write(async (tx) => {
      const known = await tx.get<Row>('SELECT * FROM visits WHERE number = ? AND centre = ?', number, centre)
      const id = known?.id ?? randomUUID()
      if (known === undefined) {
        await tx.run(
          'INSERT INTO visits (id, centre, service, slot, starts_at, ends_at, state, number, pin, attempts, created_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, 0, ?)',
          id, centre, service, slot.id, slot.start, slot.end, state, number, this.#deps.seal.seal(pin, id), this.#deps.clock.now().toISOString()
        )
      } else {
        await tx.run('UPDATE visits SET slot = ?, starts_at = ?, ends_at = ?, state = ? WHERE id = ?', slot.id, slot.start, slot.end, state, id)
      }
      return this.#visitOf((await tx.get<Row>('SELECT * FROM visits WHERE id = ?', id))!)
    })
  }

  /** Sends what waits, and forgets what is long past. */
  async settleDue (): Promise<void> {
    const { store, clock } = this.#deps
    const now = clock.now()
    const due = await store.all<{ id: string }>('SELECT id FROM visits WHERE next_at <= ? ORDER BY next_at LIMIT ?', now.toISOString(), DUE_MAX)
    for (const { id } of due) await this.#settle(id)
    await store.write(async (tx) => await tx.run('DELETE FROM visits WHERE ends_at < ?', new Date(now.getTime() - KEEP_MS).toISOString()))
  }

  /** One exchange at a time about a booking. */
  async #settle (id: string): Promise<void> {
    const before = this.#settling.get(id)
    const running = (before ?? Promise.resolve()).then(async () => { await this.#settleOnce(id) })
    const quiet = running.catch(() => {})
    this.#settling.set(id, quiet)
    try {
      await running
    } finally {
      if (this.#settling.get(id) === quiet) this.#settling.delete(id)
    }
  }

  async #settleOnce (id: string): Promise<void> {
    const { store, clock, retrySeconds } = this.#deps
    const row = await store.get<Row>('SELECT * FROM visits WHERE id = ? AND next_at IS NOT NULL', id)
    if (row === undefined) return
    try {
      if (row.state === 'sending') await this.#sendBooking(row)
      else if (row.wish !== null) await this.#sendWish(row)
    } catch (error) {
      if (error instanceof Refused) return await this.#refused(row, error.code)
      if (!(error instanceof Outage)) throw error
      const now = clock.now()
      // A time that has passed is not asked for any more.
      if (row.state === 'sending' && row.starts_at <= now.toISOString()) return await this.#refused(row, 'too-late')
      await store.write(async (tx) => await tx.run('UPDATE visits SET attempts = attempts + 1, next_at = ? WHERE id = ?', retryAt(now, row.attempts, retrySeconds).toISOString(), id))
    }
  }

  async #sendBooking (row: Row): Promise<void> {
    const { store, seal, queue, onStep, clock } = this.#deps
    const { id } = row
    onStep?.('asking')
    const { number, pin, slot } = await queue.book(this.#queueOf(row), { requestId: id, slot: row.slot, person: JSON.parse(seal.open(row.person!, id)) as Person })
    onStep?.('answered')
    // Whoever gave up meanwhile goes on to the cancellation.
    await store.write(async (tx) => await tx.run("UPDATE visits SET state = 'booked', number = ?, pin = ?, starts_at = ?, ends_at = ?, attempts = 0, next_at = CASE WHEN wish IS NULL THEN NULL ELSE ? END WHERE id = ?", number, seal.seal(pin, id), slot.start, slot.end, clock.now().toISOString(), id))
    onStep?.('kept')
    const now = await store.get<Row>('SELECT * FROM visits WHERE id = ?', id)
    if (now !== undefined && now.wish !== null) await this.#sendWish(now)
  }

  async #sendWish (row: Row): Promise<void> {
    const { store, seal, queue, onStep } = this.#deps
    const { id, number, pin, wish, wish_slot: slot } = row
    const booking = { number: number!, pin: seal.open(pin!, id) }
    onStep?.('asking')
    if (wish === 'cancel') {
      await queue.cancel(this.#queueOf(row), booking)
      onStep?.('answered')
      await store.write(async (tx) => await tx.run("UPDATE visits SET state = 'cancelled', person = NULL, wish = NULL, next_at = NULL WHERE id = ?", id))
    } else {
      const moved = await queue.move(this.#queueOf(row), { ...booking, slot: slot! })
      onStep?.('answered')
      await store.write(async (tx) => await tx.run('UPDATE visits SET slot = ?, starts_at = ?, ends_at = ?, wish = NULL, note = NULL, next_at = NULL WHERE id = ?', moved.slot.id, moved.slot.start, moved.slot.end, id))
    }
  }

  async #refused (row: Row, code: string): Promise<void> {
    await this.#deps.store.write(async (tx) => row.state === 'sending'
      ? await tx.run("UPDATE visits SET state = 'refused', note = ?, wish = NULL, next_at = NULL WHERE id = ?", code, row.id)
      : await tx.run('UPDATE visits SET note = ?, wish = NULL, next_at = NULL WHERE id = ?', code, row.id))
  }

  #queueOf ({ centre }: Row): string {
    const queue = centreOf(centre)?.queue
    if (queue === undefined) throw new Refused('no-queue')
    return queue
  }

  #visitOf (row: Row): Visit {
    const { id, centre, service, state, number, pin, wish, note } = row
    return {
      id,
      owner: row.owner ?? undefined,
      centre,
      service,
      slot: { id: row.slot, start: row.starts_at, end: row.ends_at },
      state,
      number: number ?? undefined,
      pin: pin === null ? undefined : this.#deps.seal.open(pin, id),
      wish: wish === null ? undefined : wish === 'cancel' ? { kind: 'cancel' } : { kind: 'move', slot: { id: row.wish_slot!, start: row.wish_starts_at!, end: row.wish_ends_at! } },
      note: note ?? undefined
    }
  }
}
