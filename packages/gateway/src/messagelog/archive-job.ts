import { mkdir, readdir, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { type Clock, type Logger, writeFileAtomic } from '@trembita/daemon'
import { archiveFileName, writeArchive } from '@trembita/protocol/asic'
import type { ArchivableRecord } from './archive-store.ts'
import type { BodyFiles } from './body-files.ts'
import { clientOf } from './columns.ts'
import type { Containers } from './containers.ts'
import type { StoreClient } from './store-client.ts'
import type { ArchiveGrouping, ArchiveOptions, NamedContainer } from './types.ts'

const DEFAULTS = { intervalSeconds: 6 * 3600, fileBytesMax: 32 * 1024 * 1024, keepRecordsDays: 30 }
const PAGE = 500
const DAY_MS = 24 * 3600 * 1000

export interface ArchiveDeps {
  readonly store: StoreClient
  readonly files: BodyFiles
  readonly containers: Containers
  readonly clock: Clock
  readonly log: Logger
}

/** What goes into one file. */
interface Pending {
  group: string | undefined
  containers: NamedContainer[]
  bytes: number
  first: Date
  last: Date
}

/**
 * Puts time-stamped records into archive files linked by their digests, and removes records that were archived long
 * enough ago (xroad-messages §4.5). A crash at any point leaves either a whole archive or none.
 */
export class ArchiveJob {
  readonly #deps: ArchiveDeps
  readonly #folder: string
  readonly #options: ArchiveOptions
  #timer: NodeJS.Timeout | undefined
  #running: Promise<void> | undefined
  #closed = false

  constructor (deps: ArchiveDeps, options: ArchiveOptions & { folder: string }) {
    this.#deps = deps
    this.#options = options
    this.#folder = options.folder
  }

  /** Removes files that a crash left between being written and being noted as done; their records go into the next one. */
  async recover (): Promise<void> {
    await mkdir(this.#folder, { recursive: true, mode: 0o750 })
    for (const name of await readdir(this.#folder)) if (/^\.mlog-.*\.tmp$/.test(name)) await rm(join(this.#folder, name), { force: true })
    for (const { id, file } of await this.#deps.store.call('unfinishedArchives')) {
      await rm(join(this.#folder, file), { force: true })
      await this.#deps.store.call('forgetArchive', id)
    }
  }

  start (): void {
    this.#schedule()
  }

  /** One run at a time; a call while one runs waits for it. */
  runNow (): Promise<void> {
    this.#running ??= this.#run().finally(() => { this.#running = undefined })
    return this.#running
  }

  async close (): Promise<void> {
    this.#closed = true
    clearTimeout(this.#timer)
    await this.#running?.catch(() => {})
  }

  #schedule (): void {
    if (this.#closed) return
    this.#timer = setTimeout(() => {
      this.runNow()
        .catch((err: unknown) => { this.#deps.log.error({ err }, 'archiving of the message log failed') })
        .finally(() => { this.#schedule() })
    }, Math.min((this.#options.intervalSeconds ?? DEFAULTS.intervalSeconds) * 1000, 2 ** 31 - 1))
    this.#timer.unref()
  }

  async #run (): Promise<void> {
    await this.#archive()
    await this.#prune()
  }

  async #archive (): Promise<void> {
    const grouping = this.#options.grouping ?? 'none'
    const bytesMax = this.#options.fileBytesMax ?? DEFAULTS.fileBytesMax
    let pending: Pending | undefined
    let after: ArchivableRecord | undefined
    while (!this.#closed) {
      const page = await this.#deps.store.call('archivable', grouping, after, PAGE)
      for (const record of page) {
        if (this.#closed) return
        const group = groupOf(grouping, record.party)
        if (pending !== undefined && (pending.group !== group || pending.bytes >= bytesMax)) {
          await this.#write(pending)
          pending = undefined
        }
        const { row, ...container } = await this.#deps.containers.build(record.id)
        const at = new Date(row.created)
        pending ??= { group, containers: [], bytes: 0, first: at, last: at }
        pending.containers.push(container)
        pending.bytes += container.bytes.length
        pending.last = at
      }
      after = page.at(-1)
      if (page.length < PAGE) break
    }
    if (pending !== undefined && !this.#closed) await this.#write(pending)
  }

  async #write ({ group, containers, first, last }: Pending): Promise<void> {
    const { store, clock, log } = this.#deps
    const previous = await store.call('lastArchive', group ?? '')
    const archive = await writeArchive(containers, {
      previous: previous === undefined ? undefined : { digest: previous.lastDigest, fileName: previous.file },
      at: last
    })
    const file = archiveFileName({ group, first, last, lastDigest: archive.lastDigest })
    const id = await store.call('beginArchive', group ?? '', file, archive.lastDigest, clock.now().getTime())
    await writeFileAtomic(join(this.#folder, file), archive.bytes)
    await store.call('finishArchive', id, containers.map((container) => container.id))
    log.info({ file, records: containers.length }, 'archive written')
  }

  async #prune (): Promise<void> {
    const before = this.#deps.clock.now().getTime() - (this.#options.keepRecordsDays ?? DEFAULTS.keepRecordsDays) * DAY_MS
    let total = 0
    while (!this.#closed) {
      const { removed, bodies } = await this.#deps.store.call('prune', before, PAGE)
      for (const name of bodies) await this.#deps.files.remove(name)
      total += removed
      if (removed < PAGE) break
    }
    if (total > 0) this.#deps.log.info({ records: total }, 'archived records removed from the message log')
  }
}

/** Readable name of a group, part of its archives' file names; none when all go together. */
function groupOf (grouping: ArchiveGrouping, party: string): string | undefined {
  if (grouping === 'none') return undefined
  const id = clientOf(party)
  const member = `${id.instance}/${id.memberClass}/${id.memberCode}`
  return grouping === 'member' || id.subsystemCode === undefined ? member : `${member}/${id.subsystemCode}`
}
