import { randomUUID } from 'node:crypto'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { createServer, type Server } from 'node:https'
import type { TLSSocket } from 'node:tls'
import type { Issued } from '../pki/index.ts'
import { checkSeal, PeerRefusal } from './check-seal.ts'
import { chainOf } from './consumer.ts'
import { PEER_CIPHERS, peerTls } from './identity.ts'
import { messagePieces, messageParts, readRestHead, restHead, restHeader, sealParts, type ForeignAttachment, type ForeignMessage } from './message.ts'
import { newBoundary, writeMultipart, type Part } from './multipart.ts'
import { readMessage, type ReceivedMessage } from './received.ts'
import { restRequestHash, withPeerRequestHash } from './request-hash.ts'
import { sealMessage, type SealOrders } from './seal.ts'

/** A request as it came in, for a test to look at. */
export interface ReceivedRequest {
  readonly method: string
  readonly url: string
  /** `[name, value]` in order and case of the wire. */
  readonly headers: readonly (readonly [string, string])[]
  readonly bytes: Buffer
  readonly cipher: string
  readonly tls: string | null
  /** DER of what the consumer's gateway showed, leaf first. */
  readonly clientChain: readonly Buffer[]
  /** Undefined when it could not be taken apart. */
  readonly message: ReceivedMessage | undefined
}

export interface SoapServiceAnswer {
  readonly envelope: string
  readonly contentType?: string | undefined
  readonly partHeaders?: readonly string[] | undefined
  /** Content-Type of the information system's answer. */
  readonly originalContentType?: string | undefined
  readonly attachments?: readonly ForeignAttachment[] | undefined
}

export interface RestServiceAnswer {
  readonly status: number
  readonly reason?: string | undefined
  readonly headers?: readonly (readonly [string, string])[] | undefined
  readonly body?: Buffer | undefined
}

/** The information system behind a foreign gateway. */
export type ForeignService = (message: ReceivedMessage) => SoapServiceAnswer | RestServiceAnswer

/** What is to be wrong with an answer. */
export interface AnswerOrders {
  /** Instead of all that follows: this reply of HTTP. */
  readonly reply?: { readonly status?: number, readonly headers?: readonly (readonly [string, string])[], readonly body?: Buffer | string } | undefined
  /** A fault, plain or as a part behind those that are there. */
  readonly fault?: { readonly xml: string, readonly where: 'plain' | 'first' | 'after head' } | undefined
  readonly status?: number | undefined
  readonly headers?: ((headers: [string, string][]) => [string, string][]) | undefined
  readonly parts?: ((parts: Part[]) => Part[]) | undefined
  readonly bytes?: ((bytes: Buffer) => Buffer) | undefined
  /** Ends the connection after so many bytes of the body; 0 after the head. */
  readonly cutAfterBytes?: number | undefined
  /** Ends the connection without a word. */
  readonly hangUp?: boolean | undefined
  readonly seal?: SealOrders | undefined
  /** Changes the envelope, or the REST head, before it is sealed. */
  readonly head?: ((text: string) => string) | undefined
}

export interface ProviderSide {
  readonly auth: Issued
  readonly service: ForeignService
  seal (member: string): { readonly issued: Issued, readonly ocspResponses: readonly Buffer[] }
  /** Told of each request; gives what was ordered for its answer. */
  onRequest (request: ReceivedRequest): AnswerOrders
}

/** The message port of a foreign gateway. */
export function createForeignServer (side: ProviderSide): Server {
  return createServer({ ...peerTls(side.auth, PEER_CIPHERS), requestCert: true, rejectUnauthorized: false, sessionTimeout: 600 }, (request, response) => {
    handle(side, request, response).catch((error: unknown) => { response.destroy(error as Error) })
  })
}

async function handle (side: ProviderSide, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const chunks: Buffer[] = []
  for await (const chunk of request) chunks.push(chunk as Buffer)
  const bytes = Buffer.concat(chunks)
  let message: ReceivedMessage | undefined
  let refusal: unknown
  try {
    message = readMessage(request.headers['content-type'], bytes, 'request')
  } catch (thrown) {
    refusal = thrown
  }
  const orders = side.onRequest(received(request, bytes, message))
  if (orders.hangUp === true) {
    request.socket.destroy()
    return
  }
  if (orders.reply !== undefined) return await write(response, orders.reply.status ?? 200, orders.reply.headers ?? [], Buffer.from(orders.reply.body ?? ''), orders)
  try {
    if (message === undefined) throw refusal
    checkRequest(request, message)
    if (orders.fault?.where === 'plain') return await writeFault(response, orders.fault.xml, orders)
    await answer(side, message, response, orders)
  } catch (thrown) {
    const code = thrown instanceof PeerRefusal ? thrown.code : 'internal_error'
    await writeFault(response, formatFault(`server.serverproxy.${code}`, (thrown as Error).message), orders)
  }
}

function received (request: IncomingMessage, bytes: Buffer, message: ReceivedMessage | undefined): ReceivedRequest {
  const socket = request.socket as TLSSocket
  const headers = Array.from({ length: request.rawHeaders.length / 2 }, (_, index) => [request.rawHeaders[2 * index]!, request.rawHeaders[2 * index + 1]!] as const)
  return {
    method: request.method ?? '',
    url: request.url ?? '',
    headers,
    bytes,
    cipher: socket.getCipher().name,
    tls: socket.getProtocol(),
    clientChain: chainOf(socket.getPeerCertificate(true) as never),
    message
  }
}

/** What a peer looks at before it serves (xroad-messages §7.2), as far as it does not need a configuration. */
function checkRequest ({ method, headers }: IncomingMessage, message: ReceivedMessage): void {
  if (method !== 'POST') throw new PeerRefusal('invalid_http_method', 'Must use POST')
  if (headers['x-hash-algorithm'] !== 'SHA-512') throw new PeerRefusal('internal_error', 'Could not get hash algorithm from message')
  if (!/^\d+\.\d+\.\d+/.test(String(headers['x-proxy-version']))) throw new PeerRefusal('client_proxy_version_not_supported', 'no version')
  if ((headers['x-road-message-type'] === 'REST') !== (message.protocol === 'rest')) throw new PeerRefusal('missing_rest', 'x-road-message-type')
  if (!/^[0-9a-f-]{36}$/.test(String(headers['x-road-request-id']))) throw new PeerRefusal('internal_error', 'x-road-request-id')
  if (message.protocol === 'soap' && headers['x-original-content-type'] === undefined) throw new PeerRefusal('internal_error', 'x-original-content-type')
  if (message.ocspResponses.length === 0) throw new PeerRefusal('service_failed.ssl_authentication_failed', 'no OCSP responses')
  try {
    checkSeal(message.seal, message.pieces)
  } catch (thrown) {
    if (thrown instanceof PeerRefusal) throw new PeerRefusal(`signature_verification.${thrown.code}`, thrown.message)
    throw thrown
  }
}

async function answer (side: ProviderSide, request: ReceivedMessage, response: ServerResponse, orders: AnswerOrders): Promise<void> {
  const served = side.service(request)
  const { member, message, original } = 'envelope' in served ? soapMessage(request, served, orders) : restMessage(request, served, orders)
  const { issued, ocspResponses } = side.seal(member)
  const sealed = sealMessage(issued, ocspResponses, messagePieces(message), orders.seal)
  let parts = [...messageParts(message, 'response'), ...sealParts(sealed)]
  if (orders.fault?.where === 'first') parts = [faultPart(orders.fault.xml)]
  if (orders.fault?.where === 'after head') parts = [parts[0]!, faultPart(orders.fault.xml)]
  const boundary = newBoundary('xtop')
  const written = writeMultipart(boundary, orders.parts?.(parts) ?? parts)
  const headers: [string, string][] = [
    ['content-type', `multipart/mixed; charset=UTF-8; boundary=${boundary}`],
    ['x-hash-algorithm', 'SHA-512'],
    ...(original === undefined ? [] : [['x-original-content-type', original] as [string, string]])
  ]
  await write(response, orders.status ?? 200, orders.headers?.(headers) ?? headers, orders.bytes?.(written) ?? written, orders)
}

interface Answer { readonly member: string, readonly message: ForeignMessage, readonly original: string | undefined }

function soapMessage (request: ReceivedMessage, served: SoapServiceAnswer, orders: AnswerOrders): Answer {
  const text = request.head.body.toString('utf8')
  const service = /<(?:[\w-]+:)?service\s[\s\S]*?<\/(?:[\w-]+:)?service>/.exec(text)?.[0] ?? ''
  const inner = (name: string): string => new RegExp(`:${name}>([^<]*)<`).exec(service)?.[1] ?? ''
  const envelope = withPeerRequestHash(served.envelope, request.head.body)
  const { contentType, partHeaders, attachments } = served
  return {
    member: `${inner('memberClass')}/${inner('memberCode')}`,
    message: { protocol: 'soap', head: Buffer.from(orders.head?.(envelope) ?? envelope), contentType, partHeaders, attachments },
    original: served.originalContentType ?? 'text/xml; charset=UTF-8'
  }
}

function restMessage (request: ReceivedMessage, { status, reason = 'OK', headers = [], body }: RestServiceAnswer, orders: AnswerOrders): Answer {
  const head = readRestHead(request.head.body)
  const [, , instance, memberClass, memberCode, subsystem, service] = head.second.split('?', 1)[0]!.split('/')
  // A peer hashes what it writes of the request that it read, not what it got.
  const rewritten = restHead(head.first, head.second, head.headers)
  const answered = restHead(String(status), reason, [
    ...headers,
    ['x-road-id', restHeader(head, 'x-road-id') ?? ''],
    ['x-road-client', restHeader(head, 'x-road-client') ?? ''],
    ['x-road-service', [instance, memberClass, memberCode, subsystem, service].join('/')],
    ['x-road-request-id', restHeader(head, 'x-road-request-id') ?? ''],
    ['x-road-request-hash', restRequestHash(rewritten, request.body)]
  ])
  const text = orders.head?.(answered.toString('utf8'))
  return {
    member: `${memberClass}/${memberCode}`,
    message: { protocol: 'rest', head: text === undefined ? answered : Buffer.from(text), body },
    original: undefined
  }
}

/** A fault envelope in the shape of xroad-messages §6.3. */
export function formatFault (code: string, text: string, detail: string = randomUUID()): string {
  return '<?xml version="1.0" encoding="UTF-8"?><SOAP-ENV:Envelope xmlns:SOAP-ENV="http://schemas.xmlsoap.org/soap/envelope/"><SOAP-ENV:Body><SOAP-ENV:Fault>' +
    `<faultcode>${code}</faultcode><faultstring>${text.replaceAll('&', '&amp;').replaceAll('<', '&lt;')}</faultstring><faultactor></faultactor>` +
    `<detail><faultDetail xmlns="">${detail}</faultDetail></detail></SOAP-ENV:Fault></SOAP-ENV:Body></SOAP-ENV:Envelope>`
}

const faultPart = (xml: string): Part => ({ headers: ['content-type: text/xml; charset=UTF-8'], body: Buffer.from(xml) })

async function writeFault (response: ServerResponse, xml: string, orders: AnswerOrders): Promise<void> {
  await write(response, 200, [['content-type', 'text/xml;charset=utf-8'], ['SOAPAction', '']], Buffer.from(xml), orders)
}

async function write (response: ServerResponse, status: number, headers: readonly (readonly [string, string])[], body: Buffer, orders: AnswerOrders): Promise<void> {
  response.writeHead(status, [...headers.flat(), 'Connection', 'close'])
  if (orders.cutAfterBytes === undefined) {
    response.end(body)
    return
  }
  response.flushHeaders()
  await new Promise((resolve) => { response.write(body.subarray(0, orders.cutAfterBytes), resolve) })
  response.destroy()
}
