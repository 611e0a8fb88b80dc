import type { Clock, Logger, Metrics } from '@trembita/daemon'
import type { SqlReader, SqlStore } from '@trembita/daemon/store'
import { revisionOf, type Changes } from '../audit/index.ts'
import { readParameters } from '../registry/index.ts'
import { trustedAnchors } from './anchors.ts'
import { signVersion, writeParts, type VersionFiles, type VersionParts } from './generate.ts'
import { privateParametersOf, sharedParametersOf, type CoreServices } from './parameters.ts'
import { optionalParts, type OptionalPart } from './parts.ts'
import { stampOf, type PublicFolder } from './public-folder.ts'
import type { SigningKeys } from './signing-keys.ts'

export interface PublisherOptions {
  readonly store: SqlStore
  readonly changes: Changes
  readonly keys: SigningKeys
  readonly services: () => CoreServices
  /** Parts that other folders of the core make from what they keep; each reads from the state that is published. */
  readonly moreParts?: readonly ((reader: SqlReader) => Promise<OptionalPart[]>)[] | undefined
  readonly folder: PublicFolder
  readonly clock: Clock
  readonly log: Logger
  readonly metrics: Metrics
  readonly regenerateSeconds: number
}

export interface PublisherStatus {
  readonly publishedAt: Date | undefined
  readonly expiresAt: Date | undefined
  /** Set while the last attempt failed. */
  readonly failure: string | undefined
}

/** Makes, signs and publishes the configuration: every minute, and at once when the registry changes. */
export class Publisher {
  readonly #options: PublisherOptions
  readonly #generations
  readonly #duration
  #status: PublisherStatus = { publishedAt: undefined, expiresAt: undefined, failure: undefined }
  #stamp: string | undefined
  #written: { readonly revision: number, readonly parts: readonly VersionParts[] } | undefined
  #timer: NodeJS.Timeout | undefined
  #unsubscribe: () => void = () => {}
  #wanted = false
  #running: Promise<void> | undefined
  #closed = false

  constructor (options: PublisherOptions) {
    this.#options = options
    this.#generations = options.metrics.counter({ name: 'configuration_generations_total', help: 'Attempts to make and publish the signed configuration', labels: ['result'] })
    this.#duration = options.metrics.histogram({ name: 'configuration_generation_duration_seconds', help: 'Time to make, sign and publish all versions' })
    options.metrics.gauge({ name: 'configuration_expires_timestamp_seconds', help: 'When the published configuration expires' }, (gauge) => {
      if (this.#status.expiresAt !== undefined) gauge.set(this.#status.expiresAt.getTime() / 1000)
    })
  }

  get status (): PublisherStatus {
    return this.#status
  }

  /** Stamp of the generation in force. */
  get stamp (): string | undefined {
    return this.#stamp
  }

  /** Serves what the last run left, then publishes. A registry that is not complete yet is no reason not to start: the failure is logged and tried again. */
  async start (): Promise<void> {
    await this.#options.folder.open()
    this.#stamp = await this.#options.folder.current()
    await this.publish().catch(() => {})
    this.#unsubscribe = this.#options.changes.onChange(() => { this.#publishSoon() })
  }

  /**
   * Publishes the present state of the registry in all versions; resolves when clients can see it.
   *
   * @throws when it could not be made: what was in force stays in force until it expires.
   */
  async publish (): Promise<void> {
    // What runs already may have read the registry before the change that this call is about.
    while (this.#running !== undefined) await this.#running.catch(() => {})
    if (this.#closed) throw new Error('the publisher is closed')
    this.#running = this.#publish().finally(() => {
      this.#running = undefined
      this.#schedule()
    })
    await this.#running
  }

  async close (): Promise<void> {
    this.#closed = true
    this.#unsubscribe()
    clearTimeout(this.#timer)
    await this.#running?.catch(() => {})
  }

  /** Changes that come while a generation is made share the next one. */
  #publishSoon (): void {
    if (this.#wanted || this.#closed) return
    this.#wanted = true
    const start = async (): Promise<void> => {
      await this.#running?.catch(() => {})
      this.#wanted = false
      await this.publish()
    }
    start().catch(() => {})
  }

  #schedule (): void {
    if (this.#closed) return
    clearTimeout(this.#timer)
    this.#timer = setTimeout(() => { this.publish().catch(() => {}) }, this.#options.regenerateSeconds * 1000)
  }

  async #publish (): Promise<void> {
    const { clock, log, folder } = this.#options
    const started = performance.now()
    try {
      const now = clock.now()
      const stamp = stampOf(now, this.#stamp)
      const { versions, expireAt } = await this.#generate(now, stamp)
      await folder.publish(stamp, versions)
      this.#stamp = stamp
      this.#status = { publishedAt: now, expiresAt: expireAt, failure: undefined }
      this.#generations.inc({ result: 'published' })
      const durationMs = Math.round(performance.now() - started)
      this.#duration.observe(durationMs / 1000)
      log.info({ stamp, expireAt, durationMs }, 'configuration published')
    } catch (error) {
      this.#status = { ...this.#status, failure: error instanceof Error ? error.message : 'unknown failure' }
      this.#generations.inc({ result: 'failed' })
      log.error({ err: error }, 'configuration could not be published; what is in force stays until it expires')
      throw error
    }
    await folder.prune(clock.now()).catch((error: unknown) => { log.warn({ err: error }, 'old configuration could not be removed') })
  }

  async #generate (now: Date, stamp: string): Promise<{ versions: VersionFiles[], expireAt: Date }> {
    const { store, keys } = this.#options
    const parts = await this.#currentParts()
    const { confExpireIntervalSeconds } = await readParameters(store)
    const expireAt = new Date(now.getTime() + confExpireIntervalSeconds * 1000)
    const signing = { signers: { internal: keys.signer('internal'), external: keys.signer('external') }, stamp, expireAt }
    return { versions: await Promise.all(parts.map((version) => signVersion(version, signing))), expireAt }
  }

  /** In most minutes the registry is as it was, and only the expiry and the signature are new. */
  async #currentParts (): Promise<readonly VersionParts[]> {
    const { store, keys, services, moreParts = [] } = this.#options
    if (this.#written?.revision === await revisionOf(store)) return this.#written.parts
    // One consistent state, so that all versions and all parts speak of the same.
    const { revision, ...state } = await store.read(async (reader) => ({
      revision: await revisionOf(reader),
      shared: await sharedParametersOf(reader, await keys.nodes(reader)),
      private: await privateParametersOf(reader, await trustedAnchors(reader), services()),
      optional: [...await optionalParts(reader), ...(await Promise.all(moreParts.map((part) => part(reader)))).flat()]
    }))
    this.#written = { revision, parts: await writeParts(state) }
    return this.#written.parts
  }
}
