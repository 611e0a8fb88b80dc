import { malformed, checkInstance } from './structure.ts'
import { boundaryOf, readEntity, readParameters, splitMultipart } from './multipart.ts'
import { isGlobalConfVersion, type GlobalConfVersion } from './types.ts'

/** A directory names a handful of parts per instance; a megabyte is some thousands of them. */
export const DIRECTORY_BYTES_MAX = 1024 * 1024
/** Bounds what one directory can make a client download. */
export const DIRECTORY_PARTS_MAX = 256

/** One entry of a signed directory. */
export interface DirectoryPart {
  /** `SHARED-PARAMETERS`, `PRIVATE-PARAMETERS`, `MONITORING`, … */
  readonly contentIdentifier: string
  readonly instance: string | undefined
  /** URI reference, to be resolved against the address of the directory. */
  readonly location: string
  readonly fileName: string | undefined
  readonly hashUri: string
  readonly hash: Buffer
}

/** A directory as it was read. Nothing in it may be acted on before `verifyDirectory` has passed. */
export interface Directory {
  readonly version: GlobalConfVersion
  readonly expireAt: Date
  readonly parts: readonly DirectoryPart[]
  /** Exactly the bytes that are signed; everything above was read from these. */
  readonly signedBytes: Buffer
  readonly signatureUri: string
  readonly signature: Buffer
  readonly certificateHashUri: string
  readonly certificateHash: Buffer
}

/**
 * Reads a signed configuration directory: a complete MIME entity with its own headers.
 *
 * @throws {Fault} `MalformedGlobalConf` for anything that is not the layout of §2.3: it is the whole directory or nothing.
 * @see xroad-trust §2.3
 */
export function parseDirectory (bytes: Uint8Array): Directory {
  if (bytes.byteLength > DIRECTORY_BYTES_MAX) throw malformed(`configuration directory: exceeds ${DIRECTORY_BYTES_MAX} bytes`)
  const top = readEntity(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength))
  const outer = splitMultipart(top.body, boundaryOf(top.headers.get('content-type'), 'multipart/related'))
  const [content, signature] = outer.parts
  if (content === undefined || signature === undefined || outer.parts.length !== 2) {
    throw malformed(`configuration directory: expected the content and its signature, found ${outer.parts.length} parts`)
  }
  const signed = readEntity(content)
  const inner = boundaryOf(signed.headers.get('content-type'), 'multipart/mixed')
  return { ...readContent(signed.body, inner), signedBytes: signed.body, ...readSignature(signature) }
}

function readContent (body: Buffer, boundary: string): Pick<Directory, 'version' | 'expireAt' | 'parts'> {
  const { preamble, parts, epilogue } = splitMultipart(body, boundary)
  // The boundary is not signed. Refusing text around the parts leaves no second way to read the signed bytes.
  if (preamble.length > 0 || epilogue.toString('latin1').trim() !== '') throw malformed('configuration directory: text outside of the parts')
  const [first, ...rest] = parts
  if (rest.length > DIRECTORY_PARTS_MAX) throw malformed(`configuration directory: more than ${DIRECTORY_PARTS_MAX} parts`)
  const { headers } = readEntity(first!)
  const entries = rest.map(readPart)
  const keys = new Set(entries.map((entry) => `${entry.contentIdentifier} ${entry.instance ?? ''}`))
  if (keys.size !== entries.length) throw malformed('configuration directory: part listed twice')
  return { version: readVersion(headers.get('version')), expireAt: readExpireDate(headers.get('expire-date')), parts: entries }
}

function readVersion (text: string | undefined): GlobalConfVersion {
  const version = text === undefined ? 2 : /^\d{1,9}$/.test(text) ? Number(text) : NaN
  if (!isGlobalConfVersion(version)) throw malformed('configuration directory: version is not known')
  return version
}

/** ISO 8601 with a mandatory offset, fractions accepted, as Java's OffsetDateTime reads it. */
export function readExpireDate (text: string | undefined): Date {
  const match = /^(\d{4}-\d{2}-\d{2})T(\d{2}:\d{2})(:\d{2}(?:\.\d{1,9})?)?(Z|[+-]\d{2}:\d{2})$/.exec(text ?? '')
  const seconds = (match?.[3] ?? ':00').slice(0, 7)
  const date = new Date(match === null ? NaN : `${match[1]}T${match[2]}${seconds}${match[4]}`)
  if (Number.isNaN(date.getTime()) || new Date(`${match![1]}T00:00:00Z`).toISOString().slice(0, 10) !== match![1]) {
    throw malformed('configuration directory: no readable Expire-date')
  }
  return date
}

function required (headers: ReadonlyMap<string, string>, name: string): string {
  const value = headers.get(name.toLowerCase())
  if (value === undefined || value === '') throw malformed(`configuration directory: missing header ${name}`)
  return value
}

/** Both are compared exactly and case-sensitively by real clients, so by us. */
function checkEncoding (headers: ReadonlyMap<string, string>): void {
  if (required(headers, 'Content-type') !== 'application/octet-stream') throw malformed('configuration directory: unexpected Content-type of a part')
  if (required(headers, 'Content-transfer-encoding') !== 'base64') throw malformed('configuration directory: unexpected Content-transfer-encoding of a part')
}

function readPart (bytes: Buffer): DirectoryPart {
  const { headers, body } = readEntity(bytes)
  checkEncoding(headers)
  const { value: contentIdentifier, parameters } = readParameters(required(headers, 'Content-identifier'))
  const instance = parameters.get('instance')
  if (contentIdentifier === '') throw malformed('configuration directory: empty Content-identifier')
  if (instance === undefined && /^(?:PRIVATE|SHARED)-PARAMETERS$/.test(contentIdentifier)) {
    throw malformed('configuration directory: parameters without an instance')
  }
  if (instance !== undefined) checkInstance(instance)
  return {
    contentIdentifier,
    instance,
    location: required(headers, 'Content-location'),
    fileName: headers.get('content-file-name'),
    hashUri: required(headers, 'Hash-algorithm-id'),
    hash: readBase64(body)
  }
}

/** One unwrapped line: real clients compare the text of a hash, not its bytes. */
function readBase64 (body: Buffer): Buffer {
  const text = body.toString('latin1').replace(/[\r\n \t]+$/, '')
  if (text === '' || text.length % 4 !== 0 || !/^[A-Za-z0-9+/]+={0,2}$/.test(text)) throw malformed('configuration directory: value is not one line of base64')
  return Buffer.from(text, 'base64')
}

function readSignature (bytes: Buffer): Pick<Directory, 'signatureUri' | 'signature' | 'certificateHashUri' | 'certificateHash'> {
  const { headers, body } = readEntity(bytes)
  checkEncoding(headers)
  const { value, parameters } = readParameters(required(headers, 'Verification-certificate-hash'))
  return {
    signatureUri: required(headers, 'Signature-Algorithm-Id'),
    signature: readBase64(body),
    certificateHashUri: parameters.get('hash-algorithm-id') ?? '',
    certificateHash: readBase64(Buffer.from(value, 'latin1'))
  }
}
