import type { SqlReader, SqlValue } from '@trembita/daemon/store'
import type { ClientId, MemberId, ServerId } from '@trembita/protocol/identifiers'
import { Conditions, marks, orderBy, type Listed, type ListRequest } from './conditions.ts'
import { findMember, findServer, findSubsystem } from './find.ts'
import { classCodes } from './member-list.ts'
import { readParameters } from './parameters.ts'
import { searchCondition } from './search-text.ts'
import type { Suspended } from './suspension-marks.ts'

/** A member or a subsystem. */
export interface ClientInList {
  readonly id: ClientId
  readonly memberName: string
  readonly subsystemName: string | undefined
  readonly createdAt: string
  readonly suspension: number | undefined
}

export interface ClientListRequest extends ListRequest {
  readonly type?: 'member' | 'subsystem' | undefined
  /** Part of the member's name. */
  readonly name?: string | undefined
  readonly instance?: string | undefined
  readonly memberClass?: string | undefined
  readonly memberCode?: string | undefined
  readonly subsystemCode?: string | undefined
  /** Clients of this server only, its owner among them. */
  readonly server?: ServerId | undefined
  /** Code of a global group: those that are not in it. */
  readonly excludingGroup?: string | undefined
}

/** Each branch is read along its own index and the two are merged. */
export const CLIENT_SORTS = { member_name: ['sort_key', 'id'] } as const
export const SUBSYSTEM_SORTS = { member_name: ['s.sort_key', 's.id'], subsystem_code: ['s.code', 's.id'] } as const

interface Row {
  readonly id: number
  readonly class_id: number
  readonly member_code: string
  readonly member_name: string
  readonly subsystem_code: string | null
  readonly subsystem_name: string | null
  readonly created_at: string
}

/** Members and subsystems together. */
export async function listClients (reader: SqlReader, request: ClientListRequest, suspended: Suspended): Promise<Listed<ClientInList>> {
  const { instance } = await readParameters(reader)
  if (request.instance !== undefined && !instance.toLowerCase().includes(request.instance.toLowerCase())) return { items: [], total: 0 }
  const classes = await classCodes(reader)
  const server = request.server === undefined ? undefined : await findServer(reader, request.server)
  const branches = [
    ...request.type !== 'subsystem' && request.subsystemCode === undefined ? [membersBranch(request, classes, server, instance)] : [],
    ...request.type !== 'member' ? [subsystemsBranch(request, classes, server, instance)] : []
  ]
  let total = 0
  for (const branch of branches) total += await countOf(reader, branch)
  if (branches.length === 0) return { items: [], total }
  // First who stands on the page, from the indexes alone; then what is shown of them.
  const keys = await reader.all<PageKey>(`${branches.map((branch) => selectOf(branch, branch.keys)).join(' UNION ALL ')} ${orderBy(CLIENT_SORTS, request.sort, request.desc)} LIMIT ? OFFSET ?`,
    ...branches.flatMap(({ conditions }) => conditions.values), request.limit, request.offset)
  return { items: await rowsOf(reader, keys, instance, classes, suspended), total }
}

interface PageKey {
  readonly sort_key: string
  readonly id: number
  readonly subsystem: 0 | 1
}

async function rowsOf (reader: SqlReader, keys: readonly PageKey[], instance: string, classes: ReadonlyMap<number, string>, suspended: Suspended): Promise<ClientInList[]> {
  const found = new Map<string, ClientInList>()
  for (const [subsystem, select] of [[0, `SELECT ${MEMBER_COLUMNS} FROM member m WHERE m.id`], [1, `${SUBSYSTEM_ROW} WHERE s.id`]] as const) {
    const ids = keys.filter((key) => key.subsystem === subsystem).map(({ id }) => id)
    if (ids.length === 0) continue
    for (const row of await reader.all<Row>(`${select} IN (${marks(ids.length)})`, ...ids)) found.set(`${subsystem} ${row.id}`, toClient(row, instance, classes, suspended))
  }
  return keys.map(({ subsystem, id }) => found.get(`${subsystem} ${id}`)!)
}

/** Subsystems alone, which may also be sorted by their own code. */
export async function listSubsystems (reader: SqlReader, request: ListRequest, suspended: Suspended): Promise<Listed<ClientInList>> {
  const { instance } = await readParameters(reader)
  const classes = await classCodes(reader)
  const branch = subsystemsBranch({ q: request.q, limit: 0, offset: 0 }, classes, undefined, instance)
  const total = await countOf(reader, branch)
  const rows = await reader.all<Row>(`${selectOf(branch, SUBSYSTEM_COLUMNS)} ${orderBy(SUBSYSTEM_SORTS, request.sort, request.desc)} LIMIT ? OFFSET ?`, ...branch.conditions.values, request.limit, request.offset)
  return { items: rows.map((row) => toClient(row, instance, classes, suspended)), total }
}

/** Subsystems of one member, by code. @throws {Refusal} `member_not_found` */
export async function subsystemsOf (reader: SqlReader, member: MemberId, suspended: Suspended): Promise<ClientInList[]> {
  const key = await findMember(reader, member)
  const rows = await reader.all<Row>(`${SUBSYSTEM_ROW} WHERE m.id = ? ORDER BY s.code`, key)
  const classes = await classCodes(reader)
  return rows.map((row) => toClient(row, member.instance, classes, suspended))
}

/** @throws {Refusal} `subsystem_not_found` */
export async function subsystemDetails (reader: SqlReader, id: ClientId, suspended: Suspended): Promise<ClientInList> {
  const key = await findSubsystem(reader, id)
  return toClient((await reader.get<Row>(`${SUBSYSTEM_ROW} WHERE s.id = ?`, key))!, id.instance, await classCodes(reader), suspended)
}

const MEMBER_COLUMNS = 'm.id, m.member_class_id AS class_id, m.code AS member_code, m.name AS member_name, NULL AS subsystem_code, NULL AS subsystem_name, m.created_at'
const SUBSYSTEM_COLUMNS = 's.id, m.member_class_id AS class_id, m.code AS member_code, m.name AS member_name, s.code AS subsystem_code, s.name AS subsystem_name, s.created_at'
const SUBSYSTEM_ROW = `SELECT ${SUBSYSTEM_COLUMNS} FROM subsystem s JOIN member m ON m.id = s.member_id`

interface Branch {
  /** Columns of a `PageKey`. */
  readonly keys: string
  readonly from: string
  /** Another table that rows are joined with by `on`, and that counting can often do without. */
  readonly joined?: { readonly table: string, readonly on: string, readonly needed: boolean } | undefined
  readonly conditions: Conditions
}

/** The first table leads, so that its index gives the order: that is what CROSS JOIN means to SQLite. */
function selectOf ({ from, joined, conditions }: Branch, columns: string): string {
  return joined === undefined || (!joined.needed && !columns.includes('m.'))
    ? `SELECT ${columns} FROM ${from} ${conditions.where}`
    : `SELECT ${columns} FROM ${from} CROSS JOIN ${joined.table} ${conditions.whereAlso(joined.on)}`
}

async function countOf (reader: SqlReader, { from, joined, conditions }: Branch): Promise<number> {
  const sql = joined?.needed === true ? `${from} CROSS JOIN ${joined.table} ${conditions.whereAlso(joined.on)}` : `${from} ${conditions.where}`
  return (await reader.get<{ total: number }>(`SELECT count(*) AS total FROM ${sql}`, ...conditions.values))!.total
}

function membersBranch (request: ClientListRequest, classes: ReadonlyMap<number, string>, server: number | undefined, instance: string): Branch {
  const conditions = memberConditions(new Conditions().search('m.search_text', request.q), request, classes)
  if (server !== undefined) {
    conditions.and('(m.id = (SELECT owner_id FROM security_server WHERE id = ?) OR EXISTS (SELECT 1 FROM server_client sc WHERE sc.security_server_id = ? AND sc.member_id = m.id AND sc.subsystem_id IS NULL))', server, server)
  }
  if (request.excludingGroup !== undefined) conditions.and(...notInGroup(request.excludingGroup, instance, 'gm.subsystem_code IS NULL'))
  return {
    keys: 'm.sort_key AS sort_key, m.id AS id, 0 AS subsystem',
    from: 'member m',
    conditions
  }
}

function subsystemsBranch (request: ClientListRequest, classes: ReadonlyMap<number, string>, server: number | undefined, instance: string): Branch {
  const conditions = memberConditions(new Conditions().search('s.search_text', request.q), request, classes)
  if (request.subsystemCode !== undefined) {
    // The own code stands in the searchable text beside others; the exact look is at the code itself.
    const { sql, values } = searchCondition('s.search_text', request.subsystemCode)
    conditions.and(sql, ...values).and('(s.code LIKE ? ESCAPE \'\\\' OR lower(s.code) LIKE ? ESCAPE \'\\\')', contains(request.subsystemCode), contains(request.subsystemCode.toLowerCase()))
  }
  if (server !== undefined) conditions.and('EXISTS (SELECT 1 FROM server_client sc WHERE sc.security_server_id = ? AND sc.subsystem_id = s.id)', server)
  if (request.excludingGroup !== undefined) conditions.and(...notInGroup(request.excludingGroup, instance, 'gm.subsystem_code = s.code'))
  return {
    keys: 's.sort_key AS sort_key, s.id AS id, 1 AS subsystem',
    from: 'subsystem s',
    joined: {
      table: 'member m', on: 'm.id = s.member_id', needed: [request.name, request.memberClass, request.memberCode, request.excludingGroup].some((value) => value !== undefined)
    },
    conditions
  }
}

function memberConditions (conditions: Conditions, request: ClientListRequest, classes: ReadonlyMap<number, string>): Conditions {
  conditions.search('m.search_text', request.name)
  if (request.memberClass !== undefined) {
    const wanted = request.memberClass.toLowerCase()
    conditions.among('m.member_class_id', [...classes].filter(([, code]) => code.toLowerCase().includes(wanted)).map(([id]) => id))
  }
  if (request.memberCode !== undefined) conditions.and('lower(m.code) LIKE ? ESCAPE \'\\\'', contains(request.memberCode.toLowerCase()))
  return conditions
}

function notInGroup (group: string, instance: string, match: string): [sql: string, ...values: SqlValue[]] {
  return [`NOT EXISTS (SELECT 1 FROM global_group_member gm JOIN global_group g ON g.id = gm.global_group_id JOIN member_class c ON c.code = gm.member_class
    WHERE g.code = ? AND gm.instance = ? AND c.id = m.member_class_id AND gm.member_code = m.code AND ${match})`, group, instance]
}

function contains (text: string): string {
  return `%${text.replace(/[\\%_]/g, '\\$&')}%`
}

function toClient (row: Row, instance: string, classes: ReadonlyMap<number, string>, suspended: Suspended): ClientInList {
  const member = { instance, memberClass: classes.get(row.class_id)!, memberCode: row.member_code }
  return {
    id: row.subsystem_code === null ? member : { ...member, subsystemCode: row.subsystem_code },
    memberName: row.member_name,
    subsystemName: row.subsystem_name ?? undefined,
    createdAt: row.created_at,
    suspension: row.subsystem_code === null ? suspended.member(member) : suspended.subsystem(member, row.subsystem_code)
  }
}
