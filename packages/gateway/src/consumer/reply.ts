import { pipeline } from 'node:stream/promises'
import { Readable } from 'node:stream'
import type { ServerResponse } from 'node:http'
import { formatRestFault, formatSoapFault, RelayedFault, type Fault } from '@trembita/protocol/fault'
import { contentTypeOf, formatUxpFault, toRawHeaders, uxpAnswerHeaders } from '@trembita/protocol/message'
import { SoapMultipartEncoder } from '@trembita/protocol/proxymessage'
import { endRefused } from '../exchange/index.ts'
import type { Call } from './call.ts'
import type { Relayed } from './relay.ts'

/** A service may call its fault as it likes; a longer header would break clients. The body has it whole. */
const ERROR_HEADER_MAX = 1000
const SOAP_CONTENT_TYPE = 'text/xml; charset=utf-8'

/** Writes the answer to the information system, in its own dialect; resolves when the last byte was handed to the connection. */
export async function reply (call: Call, { request, answer }: Relayed): Promise<void> {
  const { response } = call
  if (answer.message.kind === 'rest') {
    const { rest } = answer.message
    const headers = [...rest.headers, ...(call.dialect === 'uxp' ? uxpAnswerHeaders(rest) : [])]
    const body = answer.attachments[0]?.body
    const raw = toRawHeaders(headers)
    response.sendDate = !headers.some(([name]) => name.toLowerCase() === 'date')
    const mayHaveBody = request.message.kind === 'rest' && request.message.rest.method !== 'HEAD' && rest.status !== 204 && rest.status !== 304
    if (mayHaveBody) raw.push('content-length', String(body?.size ?? 0))
    response.writeHead(rest.status, raw)
    await write(response, mayHaveBody && body !== undefined ? [body.bytes ?? body.stream()] : [])
    return
  }
  const original = answer.originalContentType
  const multipart = answer.attachments.length > 0 || (original !== undefined && contentTypeOf(original).type === 'multipart/related')
  if (!multipart || original === undefined) {
    response.writeHead(200, { 'content-type': SOAP_CONTENT_TYPE, 'content-length': answer.head.bytes.length })
    await write(response, [answer.head.bytes])
    return
  }
  const encoder = new SoapMultipartEncoder(original)
  const segments: (Buffer | AsyncIterable<Buffer>)[] = [encoder.soap(answer.head)]
  for (const { contentType, headers, body } of answer.attachments) segments.push(encoder.attachmentStart(contentType, headers), body.bytes ?? body.stream())
  segments.push(encoder.end())
  response.writeHead(200, { 'content-type': encoder.contentType })
  await write(response, segments)
}

async function write (response: ServerResponse, segments: readonly (Buffer | AsyncIterable<Buffer>)[]): Promise<void> {
  if (segments.every((segment) => Buffer.isBuffer(segment))) {
    response.end(segments.length === 1 ? segments[0] : Buffer.concat(segments))
    return
  }
  await pipeline(Readable.from((async function * () {
    for (const segment of segments) {
      if (Buffer.isBuffer(segment)) yield segment
      else yield * segment
    }
  })(), { objectMode: false, highWaterMark: 256 * 1024 }), response)
}

/** Writes a fault as the caller's dialect has it: SOAP 200 with the envelope, REST 400 or 500 with `X-Road-Error` or `Uxp-Fault*`. */
export function replyFault ({ request, response, dialect }: Pick<Call, 'request' | 'response' | 'dialect'>, fault: Fault): void {
  if (response.headersSent) {
    response.destroy()
    return
  }
  const { status, headers, body } = dialect === 'soap'
    ? { status: 200, headers: { 'content-type': SOAP_CONTENT_TYPE, SOAPAction: '' }, body: fault instanceof RelayedFault ? Buffer.from(fault.xml) : formatSoapFault(fault) }
    : dialect === 'uxp' ? formatUxpFault(fault) : restFault(fault, request.headers.accept)
  response.writeHead(status, { ...headers, 'content-length': Buffer.byteLength(body), ...(request.complete ? {} : { connection: 'close' }) })
  endRefused(request, response, body)
}

function restFault (fault: Fault, accept: string | undefined): { status: number, headers: Record<string, string>, body: string } {
  const { status, contentType, body } = formatRestFault(fault, accept)
  return { status, headers: { 'content-type': contentType, 'x-road-error': fault.code.slice(0, ERROR_HEADER_MAX).replace(/[^\x20-\x7e]/g, '?') }, body }
}
