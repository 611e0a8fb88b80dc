import type { Clock } from '@trembita/daemon'
import type { Anchor } from '@trembita/protocol/globalconf'
import { downloadConfiguration, type SignedConfiguration } from './signed-configuration.ts'

/** The configuration as it is now: asked for anew when what is held is older than its time, and kept while the core cannot be reached and it has not expired. */
export class CurrentConfiguration {
  readonly #anchor: Anchor
  readonly #clock: Clock
  readonly #maxAgeMs: number
  #held: { readonly configuration: SignedConfiguration, readonly atMs: number } | undefined
  #asking: Promise<SignedConfiguration> | undefined

  constructor (anchor: Anchor, clock: Clock, maxAgeSeconds = 60) {
    this.#anchor = anchor
    this.#clock = clock
    this.#maxAgeMs = maxAgeSeconds * 1000
  }

  /** @param fresh ask the core now. @throws {AggregateError} when there is none that holds. */
  async get (fresh = false): Promise<SignedConfiguration> {
    const now = this.#clock.now().getTime()
    if (!fresh && this.#held !== undefined && now - this.#held.atMs < this.#maxAgeMs) return this.#held.configuration
    this.#asking ??= downloadConfiguration(this.#anchor, this.#clock).finally(() => { this.#asking = undefined })
    try {
      const configuration = await this.#asking
      this.#held = { configuration, atMs: now }
      return configuration
    } catch (error) {
      if (this.#held !== undefined && this.#held.configuration.expireAt.getTime() > now) return this.#held.configuration
      throw error
    }
  }
}
