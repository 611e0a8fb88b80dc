import type { SqlReader, SqlWriter } from '@trembita/daemon/store'
import { Refusal } from '../refusal.ts'
import { checkText } from './codes.ts'

/** What an organisation is; price and papers follow from it, not from the member class (TR-2.17, TR-10, TR-14). */
export const MEMBER_KINDS = ['authority', 'localGovernment', 'enterprise'] as const
export type MemberKind = typeof MEMBER_KINDS[number]

/** Roles of TR-5bis that are given to a member. The other two, participant and subject of interaction, follow from what it registered. */
export const GIVEN_ROLES = ['holder', 'administrator'] as const
export type GivenRole = typeof GIVEN_ROLES[number]

export const CONTACT_PURPOSES = ['general', 'technical', 'security', 'dataProtection'] as const

/** An official channel of the organisation. */
export interface Contact {
  readonly purpose: typeof CONTACT_PURPOSES[number]
  /** Whoever answers there, if the organisation wants to say. */
  readonly name?: string | undefined
  readonly email?: string | undefined
  readonly phone?: string | undefined
}

export const ACCESSION_KINDS = ['accession', 'contract'] as const

/** The paper on which a member takes part. Dates are `YYYY-MM-DD`. */
export interface Accession {
  readonly kind: typeof ACCESSION_KINDS[number]
  readonly number: string
  readonly signedOn: string
  readonly endsOn?: string | undefined
}

/** What the law adds to a member of X-Road. */
export interface MemberProfile {
  /** Undefined: not stated, as for members that came with a gateway's request. */
  readonly kind: MemberKind | undefined
  readonly roles: readonly GivenRole[]
  readonly contacts: readonly Contact[]
  readonly accession: Accession | undefined
}

/** Undefined leaves what there is; `null` takes it away. */
export interface ProfileUpdate {
  readonly kind?: MemberKind | null | undefined
  readonly roles?: readonly GivenRole[] | undefined
  readonly contacts?: readonly Contact[] | undefined
  readonly accession?: Accession | null | undefined
}

export const CONTACTS_MAX = 20

export async function readProfile (reader: SqlReader, member: number): Promise<MemberProfile> {
  const { kind } = (await reader.get<{ kind: MemberKind | null }>('SELECT kind FROM member WHERE id = ?', member))!
  const roles = await reader.all<{ role: GivenRole }>('SELECT role FROM member_role WHERE member_id = ? ORDER BY role DESC', member)
  const contacts = await reader.all<{ purpose: Contact['purpose'], name: string | null, email: string | null, phone: string | null }>(
    'SELECT purpose, name, email, phone FROM member_contact WHERE member_id = ? ORDER BY position', member)
  const accession = await reader.get<{ kind: Accession['kind'], number: string, signed_on: string, ends_on: string | null }>(
    'SELECT kind, number, signed_on, ends_on FROM member_accession WHERE member_id = ?', member)
  return {
    kind: kind ?? undefined,
    roles: roles.map(({ role }) => role),
    contacts: contacts.map(({ purpose, name, email, phone }) => ({ purpose, name: name ?? undefined, email: email ?? undefined, phone: phone ?? undefined })),
    accession: accession === undefined ? undefined : { kind: accession.kind, number: accession.number, signedOn: accession.signed_on, endsOn: accession.ends_on ?? undefined }
  }
}

/** @throws {Refusal} for a contact without a channel, a date that is none, a second holder. */
export async function writeProfile (tx: SqlWriter, member: number, { kind, roles, contacts, accession }: ProfileUpdate): Promise<void> {
  if (kind !== undefined) await tx.run('UPDATE member SET kind = ? WHERE id = ?', kind, member)
  if (roles !== undefined) await writeRoles(tx, member, roles)
  if (contacts !== undefined) await writeContacts(tx, member, contacts)
  if (accession === undefined) return
  await tx.run('DELETE FROM member_accession WHERE member_id = ?', member)
  if (accession !== null) await writeAccession(tx, member, accession)
}

async function writeRoles (tx: SqlWriter, member: number, roles: readonly GivenRole[]): Promise<void> {
  await tx.run('DELETE FROM member_role WHERE member_id = ?', member)
  if (roles.includes('holder') && await tx.get("SELECT 1 AS found FROM member_role WHERE role = 'holder'") !== undefined) {
    throw new Refusal('conflict', 'holder_exists', 'another member is the holder of the system', { fields: { roles: 'the system has one holder' } })
  }
  for (const role of new Set(roles)) await tx.run('INSERT INTO member_role (member_id, role) VALUES (?, ?)', member, role)
}

async function writeContacts (tx: SqlWriter, member: number, contacts: readonly Contact[]): Promise<void> {
  await tx.run('DELETE FROM member_contact WHERE member_id = ?', member)
  for (const [position, contact] of contacts.entries()) {
    const name = textOf('contacts', contact.name)
    const email = textOf('contacts', contact.email)
    const phone = textOf('contacts', contact.phone)
    if (email === null && phone === null) throw contactRefusal('a contact has neither e-mail nor telephone')
    if (email !== null && !/^[^\s@<>]{1,64}@[^\s@<>]+\.[^\s@<>]+$/.test(email)) throw contactRefusal('an e-mail address is not one')
    if (phone !== null && !/^\+?[\d ()-]{5,25}$/.test(phone)) throw contactRefusal('a telephone number is not one')
    await tx.run('INSERT INTO member_contact (member_id, position, purpose, name, email, phone) VALUES (?, ?, ?, ?, ?, ?)', member, position, contact.purpose, name, email, phone)
  }
}

async function writeAccession (tx: SqlWriter, member: number, { kind, number, signedOn, endsOn }: Accession): Promise<void> {
  const text = checkText('accession.number', number)
  for (const date of [signedOn, endsOn]) {
    if (date !== undefined && !isDate(date)) throw new Refusal('invalid', 'invalid_accession', 'accession: a date is not of the calendar', { fields: { accession: 'a date is YYYY-MM-DD' } })
  }
  if (endsOn !== undefined && endsOn < signedOn) throw new Refusal('invalid', 'invalid_accession', 'accession ends before it was signed', { fields: { accession: 'ends before it was signed' } })
  await tx.run('INSERT INTO member_accession (member_id, kind, number, signed_on, ends_on) VALUES (?, ?, ?, ?, ?)', member, kind, text, signedOn, endsOn ?? null)
}

/** `YYYY-MM-DD` of a day that exists. */
export function isDate (text: string): boolean {
  return /^\d{4}-\d{2}-\d{2}$/.test(text) && !Number.isNaN(Date.parse(`${text}T00:00:00Z`)) && new Date(`${text}T00:00:00Z`).toISOString().startsWith(text)
}

function textOf (field: string, text: string | undefined): string | null {
  return text === undefined || text.trim() === '' ? null : checkText(field, text)
}

function contactRefusal (problem: string): Refusal {
  return new Refusal('invalid', 'invalid_contact', problem, { fields: { contacts: problem } })
}
