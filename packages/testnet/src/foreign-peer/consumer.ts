import { randomUUID } from 'node:crypto'
import { connect, createSecureContext } from 'node:tls'
import type { Issued } from '../pki/index.ts'
import { peerTls } from './identity.ts'
import { messagePieces, messageParts, sealParts, type ForeignMessage } from './message.ts'
import { boundaryIn, newBoundary, part, typeOf, writeMultipart, type Part } from './multipart.ts'
import { chunked, LAST_CHUNK, readReply, type RawReply } from './raw-http.ts'
import { FaultReceived, faultIn, readMessage, type ReceivedFault, type ReceivedMessage } from './received.ts'
import { sealMessage, type SealOrders } from './seal.ts'

/** A request that a foreign gateway sends for one of its clients. */
export interface ForeignRequest extends ForeignMessage {
  /** `CLASS/CODE` whose seal it bears. */
  readonly member: string
  /** Content-Type of the information system's request. */
  readonly originalContentType?: string | undefined
  readonly soapAction?: string | undefined
  readonly requestId?: string | undefined
}

/** What is to be wrong with a request; each is applied where its name says. */
export interface RequestOrders {
  readonly seal?: SealOrders | undefined
  /** The top-level parts, before they are written. */
  readonly parts?: ((parts: Part[]) => Part[]) | undefined
  /** The multipart as written. */
  readonly bytes?: ((bytes: Buffer) => Buffer) | undefined
  /** Request line and header lines. */
  readonly headers?: ((lines: string[]) => string[]) | undefined
  /** OCSP parts. */
  readonly ocspResponses?: readonly Buffer[] | undefined
  /** Certificate shown in TLS; null shows none. */
  readonly auth?: Issued | null | undefined
  readonly ciphers?: string | undefined
  /** TLS session of an earlier reply, to be taken up again. */
  readonly session?: Buffer | undefined
  /** Ends the connection in the middle of the body. */
  readonly cut?: boolean | undefined
}

export interface ConsumerSide {
  readonly auth: Issued
  readonly authOcsp: readonly Buffer[]
  seal (member: string): { readonly issued: Issued, readonly ocspResponses: readonly Buffer[] }
}

/** What came back: the reply as it was, and what it says. */
export interface ForeignReply extends RawReply {
  readonly contentType: string | undefined
  readonly cipher: string
  readonly protocol: string | null
  readonly session: Buffer | undefined
  readonly sessionReused: boolean
  /** DER of what the gateway showed in TLS, leaf first. */
  readonly serverChain: readonly Buffer[]
  readonly fault: ReceivedFault | undefined
  /** Undefined when the reply is a fault. */
  readonly message: ReceivedMessage | undefined
}

/** Composes the multipart of a request as X-Road 7 does. */
export function composeRequest (side: ConsumerSide, request: ForeignRequest, orders: RequestOrders = {}): { contentType: string, body: Buffer } {
  const { issued, ocspResponses } = side.seal(request.member)
  const sealed = sealMessage(issued, ocspResponses, messagePieces(request), orders.seal)
  const all = [
    ...(orders.ocspResponses ?? side.authOcsp).map((der) => part('application/ocsp-response', der)),
    ...messageParts(request, 'request'),
    ...sealParts(sealed)
  ]
  const boundary = newBoundary('xtop')
  const written = writeMultipart(boundary, orders.parts?.(all) ?? all)
  return { contentType: `multipart/mixed; charset=UTF-8; boundary=${boundary}`, body: orders.bytes?.(written) ?? written }
}

/** Dials a message port as a peer does, posts one request, reads the reply to its end. @throws {Error} when the connection fails. */
export async function sendRequest (side: ConsumerSide, address: string, request: ForeignRequest, orders: RequestOrders = {}): Promise<ForeignReply> {
  const { contentType, body } = composeRequest(side, request, orders)
  const [host, port] = address.split(':')
  const { cert, key, ...anonymous } = peerTls(orders.auth ?? side.auth, orders.ciphers)
  const secureContext = createSecureContext(orders.auth === null ? anonymous : { ...anonymous, cert, key })
  const socket = connect({ host: host!, port: Number(port), secureContext, rejectUnauthorized: false, checkServerIdentity: () => undefined, ...(orders.session === undefined ? {} : { session: orders.session }) })
  try {
    await new Promise<void>((resolve, reject) => { socket.once('secureConnect', resolve).once('error', reject) })
    const serverChain = chainOf(socket.getPeerCertificate(true) as unknown as TlsCertificate)
    socket.write(headOf(request, contentType, orders))
    if (orders.cut === true) {
      socket.write(chunked(body.subarray(0, body.length / 2)))
      await new Promise<void>((resolve) => { socket.end(resolve) })
    } else {
      socket.write(chunked(body))
      socket.write(LAST_CHUNK)
    }
    const reply = await readReply(socket)
    return { ...readAnswer(reply), cipher: socket.getCipher().name, protocol: socket.getProtocol(), session: socket.getSession(), sessionReused: socket.isSessionReused(), serverChain }
  } finally {
    socket.destroy()
  }
}

/** Names in the case, values in the form and order in which X-Road 7 sends them (xroad-messages §2.3). */
function headOf (request: ForeignRequest, contentType: string, orders: RequestOrders): Buffer {
  const lines = [
    'POST / HTTP/1.1',
    `content-type: ${contentType}`,
    'x-hash-algorithm: SHA-512',
    'x-proxy-version: 7.8.0',
    `x-original-content-type: ${request.originalContentType ?? (request.protocol === 'rest' ? '' : 'text/xml; charset=UTF-8')}`,
    ...(request.protocol === 'rest' ? ['x-road-message-type: REST'] : request.soapAction === undefined ? [] : [`x-original-soapaction: ${request.soapAction}`]),
    `x-road-request-id: ${request.requestId ?? randomUUID()}`,
    'Transfer-Encoding: chunked',
    'Host: localhost:5500',
    'Connection: Keep-Alive',
    'User-Agent: Apache-HttpClient/4.5.14 (Java/21.0.5)',
    'Accept-Encoding: gzip,deflate'
  ]
  return Buffer.from(`${(orders.headers?.(lines) ?? lines).join('\r\n')}\r\n\r\n`, 'latin1')
}

interface TlsCertificate { readonly raw?: Buffer, readonly issuerCertificate?: TlsCertificate }

export function chainOf (certificate: TlsCertificate | undefined): Buffer[] {
  const chain: Buffer[] = []
  for (let next = certificate; next?.raw !== undefined && !chain.some((der) => der.equals(next!.raw!)); next = next.issuerCertificate) chain.push(next.raw)
  return chain
}

function readAnswer (reply: RawReply): RawReply & Pick<ForeignReply, 'contentType' | 'fault' | 'message'> {
  const contentType = reply.headers.find((line) => line.toLowerCase().startsWith('content-type:'))?.slice('content-type:'.length).trim()
  if (typeOf(contentType) !== 'multipart/mixed') return { ...reply, contentType, fault: faultIn(reply.body), message: undefined }
  try {
    boundaryIn(contentType)
    return { ...reply, contentType, fault: undefined, message: readMessage(contentType, reply.body, 'response') }
  } catch (thrown) {
    if (thrown instanceof FaultReceived) return { ...reply, contentType, fault: thrown.fault, message: undefined }
    throw thrown
  }
}
