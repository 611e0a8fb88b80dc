import type { SqlReader } from '@trembita/daemon/store'
import type { ClientId, ServerId } from '@trembita/protocol/identifiers'
import type { ManagementServiceCode } from '@trembita/protocol/management'
import { Conditions, readParameters, type Listed, type ListRequest } from '../registry/index.ts'
import { REQUEST_COLUMNS, REQUEST_TABLES, toRequest, type RequestRow } from './request-rows.ts'
import { REQUEST_STATUSES, type RequestOrigin, type RequestStatus, type StoredRequest } from './types.ts'

export const REQUEST_SORTS = ['id', 'created_at', 'type', 'status', 'origin', 'security_server_id'] as const

const COLUMNS: Readonly<Record<typeof REQUEST_SORTS[number], string>> = {
  id: 'r.id', created_at: 'r.created_at', type: 'r.service', status: 'p.status', origin: 'r.origin', security_server_id: 'r.server_class, r.server_member, r.server_code'
}

export interface RequestFilters {
  readonly services?: readonly ManagementServiceCode[] | undefined
  readonly statuses?: readonly RequestStatus[] | undefined
  readonly origin?: RequestOrigin | undefined
  readonly server?: ServerId | undefined
  /** A member finds the requests of its subsystems too. */
  readonly client?: ClientId | undefined
}

export interface ListedRequests extends Listed<StoredRequest & { readonly owner: string | undefined }> {
  /** Of all that pass the other filters. */
  readonly counts: Readonly<Record<RequestStatus, number>>
}

/** Requests with names of the servers' owners, as far as they are members. */
export async function listRequests (reader: SqlReader, filters: RequestFilters, list: ListRequest): Promise<ListedRequests> {
  const { instance } = await readParameters(reader)
  const others = conditionsOf(filters, list.q)
  const counted = await reader.all<{ status: RequestStatus, count: number }>(`SELECT p.status, count(*) AS count FROM ${REQUEST_TABLES} ${others.where} GROUP BY p.status`, ...others.values)
  const counts = Object.fromEntries(REQUEST_STATUSES.map((status) => [status, counted.find((row) => row.status === status)?.count ?? 0])) as Record<RequestStatus, number>
  const { statuses } = filters
  const all = statuses === undefined ? others : conditionsOf(filters, list.q).among('p.status', statuses)
  const direction = list.desc === true ? 'DESC' : 'ASC'
  const order = `${COLUMNS[(list.sort ?? 'id') as typeof REQUEST_SORTS[number]].split(', ').map((column) => `${column} ${direction}`).join(', ')}, r.id ${direction}`
  const rows = await reader.all<RequestRow & { owner: string | null }>(
    `SELECT ${REQUEST_COLUMNS}, (SELECT m.name FROM member m JOIN member_class c ON c.id = m.member_class_id WHERE c.code = r.server_class AND m.code = r.server_member) AS owner
    FROM ${REQUEST_TABLES} ${all.where} ORDER BY ${order} LIMIT ? OFFSET ?`, ...all.values, list.limit, list.offset)
  return {
    items: rows.map((row) => ({ ...toRequest(row, instance), owner: row.owner ?? undefined })),
    total: REQUEST_STATUSES.filter((status) => statuses?.includes(status) ?? true).reduce((sum, status) => sum + counts[status], 0),
    counts
  }
}

/** How many wait for a decision. */
export async function countPending (reader: SqlReader): Promise<number> {
  return (await reader.get<{ count: number }>(`SELECT count(*) AS count FROM ${REQUEST_TABLES} WHERE p.status IN ('WAITING', 'SUBMITTED_FOR_APPROVAL')`))!.count
}

function conditionsOf ({ services, origin, server, client }: RequestFilters, query: string | undefined): Conditions {
  const conditions = new Conditions().search('r.search_text', query)
  if (services !== undefined) conditions.among('r.service', services)
  if (origin !== undefined) conditions.and('r.origin = ?', origin)
  if (server !== undefined) conditions.and('r.server_class = ? AND r.server_member = ? AND r.server_code = ?', server.memberClass, server.memberCode, server.serverCode)
  if (client !== undefined) {
    conditions.and('r.client_class = ? AND r.client_member = ?', client.memberClass, client.memberCode)
    if (client.subsystemCode !== undefined) conditions.and('r.client_subsystem = ?', client.subsystemCode)
  }
  return conditions
}
