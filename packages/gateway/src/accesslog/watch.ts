import type { AccessOutcome } from '@trembita/protocol/accessevent'
import { Fault } from '@trembita/protocol/fault'
import { parseRestResponse } from '@trembita/protocol/message'
import type { ReceivedRequest, ServiceAnswer } from '../exchange/index.ts'
import type { Snapshot } from '../globalconf/index.ts'
import type { BodyReader } from './body-reader.ts'
import type { CompiledRule, CompiledSettings } from './compile.ts'
import { findInAnswer, findInRequest, Persons } from './find-persons.ts'
import { makeEvents, type KeptEvent } from './make-event.ts'
import type { AccessLogKeys } from './keys.ts'
import type { RuleCounters } from './rule-counters.ts'

/** What a watch needs of the gateway. */
export interface WatchDeps {
  readonly now: () => Date
  readonly reader: BodyReader
  readonly keys: AccessLogKeys
  readonly counters: RuleCounters
  /** Resolves when the events are on disk. @param given whether an answer leaves; refusals find no room sooner. */
  readonly keep: (events: readonly KeptEvent[], given: boolean) => Promise<void>
  /** Told of what a lenient service could not have recorded. */
  readonly onLost: (thrown: unknown) => void
}

/** Which parties said no, and did not merely fail. */
const DENIALS: ReadonlySet<string> = new Set(['AccessDenied', 'AgreementRequired', 'PurposeNotAllowed', 'OutsideAgreement', 'AccessSuspended'])

/** One exchange with a service that gives personal data: becomes events when its end is known, once. */
export class Watch {
  readonly #deps: WatchDeps
  readonly #request: ReceivedRequest
  readonly #snapshot: Snapshot
  readonly #compiled: CompiledSettings
  readonly #rules: readonly CompiledRule[]
  readonly #asked = new Map<CompiledRule, Persons>()
  #told = false

  constructor (deps: WatchDeps, request: ReceivedRequest, snapshot: Snapshot, compiled: CompiledSettings, rules: readonly CompiledRule[]) {
    this.#deps = deps
    this.#request = request
    this.#snapshot = snapshot
    this.#compiled = compiled
    this.#rules = rules
  }

  /**
   * The service is about to hear of the request.
   *
   * @throws {Fault} `BadRequest` when the service is strict and the request cannot be looked through: whom it is about would never be told.
   */
  async admit (): Promise<void> {
    if (this.#compiled.settings.policy !== 'strict') return
    for (const rule of this.#rules) {
      const { unread } = await this.#askedAbout(rule)
      if (unread !== undefined) throw new Fault('BadRequest', `whom the request is about cannot be seen: its body is ${unread}`)
    }
  }

  /**
   * The answer is about to leave. When this resolves, its events are on disk, if the service is strict; if it is lenient, they are on
   * their way there.
   *
   * @throws {Fault} `LoggingFailed` when a strict service's events cannot be kept: the answer must not leave.
   */
  async answered (answer: ServiceAnswer): Promise<void> {
    if (this.#told) return
    this.#told = true
    try {
      const kept = this.#deps.keep(await this.#eventsOf((persons, rule) => outcomeOf(answer, persons, rule), answer), true)
      if (this.#compiled.settings.policy === 'strict') await kept
      else kept.catch(this.#deps.onLost)
    } catch (cause) {
      if (this.#compiled.settings.policy === 'strict') throw new Fault('LoggingFailed', 'the access to personal data could not be recorded', { cause })
      this.#deps.onLost(cause)
    }
  }

  /** No answer leaves. A refused or failed request that names somebody is an event too; never throws, since nothing is given away. */
  async failed (thrown: unknown): Promise<void> {
    if (this.#told) return
    this.#told = true
    try {
      const outcome: AccessOutcome = thrown instanceof Fault && DENIALS.has(thrown.kind) ? 'denied' : 'error'
      const events = await this.#eventsOf(() => outcome, undefined)
      // Nobody was named, and nothing was given: nothing happened to anybody.
      await this.#deps.keep(events.filter(({ person, persons }) => person !== undefined || persons !== undefined), false)
    } catch (cause) {
      this.#deps.onLost(cause)
    }
  }

  /** Whom the request names by a rule; looked for once. */
  async #askedAbout (rule: CompiledRule): Promise<Persons> {
    let persons = this.#asked.get(rule)
    if (persons === undefined) {
      persons = new Persons()
      await findInRequest(rule, this.#request, persons, this.#deps.reader)
      this.#asked.set(rule, persons)
    }
    return persons
  }

  async #eventsOf (outcome: (persons: Persons, rule: CompiledRule) => AccessOutcome, answer: ServiceAnswer | undefined): Promise<KeptEvent[]> {
    const { reader, keys, counters, now } = this.#deps
    const events: KeptEvent[] = []
    for (const rule of this.#rules) {
      const persons = await this.#askedAbout(rule)
      if (answer !== undefined) await findInAnswer(rule, answer, persons, reader)
      counters.found(this.#request.service, rule.rule.id, persons)
      if (persons.isOfLegalEntities) continue
      events.push(...makeEvents({
        request: this.#request, snapshot: this.#snapshot, compiled: this.#compiled, rule, outcome: outcome(persons, rule), at: now(), keys
      }, persons))
    }
    return events
  }
}

function outcomeOf (answer: ServiceAnswer, persons: Persons, rule: CompiledRule): AccessOutcome {
  if (answer.protocol === 'rest') {
    const { status } = parseRestResponse(answer.head.bytes)
    if (status === 401 || status === 403) return 'denied'
    if (status === 404 || status === 410 || status === 204) return 'empty'
    if (status >= 400) return 'error'
  }
  if (persons.unread !== undefined) return 'ok'
  // Rules that look into answers know when there was nobody in one.
  return rule.answersName && !persons.all.some(({ inAnswer }) => inAnswer > 0) ? 'empty' : 'ok'
}
