import { discrepancy, isRnokpp, noData, normalName, Problem, type Answer, type Missing, type Source } from '@trembita/example-information-system'
import { FIXTURES } from './fixtures.ts'
import type { Appointment, Body, Personnel, Position, ServiceStatus, Unit } from './personnel.ts'

export interface OfficialsQuestion {
  readonly body?: string | undefined
  /** Parts of surname, given name, patronymic or post; each must be found. */
  readonly words?: string | undefined
  readonly unit?: string | undefined
  /** The register's own id of an official. */
  readonly id?: string | undefined
  readonly page?: number | undefined
}

export interface StatusQuestion {
  readonly rnokpp: string
  readonly body: string
  /** The surname as the asker knows it: when the record says another, nothing is disclosed. */
  readonly surname?: string | undefined
}

/** An official as others see one: without the personal code. */
export interface OfficialCard {
  readonly id: string
  readonly surname: string
  readonly givenName: string
  readonly patronymic: string | null
  readonly body: string
  readonly unit: string
  readonly unitName: string
  readonly post: string
  readonly postEn: string
  readonly phone?: string
  readonly email?: string
}

export interface UnitNode {
  readonly id: string
  readonly name: string
  readonly nameEn: string
  readonly phone?: string
  readonly email?: string
  readonly units: readonly UnitNode[]
}

export interface StaffLine {
  readonly position: string
  readonly unit: string
  readonly title: string
  readonly titleEn: string
  readonly category: Position['category']
  readonly rates: number
  readonly filled: number
  readonly vacant: boolean
}

export interface StatusAnswer extends OfficialCard {
  readonly status: ServiceStatus
}

interface Told<T> { readonly answer: Answer<T>, readonly source: Source }

export const PAGE_SIZE = 20

/** The personnel system itself: questions to answers, no HTTP. Changes of status are kept in memory: a restart brings the fixtures back. */
export class PersonnelRegister {
  readonly #personnel: Personnel
  readonly #now: () => Date
  readonly #statuses = new Map<string, ServiceStatus>()
  #down = false

  constructor (personnel: Personnel = FIXTURES, now: () => Date = () => new Date()) {
    this.#personnel = personnel
    this.#now = now
  }

  /** For the demonstration: while down, every question is answered with `source-unavailable`. */
  setDown (down: boolean): void {
    this.#down = down
  }

  /**
   * Records another status of a person in a body.
   *
   * @returns how many appointments changed.
   */
  setStatus (rnokpp: string, body: string, status: ServiceStatus): number {
    const found = this.#appointmentsOf(body).filter((appointment) => appointment.rnokpp === rnokpp)
    for (const { id } of found) this.#statuses.set(id, status)
    return found.length
  }

  bodies (question: { readonly code?: string | undefined, readonly name?: string | undefined }): Told<{ items: readonly Body[] }> {
    const part = normalName(question.name ?? '')
    const items = this.#open().bodies.filter(({ code, name, nameEn }) => (question.code ?? code) === code && normalName(`${name} ${nameEn}`).includes(part))
    return this.#told(items.length === 0 ? noData() : withGaps({ items }, contactGaps(items, '/items')))
  }

  structure (code: string): Told<{ body: Body, units: readonly UnitNode[] }> {
    const body = this.#open().bodies.find((one) => one.code === code)
    if (body === undefined) return this.#told(noData())
    const units = this.#treeOf(code, undefined)
    return this.#told(withGaps({ body, units }, [...contactGaps([body], '/body', true), ...treeGaps(units, '/units')]))
  }

  staff (code: string): Told<{ items: readonly StaffLine[] }> {
    const { positions } = this.#open()
    const units = new Set(this.#unitsOf(code).map(({ id }) => id))
    const items = positions.filter(({ unit }) => units.has(unit)).map(({ id, unit, title, titleEn, category, rates }) => {
      const filled = this.#personnel.appointments.filter((one) => one.position === id && this.#statusOf(one) !== 'dismissed').length
      return { position: id, unit, title, titleEn, category, rates, filled, vacant: filled < rates }
    })
    return this.#told(items.length === 0 ? noData() : { outcome: 'FOUND', data: { items }, missing: [], discrepancies: [] })
  }

  /** Serving officials, by parts of words; never by a personal code. */
  officials (question: OfficialsQuestion): Told<{ items: readonly OfficialCard[], total: number, page: number }> {
    const parts = normalName(question.words ?? '').split(' ').filter((part) => part !== '')
    const page = question.page ?? 1
    const found = this.#open().appointments.filter((one) => this.#statusOf(one) !== 'dismissed').map((one) => this.#cardOf(one)).filter((card) => {
      const text = normalName([card.surname, card.givenName, card.patronymic ?? '', card.post, card.postEn, card.unitName].join(' '))
      return (question.body ?? card.body) === card.body && (question.unit ?? card.unit) === card.unit && (question.id ?? card.id) === card.id && parts.every((part) => text.includes(part))
    }).toSorted((one, other) => one.surname.localeCompare(other.surname, 'uk') || one.id.localeCompare(other.id))
    const items = found.slice((page - 1) * PAGE_SIZE, page * PAGE_SIZE)
    return this.#told(items.length === 0 ? noData() : withGaps({ items, total: found.length, page }, contactGaps(items, '/items')))
  }

  /** @throws {Problem} for a code that cannot be one. */
  status ({ rnokpp, body, surname }: StatusQuestion): Told<StatusAnswer> {
    this.#open()
    if (!isRnokpp(rnokpp)) throw new Problem('invalid-identifier', 'Це не РНОКПП: довжина або контрольна цифра', 'This is no РНОКПП: its length or check digit is wrong')
    const [found, ...others] = this.#appointmentsOf(body).filter((one) => one.rnokpp === rnokpp)
    if (found === undefined) return this.#told(noData())
    if (others.length > 0) return this.#told(discrepancy({ field: '', kind: 'DUPLICATE_RECORD' }))
    if (surname !== undefined && normalName(surname) !== normalName(found.surname)) return this.#told(discrepancy({ field: '/surname', kind: 'ASSERTED_MISMATCH' }))
    const data = { ...this.#cardOf(found), status: this.#statusOf(found) }
    return this.#told(withGaps(data, contactGaps([data], '', true)))
  }

  #open (): Personnel {
    if (this.#down) throw new Problem('source-unavailable', 'Кадрова система не може відповісти зараз', 'The personnel system cannot answer now')
    return this.#personnel
  }

  #told<T> (answer: Answer<T>): Told<T> {
    return { answer, source: { register: 'Кадрова система державної служби (приклад)', asOf: this.#now().toISOString(), recordVersion: answer.data === null ? null : 1 } }
  }

  #statusOf (appointment: Appointment): ServiceStatus {
    return this.#statuses.get(appointment.id) ?? appointment.status
  }

  #unitsOf (body: string): readonly Unit[] {
    return this.#personnel.units.filter((unit) => unit.body === body)
  }

  #appointmentsOf (body: string): readonly Appointment[] {
    return this.#personnel.appointments.filter((one) => this.#cardOf(one).body === body)
  }

  #treeOf (body: string, parent: string | undefined): UnitNode[] {
    return this.#unitsOf(body).filter((unit) => unit.parent === parent).map(({ body: _body, parent: _parent, ...unit }) => ({ ...unit, units: this.#treeOf(body, unit.id) }))
  }

  #cardOf ({ rnokpp: _rnokpp, status: _status, position: positionId, patronymic, ...rest }: Appointment): OfficialCard {
    const position = this.#personnel.positions.find(({ id }) => id === positionId)!
    const unit = this.#personnel.units.find(({ id }) => id === position.unit)!
    return { ...rest, patronymic: patronymic ?? null, body: unit.body, unit: unit.id, unitName: unit.name, post: position.title, postEn: position.titleEn }
  }
}

function withGaps<T> (data: T, missing: readonly Missing[]): Answer<T> {
  return { outcome: missing.length === 0 ? 'FOUND' : 'PARTIAL', data, missing, discrepancies: [] }
}

interface Contacts { readonly phone?: string, readonly email?: string }

/** Which phones and addresses are not recorded. */
function contactGaps (items: readonly Contacts[], at: string, single = false): Missing[] {
  return items.flatMap((item, index) => (['phone', 'email'] as const)
    .filter((name) => item[name] === undefined)
    .map((name) => ({ field: single ? `${at}/${name}` : `${at}/${index}/${name}`, reason: 'NOT_RECORDED' as const })))
}

function treeGaps (units: readonly UnitNode[], at: string): Missing[] {
  return units.flatMap((unit, index) => [...contactGaps([unit], `${at}/${index}`, true), ...treeGaps(unit.units, `${at}/${index}/units`)])
}
