import type { Clock, Logger } from '@trembita/daemon'
import type { SqlStore } from '@trembita/daemon/store'
import type { Changes } from '../audit/index.ts'
import { advanceSuspensions } from './suspensions.ts'

/** Decisions made at another node are noticed within this time. */
const CHECK_SECONDS = 15

export interface ScheduleDeps {
  readonly store: SqlStore
  readonly changes: Changes
  readonly clock: Clock
  readonly log: Logger
}

/** Begins and ends suspensions at the times that were decided on: each step is a change, and so is published at once. */
export class SuspensionSchedule {
  readonly #deps: ScheduleDeps
  #timer: NodeJS.Timeout | undefined
  #running: Promise<void> | undefined
  #unsubscribe: () => void = () => {}
  #closed = false

  constructor (deps: ScheduleDeps) {
    this.#deps = deps
  }

  /** What fell due while nobody ran is done when this resolves. */
  async start (): Promise<void> {
    await this.advance()
    this.#unsubscribe = this.#deps.changes.onChange(() => { this.#plan(0) })
  }

  /** Takes the steps that are due; a call during another waits for that one. */
  advance (): Promise<void> {
    this.#running ??= this.#advance().finally(() => { this.#running = undefined })
    return this.#running
  }

  async close (): Promise<void> {
    this.#closed = true
    this.#unsubscribe()
    clearTimeout(this.#timer)
    await this.#running
  }

  async #advance (): Promise<void> {
    const { store, changes, clock, log } = this.#deps
    let waitMs = CHECK_SECONDS * 1000
    try {
      const next = await advanceSuspensions(store, changes, clock.now())
      if (next !== undefined) waitMs = Math.min(waitMs, Math.max(0, next.getTime() - clock.now().getTime()))
    } catch (error) {
      log.error({ err: error }, 'suspensions could not be begun or ended in time; tried again')
    }
    this.#plan(waitMs)
  }

  #plan (waitMs: number): void {
    if (this.#closed) return
    clearTimeout(this.#timer)
    this.#timer = setTimeout(() => { void this.advance() }, waitMs)
    this.#timer.unref()
  }
}
