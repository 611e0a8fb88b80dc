import type { Clock, Logger } from '@trembita/daemon'
import type { SqlStore } from '@trembita/daemon/store'

const AT_ONCE = 500
const EVERY_MS = 3_600_000

/**
 * Erases events whose time is over: event, salt, index entry, feed. Their leaves stay in the log, 33 bytes that nobody can link or test;
 * receipts of others go on to hold (monitor §9.3).
 *
 * @returns how many.
 */
export async function eraseExpired (store: SqlStore, now: Date): Promise<number> {
  const today = now.toISOString().slice(0, 10)
  let erased = 0
  for (;;) {
    const rows = await store.write(async (tx) => {
      const due = await tx.all<{ event_id: string }>('SELECT event_id FROM access_event WHERE retain_until < ? ORDER BY retain_until LIMIT ?', today, AT_ONCE)
      for (const { event_id: eventId } of due) {
        await tx.run('UPDATE log_entry SET ref = NULL WHERE ref = ?', eventId)
        await tx.run('DELETE FROM access_event WHERE event_id = ?', eventId)
      }
      return due.length
    })
    erased += rows
    if (rows < AT_ONCE) return erased
  }
}

/** Looks each hour, and at the start. */
export class RetentionJob {
  readonly #store: SqlStore
  readonly #clock: Clock
  readonly #log: Logger
  #timer: NodeJS.Timeout | undefined
  #running: Promise<void> | undefined

  constructor (store: SqlStore, clock: Clock, log: Logger) {
    this.#store = store
    this.#clock = clock
    this.#log = log
  }

  start (): void {
    const look = (): void => { this.#running ??= this.#run().finally(() => { this.#running = undefined }) }
    this.#timer = setInterval(look, EVERY_MS)
    look()
  }

  async close (): Promise<void> {
    clearInterval(this.#timer)
    await this.#running
  }

  async #run (): Promise<void> {
    try {
      const erased = await eraseExpired(this.#store, this.#clock.now())
      if (erased > 0) this.#log.info({ erased }, 'events erased: their time is over')
    } catch (error) {
      this.#log.error({ err: error }, 'events whose time is over could not be erased')
    }
  }
}
