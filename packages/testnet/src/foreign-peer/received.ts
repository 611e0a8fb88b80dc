import { PeerRefusal, type ReceivedSeal } from './check-seal.ts'
import { piecesOf, type CoveredPiece } from './digests.ts'
import { boundaryIn, headerOf, readMultipart, typeOf, type Part } from './multipart.ts'

/** A message of another gateway, taken apart. */
export interface ReceivedMessage {
  readonly protocol: 'soap' | 'rest'
  /** Top-level parts as they came. */
  readonly parts: readonly Part[]
  readonly ocspResponses: readonly Buffer[]
  /** The part with the envelope or the REST head. */
  readonly head: Part
  readonly attachments: readonly Part[]
  /** REST; undefined when there is no body part. */
  readonly body: Buffer | undefined
  readonly seal: ReceivedSeal
  readonly pieces: readonly CoveredPiece[]
}

const FAULT = /<(?:[\w-]+:)?Fault[\s>]/

/** What a fault envelope says. */
export interface ReceivedFault {
  readonly code: string
  readonly string: string
  readonly detail: string
}

export function faultIn (bytes: Buffer): ReceivedFault | undefined {
  const text = bytes.toString('utf8')
  if (!FAULT.test(text)) return undefined
  const inner = (name: string): string => new RegExp(`<(?:[\\w-]+:)?${name}(?:\\s[^>]*)?>([^<]*)<`).exec(text)?.[1] ?? ''
  return { code: inner('faultcode'), string: inner('faultstring').replaceAll('&lt;', '<').replaceAll('&gt;', '>').replaceAll('&amp;', '&'), detail: inner('faultDetail') }
}

/**
 * Takes a multipart apart with the decoder's fall-through of xroad-messages §2.5: parts in their one order.
 *
 * @throws {PeerRefusal} in the codes of X-Road 7.8; a fault part is {@link FaultReceived}.
 */
export function readMessage (contentType: string | undefined, bytes: Buffer, side: 'request' | 'response'): ReceivedMessage {
  if (typeOf(contentType) !== 'multipart/mixed') throw new PeerRefusal('service_failed.invalid_content_type', `unexpected ${contentType}`)
  const parts = readMultipart(bytes, boundaryIn(contentType))
  const waiting = [...parts]
  const next = (type: string): Part | undefined => {
    if (waiting[0] === undefined || typeOf(headerOf(waiting[0].headers, 'content-type')) !== type) return undefined
    return waiting.shift()
  }
  const ocspResponses: Buffer[] = []
  for (let response = next('application/ocsp-response'); response !== undefined; response = next('application/ocsp-response')) ocspResponses.push(response.body)
  const rest = next(`application/x-road-rest-${side}`)
  const head = rest ?? next('text/xml') ?? next('application/xop+xml')
  if (head === undefined) throw new PeerRefusal('missing_soap', 'no message')
  if (rest === undefined && faultIn(head.body) !== undefined) throw new FaultReceived(head.body)
  const body = rest === undefined ? undefined : next('application/x-road-rest-body')?.body
  const nested = rest === undefined ? next('multipart/mixed') : undefined
  const attachments = nested === undefined ? [] : readMultipart(nested.body, boundaryIn(headerOf(nested.headers, 'content-type')))
  const hashChainResult = next('application/hash-chain-result')?.body
  const hashChain = next('application/hash-chain')?.body
  const fault = next('text/xml')
  if (fault !== undefined) throw new FaultReceived(fault.body)
  const signature = next('signature/bdoc-1.0/ts')?.body
  if (signature === undefined) throw new PeerRefusal('missing_signature', 'no signature')
  if (waiting.length > 0) throw new PeerRefusal('service_failed.invalid_message', 'extra content')
  return {
    protocol: rest === undefined ? 'soap' : 'rest',
    parts,
    ocspResponses,
    head,
    attachments,
    body,
    seal: { signature, hashChainResult, hashChain },
    pieces: piecesOf(head.body, body === undefined ? attachments.map((attachment) => attachment.body) : [body])
  }
}

export class FaultReceived extends Error {
  override readonly name = 'FaultReceived'
  readonly bytes: Buffer
  readonly fault: ReceivedFault

  constructor (bytes: Buffer) {
    const fault = faultIn(bytes)!
    super(`${fault.code}: ${fault.string}`)
    this.bytes = bytes
    this.fault = fault
  }
}
