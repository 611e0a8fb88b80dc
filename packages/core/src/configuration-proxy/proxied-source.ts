import { hash } from 'node:crypto'
import { join } from 'node:path'
import type { Clock, Logger } from '@trembita/daemon'
import { buildDirectory, parseSharedParameters, writeAnchor, type AnchorSource, type GlobalConfVersion } from '@trembita/protocol/globalconf'
import { PublicFolder, stampOf, type Draft } from '../globalconf/index.ts'
import type { ProxiedSource, ProxyConfig } from './config.ts'
import { ProxyKeys, type ProxyKey } from './proxy-keys.ts'
import { replaceSources } from './replace-sources.ts'
import { Upstream, type UpstreamPart, type UpstreamVersion } from './upstream.ts'

/** The file that holds the directory of a version. */
export const DIRECTORY_FILE = 'conf'

export interface ProxiedStatus {
  readonly instance: string | undefined
  readonly publishedAt: Date | undefined
  readonly expiresAt: Date | undefined
  /** Set while the last attempt failed. */
  readonly failure: string | undefined
}

/** One configuration that is fetched, signed again and offered under the proxy's own name. */
export class Proxied {
  readonly name: string
  readonly folder: PublicFolder
  readonly keys: ProxyKeys
  readonly #config: ProxyConfig
  readonly #upstream: Upstream
  readonly #clock: Clock
  readonly #log: Logger
  #stamp: string | undefined
  #status: ProxiedStatus = { instance: undefined, publishedAt: undefined, expiresAt: undefined, failure: undefined }

  constructor (config: ProxyConfig, source: ProxiedSource, clock: Clock, log: Logger) {
    const own = join(config.dataFolder, source.name)
    this.name = source.name
    this.#config = config
    this.#clock = clock
    this.#log = log.child({ source: source.name })
    this.folder = new PublicFolder(join(own, 'public'))
    this.keys = new ProxyKeys(own, config.passphrase)
    this.#upstream = new Upstream(source.anchor, join(own, 'upstream'), this.#log)
  }

  get stamp (): string | undefined {
    return this.#stamp
  }

  get status (): ProxiedStatus {
    return this.#status
  }

  /** @throws when the signing key cannot be opened. */
  async open (): Promise<void> {
    await this.folder.open()
    this.#stamp = await this.folder.current()
    if ((await this.keys.list()).length === 0) await this.keys.add(this.#config.keyType, this.#clock.now())
    await this.keys.signer()
  }

  /** Fetches, signs again, and offers; a failure leaves what is in force until it expires. Never throws. */
  async refresh (): Promise<void> {
    let draft: Draft | undefined
    try {
      const now = this.#clock.now()
      const { instance, versions } = await this.#upstream.fetch(now)
      const keys = await this.keys.list()
      draft = await this.folder.draft(stampOf(now, this.#stamp))
      const expiresAt = new Date(now.getTime() + this.#config.validitySeconds * 1000)
      for (const version of versions) await this.#writeVersion(draft, instance, version, keys, expiresAt)
      await this.folder.publish(draft)
      await this.keys.published(keys, now)
      this.#stamp = draft.stamp
      this.#status = { instance, publishedAt: now, expiresAt, failure: undefined }
      this.#log.info({ instance, stamp: draft.stamp, versions: versions.map(({ version }) => version), expiresAt }, 'configuration signed again')
      await this.folder.prune(now)
    } catch (error) {
      this.#status = { ...this.#status, failure: error instanceof Error ? error.message : 'unknown failure' }
      this.#log.error({ err: error }, 'configuration could not be signed again; what is in force stays until it expires')
      if (draft !== undefined) await this.folder.discard(draft).catch(() => {})
    }
  }

  /** What readers of this proxy are set up with. */
  async anchor (instance: string): Promise<Buffer> {
    const source: AnchorSource = { url: `http://${this.#config.publicAddress}/${this.name}/conf`, certificates: (await this.keys.list()).map(({ certificate }) => certificate) }
    return writeAnchor({ instance, generatedAt: this.#clock.now(), sources: [source] })
  }

  async #writeVersion (draft: Draft, instance: string, { version, parts }: UpstreamVersion, keys: readonly ProxyKey[], expireAt: Date): Promise<void> {
    const entries = []
    for (const part of parts) {
      const bytes = this.#contentOf(part, version, keys)
      await draft.write(version, part.fileName, bytes)
      entries.push({
        contentIdentifier: part.contentIdentifier,
        instance,
        location: `/${this.name}/${draft.stamp}${version}/${encodeURIComponent(instance)}/${part.fileName}`,
        digest: hash('sha512', bytes, 'buffer')
      })
    }
    await draft.write(version, DIRECTORY_FILE, await buildDirectory({ version, expireAt, parts: entries, signer: await this.keys.signer() }))
  }

  /** Readers look for the sources that the parameters name, so those must be this proxy; version 2 names none. */
  #contentOf ({ contentIdentifier, bytes }: UpstreamPart, version: GlobalConfVersion, keys: readonly ProxyKey[]): Buffer {
    if (contentIdentifier !== 'SHARED-PARAMETERS' || version === 2) return bytes
    const certificates = keys.map(({ certificate }) => certificate)
    const replaced = replaceSources(bytes, { address: this.#config.publicAddress, internalCertificates: certificates, externalCertificates: certificates })
    parseSharedParameters(replaced, version)
    return replaced
  }
}
