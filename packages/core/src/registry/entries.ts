import type { SqlReader } from '@trembita/daemon/store'
import type { MemberClass } from '@trembita/protocol/globalconf'
import { Certificate } from '@trembita/protocol/pki'
import type { GroupEntry, MemberEntry, ServerEntry } from './types.ts'

/** All of the registry, as configuration is made of it. */
export async function memberClassEntries (reader: SqlReader): Promise<MemberClass[]> {
  return await reader.all<MemberClass>('SELECT code, description FROM member_class ORDER BY code')
}

export async function memberEntries (reader: SqlReader, instance: string): Promise<MemberEntry[]> {
  const rows = await reader.all<{ id: number, class: string, code: string, name: string }>(
    'SELECT m.id, c.code AS class, m.code, m.name FROM member m JOIN member_class c ON c.id = m.member_class_id ORDER BY c.code, m.code')
  const subsystems = Map.groupBy(
    await reader.all<{ member: number, code: string, name: string | null }>('SELECT member_id AS member, code, name FROM subsystem ORDER BY member_id, code'),
    ({ member }) => member)
  return rows.map((row) => ({
    id: { instance, memberClass: row.class, memberCode: row.code },
    name: row.name,
    subsystems: (subsystems.get(row.id) ?? []).map(({ code, name }) => ({ code, name: name ?? undefined }))
  }))
}

interface ServerRow {
  readonly id: number
  readonly class: string
  readonly member: string
  readonly code: string
  readonly address: string | null
  readonly in_maintenance: 0 | 1
  readonly maintenance_message: string | null
}

export async function serverEntries (reader: SqlReader, instance: string): Promise<ServerEntry[]> {
  const rows = await reader.all<ServerRow>(`SELECT s.id, c.code AS class, m.code AS member, s.code, s.address, s.in_maintenance, s.maintenance_message
    FROM security_server s JOIN member m ON m.id = s.owner_id JOIN member_class c ON c.id = m.member_class_id ORDER BY c.code, m.code, s.code`)
  const certificates = Map.groupBy(
    await reader.all<{ server: number, certificate: Buffer }>('SELECT security_server_id AS server, certificate FROM auth_certificate ORDER BY id'),
    ({ server }) => server)
  const clients = Map.groupBy(
    await reader.all<{ server: number, class: string, member: string, subsystem: string | null, enabled: 0 | 1 }>(
      `SELECT sc.security_server_id AS server, c.code AS class, m.code AS member, s.code AS subsystem, sc.enabled
      FROM server_client sc JOIN member m ON m.id = sc.member_id JOIN member_class c ON c.id = m.member_class_id
      LEFT JOIN subsystem s ON s.id = sc.subsystem_id ORDER BY c.code, m.code, coalesce(s.code, '')`),
    ({ server }) => server)
  return rows.map((row) => ({
    id: { instance, memberClass: row.class, memberCode: row.member, serverCode: row.code },
    address: row.address ?? undefined,
    authCertificates: (certificates.get(row.id) ?? []).map(({ certificate }) => Certificate.parse(certificate)),
    clients: (clients.get(row.id) ?? []).map((client) => {
      const member = { instance, memberClass: client.class, memberCode: client.member }
      return { id: client.subsystem === null ? member : { ...member, subsystemCode: client.subsystem }, enabled: client.enabled === 1 }
    }),
    maintenance: row.in_maintenance === 1 ? { message: row.maintenance_message ?? undefined } : undefined
  }))
}

interface GroupMemberRow {
  readonly group_id: number
  readonly instance: string
  readonly member_class: string
  readonly member_code: string
  readonly subsystem_code: string | null
}

export async function groupEntries (reader: SqlReader): Promise<GroupEntry[]> {
  const groups = await reader.all<{ id: number, code: string, description: string }>('SELECT id, code, description FROM global_group ORDER BY code')
  const members = Map.groupBy(
    await reader.all<GroupMemberRow>(`SELECT global_group_id AS group_id, instance, member_class, member_code, subsystem_code FROM global_group_member
      ORDER BY instance, member_class, member_code, coalesce(subsystem_code, '')`),
    ({ group_id: group }) => group)
  return groups.map(({ id, code, description }) => ({
    code,
    description,
    members: (members.get(id) ?? []).map((row) => {
      const member = { instance: row.instance, memberClass: row.member_class, memberCode: row.member_code }
      return row.subsystem_code === null ? member : { ...member, subsystemCode: row.subsystem_code }
    })
  }))
}
