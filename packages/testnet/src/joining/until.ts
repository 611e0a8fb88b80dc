import { setTimeout as wait } from 'node:timers/promises'

export interface UntilOptions {
  readonly timeoutMs?: number | undefined
  readonly everyMs?: number | undefined
}

/**
 * Asks again and again until there is an answer: what one party decides reaches the others with the next configuration.
 *
 * @param what is waited for, for the error when it does not come.
 */
export async function until<T> (what: string, ask: () => Promise<T | undefined | false>, { timeoutMs = 60_000, everyMs = 150 }: UntilOptions = {}): Promise<T> {
  const end = performance.now() + timeoutMs
  for (;;) {
    const answer = await ask()
    if (answer !== undefined && answer !== false) return answer
    if (performance.now() > end) throw new Error(`waited ${timeoutMs / 1000} s in vain: ${what}`)
    await wait(everyMs)
  }
}
