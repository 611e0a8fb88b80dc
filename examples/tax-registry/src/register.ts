import { checkSubjectCode, discrepancy, give, noData, Problem, type Answer, type Missing, type PseudonymIndex, type Source } from '@trembita/example-information-system'
import { fixtures } from './fixtures.ts'
import { supportItems, type Period, type SupportItem, type SupportQuestion } from './support-profile.ts'
import type { TaxProfile, Taxpayer, VatPayer, Year } from './taxpayer.ts'

/** Years back that may be asked for in one question. */
const YEARS_MAX = 10

/** The tax registers: questions to answers, no HTTP. */
export class TaxRegister {
  readonly #byCode: ReadonlyMap<string, Taxpayer>
  readonly #now: () => Date

  constructor (now: () => Date = () => new Date()) {
    this.#now = now
    this.#byCode = new Map(fixtures(now()).map((taxpayer) => [taxpayer.code, taxpayer]))
  }

  /** @throws {Problem} for a code that cannot be one. */
  vatPayer (code: string): { answer: Answer<Partial<VatPayer>>, source: Source } {
    checkSubjectCode(code)
    const taxpayer = this.#byCode.get(code)
    const source = this.#source('Реєстр платників ПДВ (синтетичні дані)', taxpayer?.version)
    const doubt = taxpayer === undefined ? undefined : doubtAbout(taxpayer)
    if (doubt !== undefined) return { answer: doubt, source }
    if (taxpayer?.vat === undefined) return { answer: noData(), source }
    const missing: Missing[] = taxpayer.vat.registeredAt === undefined ? [{ field: '/registeredAt', reason: 'NOT_RECORDED' }] : []
    return { answer: give(taxpayer.vat, missing), source }
  }

  /** Codes of all taxpayers: of persons too, so they never leave the register. */
  get codes (): string[] {
    return [...this.#byCode.keys()]
  }

  /** Depersonalised profiles (resolution 688, item 10); each has an outcome of its own. @throws {Problem} for another agreement or key, or an impossible period. */
  supportProfiles (question: SupportQuestion, pseudonyms: PseudonymIndex): { items: SupportItem[], source: Source } {
    const asked = this.#years(question.period)
    return { items: supportItems(question, pseudonyms, (code) => this.#profile(code, asked)), source: this.#source('Податковий облік (синтетичні дані)', undefined) }
  }

  #profile (code: string | undefined, asked: readonly Year[]): Answer<Partial<TaxProfile>> {
    const taxpayer = code === undefined ? undefined : this.#byCode.get(code)
    if (taxpayer === undefined) return noData()
    const doubt = doubtAbout(taxpayer)
    if (doubt !== undefined) return doubt
    if (taxpayer.profile === undefined) return noData()
    const { profile } = taxpayer
    const within = <T extends { period: Year }>(rows: readonly T[]): T[] => rows.filter(({ period }) => asked.includes(period))
    const missing: Missing[] = []
    const isOpen = asked.includes(String(this.#now().getUTCFullYear()))
    const data = {
      income: within(profile.income),
      paid: within(profile.paid),
      taxSystem: profile.taxSystem,
      activityPlaces: profile.activityPlaces ?? [],
      employees: within(profile.employees ?? [])
    }
    // Of a year not closed yet nothing may be concluded: what is there is given, what is not is named.
    for (const field of ['income', 'paid', 'employees'] as const) {
      if (field === 'employees' && profile.employees === undefined) missing.push({ field: '/employees', reason: 'NOT_RECORDED' })
      else if (isOpen && data[field].length === 0) missing.push({ field: `/${field}`, reason: 'PERIOD_OPEN' })
      else if (isOpen) missing.push({ field: `/${field}/${asked.at(-1)}`, reason: 'PERIOD_OPEN' })
      else if (data[field].length === 0) missing.push({ field: `/${field}`, reason: 'NOT_RECORDED' })
    }
    if (profile.activityPlaces === undefined) missing.push({ field: '/activityPlaces', reason: 'NOT_APPLICABLE' })
    return give(data, missing)
  }

  #years ({ from, to }: Period): Year[] {
    const [first, last] = [Number(from), Number(to)]
    if (first > last || last - first >= YEARS_MAX || last > this.#now().getUTCFullYear()) {
      throw new Problem('invalid-request', `Період: до ${YEARS_MAX} років, не пізніше поточного`, `The period is up to ${YEARS_MAX} years and not in the future`)
    }
    return Array.from({ length: last - first + 1 }, (_, i) => String(first + i))
  }

  #source (register: string, recordVersion: number | undefined): Source {
    return { register, asOf: this.#now().toISOString(), recordVersion: recordVersion ?? null }
  }
}

function doubtAbout (taxpayer: Taxpayer): Answer<never> | undefined {
  if (taxpayer.isDuplicate === true) return discrepancy({ field: '', kind: 'DUPLICATE_RECORD' })
  if (taxpayer.isInConflict === true) return discrepancy({ field: '/name', kind: 'SOURCE_CONFLICT' })
  return undefined
}
