import { Fault } from '../fault/index.ts'
import { asBuffer, boundaryOf, contentTypeOf, lastHeader, type HeaderList } from '../message/index.ts'
import { MultipartParser } from '../proxymessage/index.ts'
import { decodeBase64Lines } from '../signature/index.ts'
import { SIGNATURE_ALGORITHM_HEADER } from './multipart-writer.ts'
import { MANAGEMENT_BYTES_MAX } from './parse-request.ts'

/** A part behind the SOAP: a signature, a certificate or an OCSP response, told apart by its place alone. */
export interface ManagementPart {
  /** JCA name; only signatures have one. */
  readonly signatureAlgorithm: string | undefined
  readonly bytes: Buffer
}

/** An HTTP body of a management request taken apart. */
export interface ManagementMessage {
  /** Exact bytes: signatures are over them. */
  readonly soap: Buffer
  readonly charset: string | undefined
  readonly parts: readonly ManagementPart[]
}

/** SOAP, two signatures, two certificates and an OCSP response. */
const PARTS_MAX = 6
const PART_HEADER_BYTES_MAX = 4096
const ALGORITHM_MAX = 64
/** Encodings that leave the bytes as they are (RFC 2045 §6.2). */
const IDENTITY: ReadonlySet<string> = new Set(['', '7bit', '8bit', 'binary'])

/**
 * Reads the HTTP body of a management request: `multipart/related`, or `text/xml` for SOAP alone. Any boundary, header
 * spelling and order of header lines that MIME allows is taken; what follows the SOAP may be base64.
 *
 * @throws {Fault} `InvalidContentType`, `MimeParsingFailed`, `MissingSoap`; `InvalidMessage` for more or larger parts than a request has.
 * @see xroad-trust §4.2
 */
export function readManagementMessage (contentType: string | undefined, body: Uint8Array): ManagementMessage {
  if (body.length > MANAGEMENT_BYTES_MAX) throw new Fault('InvalidMessage', `request larger than ${MANAGEMENT_BYTES_MAX} bytes`)
  const media = contentTypeOf(contentType)
  if (media.type === 'text/xml') return { soap: asBuffer(body), charset: media.parameters.get('charset'), parts: [] }
  if (media.type !== 'multipart/related') throw new Fault('InvalidContentType', 'expected content type multipart/related or text/xml')
  const [soap, ...parts] = splitParts(boundaryOf(media), body)
  if (soap === undefined) throw new Fault('MissingSoap', 'multipart request has no SOAP part')
  const soapType = contentTypeOf(lastHeader(soap.headers, 'content-type'))
  if (soapType.type !== 'text/xml') throw new Fault('InvalidContentType', 'the first part is not text/xml')
  if (!IDENTITY.has(encodingOf(soap.headers))) throw new Fault('InvalidContentType', 'the SOAP part must not have a transfer encoding: the signatures are over its bytes')
  return { soap: soap.bytes, charset: soapType.parameters.get('charset'), parts: parts.map(toPart) }
}

interface RawPart { readonly headers: HeaderList, readonly bytes: Buffer }

function splitParts (boundary: string, body: Uint8Array): RawPart[] {
  const parser = new MultipartParser(boundary, PART_HEADER_BYTES_MAX)
  const parts: RawPart[] = []
  let headers: HeaderList = []
  let chunks: Buffer[] = []
  for (const event of parser.push(body)) {
    if (event.kind === 'part') {
      if (parts.length === PARTS_MAX) throw new Fault('InvalidMessage', `more than ${PARTS_MAX} parts`)
      headers = event.headers
      chunks = []
    } else if (event.kind === 'data') {
      chunks.push(event.bytes)
    } else if (event.kind === 'part-end') {
      parts.push({ headers, bytes: Buffer.concat(chunks) })
    }
  }
  parser.end()
  return parts
}

function toPart ({ headers, bytes }: RawPart): ManagementPart {
  const signatureAlgorithm = lastHeader(headers, SIGNATURE_ALGORITHM_HEADER)
  if ((signatureAlgorithm?.length ?? 0) > ALGORITHM_MAX) throw new Fault('InvalidMessage', `header ${SIGNATURE_ALGORITHM_HEADER} is too long`)
  return { signatureAlgorithm, bytes: decoded(encodingOf(headers), bytes) }
}

function encodingOf (headers: HeaderList): string {
  return lastHeader(headers, 'content-transfer-encoding')?.trim().toLowerCase() ?? ''
}

function decoded (encoding: string, bytes: Buffer): Buffer {
  if (IDENTITY.has(encoding)) return bytes
  const plain = encoding === 'base64' ? decodeBase64Lines(bytes.toString('latin1')) : undefined
  if (plain === undefined) throw new Fault('MimeParsingFailed', 'transfer encoding of a part cannot be read')
  return plain
}
