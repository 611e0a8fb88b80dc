import { ProxyMessageEncoder } from '@trembita/protocol/proxymessage'
import type { SignatureParts } from '@trembita/protocol/signature'
import type { ExchangeMessage } from './message.ts'

export interface EncodedMessage {
  readonly contentType: string
  /** A new run over the bytes; a small message is one buffer. */
  body (): Buffer | AsyncIterable<Buffer>
}

/** Writes a sealed message as the multipart that gateways exchange (xroad-messages §2.5). Bodies in files are streamed. */
export function encodeMessage (message: ExchangeMessage, parts: SignatureParts, direction: 'request' | 'response', ocspResponses: readonly Buffer[]): EncodedMessage {
  const encoder = new ProxyMessageEncoder()
  const segments: (Buffer | ExchangeMessage['attachments'][number]['body'])[] = ocspResponses.map((der) => encoder.ocsp(der))
  const { head, attachments } = message
  if (message.protocol === 'soap') {
    segments.push(encoder.soap(head.contentType, head.headers, head.bytes))
    if (attachments.length > 0) {
      segments.push(encoder.attachmentsStart())
      for (const attachment of attachments) segments.push(encoder.attachmentStart(attachment.contentType, attachment.headers), attachment.body)
      segments.push(encoder.attachmentsEnd())
    }
  } else {
    segments.push(direction === 'request' ? encoder.restRequest(head.bytes) : encoder.restResponse(head.bytes))
    if (attachments[0] !== undefined) segments.push(encoder.restBodyStart(), attachments[0].body)
  }
  if (parts.hashChainResult !== undefined && parts.hashChain !== undefined) {
    segments.push(encoder.hashChainResult(asBuffer(parts.hashChainResult)), encoder.hashChain(asBuffer(parts.hashChain)))
  }
  segments.push(encoder.signature(asBuffer(parts.signature)), encoder.end())
  const inMemory = segments.map((segment) => Buffer.isBuffer(segment) ? segment : segment.bytes)
  if (inMemory.every((bytes) => bytes !== undefined)) {
    const whole = Buffer.concat(inMemory)
    return { contentType: encoder.contentType, body: () => whole }
  }
  return {
    contentType: encoder.contentType,
    async * body () {
      for (const segment of segments) {
        if (Buffer.isBuffer(segment)) yield segment
        else yield * segment.stream()
      }
    }
  }
}

function asBuffer (bytes: Uint8Array): Buffer {
  return Buffer.isBuffer(bytes) ? bytes : Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
}
