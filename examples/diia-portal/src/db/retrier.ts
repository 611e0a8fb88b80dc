/** What is wrong with a piece of work that will be tried again. */
export type OnRetryError = (error: unknown) => void

const LONGEST_SLEEP_MS = 60_000
const AFTER_ERROR_MS = 5000

/** When to try for the nth time: 1 s, 2 s, 4 s, … at most 5 minutes. */
export function nextAttemptAt (now: Date, attempts: number): Date {
  return new Date(now.getTime() + Math.min(1000 * 2 ** Math.min(attempts, 9), 300_000))
}

/**
 * Does what waits in the store, and sleeps until the next piece is due. One pass at a time; `wake` after something was put there.
 *
 * @param work does everything due and gives the moment of the next piece.
 */
export class Retrier {
  readonly #work: () => Promise<Date | undefined>
  readonly #onError: OnRetryError
  #timer: NodeJS.Timeout | undefined
  #running: Promise<void> | undefined
  #again = false
  #closed = false

  constructor (work: () => Promise<Date | undefined>, onError: OnRetryError) {
    this.#work = work
    this.#onError = onError
  }

  wake (): void {
    if (this.#closed) return
    if (this.#running !== undefined) {
      this.#again = true
      return
    }
    clearTimeout(this.#timer)
    this.#running = this.#pass()
  }

  /** Waits for the pass under way. */
  async close (): Promise<void> {
    this.#closed = true
    clearTimeout(this.#timer)
    await this.#running
  }

  async #pass (): Promise<void> {
    let sleepMs = LONGEST_SLEEP_MS
    try {
      const next = await this.#work()
      if (next !== undefined) sleepMs = Math.min(Math.max(next.getTime() - Date.now(), 0), LONGEST_SLEEP_MS)
    } catch (error) {
      this.#onError(error)
      sleepMs = AFTER_ERROR_MS
    }
    this.#running = undefined
    if (this.#closed) return
    if (this.#again) {
      this.#again = false
      this.wake()
      return
    }
    this.#timer = setTimeout(() => { this.wake() }, sleepMs)
    this.#timer.unref()
  }
}
