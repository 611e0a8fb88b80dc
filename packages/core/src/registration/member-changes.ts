import { formatClientId, memberOf, type ClientId, type MemberId } from '@trembita/protocol/identifiers'
import type { ChangeTx } from '../audit/index.ts'
import { Refusal } from '../refusal.ts'
import { memberKey, putMember, putSubsystemName, subsystemKey } from '../registry/index.ts'
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
    const { name: memberName } = (await tx.get<{ name: string }>('SELECT name FROM member WHERE id = ?', member))!
    await putMember(tx, { id: memberOf(id), name: memberName, subsystems: [{ code: id.subsystemCode, name }] }, tx.at)
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
  await putSubsystemName(tx, key, name)
  await tx.record({ action: 'subsystem.edit', object: clientObject(id), before, after: { name } })
}
