import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { writeFileAtomic, type Logger } from '@trembita/daemon'
import { Fault } from '@trembita/protocol/fault'
import {
  GLOBALCONF_VERSIONS, isPartUnchanged, parseAnchor, parsePrivateParameters, parseSharedParameters, PART_FILES,
  type Anchor, type AnchorSource, type DirectoryPart, type GlobalConfVersion
} from '@trembita/protocol/globalconf'
import { fetchDirectory, fetchPart, plainSources, type FetchedDirectory } from '../globalconf/index.ts'

/** A part of the other instance, as it was downloaded and checked. */
export interface UpstreamPart {
  readonly contentIdentifier: string
  readonly fileName: string
  readonly bytes: Buffer
}

/** One version of the configuration of the other instance. */
export interface UpstreamVersion {
  readonly version: GlobalConfVersion
  readonly parts: readonly UpstreamPart[]
}

const FILE_NAME = /^[A-Za-z0-9_][A-Za-z0-9._-]{0,199}$/

/** Downloads what is to be signed again, as strictly as a gateway would, and keeps it so that only what changes is downloaded. */
export class Upstream {
  readonly #anchorFile: string
  readonly #folder: string
  readonly #log: Logger

  constructor (anchorFile: string, folder: string, log: Logger) {
    this.#anchorFile = anchorFile
    this.#folder = folder
    this.#log = log
  }

  /**
   * Every version that the other instance has, each with all its parts, signature, expiry and hashes checked.
   *
   * @throws {Fault} when any version that is there cannot be had whole.
   */
  async fetch (at: Date): Promise<{ readonly instance: string, readonly versions: readonly UpstreamVersion[] }> {
    const anchor = parseAnchor(await readFile(this.#anchorFile))
    const sources = [...await this.#savedSources(anchor), ...plainSources(anchor)]
    const versions: UpstreamVersion[] = []
    for (const version of GLOBALCONF_VERSIONS) {
      const found = await fetchDirectory({ ...anchor, sources }, version, at)
      if (found !== undefined) versions.push({ version, parts: await this.#parts(found, anchor.instance, version) })
    }
    if (versions.length === 0) throw new Fault('NetworkError', `no version of the configuration of instance ${anchor.instance} is there`)
    return { instance: anchor.instance, versions }
  }

  async #parts (found: FetchedDirectory, instance: string, version: GlobalConfVersion): Promise<UpstreamPart[]> {
    const wanted = found.directory.parts.filter((part) => part.instance === undefined || part.instance === instance)
    const parts: UpstreamPart[] = []
    for (const part of wanted) parts.push({ contentIdentifier: part.contentIdentifier, ...await this.#part(found, part, instance, version) })
    if (!parts.some(({ contentIdentifier }) => contentIdentifier === 'SHARED-PARAMETERS')) throw new Fault('MalformedGlobalConf', `configuration directory: no shared parameters of instance ${instance}`)
    if (new Set(parts.map(({ fileName }) => fileName)).size !== parts.length) throw new Fault('MalformedGlobalConf', 'configuration directory: two parts of one file name')
    return parts
  }

  async #part (found: FetchedDirectory, part: DirectoryPart, instance: string, version: GlobalConfVersion): Promise<{ fileName: string, bytes: Buffer }> {
    const fileName = fileNameOf(part)
    const path = join(this.#folder, `v${version}`, fileName)
    const saved = await readFile(path).catch(() => undefined)
    if (saved !== undefined && isPartUnchanged(part, saved)) return { fileName, bytes: saved }
    const bytes = await fetchPart(found, part)
    if (part.contentIdentifier === 'SHARED-PARAMETERS') checkInstance(parseSharedParameters(bytes, version).instance, instance)
    if (part.contentIdentifier === 'PRIVATE-PARAMETERS') checkInstance(parsePrivateParameters(bytes, version).instance, instance)
    await writeFileAtomic(path, bytes, { mode: 0o644 })
    return { fileName, bytes }
  }

  /** Sources that the configuration itself named last: they know of keys that the anchor may not (xroad-trust §2.6). */
  async #savedSources (anchor: Anchor): Promise<AnchorSource[]> {
    const [plain] = plainSources(anchor)
    if (plain === undefined) return []
    const directory = new URL(plain.url).pathname.slice(1)
    for (const version of GLOBALCONF_VERSIONS.toReversed()) {
      const bytes = await readFile(join(this.#folder, `v${version}`, PART_FILES['SHARED-PARAMETERS']!)).catch(() => undefined)
      if (bytes === undefined || version < 3) continue
      try {
        const { instance, sources } = parseSharedParameters(bytes, version)
        if (instance !== anchor.instance) return []
        return sources.map(({ address, internalCertificates, externalCertificates }) => ({
          url: `http://${address}/${directory}`,
          certificates: directory === 'internalconf' ? internalCertificates : directory === 'externalconf' ? externalCertificates : [...internalCertificates, ...externalCertificates]
        })).filter(({ url, certificates }) => URL.canParse(url) && certificates.length > 0)
      } catch (error) {
        this.#log.warn({ err: error }, 'saved shared parameters are not readable; the anchor alone says where to look')
        return []
      }
    }
    return []
  }
}

function checkInstance (found: string, expected: string): void {
  if (found !== expected) throw new Fault('MalformedGlobalConf', `configuration part is of instance ${found}, and not of ${expected}`)
}

function fileNameOf ({ contentIdentifier, fileName, location }: DirectoryPart): string {
  const known = Object.hasOwn(PART_FILES, contentIdentifier) ? PART_FILES[contentIdentifier] : undefined
  const name = known ?? fileName ?? location.replace(/[?#].*$/, '').split('/').at(-1) ?? ''
  if (!FILE_NAME.test(name) || (known === undefined && Object.values(PART_FILES).includes(name))) throw new Fault('MalformedGlobalConf', 'configuration directory: file name of a part is not usable')
  return name
}
