/** When to try again what did not come through: soon at first, then less and less often. */
export function retryAt (now: Date, attempts: number, firstSeconds: number): Date {
  return new Date(now.getTime() + Math.min(firstSeconds * 2 ** Math.min(attempts, 10), RETRY_SECONDS_MAX) * 1000)
}

const RETRY_SECONDS_MAX = 300
