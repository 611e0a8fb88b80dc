import { readFile } from 'node:fs/promises'
import type { Clock, Logger } from '@trembita/daemon'
import { AGREEMENTS_FILE } from '@trembita/protocol/agreement'
import { Fault } from '@trembita/protocol/fault'
import { isSameAnchor, parseAnchor, type Anchor } from '@trembita/protocol/globalconf'
import { SUSPENSIONS_FILE } from '@trembita/protocol/suspension'
import { ConfFolder } from './conf-folder.ts'
import { download, type Download } from './download.ts'
import { HttpGetter } from './http-get.ts'
import { locationsOf } from './locations.ts'
import { ConfState, type InstanceFiles } from './state.ts'
import type { Snapshot } from './snapshot.ts'

export interface GlobalConfOptions {
  /** Path of the anchor file, looked at before each download; or its bytes. */
  readonly anchor: string | Uint8Array
  /** Where downloaded configuration is kept. */
  readonly folder: string
  readonly clock: Clock
  readonly log: Logger
  /** Federated instances to follow, by identifier in any case; `none` (default) or `all`. */
  readonly allowedFederations?: 'none' | 'all' | readonly string[] | undefined
  /** Seconds between downloads; default 60, 0 never downloads by itself. */
  readonly refreshSeconds?: number | undefined
  readonly connectTimeoutMs?: number | undefined
  readonly readTimeoutMs?: number | undefined
  readonly totalTimeoutMs?: number | undefined
  readonly tlsVerify?: boolean | undefined
}

export interface GlobalConfStatus {
  readonly lastSuccessAt: Date | undefined
  readonly lastFailureAt: Date | undefined
  readonly lastFailure: string | undefined
  /** URL that the configuration in use was last confirmed from. */
  readonly source: string | undefined
  readonly expiresAt: Date | undefined
}

/** Without a usable configuration nothing works, so the next try comes sooner. */
const RETRY_SECONDS = 5
/** Sources of one instance sign a minute apart at most; a directory that ends earlier by more than this is an old one. */
const ROLLBACK_TOLERANCE_MS = 120_000

/**
 * Keeps the global configuration: downloads it, checks it, saves it, and hands out the last good state. What cannot be
 * downloaded or does not verify changes nothing; the state in force then lasts until it expires.
 */
export class GlobalConf implements AsyncDisposable {
  readonly #options: GlobalConfOptions
  readonly #http: HttpGetter
  readonly #folder: ConfFolder
  readonly #state: ConfState
  readonly #lastGood = new Map<string, string>()
  readonly #listeners = new Set<(snapshot: Snapshot) => void>()
  #anchor: Anchor | undefined
  #timer: NodeJS.Timeout | undefined
  #refreshing: Promise<void> | undefined
  #closed = false
  #status: Omit<GlobalConfStatus, 'expiresAt'> = { lastSuccessAt: undefined, lastFailureAt: undefined, lastFailure: undefined, source: undefined }

  constructor (options: GlobalConfOptions) {
    this.#options = options
    this.#http = new HttpGetter({
      connectTimeoutMs: options.connectTimeoutMs ?? 10_000,
      readTimeoutMs: options.readTimeoutMs ?? 30_000,
      totalTimeoutMs: options.totalTimeoutMs ?? 120_000,
      tlsVerify: options.tlsVerify ?? true
    })
    this.#folder = new ConfFolder(options.folder)
    this.#state = new ConfState(options.clock, options.log)
  }

  /**
   * Loads the last good configuration from disk. When that is still valid the first download runs in the background;
   * otherwise it is waited for, and its failure is logged, not thrown: later ones may succeed.
   *
   * @throws {Fault} `MalformedGlobalConf` for a bad anchor; a file error for one that is not there.
   */
  async start (): Promise<void> {
    const anchor = await this.#readAnchor()
    this.#anchor = anchor
    await this.#loadSaved(anchor)
    const first = this.refresh().catch(() => {})
    if (!this.#isUsable()) await first
  }

  /**
   * The state in force.
   *
   * @throws {Fault} `OutdatedGlobalConf` when there has never been one. Whether it is still valid is the caller's
   *   question to `validAt` or `checkValid`, since some answers may be given from an outdated one.
   */
  current (): Snapshot {
    const snapshot = this.#state.snapshot()
    if (snapshot === undefined) throw new Fault('OutdatedGlobalConf', 'Global configuration is not available')
    return snapshot
  }

  status (): GlobalConfStatus {
    return { ...this.#status, expiresAt: this.#state.snapshot()?.expiresAt }
  }

  /** Calls `listener` after each change of content. Returns a function that ends it. */
  onChange (listener: (snapshot: Snapshot) => void): () => void {
    this.#listeners.add(listener)
    return () => { this.#listeners.delete(listener) }
  }

  /**
   * Downloads now; a call during a download waits for that one.
   *
   * @throws {Fault} the most telling failure of a location, when the own instance could be had from none.
   */
  refresh (): Promise<void> {
    this.#refreshing ??= this.#refresh().finally(() => {
      this.#refreshing = undefined
      this.#schedule()
    })
    return this.#refreshing
  }

  /** Downloads what is published when it is called: a download under way may have begun before. @throws as `refresh` does. */
  async refreshNow (): Promise<void> {
    await this.#refreshing?.catch(() => {})
    await this.refresh()
  }

  async close (): Promise<void> {
    this.#closed = true
    clearTimeout(this.#timer)
    await this.#http.close()
    await this.#refreshing?.catch(() => {})
  }

  [Symbol.asyncDispose] (): Promise<void> {
    return this.close()
  }

  #isUsable (): boolean {
    return this.#state.snapshot()?.validAt(this.#options.clock.now()) ?? false
  }

  #schedule (): void {
    const seconds = this.#options.refreshSeconds ?? 60
    if (this.#closed || seconds === 0) return
    clearTimeout(this.#timer)
    const waitSeconds = this.#isUsable() ? seconds : Math.min(seconds, RETRY_SECONDS)
    this.#timer = setTimeout(() => { this.refresh().catch(() => {}) }, waitSeconds * 1000)
    this.#timer.unref()
  }

  async #refresh (): Promise<void> {
    const { clock, log } = this.#options
    const before = this.#state.snapshot()?.version
    try {
      await this.#reloadAnchor()
      const anchor = this.#anchor!
      const own = await this.#downloadInstance(anchor, true)
      await this.#folder.writeInstanceIdentifier(anchor.instance)
      this.#status = { ...this.#status, lastSuccessAt: clock.now(), source: own.location.url }
      await this.#refreshFederation(anchor.instance)
    } catch (error) {
      this.#status = { ...this.#status, lastFailureAt: clock.now(), lastFailure: error instanceof Fault ? error.message : 'internal error' }
      if (!this.#closed) log.error({ err: error }, 'global configuration could not be refreshed')
      throw error
    } finally {
      const snapshot = this.#state.snapshot()
      if (snapshot !== undefined && snapshot.version !== before) this.#announce(snapshot)
    }
  }

  #announce (snapshot: Snapshot): void {
    this.#options.log.info({ instance: snapshot.instance, instances: snapshot.instances, expiresAt: snapshot.expiresAt }, 'global configuration changed')
    for (const listener of this.#listeners) listener(snapshot)
  }

  async #refreshFederation (ownInstance: string): Promise<void> {
    const anchors = this.#allowedAnchors(ownInstance)
    for (const anchor of anchors) {
      try {
        await this.#downloadInstance(anchor, false)
      } catch (error) {
        if (!this.#closed) this.#options.log.error({ err: error, instance: anchor.instance }, 'configuration of a federated instance could not be refreshed')
      }
    }
    const known = [ownInstance, ...anchors.map(({ instance }) => instance)]
    this.#state.keepOnly(known)
    await this.#folder.keepOnly(known)
  }

  /** Own instance and filter are compared without regard to case (xroad-trust §7.14). */
  #allowedAnchors (ownInstance: string): Anchor[] {
    const filter = this.#options.allowedFederations ?? 'none'
    if (filter === 'none') return []
    const allowed = filter === 'all' ? undefined : new Set(filter.map((instance) => instance.toLowerCase()))
    return this.current().privateParameters.trustedAnchors.filter(({ instance }) =>
      instance.toLowerCase() !== ownInstance.toLowerCase() && (allowed?.has(instance.toLowerCase()) ?? true))
  }

  async #downloadInstance (anchor: Anchor, own: boolean): Promise<Download> {
    const { instance } = anchor
    const { clock, log } = this.#options
    const locations = locationsOf(anchor, this.#state.sharedOf(instance), this.#lastGood.get(instance))
    let failure: unknown = locations.length === 0 ? new Fault('MalformedGlobalConf', `anchor of instance ${instance} has no usable address`) : undefined
    let isOnlyGuess = false
    for (const location of locations) {
      try {
        const found = await download(this.#http, location, {
          instance, own, at: clock.now(), readSaved: (fileName) => this.#folder.read(instance, fileName)
        })
        const files = toInstanceFiles(instance, found)
        this.#state.check(files, own)
        await this.#warnOfRollback(instance, found)
        await this.#folder.save(instance, found)
        this.#state.apply(files, own)
        this.#lastGood.set(instance, location.url)
        return found
      } catch (error) {
        // Many sources have no https at all; we try, as X-Road does.
        const isGuess = location.url.startsWith('https:') && isUnreachable(error)
        // What a source got wrong says more than that another one could not be reached, and that more than our guess.
        if (failure === undefined || isOnlyGuess || !isUnreachable(error)) {
          failure = error
          isOnlyGuess = isGuess
        }
        if (this.#closed) break
        const level = isGuess ? 'debug' : 'warn'
        log[level]({ err: error, url: location.url, instance }, 'configuration source could not be used')
      }
    }
    throw failure
  }

  /** X-Road has no protection against an old directory that has not expired; neither can we refuse one, but it should be seen. */
  async #warnOfRollback (instance: string, { directory, location }: Download): Promise<void> {
    const saved = await this.#folder.readMetadata(instance, 'shared-params.xml').catch(() => undefined)
    if (saved?.expirationDate === undefined) return
    const older = directory.expireAt.getTime() < saved.expirationDate.getTime() - ROLLBACK_TOLERANCE_MS
    if (older || directory.version < saved.configurationVersion) {
      this.#options.log.warn({ instance, url: location.url, expireAt: directory.expireAt, savedExpireAt: saved.expirationDate, version: directory.version, savedVersion: saved.configurationVersion },
        'configuration directory is older than the one in use')
    }
  }

  async #readAnchor (): Promise<Anchor> {
    const { anchor } = this.#options
    return parseAnchor(typeof anchor === 'string' ? await readFile(anchor) : anchor)
  }

  /** A new anchor file takes effect without a restart; an unreadable one does not take the old out of force. */
  async #reloadAnchor (): Promise<void> {
    try {
      const anchor = await this.#readAnchor()
      if (this.#anchor !== undefined && isSameAnchor(anchor, this.#anchor)) return
      if (this.#anchor?.instance !== anchor.instance) this.#state.clear()
      this.#anchor = anchor
      this.#options.log.info({ instance: anchor.instance }, 'configuration anchor was replaced')
    } catch (error) {
      this.#options.log.error({ err: error }, 'configuration anchor is not readable; the one in use stays')
    }
  }

  async #loadSaved (anchor: Anchor): Promise<void> {
    if (!await this.#loadInstance(anchor.instance, true)) return
    for (const { instance } of this.#allowedAnchors(anchor.instance)) await this.#loadInstance(instance, false)
  }

  async #loadInstance (instance: string, own: boolean): Promise<boolean> {
    try {
      const files = await readSavedFiles(this.#folder, instance, own)
      if (files === undefined) return false
      this.#state.apply(files, own)
      return true
    } catch (error) {
      this.#options.log.error({ err: error, instance }, 'saved configuration is not readable and was left out')
      return false
    }
  }
}

function isUnreachable (error: unknown): boolean {
  return error instanceof Fault && error.kind === 'NetworkError'
}

/** Constructs and starts in one step. */
export async function startGlobalConf (options: GlobalConfOptions): Promise<GlobalConf> {
  const globalconf = new GlobalConf(options)
  try {
    await globalconf.start()
    return globalconf
  } catch (error) {
    await globalconf.close()
    throw error
  }
}

function toInstanceFiles (instance: string, { directory, files }: Download): InstanceFiles {
  return {
    instance,
    files: new Map(files.map(({ fileName, bytes }) => [fileName, { bytes, version: directory.version, expiresAt: directory.expireAt }]))
  }
}

async function readSavedFiles (folder: ConfFolder, instance: string, own: boolean): Promise<InstanceFiles | undefined> {
  const files: InstanceFiles['files'] = new Map()
  const names = own ? ['shared-params.xml', 'private-params.xml', 'monitoring-params.xml', 'fetchinterval-params.xml', 'nextupdate-params.xml', AGREEMENTS_FILE, SUSPENSIONS_FILE] : ['shared-params.xml']
  for (const name of names) {
    const bytes = await folder.read(instance, name)
    if (bytes === undefined) continue
    const { configurationVersion, expirationDate } = await folder.readMetadata(instance, name)
    files.set(name, { bytes, version: configurationVersion, expiresAt: expirationDate })
  }
  return files.has('shared-params.xml') && (!own || files.has('private-params.xml')) ? { instance, files } : undefined
}
