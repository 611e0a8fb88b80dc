import type { ClientId, ServiceId } from '@trembita/protocol/identifiers'
import type { HeaderList } from '@trembita/protocol/message'
import type { DecodedAttachment } from '@trembita/protocol/proxymessage'
import type { Piece, SignatureParts } from '@trembita/protocol/signature'
import type { LogRecord } from '../messagelog/index.ts'
import type { SpooledBody } from '../transport/index.ts'
import type { Verified } from '../trust/index.ts'

/** A request or an answer as both gateways handle it: the signed bytes and what travels beside them. SOAP and REST alike. */
export interface ExchangeMessage {
  readonly protocol: 'soap' | 'rest'
  readonly client: ClientId
  readonly service: ServiceId
  /** What the information system calls the exchange: SOAP `id`, X-Road-Id, queryId. Not unique. */
  readonly queryId: string
  /** x-road-request-id: unique, ours. */
  readonly requestId: string
  /** SOAP envelope or REST head. */
  readonly head: { readonly bytes: Buffer, readonly digest: Buffer, readonly contentType: string, readonly headers: HeaderList }
  /** SOAP attachments; for REST the body, when there is one. */
  readonly attachments: readonly DecodedAttachment<SpooledBody>[]
}

/** What a seal covers: xroad-messages §2.5.2. */
export function partsOf (message: ExchangeMessage): Piece[] {
  // the bytes too: a peer may sign with another digest than the SHA-512 of the transport
  const pieces: Piece[] = [{ name: '/message.xml', digest: message.head.digest, bytes: message.head.bytes }]
  message.attachments.forEach(({ digest }, index) => pieces.push({ name: `/attachment${index + 1}`, digest }))
  return pieces
}

/** What the message log keeps of a message. */
export function recordOf (
  message: ExchangeMessage, parts: Verified<SignatureParts>, side: 'consumer' | 'provider', direction: 'request' | 'response', party: ClientId, at: Date
): LogRecord {
  return {
    direction,
    side,
    queryId: message.queryId,
    requestId: message.requestId,
    party,
    client: message.client,
    service: message.service,
    protocol: message.protocol,
    message: message.head.bytes,
    bodies: message.attachments.map(({ body }) => body.stored),
    parts,
    at
  }
}
