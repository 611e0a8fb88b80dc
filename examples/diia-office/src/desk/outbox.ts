import { randomUUID } from 'node:crypto'
import { askByRest, Refusal, type Gateway } from '@trembita/example-consumer'
import type { Clock } from '@trembita/daemon'
import type { SqlStore, SqlWriter } from '@trembita/daemon/store'

/** Which service of the other body takes it. */
export type Kind = 'letter' | 'acknowledge' | 'task' | 'taskState' | 'survey' | 'answer'

/** What is to be sent: the service below `OFFICE`, its path, its body. */
export interface Outgoing {
  readonly service: string
  readonly path?: string | undefined
  readonly body: object
}

export interface Waiting {
  readonly id: number
  readonly kind: Kind
  /** Id of the letter, task or survey. */
  readonly about: string
  /** Code of the other body. */
  readonly peer: string
  readonly payload: string
  readonly attempts: number
}

/** How each kind is put together and what follows when it has come through, or cannot. */
export interface Courier {
  build (waiting: Waiting): Promise<Outgoing>
  sent (tx: SqlWriter, waiting: Waiting, exchangeId: string): Promise<void>
  failed (tx: SqlWriter, waiting: Waiting, error: string): Promise<void>
}

export interface OutboxDeps {
  readonly store: SqlStore
  readonly clock: Clock
  readonly gateway: Gateway
  /** `INSTANCE/CLASS/CODE/OFFICE` of another body. */
  readonly officeOf: (body: string) => string
}

/** Tried for so long before it is given up and said so: two days cover a weekend's outage. */
const GIVE_UP_MS = 2 * 86_400_000
const DELAY_MAX_SECONDS = 600
const BATCH = 20

/**
 * What a body owes to others. Written in the same transaction as what it is about, tried until it comes through, in order of
 * writing: after a crash it is tried again, and the other side takes the same thing once.
 */
export class Outbox {
  readonly #deps: OutboxDeps
  readonly #couriers = new Map<Kind, Courier>()
  #running: Promise<void> | undefined
  #again = false
  #stopped = false

  constructor (deps: OutboxDeps) {
    this.#deps = deps
  }

  carry (kind: Kind, courier: Courier): void {
    this.#couriers.set(kind, courier)
  }

  /** Call within the transaction that makes the thing itself; `deliver` after it. */
  async put (tx: SqlWriter, item: Pick<Waiting, 'kind' | 'about' | 'peer'>, payload: object = {}): Promise<void> {
    const now = this.#deps.clock.now().toISOString()
    await tx.run(
      "INSERT INTO outbox (kind, about, peer, payload, state, attempts, next_at, created_at) VALUES (?, ?, ?, ?, 'waiting', 0, ?, ?)",
      item.kind, item.about, item.peer, JSON.stringify(payload), now, now)
  }

  /** Sends what is due. Never rejects for an exchange that failed. One run at a time; a call meanwhile makes one more run. */
  async deliver (): Promise<void> {
    if (this.#stopped) return
    if (this.#running !== undefined) {
      this.#again = true
      return await this.#running
    }
    this.#running = this.#runs().finally(() => { this.#running = undefined })
    await this.#running
  }

  /** Lets the exchange under way end and begins no other. */
  async stop (): Promise<void> {
    this.#stopped = true
    await this.#running
  }

  /** How much waits to be sent. */
  async waiting (): Promise<number> {
    return (await this.#deps.store.get<{ count: number }>("SELECT count(*) AS count FROM outbox WHERE state = 'waiting'"))?.count ?? 0
  }

  async #runs (): Promise<void> {
    do {
      this.#again = false
      const due = await this.#deps.store.all<Waiting & { created_at: string }>(
        "SELECT id, kind, about, peer, payload, attempts, created_at FROM outbox WHERE state = 'waiting' AND next_at <= ? ORDER BY id LIMIT ?",
        this.#deps.clock.now().toISOString(), BATCH)
      for (const waiting of due) {
        if (this.#stopped) return
        await this.#send(waiting, waiting.created_at)
      }
      if (due.length === BATCH) this.#again = true
    } while (this.#again)
  }

  async #send (waiting: Waiting, createdAt: string): Promise<void> {
    const { store, gateway, officeOf } = this.#deps
    const courier = this.#couriers.get(waiting.kind)!
    const id = randomUUID()
    try {
      const { service, path, body } = await courier.build(waiting)
      await askByRest(gateway, { service: `${officeOf(waiting.peer)}/${service}`, path, body }, { id })
    } catch (error) {
      return await this.#failed(waiting, createdAt, error, courier)
    }
    await store.write(async (tx) => {
      await tx.run("UPDATE outbox SET state = 'sent', exchange_id = ?, error = NULL WHERE id = ?", id, waiting.id)
      await courier.sent(tx, waiting, id)
    })
  }

  async #failed (waiting: Waiting, createdAt: string, error: unknown, courier: Courier): Promise<void> {
    const { store, clock } = this.#deps
    const now = clock.now().getTime()
    const text = error instanceof Refusal ? error.code : 'no answer'
    // The other body's own "no" will not become a "yes"; a gateway's may, when a right is given or a line repaired.
    const final = (error instanceof Refusal && error.by === 'register' && error.code !== 'source-unavailable') || now - Date.parse(createdAt) > GIVE_UP_MS
    const delay = Math.min(DELAY_MAX_SECONDS, 2 ** Math.min(waiting.attempts, 12)) * 1000
    await store.write(async (tx) => {
      await tx.run('UPDATE outbox SET state = ?, attempts = attempts + 1, next_at = ?, error = ? WHERE id = ?', final ? 'failed' : 'waiting', new Date(now + delay).toISOString(), text, waiting.id)
      if (final) await courier.failed(tx, waiting, text)
    })
  }
}
