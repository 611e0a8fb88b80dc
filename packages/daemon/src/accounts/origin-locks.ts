import { normalizeIP } from '@fastify/rate-limit'
import type { Clock } from '../clock.ts'

export interface OriginLockSettings {
  /** Failures within `windowSeconds` that lock an origin; default 10. A success in between forgives none. */
  readonly failuresMax?: number
  /** Default 600. */
  readonly windowSeconds?: number
  /** How long a lock holds; default 900. */
  readonly lockSeconds?: number
}

interface Failures {
  count: number
  firstMs: number
  lockedUntilMs: number
}

/** Origins remembered; the oldest is forgotten, so that an attacker with many addresses cannot fill the memory. */
const ORIGINS_MAX = 10_000

/**
 * Locks out an origin (IP address; of IPv6 the /64, which is what one subscriber has) that keeps failing to sign in or to show a valid API key. Each process counts for itself.
 * People who are signed in are not touched by it.
 */
export class OriginLocks {
  readonly #clock: Clock
  readonly #failuresMax: number
  readonly #windowMs: number
  readonly #lockMs: number
  readonly #origins = new Map<string, Failures>()

  constructor (clock: Clock, settings: OriginLockSettings = {}) {
    this.#clock = clock
    this.#failuresMax = settings.failuresMax ?? 10
    this.#windowMs = (settings.windowSeconds ?? 600) * 1000
    this.#lockMs = (settings.lockSeconds ?? 900) * 1000
  }

  /** Seconds until the origin may try again; 0 when it may now. */
  lockedSeconds (origin: string): number {
    const left = (this.#origins.get(normalizeIP(origin))?.lockedUntilMs ?? 0) - this.#clock.now().getTime()
    return left > 0 ? Math.ceil(left / 1000) : 0
  }

  /** @returns whether this failure locked the origin. */
  failed (address: string): boolean {
    const origin = normalizeIP(address)
    const nowMs = this.#clock.now().getTime()
    let failures = this.#origins.get(origin)
    if (failures === undefined || nowMs - failures.firstMs > this.#windowMs) failures = { count: 0, firstMs: nowMs, lockedUntilMs: 0 }
    failures.count++
    const locks = failures.count >= this.#failuresMax
    if (locks) failures = { count: 0, firstMs: nowMs, lockedUntilMs: nowMs + this.#lockMs }
    this.#remember(origin, failures)
    return locks
  }

  #remember (origin: string, failures: Failures): void {
    this.#origins.delete(origin)
    this.#origins.set(origin, failures)
    if (this.#origins.size <= ORIGINS_MAX) return
    const oldest = this.#origins.keys().next()
    if (oldest.done !== true) this.#origins.delete(oldest.value)
  }
}
