import { mkdir, readdir, readFile, rm, rename } from 'node:fs/promises'
import { createReadStream, createWriteStream, existsSync } from 'node:fs'
import { join } from 'node:path'
import { pipeline } from 'node:stream/promises'
import { promisify } from 'node:util'
import { createGzip, gunzip } from 'node:zlib'
import { writeFileAtomic, type Logger } from '@trembita/daemon'
import { Refusal } from '../refusal.ts'
import type { PublicFolder } from './public-folder.ts'
import type { Generation } from './publisher.ts'

/** A part of a past generation, in the newest version of the configuration. */
export interface KeptPart {
  readonly contentIdentifier: string
  readonly fileName: string
  readonly size: number
  /** SHA-512 in hex; its file is named by it. */
  readonly digest: string
}

/** A generation whose parts differed from those before. */
export interface KeptGeneration {
  readonly stamp: string
  /** RFC 3339. */
  readonly publishedAt: string
  readonly revision: number
  readonly lastEvent: number
  readonly parts: readonly KeptPart[]
}

/** So many changes of what is published can be looked back at. */
const GENERATIONS_MAX = 100
/** The version that says all there is to say. */
export const KEPT_VERSION = 6
/** No published part is larger: readers refuse it. */
const PART_BYTES_MAX = 64 * 1024 * 1024

/**
 * What was published before, for people who ask what changed: the parts of the last generations of this node, each content once,
 * compressed. Losing it loses nothing that anything depends on.
 */
export class Generations {
  readonly #path: string
  readonly #folder: PublicFolder
  readonly #log: Logger
  #kept: readonly KeptGeneration[] = []
  #working: Promise<void> = Promise.resolve()

  constructor (path: string, folder: PublicFolder, log: Logger) {
    this.#path = path
    this.#folder = folder
    this.#log = log
  }

  async open (): Promise<void> {
    await mkdir(this.#path, { recursive: true, mode: 0o755 })
    try {
      this.#kept = JSON.parse(await readFile(join(this.#path, 'index.json'), 'utf8')) as KeptGeneration[]
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ENOENT') this.#log.warn({ err: error }, 'the list of past configurations is not readable and begins anew')
    }
  }

  /** Keeps a generation, unless nothing in it changed; in the background, one after the other. */
  keep (generation: Generation): void {
    if (!generation.isNew) return
    this.#working = this.#working.then(() => this.#keep(generation)).catch((error: unknown) => {
      this.#log.warn({ err: error, stamp: generation.stamp }, 'a published configuration could not be kept for later comparison')
    })
  }

  /** Resolves when everything given to `keep` has been kept. */
  async settled (): Promise<void> {
    await this.#working
  }

  /** The newest first. */
  list (): readonly KeptGeneration[] {
    return this.#kept.toReversed()
  }

  /** @throws {Refusal} `generation_not_found` */
  find (stamp: string): KeptGeneration {
    const found = this.#kept.find((kept) => kept.stamp === stamp)
    if (found === undefined) throw new Refusal('notFound', 'generation_not_found', `configuration ${stamp} is not kept here: it is too old, or another node made it`)
    return found
  }

  /** The one before it, if it is kept. */
  before (stamp: string): KeptGeneration | undefined {
    return this.#kept[this.#kept.findIndex((kept) => kept.stamp === stamp) - 1]
  }

  pathOf ({ digest }: KeptPart): string {
    return join(this.#path, `${digest}.gz`)
  }

  async read (part: KeptPart): Promise<Buffer> {
    return await readKept(this.pathOf(part))
  }

  async close (): Promise<void> {
    await this.#working
  }

  async #keep ({ stamp, publishedAt, revision, lastEvent, versions }: Generation): Promise<void> {
    const newest = versions.find(({ version }) => version === KEPT_VERSION)!
    const parts = newest.parts.map(({ contentIdentifier, fileName, size, digest }) => ({ contentIdentifier, fileName, size, digest: Buffer.from(digest).toString('hex') }))
    const last = this.#kept.at(-1)
    if (last !== undefined && digestsOf(last.parts) === digestsOf(parts)) return
    for (const part of parts) {
      const path = this.pathOf(part)
      if (existsSync(path)) continue
      await pipeline(createReadStream(this.#folder.pathOf(stamp, KEPT_VERSION, part.fileName)), createGzip({ level: 6 }), createWriteStream(`${path}.new`))
      await rename(`${path}.new`, path)
    }
    this.#kept = [...this.#kept, { stamp, publishedAt: publishedAt.toISOString(), revision, lastEvent, parts }].slice(-GENERATIONS_MAX)
    await writeFileAtomic(join(this.#path, 'index.json'), JSON.stringify(this.#kept), { mode: 0o644 })
    const used = new Set(this.#kept.flatMap(({ parts }) => parts.map(({ digest }) => `${digest}.gz`)))
    for (const name of await readdir(this.#path)) if (name.endsWith('.gz') && !used.has(name)) await rm(join(this.#path, name), { force: true })
  }
}

function digestsOf (parts: readonly KeptPart[]): string {
  return parts.map(({ contentIdentifier, digest }) => `${contentIdentifier} ${digest}`).sort().join('\n')
}

export async function readKept (path: string): Promise<Buffer> {
  return await promisify(gunzip)(await readFile(path), { maxOutputLength: PART_BYTES_MAX })
}
