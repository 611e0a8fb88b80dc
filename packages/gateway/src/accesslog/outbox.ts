import type { Clock, Logger, Metrics } from '@trembita/daemon'
import { subjectIndex, type AccessEvent } from '@trembita/protocol/accessevent'
import type { EventSpool } from './event-spool.ts'
import type { StoredEvent } from './event-store.ts'
import type { AccessLogKeys } from './keys.ts'
import type { KeptEvent } from './make-event.ts'
import { Pause } from './pause.ts'
import { readReply, type ReportReply } from './report-reply.ts'
import type { RuleCounters } from './rule-counters.ts'
import type { MonitoringSettings } from './settings.ts'
import { SubjectKeys } from './subject-keys.ts'

/** Answer of a service that this gateway asked itself. */
export interface OwnServiceAnswer {
  readonly status: number
  readonly body: Buffer
  /** Seconds, by `Retry-After`. */
  readonly retryAfterSeconds?: number | undefined
}

/** Sends JSON by POST to a service of the exchange as a client of this gateway; both without the instance. */
export type AskService = (client: string, service: string, path: string, body: Buffer) => Promise<OwnServiceAnswer>

export interface OutboxOptions {
  readonly spool: EventSpool
  readonly keys: AccessLogKeys
  readonly clock: Clock
  readonly log: Logger
  readonly metrics: Metrics
  readonly monitoring: () => MonitoringSettings | undefined
  readonly counters: RuleCounters
  readonly configHash: () => string
}

const BATCH_MAX = 500
/** One body that the message logs on the way take. */
const BATCH_BYTES_MAX = 4 * 1024 * 1024
const BACKOFF_BASE_MS = 1000
const BACKOFF_MAX_MS = 300_000
const HEARTBEAT_MS = 60_000
const CLOSE_PATIENCE_MS = 3000
/** A heartbeat is a short message. */
const COUNTERS_MAX = 2000
/** When somebody should look (monitor.md §7.3). */
const LAG_ALARM_MS = 15 * 60_000

/**
 * Reports events to the centre, in order and until it has taken them: at least once, and its answer by `eventId` makes it once. Whatever
 * goes wrong, the events stay.
 */
export class Outbox {
  /** Events on disk that the centre has not taken. */
  waiting = 0
  readonly #options: OutboxOptions
  readonly #subjectKeys: SubjectKeys
  readonly #pause = new Pause()
  #ask: AskService | undefined
  #batchMax = BATCH_MAX
  #failures = 0
  #failure: string | undefined
  #oldest: number | undefined
  #heartbeatAt = 0
  #running: Promise<void> | undefined
  #closed = false

  constructor (options: OutboxOptions) {
    const { metrics, spool, keys } = options
    this.#options = options
    this.#subjectKeys = new SubjectKeys(spool, keys)
    metrics.gauge({ name: 'access_events_waiting', help: 'Accesses to personal data that the centre has not taken yet' }, (gauge) => { gauge.set(this.waiting) })
    metrics.gauge({ name: 'access_events_oldest_seconds', help: 'Age of the oldest access that the centre has not taken yet' }, (gauge) => {
      gauge.set(this.waiting === 0 || this.#oldest === undefined ? 0 : (options.clock.now().getTime() - this.#oldest) / 1000)
    })
  }

  /** Learns what an earlier run left. */
  async open (): Promise<void> {
    await this.#look()
  }

  start (ask: AskService): void {
    this.#ask = ask
    this.#running ??= this.#run()
  }

  /** Events were written. */
  added (count: number): void {
    if (this.waiting === 0) this.#oldest = this.#options.clock.now().getTime()
    this.waiting += count
    // While the centre does not answer, more events are no reason to try sooner.
    if (this.#failures === 0) this.#pause.wake()
  }

  /** Something was set that may help: tries at once. */
  reconsider (): void {
    this.#heartbeatAt = 0
    this.#pause.wake()
  }

  /** What hinders, if it has lasted; undefined when all is well. */
  trouble (): string | undefined {
    if (this.waiting === 0 || this.#failure === undefined) return undefined
    const lagMs = this.#options.clock.now().getTime() - (this.#oldest ?? 0)
    return lagMs > LAG_ALARM_MS ? `accesses wait for ${Math.round(lagMs / 60_000)} minutes: ${this.#failure}` : undefined
  }

  async close (): Promise<void> {
    this.#closed = true
    this.#pause.wake()
    // A centre that keeps us waiting does not keep the gateway from ending: the report is sent again at the next start.
    const patience = new Pause()
    await Promise.race([this.#running, patience.wait(CLOSE_PATIENCE_MS, () => false)])
    patience.wake()
  }

  async #run (): Promise<void> {
    const { log, monitoring } = this.#options
    while (!this.#closed) {
      const settings = monitoring()
      let waitMs = HEARTBEAT_MS
      try {
        if (settings !== undefined) {
          const more = await this.#send(settings)
          await this.#beat(settings)
          if (this.#failures > 0) log.info({ waiting: this.waiting }, 'accesses are reported again')
          this.#failures = 0
          this.#failure = undefined
          if (more) continue
        }
      } catch (err) {
        this.#failures += 1
        this.#failure = (err as Error).message
        waitMs = backoff(this.#failures, err)
        log.warn({ err, waiting: this.waiting, failures: this.#failures }, 'accesses could not be reported, and wait')
        await this.#look().catch(() => {})
      }
      await this.#pause.wait(waitMs, () => this.#closed || (this.#failures === 0 && settings !== undefined && this.waiting > 0))
    }
  }

  /** @returns whether more is to be sent at once. */
  async #send (settings: MonitoringSettings): Promise<boolean> {
    const { spool, clock, configHash, log } = this.#options
    const rows = await spool.call('waiting', this.#batchMax)
    if (rows.length === 0) {
      await this.#look()
      return false
    }
    const events = await this.#eventsOf(rows, settings)
    const fromSeq = events[0]!.source.seq
    const toSeq = events.at(-1)!.source.seq
    const reply = await this.#post(settings, '', { component: settings.component, fromSeq, toSeq, events, configHash: configHash(), sentAt: clock.now().toISOString() })
    switch (reply.kind) {
      case 'tooLarge':
        if (events.length === 1) throw new Error(`the centre finds access ${fromSeq} alone too large`)
        this.#batchMax = Math.ceil(events.length / 2)
        return true
      case 'expected':
        if (!await spool.call('rewind', reply.seq)) throw new Error(`the centre expects access ${reply.seq}, which is no longer kept`)
        log.warn({ expectedSeq: reply.seq, fromSeq }, 'the centre misses accesses: they are sent again')
        return true
      case 'taken': {
        const refused = reply.rejected.map(({ eventId, code, retryable }) => ({ eventId, reason: code, retryable }))
        await spool.call('settle', Math.min(reply.ackSeq, toSeq), refused)
        await this.#look()
        this.#batchMax = Math.min(BATCH_MAX, this.#batchMax * 2)
        for (const { eventId, reason, retryable } of refused) if (!retryable) log.error({ eventId, reason }, 'the centre refused an access: it is set apart')
        if (reply.ackSeq < fromSeq || refused.some(({ retryable }) => retryable)) throw new Error('the centre could not take the accesses')
        return this.waiting > 0
      }
    }
  }

  /** As the centre takes them: numbered, and the person's index in the place of their identifier. */
  async #eventsOf (rows: readonly StoredEvent[], settings: MonitoringSettings): Promise<AccessEvent[]> {
    const kept = rows.map(({ eventId, seq, sealed }) => ({ seq, ...JSON.parse(this.#options.keys.open(eventId, sealed).toString()) as KeptEvent }))
    const nameOf = ({ holder, subject }: KeptEvent['event']): { domain: string, epoch: string } => ({ domain: holder.registry === '' ? settings.domain : holder.registry, epoch: subject!.keyEpoch })
    const named = kept.filter(({ event }) => event.subject !== undefined)
    const keyOf = await this.#subjectKeys.of(named.map(({ event }) => nameOf(event)), settings.component, async (body) => {
      const { status, body: answer } = await this.#ask!(settings.client, settings.keyService, '', Buffer.from(JSON.stringify(body)))
      if (status !== 200) throw new Error(`the key service answers ${status}`)
      return JSON.parse(answer.toString())
    })
    const events: AccessEvent[] = []
    let bytes = 0
    for (const { seq, event, person } of kept) {
      const { subject, ...rest } = event
      const complete: AccessEvent = {
        ...rest,
        source: { component: settings.component, seq, ...event.source },
        holder: event.holder.registry === '' ? { ...event.holder, registry: settings.domain } : event.holder,
        ...subject === undefined ? {} : { subject: { index: subjectIndex(keyOf(nameOf(event)), person!), ...subject } }
      }
      bytes += JSON.stringify(complete).length
      if (events.length > 0 && bytes > BATCH_BYTES_MAX) break
      events.push(complete)
    }
    return events
  }

  async #beat (settings: MonitoringSettings): Promise<void> {
    const { spool, clock, configHash, counters, log } = this.#options
    const now = clock.now()
    if (performance.now() - this.#heartbeatAt < HEARTBEAT_MS && this.#heartbeatAt !== 0) return
    this.#heartbeatAt = performance.now()
    const state = await spool.call('state')
    await this.#ask!(settings.client, settings.service, '/heartbeat', Buffer.from(JSON.stringify({
      component: settings.component,
      lastSeq: state.lastSeq,
      spoolDepth: state.waiting,
      ...state.oldest === null ? {} : { oldestUnsent: new Date(state.oldest).toISOString() },
      configHash: configHash(),
      ruleCounters: counters.all().slice(0, COUNTERS_MAX)
    })))
    const pruned = await spool.call('prune', now.toISOString().slice(0, 10))
    if (pruned > 0) log.info({ pruned }, 'accesses whose time is over are removed')
  }

  async #post (settings: MonitoringSettings, path: string, body: object): Promise<ReportReply> {
    return readReply(await this.#ask!(settings.client, settings.service, path, Buffer.from(JSON.stringify(body))))
  }

  async #look (): Promise<void> {
    const { waiting, oldest } = await this.#options.spool.call('state')
    this.waiting = waiting
    this.#oldest = oldest ?? undefined
  }
}

/** Exponential with full jitter, so that many components do not come back at once; never sooner than the centre asks for. */
function backoff (failures: number, error: unknown): number {
  const asked = (error as { retryAfterSeconds?: number }).retryAfterSeconds ?? 0
  const most = Math.min(BACKOFF_MAX_MS, BACKOFF_BASE_MS * 2 ** Math.min(failures - 1, 10))
  return Math.max(Math.min(asked * 1000, BACKOFF_MAX_MS), Math.random() * most, 50)
}
