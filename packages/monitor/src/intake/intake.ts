import { eventHash, MalformedAccessEvent, parseAccessEvent, type AccessEvent } from '@trembita/protocol/accessevent'
import type { Clock, Logger } from '@trembita/daemon'
import type { SqlReader, SqlStore, SqlWriter } from '@trembita/daemon/store'
import { insertRows } from '../db/index.ts'
import { storeEvents, type RegisteredComponent } from '../events/index.ts'

export interface IntakeOptions {
  readonly store: SqlStore
  readonly clock: Clock
  readonly log: Logger
  readonly components: readonly RegisteredComponent[]
  /** Recipients whose accesses may be hidden for a time, by code (monitor §5.4). */
  readonly mayHide: readonly string[]
  /** Called when new events are durable. */
  readonly onStored: () => void
}

/** A batch as it comes. Its events are not looked at yet. */
export interface Report {
  readonly component: string
  readonly fromSeq: number
  readonly toSeq: number
  readonly events: readonly unknown[]
}

export interface Heartbeat {
  readonly component: string
  readonly lastSeq: number
  readonly spoolDepth: number
  readonly oldestUnsent?: string | undefined
  readonly configHash: string
  /** Per rule: seen, matched, found, not found, errors. */
  readonly ruleCounters: ReadonlyArray<Readonly<Record<string, string | number>>>
}

/** Why an event was not taken. None of them gets better by repeating. */
export type RejectionCode = 'malformed' | 'conflict' | 'wrong-sequence' | 'wrong-component' | 'wrong-registry' | 'wrong-time' | 'visibility-not-allowed'

export interface Rejection {
  readonly eventId: string | null
  readonly code: RejectionCode
  readonly retryable: false
  /** Where in the event; never what stood there. */
  readonly field?: string | undefined
}

export interface Acknowledgement {
  /** All up to here are durable here, or rejected for good. */
  readonly ackSeq: number
  readonly rejected: readonly Rejection[]
  /** Seconds. */
  readonly nextPollAfter: number
}

/** A report that is not taken at all. */
export class ReportRefused extends Error {
  override readonly name = 'ReportRefused'
  readonly kind: 'unknown-component' | 'gap' | 'malformed'
  readonly expectedSeq: number | undefined

  constructor (kind: ReportRefused['kind'], message: string, expectedSeq?: number) {
    super(message)
    this.kind = kind
    this.expectedSeq = expectedSeq
  }
}

const POLL_SECONDS = 1
/** Clocks differ. */
const AHEAD_MS_MAX = 86_400_000
/** Longer than a spool waits or a register looks back. */
const AGE_MS_MAX = 5 * 366 * 86_400_000
/** A component that has more is asked to go on at once. */
const FULL_BATCH = 500

type Judged = { readonly seq: number, readonly event: AccessEvent } | { readonly seq: number, readonly rejection: Rejection }

/** Takes what components report: each event once, in the order of its component, durable before it is acknowledged (monitor §7.3). */
export class Intake {
  readonly #options: IntakeOptions
  readonly #components: ReadonlyMap<string, RegisteredComponent>
  readonly #mayHide: ReadonlySet<string>

  constructor (options: IntakeOptions) {
    this.#options = options
    this.#components = new Map(options.components.map((component) => [component.id, component]))
    this.#mayHide = new Set(options.mayHide)
  }

  /** Is this client the one that reports for the component? @throws {ReportRefused} `unknown-component` */
  authenticate (component: string, client: string): void {
    if (this.#components.get(component)?.client !== client) throw new ReportRefused('unknown-component', 'this client reports for no such component')
  }

  /** @throws {ReportRefused} `gap` with the number that is expected; `malformed` when numbers and events do not go together. */
  async report (report: Report): Promise<Acknowledgement> {
    const { component, fromSeq, toSeq, events } = report
    if (fromSeq < 1 || toSeq - fromSeq + 1 !== events.length) throw new ReportRefused('malformed', 'fromSeq, toSeq and the number of events do not go together')
    const { store, clock, log, onStored } = this.#options
    const judged = events.map((value, i) => this.#judge(component, fromSeq + i, value))
    const at = clock.now().toISOString()
    const outcome = await store.write(async (tx) => {
      const ack = await ackOf(tx, component)
      if (fromSeq > ack + 1) throw new ReportRefused('gap', 'events before these are missing', ack + 1)
      const { fresh, rejected } = await this.#sort(tx, component, judged, ack)
      await storeEvents(tx, fresh, at)
      await quarantine(tx, component, rejected.filter(({ seq }) => seq > ack), at)
      for (const { seq, rejection } of rejected) if (rejection.code === 'conflict') await raise(tx, 'conflict', component, rejection.eventId ?? String(seq), at)
      const ackSeq = Math.max(ack, toSeq)
      await tx.run('INSERT INTO component (id, ack_seq, heard_at) VALUES (?, ?, ?) ON CONFLICT (id) DO UPDATE SET ack_seq = excluded.ack_seq, heard_at = excluded.heard_at', component, ackSeq, at)
      return { ackSeq, rejected, stored: fresh.length }
    })
    if (outcome.stored > 0) onStored()
    for (const { seq, rejection } of outcome.rejected) log.warn({ component, seq, eventId: rejection.eventId, code: rejection.code, field: rejection.field }, 'an event was not taken')
    log.debug({ component, fromSeq, toSeq, stored: outcome.stored }, 'events taken')
    return { ackSeq: outcome.ackSeq, rejected: outcome.rejected.map(({ rejection }) => rejection), nextPollAfter: events.length >= FULL_BATCH ? 0 : POLL_SECONDS }
  }

  async heartbeat ({ component, lastSeq, spoolDepth, oldestUnsent, configHash, ruleCounters }: Heartbeat): Promise<{ readonly ackSeq: number }> {
    const at = this.#options.clock.now().toISOString()
    return await this.#options.store.write(async (tx) => {
      await tx.run(`INSERT INTO component (id, heard_at, last_seq, spool_depth, oldest_unsent, config_hash, rule_counters) VALUES (?, ?, ?, ?, ?, ?, ?)
        ON CONFLICT (id) DO UPDATE SET heard_at = excluded.heard_at, last_seq = excluded.last_seq, spool_depth = excluded.spool_depth, oldest_unsent = excluded.oldest_unsent,
          config_hash = excluded.config_hash, rule_counters = excluded.rule_counters`, component, at, lastSeq, spoolDepth, oldestUnsent ?? null, configHash, JSON.stringify(ruleCounters))
      const ackSeq = await ackOf(tx, component)
      // A component that has forgotten what it sent has lost its spool, or is another one.
      if (lastSeq < ackSeq) await raise(tx, 'sequence-shrank', component, 'heartbeat', at)
      return { ackSeq }
    })
  }

  #judge (component: string, seq: number, value: unknown): Judged {
    let event: AccessEvent
    try {
      event = parseAccessEvent(value)
    } catch (error) {
      if (!(error instanceof MalformedAccessEvent)) throw error
      return { seq, rejection: { eventId: eventIdOf(value), code: 'malformed', retryable: false, field: error.field } }
    }
    const refuse = (code: RejectionCode): Judged => ({ seq, rejection: { eventId: event.eventId, code, retryable: false } })
    if (event.source.component !== component) return refuse('wrong-component')
    if (event.source.seq !== seq) return refuse('wrong-sequence')
    if (this.#components.get(component)?.registries?.includes(event.holder.registry) === false) return refuse('wrong-registry')
    if (!this.#isPlausible(event.occurredAt)) return refuse('wrong-time')
    if (event.visibility.state !== 'open' && !this.#mayHide.has(event.recipient.code)) return refuse('visibility-not-allowed')
    return { seq, event }
  }

  /** Each month and register that is held is asked for at each look of each person: nobody may make them up. */
  #isPlausible (occurredAt: string): boolean {
    const ageMs = this.#options.clock.now().getTime() - Date.parse(occurredAt)
    return ageMs >= -AHEAD_MS_MAX && ageMs <= AGE_MS_MAX
  }

  /** What is new, what is known already, what contradicts it. */
  async #sort (tx: SqlReader, component: string, judged: readonly Judged[], ack: number): Promise<{ fresh: AccessEvent[], rejected: { seq: number, rejection: Rejection }[] }> {
    const fresh: AccessEvent[] = []
    const rejected: { seq: number, rejection: Rejection }[] = []
    const known = await knownHashes(tx, judged.flatMap((one) => 'event' in one ? [one.event.eventId] : []))
    for (const one of judged) {
      if (!('event' in one)) {
        rejected.push(one)
        continue
      }
      const { seq, event } = one
      const conflict = (): void => { rejected.push({ seq, rejection: { eventId: event.eventId, code: 'conflict', retryable: false } }) }
      const hash = known.get(event.eventId)
      if (hash !== undefined) {
        if (!hash.equals(eventHash(event))) conflict()
      } else if (seq > ack) {
        known.set(event.eventId, eventHash(event))
        fresh.push(event)
      } else if (await tx.get('SELECT event_id FROM access_event WHERE component = ? AND seq = ?', component, seq) !== undefined) {
        conflict()
      }
    }
    return { fresh, rejected }
  }
}

async function ackOf (reader: SqlReader, component: string): Promise<number> {
  return Number((await reader.get<{ ack_seq: number }>('SELECT ack_seq FROM component WHERE id = ?', component))?.ack_seq ?? 0)
}

async function knownHashes (reader: SqlReader, ids: readonly string[]): Promise<Map<string, Buffer>> {
  if (ids.length === 0) return new Map()
  // As many values as the next power of two, so that few statements are prepared.
  const padded = Array.from({ length: 2 ** Math.ceil(Math.log2(ids.length)) }, (_, i) => ids[i] ?? ids[0]!)
  const rows = await reader.all<{ event_id: string, hash: Buffer }>(`SELECT event_id, hash FROM access_event WHERE event_id IN (${padded.map(() => '?').join(', ')})`, ...padded)
  return new Map(rows.map(({ event_id: id, hash }) => [id, hash]))
}

/** What was not taken is counted and visible; its content, which may hold anything, stays with the agency. */
async function quarantine (tx: SqlWriter, component: string, rejected: readonly { seq: number, rejection: Rejection }[], at: string): Promise<void> {
  await insertRows(tx, 'quarantine', ['component', 'seq', 'event_id', 'code', 'field', 'received_at'], rejected.map(({ seq, rejection }) => [component, seq, rejection.eventId, rejection.code, rejection.field ?? null, at]))
}

async function raise (tx: SqlWriter, kind: string, component: string, ref: string, at: string): Promise<void> {
  await tx.run('INSERT INTO alarm (kind, component, ref, first_at, last_at, times) VALUES (?, ?, ?, ?, ?, 1) ON CONFLICT (kind, component, ref) DO UPDATE SET last_at = excluded.last_at, times = alarm.times + 1', kind, component, ref, at, at)
}

/** Only what has the form of an identifier of an event is repeated. */
function eventIdOf (value: unknown): string | null {
  const id = typeof value === 'object' && value !== null ? (value as { eventId?: unknown }).eventId : undefined
  return typeof id === 'string' && /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/.test(id) ? id : null
}
