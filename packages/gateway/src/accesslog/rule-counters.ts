import type { Counter, Metrics } from '@trembita/daemon'
import { formatServiceId, type ServiceId } from '@trembita/protocol/identifiers'
import type { Persons } from './find-persons.ts'

/** What a rule has met since the gateway started. */
export interface RuleCount {
  readonly service: string
  readonly rule: string
  matched: number
  subjects: number
  noneFound: number
  errors: number
}

/** Counts what the rules do, for metrics and for the heartbeat. */
export class RuleCounters {
  readonly #counts = new Map<string, RuleCount>()
  readonly #exchanges: Counter
  readonly #subjects: Counter

  constructor (metrics: Metrics) {
    this.#exchanges = metrics.counter({
      name: 'access_exchanges_total', help: 'Exchanges with services that give personal data, by outcome: seen, unmatched (no rule is about it), matched, none_found, unread', labels: ['service', 'rule', 'outcome']
    })
    this.#subjects = metrics.counter({ name: 'access_subjects_total', help: 'Persons found in exchanges', labels: ['service', 'rule'] })
  }

  /** @param matched rules that are about the exchange. */
  seen (service: ServiceId, matched: number): void {
    this.#exchanges.inc({ service: formatServiceId(service), rule: '', outcome: matched === 0 ? 'unmatched' : 'seen' })
  }

  found (id: ServiceId, rule: string, { all, unread, invalid, isOfLegalEntities }: Persons): void {
    const service = formatServiceId(id)
    const key = `${service} ${rule}`
    let count = this.#counts.get(key)
    if (count === undefined) this.#counts.set(key, count = { service, rule, matched: 0, subjects: 0, noneFound: 0, errors: 0 })
    count.matched += 1
    count.subjects += all.length
    this.#exchanges.inc({ service, rule, outcome: 'matched' })
    this.#subjects.inc({ service, rule }, all.length)
    if (all.length === 0 && !isOfLegalEntities) {
      count.noneFound += 1
      this.#exchanges.inc({ service, rule, outcome: 'none_found' })
    }
    if (unread === undefined && invalid === 0) return
    count.errors += 1
    this.#exchanges.inc({ service, rule, outcome: unread === undefined ? 'invalid' : 'unread' })
  }

  all (): readonly RuleCount[] {
    return [...this.#counts.values()]
  }
}
