import type { Logger } from '@trembita/daemon'

/** Does something again and again, each time a while after the last has ended, until it is closed. */
export class Repeating implements Disposable {
  readonly #name: string
  readonly #everyMs: number
  readonly #work: () => Promise<unknown>
  readonly #log: Logger
  #timer: NodeJS.Timeout | undefined
  #now: Promise<void> | undefined
  #closed = false

  constructor (name: string, everySeconds: number, work: () => Promise<unknown>, log: Logger) {
    this.#name = name
    this.#everyMs = everySeconds * 1000
    this.#work = work
    this.#log = log
  }

  /** @param afterMs before the first time. */
  start (afterMs: number): void {
    if (this.#everyMs === 0 || this.#closed) return
    this.#timer = setTimeout(() => {
      this.#now = this.#work().then(() => {}, (err: unknown) => { this.#log.warn({ err, work: this.#name }, 'periodic work failed') }).then(() => {
        // A tenth more or less, so that catalogs do not ask at the same moment.
        this.start(this.#everyMs * (0.9 + Math.random() / 5))
      })
    }, afterMs)
    this.#timer.unref()
  }

  async close (): Promise<void> {
    this.#closed = true
    clearTimeout(this.#timer)
    await this.#now
  }

  [Symbol.dispose] (): void {
    this.#closed = true
    clearTimeout(this.#timer)
  }
}
