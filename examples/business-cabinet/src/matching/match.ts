import type { Programme } from '../programmes/programme.ts'
import { bilingual, dayWords, moneyWords, type Bilingual } from '../words.ts'
import { describeCriteria, placeWords } from './describe-criteria.ts'
import { isAtLeast, isAtMost } from './money.ts'
import type { Fact, FactSource, Gap, Profile } from './profile.ts'

export type Criterion = 'window' | 'active' | 'subjectKind' | 'territory' | 'kved' | 'taxSystem' | 'registered' | 'income' | 'employees' | 'displaced'

/** How one criterion stands: what is demanded, what is known, from where (UP-3.4). */
export interface Reason {
  readonly criterion: Criterion
  readonly verdict: 'met' | 'notMet' | 'unknown'
  readonly required: Bilingual
  /** Null where it is not known. */
  readonly value: Bilingual | null
  readonly source: FactSource
  /** Why it is not known. */
  readonly gap?: Gap | undefined
}

export interface Match {
  readonly verdict: 'eligible' | 'notEligible' | 'cannotTell'
  readonly reasons: readonly Reason[]
}

/**
 * Does a programme suit a business on a day? A criterion that is not met decides; without one, a criterion that cannot be judged makes
 * it *cannot tell*, never a silent no.
 *
 * @param day in Kyiv, `YYYY-MM-DD`.
 */
export function match (profile: Profile, programme: Programme, day: string): Match {
  const { criteria, window } = programme
  const words = describeCriteria(programme)
  const reasons: Reason[] = [
    judge('window', words.window, today(day), (value) => value >= window.from && (window.until === undefined || value <= window.until), dayWords),
    judge('active', words.active, profile.terminationRecordDate, (date) => date === null, (date) => date === null
      ? bilingual('запису про припинення немає', 'no record of termination')
      : bilingual(`запис про припинення від ${dayWords(date).uk}`, `record of termination of ${dayWords(date).en}`))
  ]
  const { subjectKinds, territory, kved, taxSystems, registered, income, employees, displaced } = criteria
  if (subjectKinds !== undefined) {
    reasons.push(judge('subjectKind', words.subjectKind, profile.subjectKind, (kind) => subjectKinds.includes(kind), (kind) => kind === 'FOP' ? bilingual('ФОП', 'sole entrepreneur') : bilingual('юридична особа', 'legal entity')))
  }
  if (territory !== undefined) {
    reasons.push(judge('territory', words.territory, profile.location, ({ katottg }) => startsWithAny(katottg, territory), ({ katottg }) => placeWords(katottg)))
  }
  if (kved !== undefined) {
    reasons.push(judge('kved', words.kved, inList(profile.mainKved, kved.list), ({ code }) =>
      (kved.include === undefined || startsWithAny(code, kved.include)) && !(kved.exclude !== undefined && startsWithAny(code, kved.exclude)), ({ code }) => bilingual(code, code)))
  }
  if (taxSystems !== undefined) {
    reasons.push(judge('taxSystem', words.taxSystem, profile.taxSystem, ({ code, group }) =>
      taxSystems.some((one) => one.code === code && (one.groups === undefined || (group !== null && one.groups.includes(group)))), ({ code, group }) => code === 'GENERAL'
      ? bilingual('загальна система', 'general system')
      : bilingual(`спрощена система, група ${group ?? '?'}`, `simplified system, group ${group ?? '?'}`)))
  }
  if (registered !== undefined) {
    reasons.push(judge('registered', words.registered, profile.registrationDate, (date) =>
      (registered.notBefore === undefined || date >= registered.notBefore) && (registered.notAfter === undefined || date <= registered.notAfter), dayWords))
  }
  if (income !== undefined) {
    reasons.push(judge('income', words.income, last(profile.income), ({ amount }) =>
      (income.min === undefined || isAtLeast(amount, income.min)) && (income.max === undefined || isAtMost(amount, income.max)), ({ amount, period }) => bilingual(`${moneyWords(amount).uk} за ${period} рік`, `${moneyWords(amount).en} in ${period}`)))
  }
  if (employees !== undefined) {
    reasons.push(judge('employees', words.employees, last(profile.employees), ({ count }) =>
      (employees.min === undefined || count >= employees.min) && (employees.max === undefined || count <= employees.max), ({ count, period }) => bilingual(`${count} за ${period} рік`, `${count} in ${period}`)))
  }
  if (displaced === true) {
    reasons.push(judge('displaced', words.displaced, profile.displaced, (value) => value, (value) => value ? bilingual('довідка чинна', 'certificate in force') : bilingual('чинної довідки немає', 'no certificate in force')))
  }
  return { verdict: verdictOf(reasons), reasons }
}

function verdictOf (reasons: readonly Reason[]): Match['verdict'] {
  if (reasons.some(({ verdict }) => verdict === 'notMet')) return 'notEligible'
  return reasons.some(({ verdict }) => verdict === 'unknown') ? 'cannotTell' : 'eligible'
}

function judge<T> (criterion: Criterion, required: Bilingual, fact: Fact<T>, isMet: (value: T) => boolean, tell: (value: T) => Bilingual): Reason {
  if (!fact.known) return { criterion, verdict: 'unknown', required, value: null, source: fact.source, gap: fact.gap }
  return { criterion, verdict: isMet(fact.value) ? 'met' : 'notMet', required, value: tell(fact.value), source: fact.source }
}

function today (day: string): Fact<string> {
  return { known: true, value: day, source: { register: 'CALENDAR', asOf: day } }
}

/** A code of another list must not be compared: the same digits mean something else there. */
function inList (fact: Profile['mainKved'], list: string): Profile['mainKved'] {
  return fact.known && fact.value.list !== list ? { known: false, gap: 'OTHER_LIST', source: fact.source } : fact
}

/** The latest year; a list without one is a gap. */
function last<T extends { readonly period: string }> (fact: Fact<readonly T[]>): Fact<T> {
  if (!fact.known) return fact
  const latest = [...fact.value].sort((one, other) => one.period < other.period ? 1 : -1)[0]
  return latest === undefined ? { known: false, gap: 'NOT_RECORDED', source: fact.source } : { known: true, value: latest, source: fact.source }
}

function startsWithAny (code: string, beginnings: readonly string[]): boolean {
  return beginnings.some((beginning) => code.startsWith(beginning))
}
