import type { Clock, Counter, Logger, Metrics } from '@trembita/daemon'
import { Fault, RelayedFault } from '@trembita/protocol/fault'
import { formatClientId, formatServiceId } from '@trembita/protocol/identifiers'
import type { ReceivedRequest, ServiceAnswer } from '../exchange/index.ts'
import type { Snapshot } from '../globalconf/index.ts'
import type { AgreementMode } from '../serverconf/index.ts'
import { type Admission, indexOf } from './agreement-index.ts'
import { boundAnswer, boundFault, type BoundOptions } from './bound-answer.ts'
import { Unreadable } from './cuts.ts'
import type { AgreementEvents } from './event-store.ts'
import { rulesOf, type FieldRules } from './field-rules.ts'
import { requestPurposes } from './request-purposes.ts'

export interface AgreementsOptions extends BoundOptions {
  readonly clock: Clock
  readonly log: Logger
  readonly metrics: Metrics
  readonly events: AgreementEvents
}

/** Under what a request was let in, and so what its answer may hold. */
export interface Permit extends Admission {
  readonly mode: Exclude<AgreementMode, 'none'>
  readonly purposes: readonly string[]
  readonly rules: FieldRules
}

/** Holds calls and answers to the agreements of the configuration (TR-9b). */
export class Agreements {
  readonly #options: AgreementsOptions
  readonly #answers: Counter

  constructor (options: AgreementsOptions) {
    this.#options = options
    this.#answers = options.metrics.counter({ name: 'agreement_answers_total', help: 'Answers that were held to an agreement, by outcome: inside, removed (fields cut out), refused', labels: ['outcome'] })
  }

  /**
   * Lets a request in that an agreement in force covers: its client, service, operation, purposes.
   *
   * @throws {Fault} `AgreementRequired`, `PurposeNotAllowed`.
   */
  admit (request: Pick<ReceivedRequest, 'client' | 'service' | 'message' | 'head'>, mode: Permit['mode'], snapshot: Snapshot): Permit {
    const purposes = requestPurposes(request)
    const rest = request.message.kind === 'rest' ? request.message.rest : undefined
    const admission = indexOf(snapshot.agreements).admit({ client: request.client, service: request.service, rest, purposes, at: this.#options.clock.now() })
    return { ...admission, mode, purposes, rules: rulesOf(admission.operations) }
  }

  /**
   * Calls the service and gives its answer as far as the agreement permits. What is outside is on disk before this resolves.
   *
   * @throws {Fault} `OutsideAgreement`; the service's own faults, held to the agreement like its answers.
   */
  async answer (permit: Permit, request: ReceivedRequest, call: () => Promise<ServiceAnswer>): Promise<ServiceAnswer> {
    let answer: ServiceAnswer
    try {
      answer = await call()
    } catch (thrown) {
      throw thrown instanceof RelayedFault ? await this.#boundFault(permit, request, thrown) : thrown
    }
    try {
      const bounded = await this.#reading(permit, request, async () => await boundAnswer(answer, request, permit.rules, this.#options))
      const inside = this.#settle(permit, request, bounded.outside, bounded.answer)
      if (inside !== answer) await discard(answer, inside)
      return inside
    } catch (thrown) {
      await discard(answer)
      throw thrown
    }
  }

  async #boundFault (permit: Permit, request: ReceivedRequest, fault: RelayedFault): Promise<RelayedFault> {
    try {
      const bounded = await boundFault(fault, permit.rules, this.#options)
      return this.#settle(permit, request, bounded.outside, bounded.fault)
    } catch (thrown) {
      throw thrown instanceof Unreadable ? this.#unreadable(permit, request, thrown) : thrown
    }
  }

  async #reading<T> (permit: Permit, request: ReceivedRequest, read: () => Promise<T>): Promise<T> {
    try {
      return await read()
    } catch (thrown) {
      throw thrown instanceof Unreadable ? this.#unreadable(permit, request, thrown) : thrown
    }
  }

  #unreadable (permit: Permit, request: ReceivedRequest, { message }: Unreadable): Fault {
    this.#record(permit, request, 'refused', [], message)
    return new Fault('OutsideAgreement', `the answer of the service cannot be held to the agreement: ${message}`)
  }

  #settle<T> (permit: Permit, request: ReceivedRequest, outside: readonly string[], inside: T | undefined): T {
    if (outside.length === 0 && inside !== undefined) {
      this.#answers.inc({ outcome: 'inside' })
      return inside
    }
    const removed = permit.mode === 'remove' && inside !== undefined
    this.#record(permit, request, removed ? 'removed' : 'refused', outside, undefined)
    if (removed) return inside
    throw new Fault('OutsideAgreement', `the answer of the service holds what ${namesOf(permit)} not permit`)
  }

  /** Where, never what: the values are the very thing that must not leave. */
  #record (permit: Permit, request: ReceivedRequest, outcome: 'removed' | 'refused', places: readonly string[], reason: string | undefined): void {
    const { clock, log, events } = this.#options
    this.#answers.inc({ outcome })
    const agreements = permit.agreements.map(({ id, version }) => `${id}/${version}`)
    const client = formatClientId(request.client)
    const service = formatServiceId(request.service)
    events.record({ at: clock.now(), requestId: request.requestId, client, service, agreements, purposes: permit.purposes, outcome, reason, places })
    log.warn({ exchangeId: request.requestId.slice(0, 64), client, service, agreements, outcome, places, ...(reason === undefined ? {} : { reason }) }, 'answer of a service was outside its agreement')
  }
}

function namesOf ({ agreements }: Permit): string {
  const ids = [...new Set(agreements.map(({ id }) => id))]
  return ids.length === 1 ? `agreement ${ids[0]!} does` : `agreements ${ids.join(', ')} do`
}

/** Lets bodies go that nobody else will: those of an answer that has another in its place, or none. */
async function discard (answer: ServiceAnswer, instead?: ServiceAnswer): Promise<void> {
  for (const { body } of answer.attachments) if (instead?.attachments.every((kept) => kept.body !== body) !== false) await body.discard()
}
