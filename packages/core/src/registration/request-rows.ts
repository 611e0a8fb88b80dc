import { createHash } from 'node:crypto'
import type { SqlReader, SqlWriter } from '@trembita/daemon/store'
import { formatClientId, formatServerId, type ClientId, type ServerId } from '@trembita/protocol/identifiers'
import type { ManagementRequest, ManagementServiceCode } from '@trembita/protocol/management'
import { readParameters, searchable } from '../registry/index.ts'
import { Refusal } from '../refusal.ts'
import { PENDING, type RequestOrigin, type RequestStatus, type StoredRequest } from './types.ts'

export interface RequestRow {
  readonly id: number
  readonly processing_id: number
  readonly service: ManagementServiceCode
  readonly origin: RequestOrigin
  readonly server_class: string
  readonly server_member: string
  readonly server_code: string
  readonly client_class: string | null
  readonly client_member: string | null
  readonly client_subsystem: string | null
  readonly address: string | null
  readonly subsystem_name: string | null
  readonly message: string | null
  readonly certificate: Buffer | null
  readonly comments: string | null
  readonly requested_by: string
  readonly created_at: string
  readonly status: RequestStatus
  readonly reason: string | null
  readonly decided_at: string | null
  readonly decided_by: string | null
}

/** Columns of a `RequestRow`, and where they are. */
export const REQUEST_COLUMNS = `r.id, r.processing_id, r.service, r.origin, r.server_class, r.server_member, r.server_code, r.client_class,
  r.client_member, r.client_subsystem, r.address, r.subsystem_name, r.message, r.certificate, r.comments, r.requested_by, r.created_at,
  p.status, p.reason, p.decided_at, p.decided_by`
export const REQUEST_TABLES = 'management_request r JOIN request_processing p ON p.id = r.processing_id'

export interface NewRow {
  readonly request: ManagementRequest
  readonly origin: RequestOrigin
  readonly comments?: string | undefined
  readonly requestedBy: string
}

/** @param processing of the request that it completes; absent: one of its own, with `status`. @returns the id. */
export async function insertRequest (tx: SqlWriter, row: NewRow, status: RequestStatus, at: Date, processing?: number): Promise<number> {
  const { request, origin } = row
  const { server } = request
  const client: ClientId | undefined = 'client' in request ? request.client : undefined
  const certificate = 'authCertificate' in request ? request.authCertificate : undefined
  const ofProcessing = processing ?? (await tx.get<{ id: number }>('INSERT INTO request_processing (status) VALUES (?) RETURNING id', status))!.id
  const name = 'subsystemName' in request ? request.subsystemName : undefined
  const address = 'address' in request ? request.address : undefined
  const searchText = searchable(formatServerId(server), client === undefined ? null : formatClientId(client), name ?? null, address ?? null, row.requestedBy)
  return (await tx.get<{ id: number }>(`INSERT INTO management_request (processing_id, service, origin, server_class, server_member, server_code,
    client_class, client_member, client_subsystem, address, subsystem_name, message, certificate, certificate_sha256, comments, requested_by,
    content_hash, search_text, created_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) RETURNING id`,
  ofProcessing, request.service, origin, server.memberClass, server.memberCode, server.serverCode,
  client?.memberClass ?? null, client?.memberCode ?? null, client?.subsystemCode ?? null, address ?? null, name ?? null,
  'message' in request ? request.message ?? null : null, certificate ?? null, certificate === undefined ? null : sha256(certificate),
  row.comments ?? null, row.requestedBy, contentHash(request), searchText, at.toISOString()))!.id
}

export async function setStatus (tx: SqlWriter, processing: number, status: RequestStatus, at: Date, by: string, reason?: string): Promise<void> {
  await tx.run('UPDATE request_processing SET status = ?, reason = ?, decided_at = ?, decided_by = ? WHERE id = ?', status, reason ?? null, at.toISOString(), by, processing)
}

/** @throws {Refusal} `management_request_not_found` */
export async function requestById (reader: SqlReader, id: number): Promise<StoredRequest> {
  const row = await reader.get<RequestRow>(`SELECT ${REQUEST_COLUMNS} FROM ${REQUEST_TABLES} WHERE r.id = ?`, id)
  if (row === undefined) throw new Refusal('notFound', 'management_request_not_found', `there is no management request ${id}`)
  return toRequest(row, (await readParameters(reader)).instance)
}

/** Both requests that complete each other, or the one alone; in the order of their coming. */
export async function requestsOf (reader: SqlReader, processing: number): Promise<StoredRequest[]> {
  return await requestsWhere(reader, 'r.processing_id = ?', processing)
}

/** Requests by a condition on `r` (the request) and `p` (its processing), in the order of their coming. */
export async function requestsWhere (reader: SqlReader, condition: string, ...values: readonly (string | number | Uint8Array | null)[]): Promise<StoredRequest[]> {
  const { instance } = await readParameters(reader)
  return (await reader.all<RequestRow>(`SELECT ${REQUEST_COLUMNS} FROM ${REQUEST_TABLES} WHERE ${condition} ORDER BY r.id`, ...values)).map((row) => toRequest(row, instance))
}

/** Requests that wait for somebody's decision. */
export async function pendingWhere (reader: SqlReader, condition: string, ...values: readonly (string | number | Uint8Array | null)[]): Promise<StoredRequest[]> {
  return await requestsWhere(reader, `p.status IN ('WAITING', 'SUBMITTED_FOR_APPROVAL') AND ${condition}`, ...values)
}

/** Condition and values for requests about one server. */
export function aboutServer ({ memberClass, memberCode, serverCode }: ServerId): readonly [condition: string, ...values: string[]] {
  return ['r.server_class = ? AND r.server_member = ? AND r.server_code = ?', memberClass, memberCode, serverCode]
}

export function toRequest (row: RequestRow, instance: string): StoredRequest {
  return {
    id: row.id,
    processing: row.processing_id,
    request: contentOf(row, instance),
    origin: row.origin,
    status: row.status,
    comments: row.comments ?? undefined,
    requestedBy: row.requested_by,
    createdAt: new Date(row.created_at),
    decision: row.decided_at === null || PENDING.includes(row.status) ? undefined : { at: new Date(row.decided_at), by: row.decided_by!, reason: row.reason ?? undefined }
  }
}

function contentOf (row: RequestRow, instance: string): ManagementRequest {
  const server = { instance, memberClass: row.server_class, memberCode: row.server_member, serverCode: row.server_code }
  const member = { instance, memberClass: row.client_class ?? '', memberCode: row.client_member ?? '' }
  const client = row.client_subsystem === null ? member : { ...member, subsystemCode: row.client_subsystem }
  const { service } = row
  switch (service) {
    case 'authCertReg': return { service, server, address: row.address ?? undefined, authCertificate: row.certificate! }
    case 'authCertDeletion': return { service, server, authCertificate: row.certificate! }
    case 'addressChange': return { service, server, address: row.address! }
    case 'clientReg': return { service, server, client, subsystemName: row.subsystem_name ?? undefined }
    case 'clientRename': return { service, server, client: { ...member, subsystemCode: row.client_subsystem! }, subsystemName: row.subsystem_name! }
    case 'ownerChange': return { service, server, client: member }
    case 'clientDeletion': case 'clientDisable': case 'clientEnable': return { service, server, client }
    case 'maintenanceModeEnable': return { service, server, message: row.message ?? undefined }
    case 'maintenanceModeDisable': return { service, server }
  }
}

/** Equal for requests that ask for the same of the same. */
export function contentHash (request: ManagementRequest): Buffer {
  const { service, server } = request
  const client: ClientId | undefined = 'client' in request ? request.client : undefined
  return sha256(Buffer.from(JSON.stringify([
    service, server.memberClass, server.memberCode, server.serverCode, client?.memberClass, client?.memberCode, client?.subsystemCode,
    'address' in request ? request.address : undefined, 'subsystemName' in request ? request.subsystemName : undefined,
    'message' in request ? request.message : undefined, 'authCertificate' in request ? sha256(request.authCertificate).toString('hex') : undefined
  ].map((value) => value ?? null))))
}

export function sha256 (bytes: Uint8Array): Buffer {
  return createHash('sha256').update(bytes).digest()
}
