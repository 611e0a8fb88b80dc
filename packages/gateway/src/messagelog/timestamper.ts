import type { Clock, Logger } from '@trembita/daemon'
import { Fault } from '@trembita/protocol/fault'
import { signatureValueOf, timestampTree } from '@trembita/protocol/signature'
import { readContent } from './content.ts'
import type { WaitingRecord } from './stamp-store.ts'
import type { StoreClient } from './store-client.ts'
import { type ObtainedStamp, TsaClient } from './tsa-client.ts'
import type { MessageLogState, TimestampingOptions } from './types.ts'

const DEFAULTS = { intervalSeconds: 60, batchMax: 10_000, retrySeconds: 60, failurePeriodSeconds: 14_400, firstDelaySeconds: 1 }
/** More is worth a look: stamps would lie outside certificates' or OCSP responses' times. */
const SKEW_SECONDS_MAX = 60
/** Records given their stamp in one transaction: appends go in between. */
const ASSIGN_MAX = 500

export interface TimestamperDeps {
  readonly store: StoreClient
  readonly clock: Clock
  readonly log: Logger
}

/**
 * Gives every record a time stamp: by itself at an interval, and at once when asked. One round at a time; those who ask
 * while one runs share the next (xroad-messages §4.2).
 */
export class Timestamper {
  readonly #deps: TimestamperDeps
  readonly #options: TimestampingOptions
  readonly #batchMax: number
  readonly #client: TsaClient
  /** The end of the queue of rounds. */
  #last: Promise<unknown> = Promise.resolve()
  readonly #wanted = new Set<number>()
  #wantedRound: Promise<void> | undefined
  #timer: NodeJS.Timeout | undefined
  #retrying = false
  #failingSince: Date | undefined
  #lastStamp: Date | undefined
  #closed = false

  constructor (deps: TimestamperDeps, options: TimestampingOptions) {
    this.#deps = deps
    this.#options = options
    this.#batchMax = options.batchMax ?? DEFAULTS.batchMax
    this.#client = new TsaClient({ connectMs: options.connectTimeoutMs, answerMs: options.answerTimeoutMs })
  }

  start (): void {
    this.#schedule(this.#options.firstDelaySeconds ?? DEFAULTS.firstDelaySeconds)
  }

  /** @throws {Fault} in stage `LoggingFailed` when messages must not be accepted for want of time stamps. */
  checkAccepting (): void {
    if (this.#options.providers().length === 0) {
      throw new Fault('TimestamperFailed', 'no time-stamping service is configured', { stages: ['LoggingFailed'] })
    }
    if (this.#hasFailedTooLong()) throw new Fault('TimestampingFailed', 'time-stamping has failed for too long', { stages: ['LoggingFailed'] })
  }

  /** Stamps these records now, together with what others asked for meanwhile. */
  stamp (ids: readonly number[]): Promise<void> {
    for (const id of ids) this.#wanted.add(id)
    this.#wantedRound ??= this.#exclusive(async () => {
      const wanted = [...this.#wanted]
      this.#wanted.clear()
      this.#wantedRound = undefined
      for (let at = 0; at < wanted.length; at += this.#batchMax) {
        await this.#stampRecords(await this.#deps.store.call('waitingAmong', wanted.slice(at, at + this.#batchMax)))
      }
    })
    return this.#wantedRound
  }

  async state (): Promise<MessageLogState> {
    const { waiting, lastStamp } = await this.#deps.store.call('stampState')
    const [status, message] = this.#options.providers().length === 0
      ? ['fail', 'no time-stamping service is configured'] as const
      : this.#hasFailedTooLong()
        ? ['fail', 'time-stamping has failed for too long, messages are refused'] as const
        : this.#failingSince !== undefined ? ['warn', 'time-stamping fails'] as const : ['pass', undefined] as const
    return {
      status,
      message,
      waitingForTimestamp: waiting,
      lastTimestampAt: this.#lastStamp ?? (lastStamp === null ? undefined : new Date(lastStamp)),
      timestampFailingSince: this.#failingSince
    }
  }

  /** Waits for the round that runs; what has no stamp gets it after the next start. */
  async close (): Promise<void> {
    this.#closed = true
    clearTimeout(this.#timer)
    await this.#client.close()
    await this.#last
  }

  #hasFailedTooLong (): boolean {
    const period = this.#options.failurePeriodSeconds ?? DEFAULTS.failurePeriodSeconds
    return period !== 0 && this.#failingSince !== undefined && this.#deps.clock.now().getTime() - this.#failingSince.getTime() > period * 1000
  }

  #schedule (seconds: number): void {
    if (this.#closed) return
    this.#timer = setTimeout(() => { this.#run() }, Math.min(seconds * 1000, 2 ** 31 - 1))
    this.#timer.unref()
  }

  #run (): void {
    // One record is enough to learn whether the authority is back.
    const limit = this.#retrying ? 1 : this.#batchMax
    this.#exclusive(async () => {
      if (this.#options.providers().length === 0) return 0
      const waiting = await this.#deps.store.call('waiting', limit)
      await this.#stampRecords(waiting)
      return waiting.length
    }).then((count) => {
      this.#retrying = false
      this.#schedule(count === limit ? 0 : this.#options.intervalSeconds?.() ?? DEFAULTS.intervalSeconds)
    }, () => {
      this.#retrying = true
      this.#schedule(this.#options.retrySeconds ?? DEFAULTS.retrySeconds)
    })
  }

  #exclusive<T> (round: () => Promise<T>): Promise<T> {
    const result = this.#last.then(round)
    this.#last = result.catch(() => {})
    return result
  }

  async #stampRecords (records: readonly WaitingRecord[]): Promise<void> {
    const [first] = records
    if (first === undefined) return
    const kind = records.length === 1 ? 'single' : 'batch'
    const data = kind === 'single' ? await this.#signatureValue(first.id) : timestampTree(records.map((record) => record.signatureHash)).result
    const started = performance.now()
    let obtained: ObtainedStamp
    try {
      obtained = await this.#obtain(data)
    } catch (thrown) {
      await this.#noteFailure()
      throw thrown
    }
    const { info, provider } = obtained
    await this.#store(kind, obtained, records)
    this.#failingSince = undefined
    this.#lastStamp = info.genTime
    const { log, clock } = this.#deps
    log.info({ records: records.length, authority: provider.name, durationMs: Math.round(performance.now() - started) }, 'records time-stamped')
    const skewSeconds = Math.round((info.genTime.getTime() - clock.now().getTime()) / 1000)
    if (Math.abs(skewSeconds) > SKEW_SECONDS_MAX) log.warn({ authority: provider.name, skewSeconds }, 'clock of the time-stamping service differs from ours')
  }

  async #store (kind: 'single' | 'batch', { info, provider, token }: ObtainedStamp, records: readonly WaitingRecord[]): Promise<void> {
    const { store } = this.#deps
    const leaves = kind === 'single' ? null : Buffer.concat(records.map((record) => record.signatureHash))
    const stamp = await store.call('saveStamp', { kind, stampedAt: info.genTime.getTime(), authority: provider.name, token, leaves })
    for (let at = 0; at < records.length; at += ASSIGN_MAX) {
      await store.call('assignStamp', stamp, records.slice(at, at + ASSIGN_MAX).map((record) => record.id), at)
    }
  }

  async #obtain (data: Uint8Array): Promise<ObtainedStamp> {
    const causes: unknown[] = []
    const trusted = this.#options.trusted()
    for (const provider of this.#options.providers()) {
      try {
        return await this.#client.stamp(data, provider, trusted)
      } catch (err) {
        causes.push(err)
        if (!this.#closed) this.#deps.log.warn({ authority: provider.name, err }, 'time-stamping service failed')
      }
    }
    throw new Fault('TimestamperFailed', 'no time-stamping service gave a valid time stamp', { cause: new AggregateError(causes) })
  }

  async #signatureValue (id: number): Promise<Buffer> {
    const found = await this.#deps.store.call('content', id)
    if (found === undefined) throw new Fault('InternalError', 'record is not in the message log')
    return signatureValueOf(readContent(Buffer.from(found.content.buffer, found.content.byteOffset, found.content.length)).signature)
  }

  /** Counts from the oldest record that waits, so that a restart does not begin the allowed period anew. */
  async #noteFailure (): Promise<void> {
    if (this.#failingSince !== undefined) return
    const { oldest } = await this.#deps.store.call('stampState')
    this.#failingSince = oldest === null ? this.#deps.clock.now() : new Date(oldest)
    this.#deps.log.error({ failingSince: this.#failingSince }, 'time-stamping fails')
  }
}
