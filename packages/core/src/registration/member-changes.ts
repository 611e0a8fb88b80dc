import { formatClientId, memberOf, type ClientId, type MemberId } from '@trembita/protocol/identifiers'
import type { ChangeTx } from '../audit/index.ts'
import { Refusal } from '../refusal.ts'
import { memberKey, OWNERS_GROUP, putGroup, putMember, subsystemKey } from '../registry/index.ts'
import { clientObject } from './audit-objects.ts'

/**
 * Finds a member, or registers it under its code: a gateway's request does not tell its name.
 *
 * @returns its key.
 * @throws {Refusal} `member_class_not_found`
 */
export async function ensureMember (tx: ChangeTx, id: MemberId): Promise<number> {
  const known = await memberKey(tx, id)
  if (known !== undefined) return known
  await putMember(tx, { id, name: id.memberCode, subsystems: [] }, tx.at)
  await tx.record({ action: 'member.add', object: clientObject(id), after: { name: id.memberCode } })
  return (await memberKey(tx, id))!
}

/** Finds or registers a member or a subsystem. A name is taken only where there was none. */
export async function ensureClient (tx: ChangeTx, id: ClientId, name: string | undefined): Promise<{ member: number, subsystem: number | null }> {
  const member = await ensureMember(tx, memberOf(id))
  if (id.subsystemCode === undefined) return { member, subsystem: null }
  const known = await tx.get<{ id: number, name: string | null }>('SELECT id, name FROM subsystem WHERE member_id = ? AND code = ?', member, id.subsystemCode)
  if (known === undefined) {
    await tx.run('INSERT INTO subsystem (member_id, code, name, created_at) VALUES (?, ?, ?, ?)', member, id.subsystemCode, name ?? null, tx.at.toISOString())
    await tx.record({ action: 'subsystem.add', object: clientObject(id), after: { name } })
  } else if (known.name === null && name !== undefined) {
    await renameSubsystem(tx, id, name)
  }
  return { member, subsystem: (await subsystemKey(tx, id))! }
}

/** @throws {Refusal} `subsystem_not_found` */
export async function renameSubsystem (tx: ChangeTx, id: ClientId, name: string): Promise<void> {
  const key = await subsystemKey(tx, id)
  if (key === undefined) throw new Refusal('notFound', 'subsystem_not_found', `subsystem ${formatClientId(id)} is not registered`)
  const before = await tx.get<{ name: string | null }>('SELECT name FROM subsystem WHERE id = ?', key)
  await tx.run('UPDATE subsystem SET name = ? WHERE id = ?', name, key)
  await tx.record({ action: 'subsystem.rename', object: clientObject(id), before, after: { name } })
}

/** Puts a member into the group of owners, or takes it out, by whether it owns a server now. */
export async function keepOwnersGroup (tx: ChangeTx, id: MemberId): Promise<void> {
  const { instance, memberClass, memberCode } = id
  const owned = await tx.get<{ id: number }>(`SELECT s.id FROM security_server s JOIN member m ON m.id = s.owner_id JOIN member_class c ON c.id = m.member_class_id
    WHERE c.code = ? AND m.code = ? LIMIT 1`, memberClass, memberCode)
  const listed = await tx.get<{ id: number }>(`SELECT g.id FROM global_group_member gm JOIN global_group g ON g.id = gm.global_group_id
    WHERE g.code = ? AND gm.instance = ? AND gm.member_class = ? AND gm.member_code = ? AND gm.subsystem_code IS NULL`, OWNERS_GROUP.code, instance, memberClass, memberCode)
  const object = { kind: 'global-group', id: OWNERS_GROUP.code }
  if (owned !== undefined && listed === undefined) {
    await putGroup(tx, { ...OWNERS_GROUP, members: [memberOf(id)] }, tx.at)
    await tx.record({ action: 'global-group.add-member', object, after: { member: formatClientId(id) } })
  } else if (owned === undefined && listed !== undefined) {
    await tx.run('DELETE FROM global_group_member WHERE global_group_id = ? AND instance = ? AND member_class = ? AND member_code = ? AND subsystem_code IS NULL',
      listed.id, instance, memberClass, memberCode)
    await tx.record({ action: 'global-group.remove-member', object, before: { member: formatClientId(id) } })
  }
}
