import type { Clock } from '@trembita/daemon'

const HOUR_MS = 3_600_000

/** So many in an hour for each who asks; counted from the first one. */
export class HourlyQuota {
  readonly #clock: Clock
  readonly #max: number
  readonly #used = new Map<string, { until: number, count: number }>()

  constructor (clock: Clock, max: number) {
    this.#clock = clock
    this.#max = max
  }

  /** @returns false when the quota would be exceeded; then nothing is counted. */
  take (who: string, count: number): boolean {
    const now = this.#clock.now().getTime()
    let used = this.#used.get(who)
    if (used === undefined || used.until <= now) this.#used.set(who, used = { until: now + HOUR_MS, count: 0 })
    if (used.count + count > this.#max) return false
    used.count += count
    return true
  }
}

/** Numbers that follow one another so closely are walked, not asked for. */
const STEP_MAX = 100
const RUN_ALARMED = 20

/** Notices that identifiers are walked through. Remembers the last number, in memory alone, and how many were its neighbours. */
export class EnumerationWatch {
  #last: number | undefined
  #run = 0
  #alarms = 0

  /** How often it was noticed. */
  get alarms (): number {
    return this.#alarms
  }

  /** @returns true each time that a run has become long enough. */
  see (id: string): boolean {
    const number = Number(id.replaceAll(/\D/g, ''))
    const isNeighbour = this.#last !== undefined && number !== this.#last && Math.abs(number - this.#last) <= STEP_MAX
    this.#run = isNeighbour ? this.#run + 1 : number === this.#last ? this.#run : 0
    this.#last = number
    if (this.#run === 0 || this.#run % RUN_ALARMED !== 0 || !isNeighbour) return false
    this.#alarms++
    return true
  }
}
