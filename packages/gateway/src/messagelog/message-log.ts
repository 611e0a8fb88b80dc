import { existsSync } from 'node:fs'
import { statfs } from 'node:fs/promises'
import { join } from 'node:path'
import type { Clock, Logger, Metrics } from '@trembita/daemon'
import { Fault, inStage } from '@trembita/protocol/fault'
import type { ClientId } from '@trembita/protocol/identifiers'
import { ArchiveJob } from './archive-job.ts'
import { Bodies } from './bodies.ts'
import { BodyFiles } from './body-files.ts'
import { clientText, foundRecord, serviceText } from './columns.ts'
import { Containers } from './containers.ts'
import { openLogKeys } from './keys.ts'
import { LogMetrics } from './log-metrics.ts'
import { BodyPolicy } from './policy.ts'
import type { BodySpool } from './spool.ts'
import { StoreClient } from './store-client.ts'
import { Timestamper } from './timestamper.ts'
import type {
  ArchiveOptions, FoundRecord, LogRecord, MessageLog, MessageLogLimits, MessageLogState, NamedContainer, RecordPage, RecordPageQuery, RecordQuery, RecordSeal, RecordSearch, StoredBody, TimestampingOptions
} from './types.ts'

export interface MessageLogOptions {
  /** Holds `messagelog.db`, `messagelog.key`, `bodies/` and, unless said otherwise, `archive/`. Made when missing. */
  readonly folder: string
  /** PIN of the software token: opens the key file. Not kept. */
  readonly pin: Uint8Array
  readonly clock: Clock
  readonly log: Logger
  readonly metrics?: Metrics | undefined
  readonly limits?: MessageLogLimits | undefined
  readonly timestamping: TimestampingOptions
  /** Absent: nothing is archived, and nothing is removed. */
  readonly archive?: ArchiveOptions | undefined
}

/** Some minutes of heavy traffic. */
const FREE_BYTES_MIN = 1024 ** 3
const SEARCH_DEFAULT = 100
const SEARCH_MAX = 1000

/**
 * Opens the message log of one gateway; one process at a time per folder. What a crash left unfinished is removed.
 *
 * @throws {Fault} `PinIncorrect`, or `KeyNotFound` when records exist and their key file does not.
 */
export async function openMessageLog (options: MessageLogOptions): Promise<GatewayMessageLog> {
  const { folder, clock, log } = options
  const path = join(folder, 'messagelog.db')
  const keys = await openLogKeys(join(folder, 'messagelog.key'), options.pin, !existsSync(path))
  const store = await StoreClient.open({ path, contentKey: keys.content })
  const files = new BodyFiles(join(folder, 'bodies'), keys.bodies)
  const containers = new Containers(store, files)
  const timestamper = new Timestamper({ store, clock, log }, options.timestamping)
  const archive = options.archive === undefined
    ? undefined
    : new ArchiveJob({ store, files, containers, clock, log }, { ...options.archive, folder: options.archive.folder ?? join(folder, 'archive') })
  const messageLog = new GatewayMessageLog({ store, files, containers, timestamper, archive }, options)
  await archive?.recover()
  timestamper.start()
  archive?.start()
  return messageLog
}

interface Parts {
  readonly store: StoreClient
  readonly files: BodyFiles
  readonly containers: Containers
  readonly timestamper: Timestamper
  readonly archive: ArchiveJob | undefined
}

export class GatewayMessageLog implements MessageLog {
  readonly #parts: Parts
  readonly #bodies: Bodies
  readonly #policy: BodyPolicy
  readonly #immediately: boolean
  readonly #folder: string
  readonly #metrics: LogMetrics | undefined
  readonly #log: Logger
  readonly #swept: Promise<void>
  #closing: Promise<void> | undefined

  /** Use `openMessageLog`. */
  constructor (parts: Parts, options: MessageLogOptions) {
    this.#parts = parts
    this.#bodies = new Bodies(parts.files)
    this.#policy = new BodyPolicy(options.limits)
    this.#immediately = options.timestamping.immediately ?? false
    this.#folder = options.folder
    this.#log = options.log
    this.#metrics = options.metrics === undefined ? undefined : new LogMetrics(options.metrics, parts.store)
    parts.store.onBreak((err) => { if (this.#closing === undefined) this.#log.fatal({ err }, 'message log is broken, messages are refused') })
    this.#swept = this.#sweep()
  }

  async append (record: LogRecord): Promise<number> {
    this.checkAccepting()
    const kept = this.#policy.apply(record)
    const started = performance.now()
    // The usual message has no large body: no extra turn for it.
    const { bodies, files } = kept.bodies.length === 0 ? NO_BODIES : await this.#keep(() => this.#bodies.keep(kept))
    const { direction, side, queryId, requestId, protocol, parts } = record
    const content = { message: kept.message, signature: parts.signature, hashChainResult: parts.hashChainResult, hashChain: parts.hashChain, bodies }
    const columns = {
      direction,
      side,
      queryId,
      requestId,
      protocol,
      party: clientText(record.party),
      client: clientText(record.client),
      service: serviceText(record.service),
      created: record.at.getTime(),
      completeness: kept.completeness
    }
    let id: number
    try {
      id = await this.#parts.store.append({ columns, bodyFiles: files, content })
    } catch (cause) {
      await this.#bodies.abandon(files)
      throw new Fault('LoggingFailed', 'message could not be written to the message log', { cause })
    }
    this.#bodies.owned(files)
    this.#metrics?.appended(performance.now() - started)
    if (this.#immediately) {
      await this.#parts.timestamper.stamp([id]).catch((thrown: unknown) => { throw inStage(thrown, 'LoggingFailed') })
    }
    return id
  }

  checkBodySize (size: number, party?: ClientId): void {
    this.#policy.check(size, party)
  }

  checkAccepting (): void {
    if (this.#closing !== undefined) throw new Fault('LoggingFailed', 'message log is closed')
    if (this.#parts.store.broken !== undefined) throw new Fault('LoggingFailed', 'message log does not work', { cause: this.#parts.store.broken })
    this.#parts.timestamper.checkAccepting()
  }

  openBody (): BodySpool {
    return this.#bodies.openSpool()
  }

  readBody (body: StoredBody): AsyncIterable<Uint8Array> {
    return this.#bodies.read(body)
  }

  releaseBody (body: StoredBody): Promise<void> {
    return this.#bodies.release(body)
  }

  async find (query: RecordQuery): Promise<FoundRecord[]> {
    const rows = await this.#parts.store.call('find', query.queryId, clientText(query.party), query.direction)
    return rows.map(foundRecord)
  }

  async search (query: RecordSearch): Promise<FoundRecord[]> {
    const { party, client, service, from, to, limit, ...same } = query
    const rows = await this.#parts.store.call('search', {
      ...same,
      party: party && clientText(party),
      client: client && clientText(client),
      service: service && serviceText(service),
      from: from?.getTime(),
      to: to?.getTime(),
      limit: Math.min(limit ?? SEARCH_DEFAULT, SEARCH_MAX)
    })
    return rows.map(foundRecord)
  }

  async page ({ client, service, from, to, before, ...same }: RecordPageQuery): Promise<RecordPage> {
    const { rows, next } = await this.#parts.store.call('page', {
      ...same,
      client: client && clientText(client),
      service: service && serviceText(service),
      from: from?.getTime(),
      to: to?.getTime(),
      before: before && { created: before.at.getTime(), id: before.id }
    })
    return { records: rows.map(foundRecord), ...next === undefined ? {} : { next: { at: new Date(next.created), id: next.id } } }
  }

  async record (id: number): Promise<FoundRecord | undefined> {
    const row = await this.#parts.store.call('row', id)
    return row === undefined ? undefined : foundRecord(row)
  }

  seal (id: number): Promise<RecordSeal | undefined> {
    return this.#parts.containers.seal(id)
  }

  stamp (ids: readonly number[]): Promise<void> {
    return this.#parts.timestamper.stamp(ids)
  }

  async containers (ids: readonly number[]): Promise<NamedContainer[]> {
    const built: NamedContainer[] = []
    for (const id of ids) {
      const { name, bytes } = await this.#parts.containers.build(id)
      built.push({ id, name, bytes })
    }
    return built
  }

  async archiveNow (): Promise<void> {
    await this.#parts.archive?.runNow()
  }

  health (): Promise<MessageLogState> {
    const { broken } = this.#parts.store
    if (broken !== undefined) return Promise.resolve({ status: 'fail', message: 'message log does not work', waitingForTimestamp: 0 })
    return this.#health()
  }

  /** Finishes what was accepted: everything appended is on disk, the round that runs is awaited. */
  close (): Promise<void> {
    this.#closing ??= this.#close()
    return this.#closing
  }

  [Symbol.asyncDispose] (): Promise<void> {
    return this.close()
  }

  async #close (): Promise<void> {
    await this.#parts.archive?.close()
    await this.#parts.timestamper.close()
    await this.#swept
    await this.#parts.store.close()
  }

  async #health (): Promise<MessageLogState> {
    const [state, disk] = await Promise.all([this.#parts.timestamper.state(), statfs(this.#folder)])
    const freeBytes = disk.bavail * disk.bsize
    if (state.status === 'pass' && freeBytes < FREE_BYTES_MIN) return { ...state, freeBytes, status: 'warn', message: 'disk of the message log is nearly full' }
    return { ...state, freeBytes }
  }

  async #keep<T> (run: () => Promise<T>): Promise<T> {
    try {
      return await run()
    } catch (cause) {
      throw new Fault('LoggingFailed', 'message body could not be written to the message log', { cause })
    }
  }

  async #sweep (): Promise<void> {
    try {
      const removed = await this.#parts.files.sweep(async (names) => new Set(await this.#parts.store.call('knownBodies', names)))
      if (removed > 0) this.#log.warn({ removed }, 'bodies without a record removed: a former run ended in the middle of writing')
    } catch (err) {
      if (this.#closing === undefined) this.#log.error({ err }, 'folder of bodies could not be swept')
    }
  }
}

const NO_BODIES: Awaited<ReturnType<Bodies['keep']>> = { bodies: [], files: [] }
