/** When to try again what did not come through: at first soon, then less and less often. */
export interface RetryTerms {
  readonly firstSeconds: number
  readonly maxSeconds: number
}

export const RETRY: RetryTerms = { firstSeconds: 60, maxSeconds: 3600 }

/** @param attempts that failed so far, at least one. */
export function retryAt (now: Date, attempts: number, { firstSeconds, maxSeconds }: RetryTerms = RETRY): Date {
  const seconds = Math.min(firstSeconds * 2 ** Math.min(attempts - 1, 20), maxSeconds)
  return new Date(now.getTime() + seconds * 1000)
}

const NIGHT_HOUR_UTC = 1
const HOUR_MS = 3_600_000

/** The next night's turn: three or four o'clock in Kyiv. */
export function nextNight (now: Date): Date {
  const tonight = new Date(Date.UTC(now.getUTCFullYear(), now.getUTCMonth(), now.getUTCDate(), NIGHT_HOUR_UTC))
  return tonight > now ? tonight : new Date(tonight.getTime() + 24 * HOUR_MS)
}
