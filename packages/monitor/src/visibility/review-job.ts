import type { Logger } from '@trembita/daemon'
import type { VisibilityChanges } from './visibility-changes.ts'

const EVERY_MS = 30_000

/** Looks for reviews that are due. What a crash interrupts is done at the next look. */
export class ReviewJob {
  readonly #changes: VisibilityChanges
  readonly #log: Logger
  readonly #everyMs: number
  #timer: NodeJS.Timeout | undefined
  #running: Promise<void> | undefined

  constructor (changes: VisibilityChanges, log: Logger, everyMs = EVERY_MS) {
    this.#changes = changes
    this.#log = log
    this.#everyMs = everyMs
  }

  start (): void {
    this.#timer = setInterval(() => { this.#running ??= this.#run().finally(() => { this.#running = undefined }) }, this.#everyMs)
  }

  async close (): Promise<void> {
    clearInterval(this.#timer)
    await this.#running
  }

  async #run (): Promise<void> {
    try {
      const released = await this.#changes.reviewDue()
      if (released > 0) this.#log.info({ released }, 'hidden accesses released at their review')
    } catch (error) {
      this.#log.error({ err: error }, 'reviews could not be looked at')
    }
  }
}
