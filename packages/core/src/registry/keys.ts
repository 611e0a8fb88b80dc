import type { SqlReader } from '@trembita/daemon/store'
import type { ClientId, MemberId, ServerId } from '@trembita/protocol/identifiers'

/** Row numbers by identifier; undefined for what is not registered. The instance is the caller's to check. */
export async function memberKey (reader: SqlReader, { memberClass, memberCode }: Pick<MemberId, 'memberClass' | 'memberCode'>): Promise<number | undefined> {
  return (await reader.get<{ id: number }>('SELECT m.id FROM member m JOIN member_class c ON c.id = m.member_class_id WHERE c.code = ? AND m.code = ?', memberClass, memberCode))?.id
}

/** Key of the subsystem of an identifier that has one. */
export async function subsystemKey (reader: SqlReader, id: ClientId): Promise<number | undefined> {
  return (await reader.get<{ id: number }>(`SELECT s.id FROM subsystem s JOIN member m ON m.id = s.member_id JOIN member_class c ON c.id = m.member_class_id
    WHERE c.code = ? AND m.code = ? AND s.code = ?`, id.memberClass, id.memberCode, id.subsystemCode ?? ''))?.id
}

export async function serverKey (reader: SqlReader, id: ServerId): Promise<number | undefined> {
  return (await reader.get<{ id: number }>(`SELECT s.id FROM security_server s JOIN member m ON m.id = s.owner_id JOIN member_class c ON c.id = m.member_class_id
    WHERE c.code = ? AND m.code = ? AND s.code = ?`, id.memberClass, id.memberCode, id.serverCode))?.id
}

/** Whether a member or subsystem is registered. */
export async function hasClient (reader: SqlReader, id: ClientId): Promise<boolean> {
  return (id.subsystemCode === undefined ? await memberKey(reader, id) : await subsystemKey(reader, id)) !== undefined
}
