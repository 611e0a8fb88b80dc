import { give, noData, Problem, recordChecksum, type Answer, type Missing, type PseudonymIndex, type PseudonymQuestion } from '@trembita/example-information-system'
import type { StoredSubject, Subject } from './subject.ts'

/** What the register gives for programmes of support: depersonalised, and no more than resolution 688, item 10 names. */
export interface SupportProfile {
  readonly mainKved: { readonly code: string, readonly list: string, readonly version: string }
  /** The hromada, not the house: less would be guessed from a whole address. */
  readonly location: { readonly katottg: string, readonly precision: 'hromada' }
  readonly registrationDate: string
  readonly terminationRecordDate: string | null
}

export const SUPPORT_FIELDS = ['mainKved', 'location', 'registrationDate', 'terminationRecordDate'] as const satisfies readonly (keyof SupportProfile)[]

export interface SupportQuestion extends PseudonymQuestion {
  readonly fields?: readonly string[] | undefined
}

export type SupportItem = Answer<Partial<SupportProfile>> & {
  /** The pseudonym that was asked about. */
  readonly p: string
  /** SHA-256 over the canonical JSON of the data; null without data. */
  readonly checksum: string | null
}

/** @throws {Problem} for another agreement, key or field. */
export function supportProfiles (question: SupportQuestion, pseudonyms: PseudonymIndex, record: (code: string) => StoredSubject | undefined): SupportItem[] {
  const wanted = wantedOf(question.fields)
  return pseudonyms.find(question).map((code, i) => {
    const stored = code === undefined ? undefined : record(code)
    const answer = stored === undefined ? noData() : profileOf(stored, wanted)
    return { p: question.pseudonyms[i]!, ...answer, checksum: answer.data === null ? null : recordChecksum(answer.data) }
  })
}

function wantedOf (fields: readonly string[] | undefined): ReadonlySet<keyof SupportProfile> {
  if (fields === undefined || fields.length === 0) return new Set(SUPPORT_FIELDS)
  const wanted = SUPPORT_FIELDS.filter((field) => fields.includes(field))
  if (wanted.length !== new Set(fields).size) throw new Problem('outside-agreement', `Поза межами договору; дозволено: ${SUPPORT_FIELDS.join(', ')}`, `Outside the agreement; permitted are ${SUPPORT_FIELDS.join(', ')}`)
  return new Set(wanted)
}

function profileOf ({ subject, inConflict }: StoredSubject, wanted: ReadonlySet<keyof SupportProfile>): Answer<Partial<SupportProfile>> {
  const main = subject.activityKinds.find(({ isPrimary }) => isPrimary)
  const missing: Missing[] = []
  const data: Partial<SupportProfile> = {
    ...wanted.has('mainKved') && main !== undefined ? { mainKved: { code: main.code, list: 'KVED', version: main.list } } : {},
    ...wanted.has('location') && subject.address !== undefined ? { location: { katottg: subject.address.katottg, precision: 'hromada' as const } } : {},
    ...wanted.has('registrationDate') ? { registrationDate: subject.registration.date } : {},
    ...wanted.has('terminationRecordDate') ? { terminationRecordDate: subject.termination?.recordDate ?? null } : {}
  }
  if (wanted.has('mainKved') && main === undefined) missing.push({ field: '/mainKved', reason: 'NOT_RECORDED' })
  if (wanted.has('location')) {
    if (isInConflict(inConflict, 'address')) missing.push({ field: '/location', reason: 'DISCREPANCY_INTERNAL' })
    else if (subject.address === undefined) missing.push({ field: '/location', reason: 'NOT_RECORDED' })
  }
  return give(data, missing)
}

function isInConflict (fields: readonly (keyof Subject)[], field: keyof Subject): boolean {
  return fields.includes(field)
}
