import type { Actor } from '@trembita/daemon/accounts'
import { formatClientId, type ClientId, type MemberId } from '@trembita/protocol/identifiers'
import type { Changes, ChangeTx } from '../audit/index.ts'
import { Refusal } from '../refusal.ts'
import { checkCodes, checkText } from './codes.ts'
import { hasClient, memberKey } from './keys.ts'
import { readParameters } from './parameters.ts'
import { OWNERS_GROUP } from './types.ts'

/** @throws {Refusal} `global_group_exists`, `invalid_identifier` */
export async function addGroup (changes: Changes, actor: Actor, { code, description }: { readonly code: string, readonly description: string }): Promise<void> {
  await changes.change(actor, async (tx) => {
    checkCodes({ code }, (await readParameters(tx)).strictIdentifiers)
    if (await tx.get('SELECT 1 AS found FROM global_group WHERE code = ?', code) !== undefined) {
      throw new Refusal('conflict', 'global_group_exists', `global group ${code} exists already`, { fields: { code: 'is taken' } })
    }
    const now = tx.at.toISOString()
    const text = checkText('description', description)
    await tx.run('INSERT INTO global_group (code, description, created_at, updated_at) VALUES (?, ?, ?, ?)', code, text, now, now)
    await tx.record({ action: 'group.add', object: { kind: 'group', id: code }, after: { description: text } })
  })
}

export async function describeGroup (changes: Changes, actor: Actor, code: string, description: string): Promise<void> {
  await changes.change(actor, async (tx) => {
    const group = await findGroup(tx, code)
    const text = checkText('description', description)
    await tx.run('UPDATE global_group SET description = ?, updated_at = ? WHERE id = ?', text, tx.at.toISOString(), group.id)
    await tx.record({ action: 'group.edit', object: { kind: 'group', id: code }, before: { description: group.description }, after: { description: text } })
  })
}

/**
 * Deletes a group; rights that gateways gave to it go with it.
 *
 * @returns who was in it.
 * @throws {Refusal} `owners_global_group_cannot_be_deleted`
 */
export async function deleteGroup (changes: Changes, actor: Actor, code: string): Promise<readonly ClientId[]> {
  return await changes.change(actor, async (tx) => {
    const group = await findGroup(tx, code)
    if (code === OWNERS_GROUP.code) throw new Refusal('conflict', 'owners_global_group_cannot_be_deleted', `global group ${code} is kept by the core itself`)
    const members = await membersOf(tx, group.id)
    await tx.run('DELETE FROM global_group WHERE id = ?', group.id)
    await tx.record({ action: 'group.delete', object: { kind: 'group', id: code }, before: { description: group.description, members: members.map(formatClientId) } })
    return members
  })
}

/**
 * Adds members or subsystems; those of other instances are taken as they are named, since their registry is elsewhere.
 *
 * @returns those that were not in it yet.
 * @throws {Refusal} `cannot_add_member_to_owners_group`, `member_not_found`
 */
export async function addGroupMembers (changes: Changes, actor: Actor, code: string, ids: readonly ClientId[]): Promise<readonly ClientId[]> {
  return await changes.change(actor, async (tx) => {
    const group = await findGroup(tx, code)
    if (code === OWNERS_GROUP.code) throw new Refusal('conflict', 'cannot_add_member_to_owners_group', `members of global group ${code} follow from who owns servers`)
    const { instance } = await readParameters(tx)
    const added: ClientId[] = []
    for (const id of ids) {
      if (id.instance === instance && !await hasClient(tx, id)) {
        throw new Refusal('conflict', id.subsystemCode === undefined ? 'member_not_found' : 'subsystem_not_found', `${formatClientId(id)} is not registered`, { fields: { items: `${formatClientId(id)} is not registered` } })
      }
      if (await insertMember(tx, group.id, id)) added.push(id)
    }
    await tx.run('UPDATE global_group SET updated_at = ? WHERE id = ?', tx.at.toISOString(), group.id)
    await tx.record({ action: 'group.members.add', object: { kind: 'group', id: code }, after: { added: added.map(formatClientId) } })
    return added
  })
}

/** @throws {Refusal} `owners_global_group_member_cannot_be_deleted`, `global_group_member_not_found` */
export async function removeGroupMember (changes: Changes, actor: Actor, code: string, id: ClientId): Promise<void> {
  await changes.change(actor, async (tx) => {
    const group = await findGroup(tx, code)
    if (code === OWNERS_GROUP.code) throw new Refusal('conflict', 'owners_global_group_member_cannot_be_deleted', `members of global group ${code} follow from who owns servers`)
    const removed = await tx.run('DELETE FROM global_group_member WHERE global_group_id = ? AND instance = ? AND member_class = ? AND member_code = ? AND coalesce(subsystem_code, \'\') = ?',
      group.id, id.instance, id.memberClass, id.memberCode, id.subsystemCode ?? '')
    if (removed === 0) throw new Refusal('notFound', 'global_group_member_not_found', `${formatClientId(id)} is not in global group ${code}`)
    await tx.run('UPDATE global_group SET updated_at = ? WHERE id = ?', tx.at.toISOString(), group.id)
    await tx.record({ action: 'group.members.remove', object: { kind: 'group', id: code }, before: { removed: [formatClientId(id)] } })
  })
}

/**
 * Takes a member with all its subsystems, or one subsystem, out of every group.
 *
 * @returns codes of the groups.
 */
export async function removeMemberships (tx: ChangeTx, id: ClientId): Promise<string[]> {
  const [condition, values] = id.subsystemCode === undefined ? ['', []] : [' AND subsystem_code = ?', [id.subsystemCode]]
  const rows = await tx.all<{ group_id: number, subsystem_code: string | null }>(
    `DELETE FROM global_group_member WHERE instance = ? AND member_class = ? AND member_code = ?${condition} RETURNING global_group_id AS group_id, subsystem_code`,
    id.instance, id.memberClass, id.memberCode, ...values)
  const codes: string[] = []
  for (const [group, members] of Map.groupBy(rows, ({ group_id: group }) => group)) {
    const { code } = (await tx.get<{ code: string }>('SELECT code FROM global_group WHERE id = ?', group))!
    codes.push(code)
    const removed = members.map(({ subsystem_code: subsystem }) => [id.instance, id.memberClass, id.memberCode, ...subsystem === null ? [] : [subsystem]].join('/'))
    await tx.record({ action: 'group.members.remove', object: { kind: 'group', id: code }, before: { removed } })
  }
  return codes.sort()
}

/** Puts the owner of a server into the group that management services are granted to. */
export async function addOwner (tx: ChangeTx, owner: MemberId): Promise<void> {
  const group = await ownersGroup(tx)
  if (!await insertMember(tx, group, owner)) return
  await tx.record({ action: 'group.members.add', object: { kind: 'group', id: OWNERS_GROUP.code }, after: { added: [formatClientId(owner)] } })
}

/** Takes a member out of that group if it owns no server any more. */
export async function removeOwner (tx: ChangeTx, owner: MemberId): Promise<void> {
  const key = await memberKey(tx, owner)
  if (key !== undefined && await tx.get('SELECT 1 AS found FROM security_server WHERE owner_id = ?', key) !== undefined) return
  const removed = await tx.run(`DELETE FROM global_group_member WHERE global_group_id = (SELECT id FROM global_group WHERE code = ?)
    AND instance = ? AND member_class = ? AND member_code = ? AND subsystem_code IS NULL`, OWNERS_GROUP.code, owner.instance, owner.memberClass, owner.memberCode)
  if (removed > 0) await tx.record({ action: 'group.members.remove', object: { kind: 'group', id: OWNERS_GROUP.code }, before: { removed: [formatClientId(owner)] } })
}

/** @throws {Refusal} `global_group_not_found` */
export async function findGroup (reader: Pick<ChangeTx, 'get'>, code: string): Promise<{ readonly id: number, readonly description: string }> {
  const group = await reader.get<{ id: number, description: string }>('SELECT id, description FROM global_group WHERE code = ?', code)
  if (group === undefined) throw new Refusal('notFound', 'global_group_not_found', `there is no global group ${code}`)
  return group
}

async function ownersGroup (tx: ChangeTx): Promise<number> {
  const now = tx.at.toISOString()
  return (await tx.get<{ id: number }>(`INSERT INTO global_group (code, description, created_at, updated_at) VALUES (?, ?, ?, ?)
    ON CONFLICT (code) DO UPDATE SET updated_at = excluded.updated_at RETURNING id`, OWNERS_GROUP.code, OWNERS_GROUP.description, now, now))!.id
}

async function insertMember (tx: ChangeTx, group: number, id: ClientId): Promise<boolean> {
  return await tx.run(`INSERT INTO global_group_member (global_group_id, instance, member_class, member_code, subsystem_code, created_at)
    VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING`, group, id.instance, id.memberClass, id.memberCode, id.subsystemCode ?? null, tx.at.toISOString()) > 0
}

async function membersOf (tx: ChangeTx, group: number): Promise<ClientId[]> {
  const rows = await tx.all<{ instance: string, member_class: string, member_code: string, subsystem_code: string | null }>(
    'SELECT instance, member_class, member_code, subsystem_code FROM global_group_member WHERE global_group_id = ? ORDER BY id', group)
  return rows.map(({ instance, member_class: memberClass, member_code: memberCode, subsystem_code: subsystemCode }) =>
    subsystemCode === null ? { instance, memberClass, memberCode } : { instance, memberClass, memberCode, subsystemCode })
}
