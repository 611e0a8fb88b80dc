import type { SqlReader } from '@trembita/daemon/store'
import type { ClientId, MemberId } from '@trembita/protocol/identifiers'
import { Conditions, type Listed, type ListRequest } from './conditions.ts'
import { findGroup } from './groups.ts'
import { memberKey } from './keys.ts'
import { readParameters } from './parameters.ts'
import { searchable } from './search-text.ts'
import { OWNERS_GROUP } from './types.ts'

export interface GroupInList {
  readonly code: string
  readonly description: string
  readonly memberCount: number
  /** Kept by the core itself. */
  readonly builtIn: boolean
  readonly createdAt: string | undefined
  readonly updatedAt: string | undefined
}

export interface GroupMemberInList {
  readonly number: number
  readonly id: ClientId
  /** Of the member; undefined for other instances. */
  readonly name: string | undefined
  readonly addedAt: string
}

interface Row {
  readonly code: string
  readonly description: string
  readonly created_at: string
  readonly updated_at: string
  readonly members: number
}

const SELECT = 'SELECT g.code, g.description, g.created_at, g.updated_at, (SELECT count(*) FROM global_group_member gm WHERE gm.global_group_id = g.id) AS members FROM global_group g'

export async function listGroups (reader: SqlReader): Promise<GroupInList[]> {
  return (await reader.all<Row>(`${SELECT} ORDER BY g.code`)).map(toGroup)
}

/** @throws {Refusal} `global_group_not_found` */
export async function groupDetails (reader: SqlReader, code: string): Promise<GroupInList> {
  const { id } = await findGroup(reader, code)
  return toGroup((await reader.get<Row>(`${SELECT} WHERE g.id = ?`, id))!)
}

/** What members of a group are narrowed down by; lists are alternatives. */
export interface GroupMembersRequest extends ListRequest {
  readonly instance?: string | undefined
  readonly memberClass?: string | undefined
  readonly codes?: readonly string[] | undefined
  readonly subsystems?: readonly string[] | undefined
  readonly types?: readonly ('MEMBER' | 'SUBSYSTEM')[] | undefined
}

/** In the order of their identifiers. Searched by what stands in the group itself, and by the names of our own members. */
export async function listGroupMembers (reader: SqlReader, code: string, request: GroupMembersRequest): Promise<Listed<GroupMemberInList>> {
  const { id } = await findGroup(reader, code)
  const { instance } = await readParameters(reader)
  const conditions = new Conditions().and('gm.global_group_id = ?', id)
  if (request.instance !== undefined) conditions.and('gm.instance = ?', request.instance)
  if (request.memberClass !== undefined) conditions.and('gm.member_class = ?', request.memberClass)
  if (request.codes !== undefined && request.codes.length > 0) conditions.among('gm.member_code', request.codes)
  if (request.subsystems !== undefined && request.subsystems.length > 0) conditions.among('gm.subsystem_code', request.subsystems)
  if (request.types?.length === 1) conditions.and(`gm.subsystem_code IS ${request.types[0] === 'MEMBER' ? '' : 'NOT '}NULL`)
  const rows = await reader.all<{ number: number, instance: string, member_class: string, member_code: string, subsystem_code: string | null, name: string | null, created_at: string }>(
    `SELECT gm.id AS number, gm.instance, gm.member_class, gm.member_code, gm.subsystem_code, m.name, gm.created_at FROM global_group_member gm
    LEFT JOIN member_class c ON c.code = gm.member_class AND gm.instance = ? LEFT JOIN member m ON m.member_class_id = c.id AND m.code = gm.member_code
    ${conditions.where} ORDER BY gm.instance ${direction(request)}, gm.member_class ${direction(request)}, gm.member_code ${direction(request)}, coalesce(gm.subsystem_code, '') ${direction(request)}`,
    instance, ...conditions.values)
  const words = searchable(request.q).split(' ').filter((word) => word !== '')
  const found = rows.filter((row) => {
    if (words.length === 0) return true
    const text = searchable(row.instance, row.member_class, row.member_code, row.subsystem_code, row.name)
    return words.every((word) => text.includes(word))
  })
  return {
    total: found.length,
    items: found.slice(request.offset, request.offset + request.limit).map((row) => {
      const member = { instance: row.instance, memberClass: row.member_class, memberCode: row.member_code }
      return { number: row.number, id: row.subsystem_code === null ? member : { ...member, subsystemCode: row.subsystem_code }, name: row.name ?? undefined, addedAt: row.created_at }
    })
  }
}

/** Groups of a member and of its subsystems. */
export async function groupsOf (reader: SqlReader, id: MemberId): Promise<{ readonly code: string, readonly subsystem: string | undefined, readonly addedAt: string }[]> {
  if (await memberKey(reader, id) === undefined) return []
  const rows = await reader.all<{ code: string, subsystem: string | null, added_at: string }>(
    `SELECT g.code, gm.subsystem_code AS subsystem, gm.created_at AS added_at FROM global_group_member gm JOIN global_group g ON g.id = gm.global_group_id
    WHERE gm.instance = ? AND gm.member_class = ? AND gm.member_code = ? ORDER BY g.code, coalesce(gm.subsystem_code, '')`, id.instance, id.memberClass, id.memberCode)
  return rows.map(({ code, subsystem, added_at: addedAt }) => ({ code, subsystem: subsystem ?? undefined, addedAt }))
}

function direction ({ desc }: ListRequest): string {
  return desc === true ? 'DESC' : 'ASC'
}

function toGroup ({ code, description, members, created_at: createdAt, updated_at: updatedAt }: Row): GroupInList {
  return { code, description, memberCount: members, builtIn: code === OWNERS_GROUP.code, createdAt: createdAt === '' ? undefined : createdAt, updatedAt: updatedAt === '' ? undefined : updatedAt }
}
