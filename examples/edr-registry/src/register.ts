import { checkSubjectCode, discrepancy, give, isSameName, noData, normalName, Problem, type Answer, type Missing, type PseudonymIndex, type Source } from '@trembita/example-information-system'
import { fixtures } from './fixtures.ts'
import type { StoredSubject, Subject, SubjectState } from './subject.ts'
import { supportProfiles, type SupportItem, type SupportQuestion } from './support-profile.ts'

export interface Question {
  /** ЄДРПОУ or РНОКПП. */
  readonly code?: string | undefined
  /** Series and number, of a person who has no РНОКПП. */
  readonly passport?: string | undefined
  /** The register's id of the record. */
  readonly id?: string | undefined
  /** The name the asker believes to be right: when it is not, nothing is disclosed. */
  readonly name?: string | undefined
  /** Fields to give; all when absent. */
  readonly fields?: readonly string[] | undefined
}

export interface SearchQuestion {
  readonly name?: string | undefined
  readonly katottg?: string | undefined
  readonly state?: SubjectState | undefined
  readonly page?: number | undefined
}

export interface ShortCard {
  readonly code: string
  readonly name: string
  readonly state: SubjectState
  readonly katottg: string | null
}

const PAGE_SIZE = 5

/** Fields that can be asked for one by one; `id` and `code` are always given. */
export const FIELDS = ['state', 'stateText', 'names', 'legalForm', 'address', 'activityKinds', 'heads', 'founders', 'registration', 'termination', 'contacts'] as const satisfies readonly (keyof Subject)[]

/** The register itself: questions to answers, no HTTP. */
export class EdrRegister {
  readonly #byCode: ReadonlyMap<string, StoredSubject>
  readonly #now: () => Date

  constructor (now: () => Date = () => new Date()) {
    this.#now = now
    this.#byCode = new Map(fixtures(now()).map((stored) => [stored.subject.code, stored]))
  }

  /** @throws {Problem} for a code that cannot be one, and for a question without an identifier. */
  subject (question: Question): { answer: Answer<Partial<Subject>>, source: Source } {
    const stored = this.#find(question)
    if (stored === undefined) return { answer: noData(), source: this.#source(null) }
    const source = this.#source(stored.version)
    const { subject } = stored
    if (question.name !== undefined && !isNamed(subject, question.name)) {
      return { answer: discrepancy({ field: '/names/name', kind: 'ASSERTED_MISMATCH' }), source }
    }
    const wanted = wantedFields(question.fields)
    const data: Partial<Subject> = Object.fromEntries(Object.entries(subject).filter(([field]) => wanted.has(field)))
    const { id, code, ...asked } = data
    const answer = give(asked, missingOf(stored, wanted))
    return { answer: answer.data === null ? answer : { ...answer, data: { id: subject.id, code: subject.code, ...answer.data } }, source }
  }

  /** Legal entities by a part of the name, place and state. Persons are not found this way. */
  search (question: SearchQuestion): { answer: Answer<{ items: ShortCard[], total: number, page: number }>, source: Source } {
    const part = normalName(question.name ?? '')
    const page = question.page ?? 1
    const found = [...this.#byCode.values()].map(({ subject }) => subject).filter((subject) => {
      return subject.code.length === 8 && normalName(subject.names.name).includes(part) &&
        (question.katottg === undefined || subject.address?.katottg === question.katottg) &&
        (question.state === undefined || subject.state === question.state)
    })
    const items = found.slice((page - 1) * PAGE_SIZE, page * PAGE_SIZE).map((subject) => ({
      code: subject.code, name: subject.names.short ?? subject.names.name, state: subject.state, katottg: subject.address?.katottg ?? null
    }))
    const answer: Answer<{ items: ShortCard[], total: number, page: number }> = items.length === 0 ? noData() : { outcome: 'FOUND', data: { items, total: found.length, page }, missing: [], discrepancies: [] }
    return { answer, source: this.#source(null) }
  }

  /** Codes of all records: of persons too, so they never leave the register. */
  get codes (): string[] {
    return [...this.#byCode.keys()]
  }

  /** Depersonalised profiles (resolution 688, item 10). @throws {Problem} for another agreement, key or field. */
  supportProfiles (question: SupportQuestion, pseudonyms: PseudonymIndex): { items: SupportItem[], source: Source } {
    return { items: supportProfiles(question, pseudonyms, (code) => this.#byCode.get(code)), source: this.#source(null) }
  }

  #find ({ code, passport, id }: Question): StoredSubject | undefined {
    if (code !== undefined) {
      checkSubjectCode(code)
      return this.#byCode.get(code)
    }
    if (passport !== undefined) {
      if (!/^[А-ЯҐЄІЇ]{2}\d{6}$/.test(passport)) throw new Problem('invalid-identifier', 'Паспорт: дві літери і шість цифр', 'A passport is two letters and six digits')
      return this.#byCode.get(passport)
    }
    if (id === undefined) throw new Problem('invalid-request', 'Потрібен код, паспорт або ідентифікатор запису', 'A code, a passport or a record id is needed')
    return [...this.#byCode.values()].find(({ subject }) => subject.id === id)
  }

  #source (recordVersion: number | null): Source {
    return { register: 'ЄДР (синтетичні дані)', asOf: this.#now().toISOString(), recordVersion }
  }
}

function wantedFields (fields: readonly string[] | undefined): Set<string> {
  if (fields === undefined || fields.length === 0) return new Set(FIELDS)
  const unknown = fields.find((field) => !(FIELDS as readonly string[]).includes(field))
  if (unknown !== undefined) throw new Problem('invalid-request', `Невідоме поле; відомі: ${FIELDS.join(', ')}`, `Unknown field; known are ${FIELDS.join(', ')}`)
  return new Set(fields)
}

function missingOf ({ subject, inConflict }: StoredSubject, wanted: ReadonlySet<string>): Missing[] {
  const missing: Missing[] = inConflict.filter((field) => wanted.has(field)).map((field) => ({ field: `/${field}`, reason: 'DISCREPANCY_INTERNAL' }))
  if (wanted.has('activityKinds') && !subject.activityKinds.some(({ isPrimary }) => isPrimary)) {
    missing.push({ field: '/activityKinds/primary', reason: 'NOT_RECORDED' })
  }
  return missing
}

function isNamed ({ names }: Subject, asserted: string): boolean {
  return [names.name, names.short].some((name) => name !== undefined && isSameName(name, asserted))
}
