import type { Clock, Logger, Metrics } from '@trembita/daemon'
import type { SqlReader, SqlStore } from '@trembita/daemon/store'
import { revisionOf, type Changes } from '../audit/index.ts'
import { readParameters } from '../registry/index.ts'
import { trustedAnchors } from './anchors.ts'
import { readRegistry, takeParts, writeDirectories, writeParts, type ConfigurationState, type PublishedVersion } from './generate.ts'
import { privateParametersOf, sharedHeadOf, type CoreServices } from './parameters.ts'
import { optionalParts, type OptionalPart } from './parts.ts'
import type { PublicationRecords } from './publication-records.ts'
import { stampOf, type Draft, type PublicFolder } from './public-folder.ts'
import { PublishingMetrics } from './publishing-metrics.ts'
import type { SigningKeys } from './signing-keys.ts'
import { within } from './within.ts'

export interface PublisherOptions {
  readonly store: SqlStore
  readonly changes: Changes
  readonly keys: SigningKeys
  readonly services: () => CoreServices
  /** Parts that other folders of the core make from what they keep; each reads from the state that is published. */
  readonly moreParts?: readonly ((reader: SqlReader) => Promise<OptionalPart[]>)[] | undefined
  readonly folder: PublicFolder
  readonly records: PublicationRecords
  readonly clock: Clock
  readonly log: Logger
  readonly metrics: Metrics
  readonly regenerateSeconds: number
  /** How long what was last made is signed again while the database cannot be reached; default an hour. */
  readonly withoutDatabaseSeconds?: number | undefined
  /** How often to look whether another node has changed something; default 2. */
  readonly pollSeconds?: number | undefined
}

export interface PublisherStatus {
  readonly publishedAt: Date | undefined
  readonly expiresAt: Date | undefined
  /** Set while the last attempt failed. */
  readonly failure: string | undefined
}

/** A generation in force. */
export interface Generation {
  readonly stamp: string
  readonly revision: number
  /** Number of the last audit event that it takes into account. */
  readonly lastEvent: number
  readonly publishedAt: Date
  readonly versions: readonly PublishedVersion[]
  /** Whether its parts differ from those of the generation before it. */
  readonly isNew: boolean
}

interface Content {
  readonly revision: number
  readonly lastEvent: number
  readonly versions: readonly PublishedVersion[]
  /** DER of the keys that the sources name. */
  readonly keys: readonly Buffer[]
  readonly expireSeconds: number
  readonly services: string
}

/** A database that does not answer is not waited for: what is in force must not expire over it. */
const DATABASE_TIMEOUT_MS = 10_000
const GENERATION_TIMEOUT_MS = 300_000
/** Of bulk changes each would start a generation: the next one waits as long as the last one took, at most this. */
const REST_MS_MAX = 10_000

/** Makes, signs and publishes the configuration: every minute, and at once when the registry changes. */
export class Publisher {
  readonly #options: PublisherOptions
  readonly #metrics: PublishingMetrics
  readonly #listeners = new Set<(generation: Generation) => void>()
  #status: PublisherStatus = { publishedAt: undefined, expiresAt: undefined, failure: undefined }
  #stamp: string | undefined
  /** What the generation in force was made of. */
  #content: Content | undefined
  #generation: Generation | undefined
  /** What was last tried: a registry that cannot be published is tried again with the minute, not at each look. */
  #triedRevision: number | undefined
  #databaseSeenAt: Date | undefined
  #timer: NodeJS.Timeout | undefined
  #poll: NodeJS.Timeout | undefined
  #restUntil = 0
  #unsubscribe: () => void = () => {}
  #wanted = false
  #running: Promise<void> | undefined
  #recording: Promise<void> = Promise.resolve()
  #closed = false

  constructor (options: PublisherOptions) {
    this.#options = options
    this.#metrics = new PublishingMetrics(options.metrics, () => this.#status.expiresAt)
  }

  get status (): PublisherStatus {
    return this.#status
  }

  /** Stamp of the generation in force. */
  get stamp (): string | undefined {
    return this.#stamp
  }

  /** The generation in force, as far as this process made it. */
  get generation (): Generation | undefined {
    return this.#generation
  }

  /** Calls `listener` after each publication; it must not throw. @returns how to stop it. */
  onPublished (listener: (generation: Generation) => void): () => void {
    this.#listeners.add(listener)
    return () => { this.#listeners.delete(listener) }
  }

  /** Serves what the last run left, then publishes. A registry that is not complete yet is no reason not to start: the failure is logged and tried again. */
  async start (): Promise<void> {
    await this.#options.folder.open()
    this.#stamp = await this.#options.folder.current()
    await this.publish().catch(() => {})
    this.#unsubscribe = this.#options.changes.onChange(() => { this.#publishSoon() })
    this.#poll = setInterval(() => { this.#lookForChanges().catch(() => {}) }, (this.#options.pollSeconds ?? 2) * 1000)
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
    clearInterval(this.#poll)
    await this.#running?.catch(() => {})
    await this.#recording
  }

  /** Changes that come while a generation is made share the next one. */
  #publishSoon (): void {
    if (this.#wanted || this.#closed) return
    this.#wanted = true
    const start = async (): Promise<void> => {
      await this.#running?.catch(() => {})
      const rest = this.#restUntil - performance.now()
      if (rest > 50) await new Promise((resolve) => { setTimeout(resolve, rest).unref() })
      this.#wanted = false
      await this.publish()
    }
    start().catch(() => {})
  }

  /** Another node's changes are not heard of: the revision tells. */
  async #lookForChanges (): Promise<void> {
    if (this.#running !== undefined || this.#triedRevision === undefined) return
    const revision = await within(DATABASE_TIMEOUT_MS, revisionOf(this.#options.store))
    if (revision !== this.#triedRevision) this.#publishSoon()
  }

  #schedule (): void {
    if (this.#closed) return
    clearTimeout(this.#timer)
    this.#timer = setTimeout(() => { this.publish().catch(() => {}) }, this.#options.regenerateSeconds * 1000)
  }

  async #publish (): Promise<void> {
    const { clock, log, folder } = this.#options
    const started = performance.now()
    let draft: Draft | undefined
    try {
      const now = clock.now()
      draft = await folder.draft(stampOf(now, this.#stamp))
      const { content, isNew } = await this.#writeContent(draft, now)
      const expiresAt = new Date(now.getTime() + content.expireSeconds * 1000)
      const signers = { internal: this.#options.keys.signer('internal'), external: this.#options.keys.signer('external') }
      for (const version of content.versions) await writeDirectories(version, { signers, expireAt: expiresAt }, draft)
      await folder.publish(draft)
      const durationMs = Math.round(performance.now() - started)
      this.#inForce(content, { stamp: draft.stamp, revision: content.revision, lastEvent: content.lastEvent, publishedAt: now, versions: content.versions, isNew }, expiresAt, durationMs)
      if (isNew) this.#restUntil = performance.now() + Math.min(durationMs, REST_MS_MAX)
      log.info({ stamp: draft.stamp, revision: content.revision, expiresAt, durationMs }, 'configuration published')
    } catch (error) {
      this.#failed(error)
      if (draft !== undefined) await folder.discard(draft).catch(() => {})
      throw error
    }
    await folder.prune(clock.now()).catch((error: unknown) => { log.warn({ err: error }, 'old configuration could not be removed') })
    await this.#recording
  }

  #inForce (content: Content, generation: Generation, expiresAt: Date, durationMs: number): void {
    const { stamp, publishedAt } = generation
    this.#stamp = stamp
    this.#content = content
    this.#generation = generation
    this.#status = { publishedAt, expiresAt, failure: undefined }
    this.#metrics.published(durationMs)
    this.#record(async (records) => {
      const { twin } = await records.published({ stamp, revision: content.revision, at: publishedAt, expiresAt, durationMs, keys: content.keys })
      if (twin) this.#options.log.error({ node: this.#options.keys.node }, 'another core publishes under the name of this node; give each its own')
    })
    for (const listener of this.#listeners) listener(generation)
  }

  #failed (error: unknown): void {
    const failure = error instanceof Error ? error.message : 'unknown failure'
    this.#status = { ...this.#status, failure }
    this.#metrics.failed()
    this.#options.log.error({ err: error }, 'configuration could not be published; what is in force stays until it expires')
    this.#record((records) => records.failed(this.#options.clock.now(), failure))
  }

  /** For operators; publishing does not depend on it. */
  #record (write: (records: PublicationRecords) => Promise<void>): void {
    this.#recording = within(DATABASE_TIMEOUT_MS, write(this.#options.records)).catch((error: unknown) => {
      this.#options.log.warn({ err: error }, 'the state of publication could not be recorded')
    })
  }

  /** In most minutes the registry is as it was: then the parts are, too, and only expiry and signature are new. */
  async #writeContent (draft: Draft, now: Date): Promise<{ content: Content, isNew: boolean }> {
    const { store, keys, log, services } = this.#options
    const known = this.#content
    let revision: number
    try {
      revision = await within(DATABASE_TIMEOUT_MS, revisionOf(store))
      this.#triedRevision = revision
      this.#databaseSeenAt = now
    } catch (error) {
      if (known === undefined || !this.#mayGoOnWithout(now)) throw error
      await takeParts(known.versions, this.#stamp!, draft)
      log.warn({ err: error, since: this.#databaseSeenAt }, 'the database cannot be reached: what was last made is signed again')
      return { content: known, isNew: false }
    }
    await within(DATABASE_TIMEOUT_MS, keys.refresh()).catch((error: unknown) => { log.error({ err: error }, 'activated keys could not be taken up; those in use go on signing') })
    if (known?.revision === revision && known.services === servicesKey(services())) {
      const taken = await takeParts(known.versions, this.#stamp!, draft).then(() => true, () => false)
      if (taken) return { content: known, isNew: false }
      // Somebody has been at the public folder: all is made anew.
      await this.#options.folder.draft(draft.stamp)
    }
    return { content: await within(GENERATION_TIMEOUT_MS, this.#write(draft)), isNew: true }
  }

  #mayGoOnWithout (now: Date): boolean {
    const seconds = this.#options.withoutDatabaseSeconds ?? 3600
    return this.#databaseSeenAt !== undefined && now.getTime() - this.#databaseSeenAt.getTime() <= seconds * 1000
  }

  /** One consistent state, so that all versions and all parts speak of the same. */
  async #write (draft: Draft): Promise<Content> {
    const { store, keys, moreParts = [] } = this.#options
    const services = this.#options.services()
    const { registry, state, ...facts } = await store.read(async (reader) => {
      const nodes = await keys.nodes(reader)
      const state: ConfigurationState = {
        private: await privateParametersOf(reader, await trustedAnchors(reader), services),
        shared: await sharedHeadOf(reader, nodes),
        optional: [...await optionalParts(reader), ...(await Promise.all(moreParts.map((part) => part(reader)))).flat()]
      }
      return {
        revision: await revisionOf(reader),
        lastEvent: (await reader.get<{ id: number | null }>('SELECT max(id) AS id FROM audit_event'))?.id ?? 0,
        expireSeconds: (await readParameters(reader)).confExpireIntervalSeconds,
        keys: nodes.flatMap(({ internalCertificates, externalCertificates }) => [...internalCertificates, ...externalCertificates]),
        state,
        registry: await readRegistry(reader)
      }
    })
    // Written when the database is let go: a large registry takes seconds.
    await using writer = registry
    return { ...facts, services: servicesKey(services), versions: await writeParts(writer, state, draft) }
  }
}

/** What the parameters say of services is no part of the registry, and its revision does not tell of it. */
function servicesKey ({ host, registrationCertificate, registrationPort }: CoreServices): string {
  return `${host} ${registrationPort ?? ''} ${registrationCertificate?.toString('base64') ?? ''}`
}
