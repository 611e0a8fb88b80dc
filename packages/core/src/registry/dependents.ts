import type { SqlReader } from '@trembita/daemon/store'
import { memberOf, type ClientId, type MemberId, type ServerId } from '@trembita/protocol/identifiers'

/** What goes when its member goes. */
export interface Dependents {
  readonly subsystems: readonly ClientId[]
  readonly servers: readonly ServerId[]
  /** Members and subsystems of others that are clients of those servers: they lose their gateway. */
  readonly hosted: readonly ClientId[]
  /** Gateways of others where the member or a subsystem of it is a client. */
  readonly usedServers: readonly ServerId[]
  /** Codes. */
  readonly groups: readonly string[]
}

export async function dependentsOf (reader: SqlReader, member: number, id: MemberId): Promise<Dependents> {
  const own = memberOf(id)
  const subsystems = await reader.all<{ code: string }>('SELECT code FROM subsystem WHERE member_id = ? ORDER BY code', member)
  const servers = await reader.all<{ code: string }>('SELECT code FROM security_server WHERE owner_id = ? ORDER BY code', member)
  const hosted = await reader.all<{ class: string, code: string, subsystem: string }>(
    `SELECT DISTINCT c.code AS class, m.code, coalesce(s.code, '') AS subsystem FROM security_server o JOIN server_client sc ON sc.security_server_id = o.id
    JOIN member m ON m.id = sc.member_id JOIN member_class c ON c.id = m.member_class_id LEFT JOIN subsystem s ON s.id = sc.subsystem_id
    WHERE o.owner_id = ? AND sc.member_id <> ? ORDER BY class, m.code, subsystem`, member, member)
  const used = await reader.all<{ class: string, member: string, code: string }>(
    `SELECT DISTINCT c.code AS class, m.code AS member, o.code FROM server_client sc JOIN security_server o ON o.id = sc.security_server_id
    JOIN member m ON m.id = o.owner_id JOIN member_class c ON c.id = m.member_class_id WHERE sc.member_id = ? AND o.owner_id <> ? ORDER BY class, member, o.code`, member, member)
  const groups = await reader.all<{ code: string }>(
    `SELECT DISTINCT g.code FROM global_group_member gm JOIN global_group g ON g.id = gm.global_group_id
    WHERE gm.instance = ? AND gm.member_class = ? AND gm.member_code = ? ORDER BY g.code`, own.instance, own.memberClass, own.memberCode)
  const { instance } = own
  return {
    subsystems: subsystems.map(({ code }) => ({ ...own, subsystemCode: code })),
    servers: servers.map(({ code }) => ({ ...own, serverCode: code })),
    hosted: hosted.map(({ class: memberClass, code: memberCode, subsystem }) => subsystem === '' ? { instance, memberClass, memberCode } : { instance, memberClass, memberCode, subsystemCode: subsystem }),
    usedServers: used.map(({ class: memberClass, member: memberCode, code: serverCode }) => ({ instance, memberClass, memberCode, serverCode })),
    groups: groups.map(({ code }) => code)
  }
}
