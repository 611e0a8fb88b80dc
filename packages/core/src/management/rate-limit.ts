import { isIPv6 } from 'node:net'
import type { Clock } from '@trembita/daemon'

const WINDOW_MS = 60_000
/** Addresses that are counted at once; past it the oldest is forgotten, so that a flood from everywhere cannot fill memory. */
const ORIGINS_MAX = 10_000

/** Counts requests by the address that they come from, in windows of a minute. */
export class RateLimit {
  readonly #perMinute: number
  readonly #clock: Clock
  readonly #windows = new Map<string, { until: number, count: number }>()

  constructor (perMinute: number, clock: Clock) {
    this.#perMinute = perMinute
    this.#clock = clock
  }

  /** Counts one request. @returns undefined when it may pass, else the seconds to wait. */
  take (address: string): number | undefined {
    const now = this.#clock.now().getTime()
    const origin = originOf(address)
    let window = this.#windows.get(origin)
    if (window === undefined || window.until <= now) {
      this.#windows.delete(origin)
      if (this.#windows.size >= ORIGINS_MAX) this.#windows.delete(this.#windows.keys().next().value!)
      this.#windows.set(origin, window = { until: now + WINDOW_MS, count: 0 })
    }
    window.count++
    return window.count <= this.#perMinute ? undefined : Math.ceil((window.until - now) / 1000)
  }
}

/** Who has an IPv6 address has its network of 2^64 to come from. */
function originOf (address: string): string {
  if (!isIPv6(address)) return address
  const mapped = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i.exec(address)?.[1]
  if (mapped !== undefined) return mapped
  const [head = '', tail = ''] = address.split('::') as [string?, string?]
  const left = head === '' ? [] : head.split(':')
  const right = tail === '' ? [] : tail.split(':')
  const groups = address.includes('::') ? [...left, ...Array<string>(Math.max(0, 8 - left.length - right.length)).fill('0'), ...right] : left
  return groups.slice(0, 4).map((group) => Number.parseInt(group, 16).toString(16)).join(':')
}
