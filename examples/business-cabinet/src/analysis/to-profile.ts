import type { Fact, FactSource, Gap, Profile, YearAmount, YearCount } from '../matching/profile.ts'
import type { SubjectKind } from '../programmes/programme.ts'
import type { KeptAnswer, Register } from './kept-answer.ts'

/** The latest answer of each register, and whether the register could not be reached when last asked. */
export interface Answers {
  readonly latest: Partial<Readonly<Record<Register, KeptAnswer>>>
  readonly unreachable: ReadonlySet<Register>
}

/** Lifts answers into a profile: each value with its source, each gap with its reason. A gap never becomes a zero. Pure. */
export function toProfile (kind: SubjectKind, joinedAt: string, { latest, unreachable }: Answers, displaced: Fact<boolean>): Profile {
  const from = <T>(register: Register, field: string, read: (value: unknown) => T | undefined): Fact<T> =>
    factOf(latest[register], register, unreachable.has(register), field, read)
  return {
    subjectKind: { known: true, value: kind, source: { register: 'JOIN', asOf: joinedAt } },
    mainKved: from('EDR', 'mainKved', (value) => {
      const { code, list, version } = (value ?? {}) as { code?: string, list?: string, version?: string }
      return typeof code !== 'string' ? undefined : { code, list: version ?? list ?? '' }
    }),
    location: from('EDR', 'location', (value) => {
      const { katottg } = (value ?? {}) as { katottg?: string }
      return typeof katottg === 'string' ? { katottg } : undefined
    }),
    registrationDate: from('EDR', 'registrationDate', (value) => typeof value === 'string' ? value : undefined),
    terminationRecordDate: from('EDR', 'terminationRecordDate', (value) => value === null || typeof value === 'string' ? value : undefined),
    income: from('TAX', 'income', (value) => Array.isArray(value) ? value as YearAmount[] : undefined),
    employees: from('TAX', 'employees', (value) => Array.isArray(value) ? value as YearCount[] : undefined),
    taxSystem: from('TAX', 'taxSystem', (value) => {
      const { code, group } = (value ?? {}) as { code?: string, group?: number | null }
      return typeof code === 'string' ? { code, group: group ?? null } : undefined
    }),
    displaced
  }
}

function factOf<T> (answer: KeptAnswer | undefined, register: Register, unreachable: boolean, field: string, read: (value: unknown) => T | undefined): Fact<T> {
  if (answer === undefined) return { known: false, gap: unreachable ? 'OUTAGE' : 'NOT_ASKED', source: { register } }
  const source: FactSource = { register, asOf: answer.asOf, exchangeId: answer.exchangeId }
  if (answer.damaged) return { known: false, gap: 'DAMAGED', source }
  const value = answer.data !== null && Object.hasOwn(answer.data, field) ? answer.data[field] : undefined
  const found = value === undefined ? undefined : read(value)
  if (found !== undefined) return { known: true, value: found, source }
  return { known: false, gap: gapOf(answer, field), source }
}

function gapOf ({ missing, discrepancies }: KeptAnswer, field: string): Gap {
  const named = missing.find((one) => one.field === `/${field}` || one.field.startsWith(`/${field}/`))
  return named?.reason ?? discrepancies[0]?.kind ?? missing.find((one) => one.field === '')?.reason ?? 'NOT_RECORDED'
}
