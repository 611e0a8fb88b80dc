import { piecesOf, type CoveredPiece } from './digests.ts'
import { newBoundary, part, type Part } from './multipart.ts'
import type { Sealed } from './seal.ts'

/** A SOAP attachment: headers of its part (content type first), raw body. */
export type ForeignAttachment = Part

/** What is sealed and sent: a SOAP envelope with attachments, or a REST head with its body. */
export interface ForeignMessage {
  readonly protocol: 'soap' | 'rest'
  /** The envelope, or the REST head. */
  readonly head: Buffer
  /** Of the SOAP part. */
  readonly contentType?: string | undefined
  /** Other headers of the SOAP part, as the information system wrote them. */
  readonly partHeaders?: readonly string[] | undefined
  readonly attachments?: readonly ForeignAttachment[] | undefined
  /** REST. Undefined: no body part. */
  readonly body?: Buffer | undefined
}

export function messagePieces ({ head, attachments = [], body }: ForeignMessage): CoveredPiece[] {
  return piecesOf(head, body === undefined ? attachments.map((attachment) => attachment.body) : [body])
}

/** Parts in the order of xroad-messages §2.5, without OCSP responses and signature. */
export function messageParts (message: ForeignMessage, side: 'request' | 'response'): Part[] {
  const { protocol, head, contentType = 'text/xml; charset=UTF-8', partHeaders = [], attachments = [], body } = message
  if (protocol === 'rest') {
    const parts = [part(`application/x-road-rest-${side}`, head)]
    if (body !== undefined) parts.push(part('application/x-road-rest-body', body))
    return parts
  }
  const parts = [part(contentType, head, partHeaders)]
  if (attachments.length > 0) {
    const boundary = newBoundary('xatt')
    parts.push(part(`multipart/mixed; charset=UTF-8; boundary=${boundary}`, nested(boundary, attachments)))
  }
  return parts
}

function nested (boundary: string, attachments: readonly Part[]): Buffer {
  const pieces = attachments.flatMap(({ headers, body }, index) => [
    Buffer.from(`${index === 0 ? '' : '\r\n'}--${boundary}\r\n${headers.map((line) => `${line}\r\n`).join('')}\r\n`, 'latin1'), body
  ])
  return Buffer.concat([...pieces, Buffer.from(`\r\n--${boundary}--\r\n`, 'latin1')])
}

export function sealParts ({ signature, hashChainResult, hashChain }: Sealed): Part[] {
  return [
    ...(hashChainResult === undefined ? [] : [part('application/hash-chain-result', hashChainResult)]),
    ...(hashChain === undefined ? [] : [part('application/hash-chain', hashChain)]),
    part('signature/bdoc-1.0/ts', signature)
  ]
}

/** A REST head: no blank after the colon, no empty line at the end (xroad-messages §2.5.1). */
export function restHead (first: string, second: string, headers: readonly (readonly [string, string])[]): Buffer {
  return Buffer.from([first, second, ...headers.map(([name, value]) => `${name}:${value}`)].map((line) => `${line}\r\n`).join(''))
}

export interface ReadRestHead {
  readonly first: string
  readonly second: string
  readonly headers: readonly (readonly [string, string])[]
}

/** Header names that make a peer refuse the whole message (xroad-messages §1.3.3). */
const STRIPPED = ['transfer-encoding', 'keep-alive', 'proxy-authenticate', 'proxy-authorization', 'te', 'trailer', 'upgrade', 'connection', 'user-agent', 'host', 'content-length', 'server', 'expect']

/** Reads a head by a peer's rules. @throws {Error} */
export function readRestHead (bytes: Buffer): ReadRestHead {
  const lines = bytes.toString('utf8').split('\r\n')
  if (lines.pop() !== '') throw new Error('REST head does not end in CRLF')
  const [first = '', second = '', ...rest] = lines
  const headers = rest.map((line) => {
    const colon = line.indexOf(':')
    if (colon < 1) throw new Error(`REST head: not a header: ${line}`)
    const name = line.slice(0, colon)
    if (STRIPPED.includes(name.toLowerCase())) throw new Error(`REST head: ${name} is not allowed`)
    return [name, line.slice(colon + 1)] as const
  })
  return { first, second, headers }
}

/** Last value of a header, as peers' parsers take it. */
export function restHeader ({ headers }: ReadRestHead, name: string): string | undefined {
  return headers.findLast(([candidate]) => candidate.toLowerCase() === name)?.[1]
}
