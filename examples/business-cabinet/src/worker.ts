import type { Logger } from '@trembita/daemon'

export interface WorkerDeps {
  /** What is due now; each part on its own, so that the trouble of one does not hold up another. */
  readonly rounds: Readonly<Record<string, () => Promise<void>>>
  /** When something will be due; undefined: nothing waits. */
  readonly nextDue: () => Promise<Date | undefined>
  readonly now: () => Date
  readonly log: Logger
}

/** Looked at so often even when nothing is known to be due: somebody may set the clock. */
const IDLE_MS = 60_000
const SOONEST_MS = 200

/** Does in the background what is due: one round at a time, all that it needs stands in the stores. */
export class Worker {
  readonly #deps: WorkerDeps
  #timer: NodeJS.Timeout | undefined
  #round: Promise<void> | undefined
  #again = false
  #closed = false

  constructor (deps: WorkerDeps) {
    this.#deps = deps
  }

  /** Begins a round now, or another after the one under way. Resolves when what was due is done. */
  kick (): Promise<void> {
    if (this.#closed) return Promise.resolve()
    if (this.#round !== undefined) this.#again = true
    this.#round ??= this.#run()
    return this.#round
  }

  /** Waits for the round under way. */
  async close (): Promise<void> {
    this.#closed = true
    clearTimeout(this.#timer)
    await this.#round
  }

  async #run (): Promise<void> {
    clearTimeout(this.#timer)
    do {
      this.#again = false
      for (const [name, round] of Object.entries(this.#deps.rounds)) {
        try {
          await round()
        } catch (error) {
          this.#deps.log.error({ err: error, round: name }, 'a round of the worker failed')
        }
      }
    } while (this.#again && !this.#closed)
    this.#round = undefined
    if (!this.#closed) await this.#schedule()
  }

  async #schedule (): Promise<void> {
    const next = await this.#deps.nextDue()
    const waitMs = next === undefined ? IDLE_MS : Math.min(Math.max(next.getTime() - this.#deps.now().getTime(), SOONEST_MS), IDLE_MS)
    if (this.#closed) return
    this.#timer = setTimeout(() => { void this.kick() }, waitMs)
    this.#timer.unref()
  }
}
