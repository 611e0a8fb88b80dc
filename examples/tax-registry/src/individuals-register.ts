import { discrepancy, give, isRnokpp, isSameName, noData, Problem, type Answer, type Discrepancy, type Source } from '@trembita/example-information-system'
import { individuals, type IncomeSource, type Individual } from './income.ts'
import type { Year } from './taxpayer.ts'

export interface CheckQuestion {
  readonly rnokpp: string
  readonly familyName: string
  readonly givenName: string
  readonly patronymicName?: string | undefined
  /** `YYYY-MM-DD` */
  readonly birthDate?: string | undefined
}

export interface IncomeQuestion extends CheckQuestion {
  readonly from: { readonly year: Year, readonly quarter: number }
  readonly to: { readonly year: Year, readonly quarter: number }
}

export interface Confirmation {
  readonly confirmed: true
}

export interface Incomes {
  readonly rnokpp: string
  readonly sources: readonly IncomeSource[]
}

/** Years back that may be asked for in one question. */
const YEARS_MAX = 10

/** The register of individuals – taxpayers (ДРФО): questions to answers, no HTTP. */
export class IndividualsRegister {
  readonly #byNumber: ReadonlyMap<string, Individual>
  readonly #now: () => Date

  constructor (now: () => Date = () => new Date()) {
    this.#now = now
    this.#byNumber = new Map(individuals(now()).map((individual) => [individual.rnokpp, individual]))
  }

  /** Whether the number is the person's. What the register has instead is never told. @throws {Problem} for a number that cannot be one. */
  check (question: CheckQuestion): { answer: Answer<Partial<Confirmation>>, source: Source } {
    const found = this.#find(question)
    return { answer: isAnswer(found) ? found : give<Confirmation>({ confirmed: true }), source: this.#source(isAnswer(found) ? undefined : found) }
  }

  /** Sources and amounts of income, tax and levy, quarter by quarter. @throws {Problem} for an impossible number or period. */
  incomes (question: IncomeQuestion): { answer: Answer<Partial<Incomes>>, source: Source } {
    const { from, to } = this.#period(question)
    const found = this.#find(question)
    if (isAnswer(found)) return { answer: found, source: this.#source(undefined) }
    const sources = found.sources
      .map((source) => ({ ...source, incomes: source.incomes.filter(({ year, quarter }) => between(Number(year) * 4 + quarter, from, to)) }))
      .filter(({ incomes }) => incomes.length > 0)
    // The quarter under way is not reported yet: what is missing of it is not nothing.
    const isOpen = to >= this.#quarterNow()
    const missing = isOpen ? [{ field: sources.length === 0 ? '/sources' : '/sources/incomes', reason: 'PERIOD_OPEN' as const }] : []
    if (sources.length === 0) return { answer: isOpen ? { outcome: 'NO_DATA', data: null, missing, discrepancies: [] } : noData('NOT_RECORDED'), source: this.#source(found) }
    return { answer: { outcome: isOpen ? 'PARTIAL' : 'FOUND', data: { rnokpp: found.rnokpp, sources }, missing, discrepancies: [] }, source: this.#source(found) }
  }

  #find (question: CheckQuestion): Individual | Answer<never> {
    if (!isRnokpp(question.rnokpp)) throw new Problem('invalid-identifier', 'РНОКПП: десять цифр із контрольною', 'РНОКПП has ten digits, the last one a check digit')
    const individual = this.#byNumber.get(question.rnokpp)
    if (individual === undefined) return noData()
    if (individual.isDuplicate === true) return discrepancy({ field: '', kind: 'DUPLICATE_RECORD' })
    if (individual.isClosed === true) return discrepancy({ field: '', kind: 'CLOSED_RECORD' })
    const wrong = mismatches(individual, question)
    return wrong.length > 0 ? discrepancy(...wrong) : individual
  }

  #period ({ from, to }: IncomeQuestion): { from: number, to: number } {
    const [first, last] = [Number(from.year) * 4 + from.quarter, Number(to.year) * 4 + to.quarter]
    if (first > last || last - first >= YEARS_MAX * 4 || last > this.#quarterNow()) {
      throw new Problem('invalid-request', `Період: до ${YEARS_MAX} років, не пізніше поточного кварталу`, `The period is up to ${YEARS_MAX} years and not in the future`)
    }
    return { from: first, to: last }
  }

  #quarterNow (): number {
    return this.#now().getUTCFullYear() * 4 + Math.floor(this.#now().getUTCMonth() / 3) + 1
  }

  #source (individual: Individual | undefined): Source {
    return { register: 'ДРФО (синтетичні дані)', asOf: this.#now().toISOString(), recordVersion: individual === undefined ? null : 1 }
  }
}

function isAnswer (found: Individual | Answer<never>): found is Answer<never> {
  return 'outcome' in found
}

function between (value: number, from: number, to: number): boolean {
  return value >= from && value <= to
}

function mismatches (individual: Individual, { familyName, givenName, patronymicName, birthDate }: CheckQuestion): Discrepancy[] {
  const wrong: string[] = []
  if (!isSameName(individual.surname, familyName)) wrong.push('/familyName')
  if (!isSameName(individual.name, givenName)) wrong.push('/givenName')
  if (patronymicName !== undefined && !isSameName(individual.patronymic ?? '', patronymicName)) wrong.push('/patronymicName')
  if (birthDate !== undefined && individual.birthDate !== birthDate) wrong.push('/birthDate')
  return wrong.map((field) => ({ field, kind: 'ASSERTED_MISMATCH' }))
}
