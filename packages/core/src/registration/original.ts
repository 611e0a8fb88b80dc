import type { SqlReader, SqlWriter } from '@trembita/daemon/store'
import type { VerifiedManagementRequest } from '../management/index.ts'

/** The bytes of a request as a gateway sent them. */
export interface OriginalRequest {
  readonly receivedBy: VerifiedManagementRequest['receivedBy']
  /** IP address that they came from. */
  readonly sender: string
  readonly messageId: string
  readonly contentType: string
  readonly body: Buffer
}

export async function keepOriginal (tx: SqlWriter, id: number, received: VerifiedManagementRequest, soapSha256: Buffer): Promise<void> {
  await tx.run(`INSERT INTO management_request_original (request_id, soap_sha256, message_id, received_by, sender, content_type, body)
    VALUES (?, ?, ?, ?, ?, ?, ?)`, id, soapSha256, received.header.id, received.receivedBy, received.origin, received.contentType, received.body)
}

/** Undefined for a request of the centre, which nobody sent. */
export async function originalOf (reader: SqlReader, id: number): Promise<OriginalRequest | undefined> {
  const row = await reader.get<{ received_by: OriginalRequest['receivedBy'], sender: string, message_id: string, content_type: string, body: Buffer }>(
    'SELECT received_by, sender, message_id, content_type, body FROM management_request_original WHERE request_id = ?', id)
  return row === undefined
    ? undefined
    : { receivedBy: row.received_by, sender: row.sender, messageId: row.message_id, contentType: row.content_type, body: row.body }
}
