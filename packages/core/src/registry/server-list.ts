import type { SqlReader } from '@trembita/daemon/store'
import { memberOf, type ClientId, type MemberId, type ServerId } from '@trembita/protocol/identifiers'
import { Certificate } from '@trembita/protocol/pki'
import { Conditions, orderBy, type Listed, type ListRequest } from './conditions.ts'
import { findMember, findServer } from './find.ts'
import { classCodes } from './member-list.ts'
import { readParameters } from './parameters.ts'
import { searchPatterns } from './search-text.ts'
import type { Suspended } from './suspension-marks.ts'

export interface ServerInList {
  readonly id: ServerId
  readonly ownerName: string
  readonly address: string | undefined
  readonly maintenance: { readonly message?: string | undefined } | undefined
  readonly createdAt: string
  readonly suspension: number | undefined
}

export interface AuthCertificateInfo {
  readonly id: number
  readonly certificate: Certificate
  readonly registeredAt: string
}

export interface ServerClientInfo {
  readonly id: ClientId
  readonly memberName: string
  readonly subsystemName: string | undefined
  readonly enabled: boolean
  readonly createdAt: string
}

export const SERVER_SORTS = {
  owner_name: ['m.sort_key', 'm.id', 's.code'],
  server_code: ['s.code', 's.id'],
  member_code: ['m.code', 'm.id', 's.code']
} as const

interface Row {
  readonly class_id: number
  readonly member_code: string
  readonly owner_name: string
  readonly code: string
  readonly address: string | null
  readonly in_maintenance: 0 | 1
  readonly maintenance_message: string | null
  readonly created_at: string
}

const COLUMNS = 'm.member_class_id AS class_id, m.code AS member_code, m.name AS owner_name, s.code, s.address, s.in_maintenance, s.maintenance_message, s.created_at'

/** A word may stand in the server's own text or in its owner's. */
export async function listServers (reader: SqlReader, request: ListRequest, suspended: Suspended): Promise<Listed<ServerInList>> {
  const conditions = new Conditions().and('m.id = s.owner_id')
  for (const pattern of searchPatterns(request.q)) conditions.and("(s.search_text LIKE ? ESCAPE '\\' OR m.search_text LIKE ? ESCAPE '\\')", pattern, pattern)
  // Whichever table holds the order leads.
  const from = request.sort === 'server_code' ? 'security_server s CROSS JOIN member m' : 'member m CROSS JOIN security_server s'
  const { total } = (await reader.get<{ total: number }>(`SELECT count(*) AS total FROM security_server s CROSS JOIN member m ${conditions.where}`, ...conditions.values))!
  const rows = await reader.all<Row>(`SELECT ${COLUMNS} FROM ${from} ${conditions.where} ${orderBy(SERVER_SORTS, request.sort, request.desc)} LIMIT ? OFFSET ?`,
    ...conditions.values, request.limit, request.offset)
  return { items: await toServers(reader, rows, suspended), total }
}

/** @throws {Refusal} `security_server_not_found` */
export async function serverDetails (reader: SqlReader, id: ServerId, suspended: Suspended): Promise<ServerInList> {
  const key = await findServer(reader, id)
  return (await toServers(reader, await reader.all<Row>(`SELECT ${COLUMNS} FROM security_server s JOIN member m ON m.id = s.owner_id WHERE s.id = ?`, key), suspended))[0]!
}

export async function ownedServers (reader: SqlReader, owner: MemberId, suspended: Suspended): Promise<ServerInList[]> {
  const key = await findMember(reader, owner)
  return await toServers(reader, await reader.all<Row>(`SELECT ${COLUMNS} FROM security_server s JOIN member m ON m.id = s.owner_id WHERE m.id = ? ORDER BY s.code`, key), suspended)
}

/** Servers where the member itself or one of its subsystems is a client. */
export async function usedServers (reader: SqlReader, member: MemberId, suspended: Suspended): Promise<ServerInList[]> {
  const key = await findMember(reader, member)
  return await toServers(reader, await reader.all<Row>(`SELECT ${COLUMNS} FROM security_server s JOIN member m ON m.id = s.owner_id
    WHERE s.id IN (SELECT security_server_id FROM server_client WHERE member_id = ?) ORDER BY m.sort_key, m.id, s.code`, key), suspended)
}

/** Servers that serve one client, with whether each does so at present. */
export async function serversOf (reader: SqlReader, client: ClientId): Promise<{ readonly id: ServerId, readonly ownerName: string, readonly enabled: boolean }[]> {
  const { instance } = memberOf(client)
  const rows = await reader.all<{ class: string, member: string, name: string, code: string, enabled: 0 | 1 }>(
    `SELECT oc.code AS class, o.code AS member, o.name, s.code, sc.enabled FROM server_client sc JOIN security_server s ON s.id = sc.security_server_id
    JOIN member o ON o.id = s.owner_id JOIN member_class oc ON oc.id = o.member_class_id
    JOIN member m ON m.id = sc.member_id JOIN member_class c ON c.id = m.member_class_id LEFT JOIN subsystem u ON u.id = sc.subsystem_id
    WHERE c.code = ? AND m.code = ? AND coalesce(u.code, '') = ? ORDER BY o.sort_key, o.id, s.code`, client.memberClass, client.memberCode, client.subsystemCode ?? '')
  return rows.map((row) => ({ id: { instance, memberClass: row.class, memberCode: row.member, serverCode: row.code }, ownerName: row.name, enabled: row.enabled === 1 }))
}

export async function authCertificatesOf (reader: SqlReader, id: ServerId): Promise<AuthCertificateInfo[]> {
  const rows = await reader.all<{ id: number, certificate: Buffer, created_at: string }>(
    'SELECT id, certificate, created_at FROM auth_certificate WHERE security_server_id = ? ORDER BY id', await findServer(reader, id))
  return rows.map((row) => ({ id: row.id, certificate: Certificate.parse(row.certificate), registeredAt: row.created_at }))
}

/** Registered clients, the disabled ones too; the owner is not among them. */
export async function clientsOf (reader: SqlReader, id: ServerId): Promise<ServerClientInfo[]> {
  const key = await findServer(reader, id)
  const rows = await reader.all<{ class: string, member: string, name: string, subsystem: string | null, subsystem_name: string | null, enabled: 0 | 1, created_at: string }>(
    `SELECT c.code AS class, m.code AS member, m.name, s.code AS subsystem, s.name AS subsystem_name, sc.enabled, sc.created_at
    FROM server_client sc JOIN member m ON m.id = sc.member_id JOIN member_class c ON c.id = m.member_class_id LEFT JOIN subsystem s ON s.id = sc.subsystem_id
    WHERE sc.security_server_id = ? ORDER BY m.sort_key, m.id, coalesce(s.code, '')`, key)
  return rows.map((row) => {
    const member = { instance: id.instance, memberClass: row.class, memberCode: row.member }
    return {
      id: row.subsystem === null ? member : { ...member, subsystemCode: row.subsystem },
      memberName: row.name,
      subsystemName: row.subsystem_name ?? undefined,
      enabled: row.enabled === 1,
      createdAt: row.created_at
    }
  })
}

async function toServers (reader: SqlReader, rows: readonly Row[], suspended: Suspended): Promise<ServerInList[]> {
  if (rows.length === 0) return []
  const { instance } = await readParameters(reader)
  const classes = await classCodes(reader)
  return rows.map((row) => {
    const owner = { instance, memberClass: classes.get(row.class_id)!, memberCode: row.member_code }
    return {
      id: { ...owner, serverCode: row.code },
      ownerName: row.owner_name,
      address: row.address ?? undefined,
      maintenance: row.in_maintenance === 1 ? { message: row.maintenance_message ?? undefined } : undefined,
      createdAt: row.created_at,
      suspension: suspended.server(owner, row.code)
    }
  })
}
