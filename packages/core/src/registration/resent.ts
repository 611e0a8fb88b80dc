import type { SqlReader } from '@trembita/daemon/store'
import type { ManagementRequest } from '@trembita/protocol/management'
import { isInForce } from './in-force.ts'
import { aboutServer, contentHash, pendingWhere, requestsWhere } from './request-rows.ts'

/** Gateways wait a minute for an answer, and whoever got none presses the button again. */
const RESENT_WITHIN_MS = 10 * 60_000

/** The request that came with exactly these bytes: a request works once, however often it is sent. */
export async function sameMessage (reader: SqlReader, soapSha256: Uint8Array): Promise<number | undefined> {
  return (await reader.get<{ id: number }>('SELECT request_id AS id FROM management_request_original WHERE soap_sha256 = ?', soapSha256))?.id
}

/**
 * The request that a gateway seems to repeat because it never heard of its fate: one for the same is pending; or it was the
 * last that the gateway sent, a moment ago, and the registry is as it wanted.
 *
 * @returns its id.
 */
export async function resentRequest (reader: SqlReader, request: ManagementRequest, at: Date): Promise<number | undefined> {
  const [ofServer, ...values] = aboutServer(request.server)
  const hash = contentHash(request)
  const [pending] = await pendingWhere(reader, `r.origin = 'SECURITY_SERVER' AND r.content_hash = ? AND ${ofServer}`, hash, ...values)
  if (pending !== undefined) return pending.id
  const [last] = await requestsWhere(reader, `r.content_hash = ? AND r.origin = 'SECURITY_SERVER' AND p.status = 'APPROVED' AND r.created_at >= ?
    AND r.id = (SELECT max(id) FROM management_request WHERE server_class = r.server_class AND server_member = r.server_member AND server_code = r.server_code)`,
  hash, new Date(at.getTime() - RESENT_WITHIN_MS).toISOString())
  return last !== undefined && await isInForce(reader, request) ? last.id : undefined
}
