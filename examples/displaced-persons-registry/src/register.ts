import { discrepancy, give, isRnokpp, isSameName, noData, Problem, type Answer, type Discrepancy, type Missing, type Source } from '@trembita/example-information-system'

export interface Question {
  readonly rnokpp: string
  readonly familyName: string
  readonly givenName: string
  readonly patronymicName?: string | undefined
}

export interface Place {
  readonly katottg: string
  readonly text: string
}

/** Certificate of registration as an internally displaced person. */
export interface Certificate {
  /** `NNNN-NNNNNNNNNN` */
  readonly number: string
  readonly issuedAt: string
  readonly issuer: string
  readonly registeredAddress: Place
  readonly actualAddress: Place
  readonly status: 'active' | 'cancelled'
  /** Since when the status holds. */
  readonly statusDate: string
}

interface Person {
  readonly rnokpp: string
  readonly familyName: string
  readonly givenName: string
  readonly patronymicName?: string
  readonly certificate: Partial<Certificate> & Pick<Certificate, 'number' | 'status' | 'statusDate'>
  readonly missing?: readonly Missing[]
}

const KHARKIV = { katottg: 'UA63120270010096107', text: 'м. Харків, вул. Колишня, 12' }
const LVIV = { katottg: 'UA46060250010015970', text: 'м. Львів, вул. Нова, 19' }
const POLTAVA = { katottg: 'UA53080370010073240', text: 'м. Полтава, вул. Польова, 2' }

/** Synthetic persons: an active certificate, a cancelled one, and one whose present address is not recorded. */
const PERSONS: readonly Person[] = [
  { rnokpp: '7000800822', familyName: 'Яворська', givenName: 'Ксенія', patronymicName: 'Олегівна', certificate: { number: '4601-5000000017', issuedAt: '2022-04-11', issuer: 'Управління соціального захисту (синтетичні дані)', registeredAddress: KHARKIV, actualAddress: LVIV, status: 'active', statusDate: '2022-04-11' } },
  { rnokpp: '7000400442', familyName: 'Мельник', givenName: 'Ганна', patronymicName: 'Іллівна', certificate: { number: '5302-5000000021', issuedAt: '2022-06-02', issuer: 'Управління соціального захисту (синтетичні дані)', registeredAddress: KHARKIV, actualAddress: POLTAVA, status: 'cancelled', statusDate: '2024-09-30' } },
  { rnokpp: '7001001060', familyName: "Прип'ять", givenName: 'Олена', certificate: { number: '3201-5000000034', issuedAt: '2023-01-20', issuer: 'Управління соціального захисту (синтетичні дані)', registeredAddress: KHARKIV, status: 'active', statusDate: '2023-01-20' }, missing: [{ field: '/actualAddress', reason: 'NOT_RECORDED' }] }
]

/** The register itself: questions to answers, no HTTP. */
export class DisplacedPersonsRegister {
  readonly #now: () => Date

  constructor (now: () => Date = () => new Date()) {
    this.#now = now
  }

  /** @throws {Problem} for a number that cannot be one. */
  certificate (question: Question): { answer: Answer<Partial<Certificate>>, source: Source } {
    if (!isRnokpp(question.rnokpp)) throw new Problem('invalid-identifier', 'РНОКПП: десять цифр із контрольною', 'РНОКПП has ten digits, the last one a check digit')
    const person = PERSONS.find(({ rnokpp }) => rnokpp === question.rnokpp)
    const source = { register: 'База внутрішньо переміщених осіб (синтетичні дані)', asOf: this.#now().toISOString(), recordVersion: person === undefined ? null : 1 }
    if (person === undefined) return { answer: noData(), source }
    const wrong = mismatches(person, question)
    return { answer: wrong.length > 0 ? discrepancy(...wrong) : give(person.certificate, person.missing), source }
  }
}

function mismatches (person: Person, { familyName, givenName, patronymicName }: Question): Discrepancy[] {
  const wrong: string[] = []
  if (!isSameName(person.familyName, familyName)) wrong.push('/familyName')
  if (!isSameName(person.givenName, givenName)) wrong.push('/givenName')
  if (patronymicName !== undefined && !isSameName(person.patronymicName ?? '', patronymicName)) wrong.push('/patronymicName')
  return wrong.map((field) => ({ field, kind: 'ASSERTED_MISMATCH' }))
}
