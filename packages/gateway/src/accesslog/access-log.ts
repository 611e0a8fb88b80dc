import { createHash } from 'node:crypto'
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import type { Clock, Counter, HealthResult, Logger, Metrics } from '@trembita/daemon'
import { formatClientId, providerOf } from '@trembita/protocol/identifiers'
import { restPathForMatching } from '@trembita/protocol/message'
import type { ReceivedRequest } from '../exchange/index.ts'
import type { Snapshot } from '../globalconf/index.ts'
import { openLogKeys } from '../messagelog/index.ts'
import type { ServerConf, ServiceConf } from '../serverconf/index.ts'
import { BodyReader } from './body-reader.ts'
import { checkSettings } from './check-settings.ts'
import { compileSettings, type CompiledSettings } from './compile.ts'
import { EventSpool } from './event-spool.ts'
import type { EventQuery, StoredEvent } from './event-store.ts'
import { AccessLogKeys } from './keys.ts'
import type { KeptEvent } from './make-event.ts'
import { Outbox, type AskService } from './outbox.ts'
import { RuleCounters } from './rule-counters.ts'
import type { MonitoringSettings } from './settings.ts'
import { Watch, type WatchDeps } from './watch.ts'

export interface AccessLogOptions {
  /** Holds `accesslog.db` and `accesslog.key`. Made when missing. */
  readonly folder: string
  /** PIN of the software token: opens the key file. Not kept. */
  readonly pin: Uint8Array
  readonly clock: Clock
  readonly log: Logger
  readonly metrics: Metrics
  readonly serverconf: Pick<ServerConf, 'current'>
  /** Where events are reported; undefined while nobody has said. Asked again for each report. */
  readonly monitoring: () => MonitoringSettings | undefined
  /** Events that may wait: more, and strict services answer no longer. */
  readonly waitingMax?: number | undefined
}

/** A day of heavy traffic. */
const WAITING_MAX = 1_000_000
/** Anybody can be refused as often as they like: the rest of the spool is for what was given. */
const REFUSED_PART = 0.5
/** Part of the spool at which somebody should look. */
const ALARM_PART = 0.8

/**
 * The local component of access monitoring in this gateway: captures accesses to personal data of the services that it provides, keeps
 * them encrypted, and reports them to the centre. One process at a time per folder.
 */
export class AccessLog {
  readonly outbox: Outbox
  readonly #spool: EventSpool
  readonly #keys: AccessLogKeys
  readonly #reader = new BodyReader()
  readonly #deps: WatchDeps
  readonly #options: AccessLogOptions
  readonly #counters: RuleCounters
  readonly #lost: Counter
  readonly #compiled = new WeakMap<ServiceConf, CompiledSettings>()
  #hash: { readonly version: number, readonly text: string } | undefined
  #closing: Promise<void> | undefined

  /** @throws {Fault} `PinIncorrect`, or `KeyNotFound` when events exist and their key file does not. */
  static async open (options: AccessLogOptions): Promise<AccessLog> {
    const path = join(options.folder, 'accesslog.db')
    const { content, bodies } = await openLogKeys(join(options.folder, 'accesslog.key'), options.pin, !existsSync(path))
    bodies.fill(0)
    const log = new AccessLog(options, new AccessLogKeys(content), await EventSpool.open(path))
    await log.outbox.open()
    return log
  }

  private constructor (options: AccessLogOptions, keys: AccessLogKeys, spool: EventSpool) {
    const { clock, log, metrics, monitoring } = options
    this.#options = options
    this.#keys = keys
    this.#spool = spool
    this.#counters = new RuleCounters(metrics)
    this.#lost = metrics.counter({ name: 'access_events_lost_total', help: 'Exchanges whose accesses to personal data could not be recorded' })
    this.outbox = new Outbox({ spool, keys, clock, log, metrics, monitoring, counters: this.#counters, configHash: () => this.#configHash() })
    this.#deps = {
      now: () => clock.now(),
      reader: this.#reader,
      keys,
      counters: this.#counters,
      keep: async (events, given) => { await this.#keep(events, given) },
      onLost: (err) => {
        this.#lost.inc()
        log.error({ err }, 'an access to personal data could not be recorded')
      }
    }
  }

  /** Begins to report, through the exchange. @param ask sends a request of this gateway's own. */
  start (ask: AskService): void {
    this.outbox.start(ask)
  }

  /** Watches an exchange that a rule of its service is about; undefined when there is none. */
  watch (request: ReceivedRequest, snapshot: Snapshot): Watch | undefined {
    const { serviceCode, serviceVersion } = request.service
    const service = this.#options.serverconf.current().client(providerOf(request.service))?.provider.findService(serviceCode, serviceVersion)
    const compiled = service === undefined ? undefined : this.compiled(service)
    if (compiled === undefined) return undefined
    const rest = request.message.kind === 'rest' ? request.message.rest : undefined
    const path = rest === undefined ? undefined : pathOf(rest.servicePath)
    const rules = compiled.rules.filter((rule) => rule.matches(rest?.method, path))
    this.#counters.seen(request.service, rules.length)
    return rules.length === 0 ? undefined : new Watch(this.#deps, request, snapshot, compiled, rules)
  }

  /** Rules in force for a service; undefined when its accesses are not captured. */
  compiled (service: ServiceConf): CompiledSettings | undefined {
    const { settings, described = [] } = service.personalData ?? {}
    if (settings === undefined ? described.length === 0 : settings.policy === 'off') return undefined
    let compiled: CompiledSettings | undefined = this.#compiled.get(service)
    if (compiled === undefined) this.#compiled.set(service, compiled = compileSettings(settings ?? checkSettings({}, 'REST'), described))
    return compiled
  }

  /** Events with what stands in them, newest first. For the officer of data protection alone. */
  async list (query: EventQuery): Promise<(Omit<StoredEvent, 'sealed'> & KeptEvent)[]> {
    const rows = await this.#spool.call('list', query)
    return rows.map(({ sealed, ...row }) => ({ ...row, ...JSON.parse(this.#keys.open(row.eventId, sealed).toString()) as KeptEvent }))
  }

  async health (): Promise<HealthResult> {
    if (this.#spool.broken !== undefined) return { status: 'fail', message: 'accesses to personal data cannot be recorded' }
    const { waiting, quarantined, oldest } = await this.#spool.call('state')
    const waitingMax = this.#options.waitingMax ?? WAITING_MAX
    const details = { waiting, quarantined, oldestWaiting: oldest === null ? null : new Date(oldest).toISOString() }
    if (waiting >= waitingMax) return { status: 'fail', message: 'the spool of accesses is full: strict services do not answer', details }
    const trouble = this.outbox.trouble()
    if (trouble !== undefined) return { status: 'warn', message: trouble, details }
    if (waiting > waitingMax * ALARM_PART) return { status: 'warn', message: 'the spool of accesses is nearly full', details }
    if (quarantined > 0) return { status: 'warn', message: `${quarantined} accesses were refused by the centre: see /access-events`, details }
    return { status: 'pass', message: this.#options.monitoring() === undefined ? 'accesses are reported to nobody: set monitoring' : 'accesses are reported', details }
  }

  /** What was handed over is on disk; a report under way is awaited. */
  close (): Promise<void> {
    this.#closing ??= this.#close()
    return this.#closing
  }

  async #close (): Promise<void> {
    await this.outbox.close()
    await this.#reader.close()
    await this.#spool.close()
  }

  /** Of all that decides what is captured. */
  #configHash (): string {
    const { version, clients } = this.#options.serverconf.current()
    if (this.#hash?.version !== version) {
      const services = clients.flatMap(({ id, provider }) => provider.services.map((service) => [formatClientId(id), service.code, service.version ?? '', this.compiled(service)?.version ?? 'off']))
      this.#hash = { version, text: createHash('sha256').update(JSON.stringify(services)).digest('hex') }
    }
    return this.#hash.text
  }

  async #keep (events: readonly KeptEvent[], given: boolean): Promise<void> {
    if (events.length === 0) return
    const waitingMax = this.#options.waitingMax ?? WAITING_MAX
    if (this.outbox.waiting >= (given ? waitingMax : waitingMax * REFUSED_PART)) throw new Error('the spool of accesses is full')
    await this.#spool.append(events.map((kept) => {
      const { eventId, occurredAt, exchange, recipient, outcome, source, retainUntil } = kept.event
      return {
        eventId,
        at: Date.parse(occurredAt),
        service: exchange.service!,
        client: recipient.system,
        outcome,
        rule: source.ruleId!,
        retainUntil,
        // A copy of its own: handed to the thread, a view would take all of Node's pool along.
        sealed: new Uint8Array(this.#keys.seal(eventId, Buffer.from(JSON.stringify(kept))))
      }
    }))
    this.outbox.added(events.length)
  }
}

/** Only paths that can be called are matched; one that leads out of the service is refused by the rights. */
function pathOf (servicePath: string): string {
  try {
    return restPathForMatching(servicePath)
  } catch {
    return ''
  }
}
