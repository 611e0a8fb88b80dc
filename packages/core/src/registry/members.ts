import type { Actor } from '@trembita/daemon/accounts'
import type { SqlReader } from '@trembita/daemon/store'
import { formatClientId, memberOf, type MemberId } from '@trembita/protocol/identifiers'
import type { Changes, ChangeTx } from '../audit/index.ts'
import { Refusal } from '../refusal.ts'
import { checkCodes, checkText } from './codes.ts'
import { dependentsOf, type Dependents } from './dependents.ts'
import { findMember, isManagementProvider } from './find.ts'
import { removeMemberships } from './groups.ts'
import { memberKey } from './keys.ts'
import { indexMember } from './name-index.ts'
import { readParameters } from './parameters.ts'
import { readProfile, writeProfile, type Contact, type ProfileUpdate } from './profile.ts'
import { removeServerRow } from './servers.ts'

export interface NewMember extends ProfileUpdate {
  readonly memberClass: string
  readonly memberCode: string
  readonly name: string
}

export interface MemberUpdate extends ProfileUpdate {
  readonly name?: string | undefined
}

/** @throws {Refusal} `member_exists`, `member_class_not_found`, `invalid_identifier`, `not_initialised` and those of the profile. */
export async function addMember (changes: Changes, actor: Actor, { memberClass, memberCode, name, ...profile }: NewMember): Promise<MemberId> {
  return await changes.change(actor, async (tx) => {
    const { instance, strictIdentifiers } = await readParameters(tx)
    if (instance === '') throw new Refusal('conflict', 'not_initialised', 'the core has no instance identifier yet')
    checkCodes({ member_code: memberCode }, strictIdentifiers)
    const id = { instance, memberClass, memberCode }
    const found = await tx.get<{ id: number }>('SELECT id FROM member_class WHERE code = ?', memberClass)
    if (found === undefined) throw new Refusal('conflict', 'member_class_not_found', `member class ${memberClass} does not exist`, { fields: { member_class: 'does not exist' } })
    if (await memberKey(tx, id) !== undefined) throw new Refusal('conflict', 'member_exists', `${formatClientId(id)} is a member already`, { fields: { member_code: 'is taken' } })
    const { key } = (await tx.get<{ key: number }>('INSERT INTO member (member_class_id, code, name, created_at) VALUES (?, ?, ?, ?) RETURNING id AS key',
      found.id, memberCode, checkText('member_name', name), tx.at.toISOString()))!
    await writeProfile(tx, key, profile)
    await indexMember(tx, key)
    await tx.record({ action: 'member.add', object: { kind: 'member', id: formatClientId(id) }, after: await memberState(tx, key) })
    return id
  })
}

/** Changes what is given and leaves the rest. Nothing is recorded when nothing changes. */
export async function editMember (changes: Changes, actor: Actor, id: MemberId, { name, ...profile }: MemberUpdate): Promise<void> {
  await changes.change(actor, async (tx) => {
    const key = await findMember(tx, id)
    const before = await memberState(tx, key)
    if (name !== undefined) await tx.run('UPDATE member SET name = ? WHERE id = ?', checkText('member_name', name), key)
    await writeProfile(tx, key, profile)
    await indexMember(tx, key)
    await tx.record({ action: 'member.edit', object: { kind: 'member', id: formatClientId(id) }, before, after: await memberState(tx, key) })
  })
}

/** What a deletion would take along. */
export async function memberDependents (reader: SqlReader, id: MemberId): Promise<Dependents> {
  return await dependentsOf(reader, await findMember(reader, id), id)
}

/**
 * Deletes a member, and with it whatever depends on it: subsystems, gateways that it owns with their certificates and clients, its
 * places in groups (xroad-trust §1.5). Each of these gets its own record.
 *
 * @returns what went along.
 * @throws {Refusal} `management_service_provider_cannot_be_deleted`
 */
export async function deleteMember (changes: Changes, actor: Actor, id: MemberId): Promise<Dependents> {
  return await changes.change(actor, async (tx) => {
    const key = await findMember(tx, id)
    if (await isManagementProvider(tx, id)) throw managementProvider(formatClientId(id))
    const before = await memberState(tx, key)
    const dependents = await dependentsOf(tx, key, id)
    for (const server of dependents.servers) await removeServerRow(tx, server)
    await removeMemberships(tx, id)
    for (const { code, name } of await tx.all<{ code: string, name: string | null }>('SELECT code, name FROM subsystem WHERE member_id = ? ORDER BY code', key)) {
      await tx.record({ action: 'subsystem.delete', object: { kind: 'subsystem', id: formatClientId({ ...memberOf(id), subsystemCode: code }) }, before: { name } })
    }
    await tx.run('DELETE FROM member WHERE id = ?', key)
    await tx.record({ action: 'member.delete', object: { kind: 'member', id: formatClientId(id) }, before })
    return dependents
  })
}

export function managementProvider (name: string): Refusal {
  return new Refusal('conflict', 'management_service_provider_cannot_be_deleted', `${name} provides the management services: set another provider first`)
}

/** A member as the audit log has it: persons' names stay out, since nothing can be taken out of the log again. */
async function memberState (tx: ChangeTx, key: number): Promise<object> {
  const { name } = (await tx.get<{ name: string }>('SELECT name FROM member WHERE id = ?', key))!
  const { contacts, ...profile } = await readProfile(tx, key)
  return { name, ...profile, contacts: contacts.map(withoutPerson) }
}

function withoutPerson ({ purpose, name, email, phone }: Contact): object {
  return { purpose, named: name !== undefined, email, phone }
}
