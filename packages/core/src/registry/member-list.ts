import type { SqlReader } from '@trembita/daemon/store'
import { memberOf, type MemberId } from '@trembita/protocol/identifiers'
import { Conditions, marks, orderBy, type Listed, type ListRequest } from './conditions.ts'
import { edrpouDigitFits } from './edrpou.ts'
import { findMember } from './find.ts'
import { readParameters } from './parameters.ts'
import { readProfile, type GivenRole, type MemberKind, type MemberProfile } from './profile.ts'
import type { Suspended } from './suspension-marks.ts'

/** Roles of TR-5bis, the given and those that follow: who owns a gateway is a participant, whose subsystem a gateway serves is a subject of interaction. */
export type MemberRole = GivenRole | 'participant' | 'subject'

export interface MemberInList {
  readonly id: MemberId
  readonly name: string
  readonly kind: MemberKind | undefined
  readonly roles: readonly MemberRole[]
  readonly subsystemCount: number
  readonly serverCount: number
  readonly createdAt: string
  /** Number of the suspension in force. */
  readonly suspension: number | undefined
}

export interface MemberDetails extends MemberInList, Omit<MemberProfile, 'kind' | 'roles'> {
  /** What looks wrong and is allowed. */
  readonly warnings: readonly MemberWarning[]
}

export type MemberWarning = 'edrpou_check_digit'

export interface MemberListRequest extends ListRequest {
  readonly memberClass?: string | undefined
  readonly kind?: MemberKind | 'unknown' | undefined
  readonly role?: MemberRole | undefined
  readonly state?: 'active' | 'suspended' | undefined
}

export const MEMBER_SORTS = { member_name: ['m.sort_key', 'm.id'], member_code: ['m.code', 'm.id'], created_at: ['m.id'] } as const

interface Row {
  readonly id: number
  readonly class_id: number
  readonly code: string
  readonly name: string
  readonly kind: MemberKind | null
  readonly created_at: string
}

/** Walks one index of one table: classes are few and are joined here, counts are taken for the page alone. */
export async function listMembers (reader: SqlReader, request: MemberListRequest, suspended: Suspended): Promise<Listed<MemberInList>> {
  const classes = await classCodes(reader)
  const conditions = new Conditions().search('m.search_text', request.q)
  if (request.memberClass !== undefined) conditions.among('m.member_class_id', [...classes].filter(([, code]) => code === request.memberClass).map(([id]) => id))
  if (request.kind === 'unknown') conditions.and('m.kind IS NULL')
  else if (request.kind !== undefined) conditions.and('m.kind = ?', request.kind)
  if (request.role !== undefined) conditions.and(...roleCondition(request.role))
  if (request.state !== undefined) conditions.among('m.id', await suspended.memberKeys(reader), request.state === 'suspended')
  const { total } = (await reader.get<{ total: number }>(`SELECT count(*) AS total FROM member m ${conditions.where}`, ...conditions.values))!
  const rows = await reader.all<Row>(`SELECT m.id, m.member_class_id AS class_id, m.code, m.name, m.kind, m.created_at FROM member m
    ${conditions.where} ${orderBy(MEMBER_SORTS, request.sort, request.desc)} LIMIT ? OFFSET ?`, ...conditions.values, request.limit, request.offset)
  return { items: await toMembers(reader, rows, classes, suspended), total }
}

/** @throws {Refusal} `member_not_found` */
export async function memberDetails (reader: SqlReader, id: MemberId, suspended: Suspended): Promise<MemberDetails> {
  const key = await findMember(reader, memberOf(id))
  const row = (await reader.get<Row>('SELECT id, member_class_id AS class_id, code, name, kind, created_at FROM member WHERE id = ?', key))!
  const [member] = await toMembers(reader, [row], await classCodes(reader), suspended)
  const { contacts, accession } = await readProfile(reader, key)
  return { ...member!, contacts, accession, warnings: edrpouDigitFits(row.code) ? [] : ['edrpou_check_digit'] }
}

async function toMembers (reader: SqlReader, rows: readonly Row[], classes: ReadonlyMap<number, string>, suspended: Suspended): Promise<MemberInList[]> {
  if (rows.length === 0) return []
  const { instance } = await readParameters(reader)
  const keys = rows.map(({ id }) => id)
  const among = `IN (${marks(keys.length)})`
  const subsystems = countsOf(await reader.all(`SELECT member_id AS id, count(*) AS count FROM subsystem WHERE member_id ${among} GROUP BY member_id`, ...keys))
  const servers = countsOf(await reader.all(`SELECT owner_id AS id, count(*) AS count FROM security_server WHERE owner_id ${among} GROUP BY owner_id`, ...keys))
  const served = countsOf(await reader.all(`SELECT member_id AS id, count(*) AS count FROM server_client WHERE member_id ${among} GROUP BY member_id`, ...keys))
  const given = Map.groupBy(await reader.all<{ id: number, role: GivenRole }>(`SELECT member_id AS id, role FROM member_role WHERE member_id ${among} ORDER BY role DESC`, ...keys), ({ id }) => id)
  return rows.map((row) => {
    const id = { instance, memberClass: classes.get(row.class_id)!, memberCode: row.code }
    const roles: MemberRole[] = (given.get(row.id) ?? []).map(({ role }) => role)
    if (servers.has(row.id)) roles.push('participant')
    if (served.has(row.id)) roles.push('subject')
    return {
      id,
      name: row.name,
      kind: row.kind ?? undefined,
      roles,
      subsystemCount: subsystems.get(row.id) ?? 0,
      serverCount: servers.get(row.id) ?? 0,
      createdAt: row.created_at,
      suspension: suspended.member(id)
    }
  })
}

function countsOf (rows: readonly { readonly id: number, readonly count: number }[]): Map<number, number> {
  return new Map(rows.map(({ id, count }) => [id, count]))
}

function roleCondition (role: MemberRole): [sql: string, ...values: string[]] {
  if (role === 'participant') return ['EXISTS (SELECT 1 FROM security_server o WHERE o.owner_id = m.id)']
  if (role === 'subject') return ['EXISTS (SELECT 1 FROM server_client sc WHERE sc.member_id = m.id)']
  return ['EXISTS (SELECT 1 FROM member_role r WHERE r.member_id = m.id AND r.role = ?)', role]
}

/** Codes of member classes by key. */
export async function classCodes (reader: SqlReader): Promise<ReadonlyMap<number, string>> {
  return new Map((await reader.all<{ id: number, code: string }>('SELECT id, code FROM member_class')).map(({ id, code }) => [id, code]))
}
