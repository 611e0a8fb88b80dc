import { randomInt } from 'node:crypto'

/** A signature as it travels: the JCA name of its algorithm and its value. */
export interface SignatureValue {
  readonly algorithm: string
  readonly value: Uint8Array
}

/** Parts of an `authCertReg` request. */
export interface AuthCertRegParts {
  readonly soap: Uint8Array
  /** By the key of the authentication certificate. */
  readonly authSignature: SignatureValue
  /** By the owner's sign key. */
  readonly ownerSignature: SignatureValue
  /** DER. */
  readonly authCertificate: Uint8Array
  readonly ownerCertificate: Uint8Array
  /** About the owner's sign certificate. */
  readonly ownerOcspResponse: Uint8Array
}

/** What travels beside the SOAP of the other signed requests. */
export interface ConsentParts {
  readonly signature: SignatureValue
  /** DER of the sign certificate, and of an OCSP response about it. */
  readonly certificate: Uint8Array
  readonly ocspResponse: Uint8Array
}

export interface EncodedRequest {
  readonly contentType: string
  readonly body: Buffer
}

/** How X-Road spells the headers of parts: the two kinds of requests are written by different code there. */
interface Spelling { readonly boundary: 'xroad' | 'jetty', readonly contentType: 'content-type:' | 'Content-Type: ' }

const DIRECT: Spelling = { boundary: 'xroad', contentType: 'content-type:' }
const EXCHANGED: Spelling = { boundary: 'jetty', contentType: 'Content-Type: ' }

export const SOAP_PART_TYPE = 'text/xml; charset=UTF-8'
export const OCTETS = 'application/octet-stream'
/** Header that names the algorithm of a signature part. */
export const SIGNATURE_ALGORITHM_HEADER = 'signature-algorithm-id'

/** Writes the HTTP body of an `authCertReg` request: six parts. @see xroad-trust §4.2 */
export function writeAuthCertReg (parts: AuthCertRegParts): EncodedRequest {
  return write(DIRECT, parts.soap, [
    signaturePart(parts.authSignature), signaturePart(parts.ownerSignature),
    octets(parts.authCertificate), octets(parts.ownerCertificate), octets(parts.ownerOcspResponse)
  ])
}

/** Writes another signed request as one body: four parts. Through the exchange it travels as SOAP with attachments, see {@link consentAttachments}. */
export function writeSignedRequest (soap: Uint8Array, consent: ConsentParts): EncodedRequest {
  return write(EXCHANGED, soap, consentAttachments(consent))
}

/** A request without signatures in the multipart of `authCertReg`: asks the registration service only whether it is there. */
export function writeUnsignedRequest (soap: Uint8Array): EncodedRequest {
  return write(DIRECT, soap, [])
}

export interface RequestPart {
  readonly contentType: string
  readonly headers: readonly (readonly [name: string, value: string])[]
  readonly bytes: Uint8Array
}

/** The parts behind the SOAP of a signed request, in their order. */
export function consentAttachments ({ signature, certificate, ocspResponse }: ConsentParts): RequestPart[] {
  return [signaturePart(signature), octets(certificate), octets(ocspResponse)]
}

/** Content type of a request with attachments; the boundary is new. */
export function requestContentType (spelling: 'xroad' | 'jetty' = 'jetty'): { contentType: string, boundary: string } {
  let boundary: string = spelling
  for (let i = 0; i < 30; i++) boundary += String.fromCharCode(97 + randomInt(26))
  return { contentType: `multipart/related; type="${OCTETS}"; charset=UTF-8; boundary=${boundary}`, boundary }
}

function signaturePart ({ algorithm, value }: SignatureValue): RequestPart {
  return { contentType: OCTETS, headers: [[SIGNATURE_ALGORITHM_HEADER, algorithm]], bytes: value }
}

function octets (bytes: Uint8Array): RequestPart {
  return { contentType: OCTETS, headers: [], bytes }
}

function write (spelling: Spelling, soap: Uint8Array, parts: readonly RequestPart[]): EncodedRequest {
  const { contentType, boundary } = requestContentType(spelling.boundary)
  const pieces: Uint8Array[] = []
  const all = [{ contentType: SOAP_PART_TYPE, headers: [], bytes: soap }, ...parts]
  for (const [index, part] of all.entries()) {
    const headers = part.headers.map(([name, value]) => `${name}: ${value}\r\n`).join('')
    pieces.push(Buffer.from(`${index === 0 ? '' : '\r\n'}--${boundary}\r\n${spelling.contentType}${part.contentType}\r\n${headers}\r\n`), part.bytes)
  }
  pieces.push(Buffer.from(`\r\n--${boundary}--\r\n`))
  return { contentType, body: Buffer.concat(pieces) }
}
