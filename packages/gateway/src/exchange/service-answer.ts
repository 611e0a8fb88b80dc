import { createHash } from 'node:crypto'
import { createRestResponse, type RestRequest } from '@trembita/protocol/message'
import type { DecodedAttachment } from '@trembita/protocol/proxymessage'
import type { ExchangeMessage } from './message.ts'
import { Spool, type SpooledBody } from '../transport/index.ts'

/** What the information system or a metaservice answered, ready to be sealed. */
export interface ServiceAnswer extends ExchangeMessage {
  /** `x-original-content-type` of a SOAP answer. */
  readonly originalContentType: string | undefined
}

/** The request's names, which the answer bears too. */
export type Named = Pick<ExchangeMessage, 'protocol' | 'client' | 'service' | 'queryId' | 'requestId'>

function namesOf (request: Named): Named {
  return { protocol: request.protocol, client: request.client, service: request.service, queryId: request.queryId, requestId: request.requestId }
}

export function soapAnswer (
  request: Named, contentType: string, bytes: Buffer, attachments: readonly DecodedAttachment<SpooledBody>[] = [],
  originalContentType = contentType, headers: ExchangeMessage['head']['headers'] = []
): ServiceAnswer {
  return { ...namesOf(request), head: { bytes, digest: sha512(bytes), contentType, headers }, attachments, originalContentType }
}

export function restAnswer (
  request: Named, rest: RestRequest, requestHash: string, http: { status: number, reason: string, rawHeaders: readonly string[] },
  body: DecodedAttachment<SpooledBody> | undefined
): ServiceAnswer {
  const { bytes } = createRestResponse({ ...http, request: rest, requestHash })
  return {
    ...namesOf(request),
    head: { bytes, digest: sha512(bytes), contentType: 'application/x-road-rest-response', headers: [] },
    attachments: body === undefined ? [] : [body],
    originalContentType: undefined
  }
}

/** A small attachment or body made here. */
export function attachmentOf (contentType: string, headers: ExchangeMessage['head']['headers'], bytes: Buffer): DecodedAttachment<SpooledBody> {
  return { contentType, headers, digest: sha512(bytes), size: bytes.length, body: Spool.inMemory(bytes) }
}

export function sha512 (bytes: Uint8Array): Buffer {
  return createHash('sha512').update(bytes).digest()
}
