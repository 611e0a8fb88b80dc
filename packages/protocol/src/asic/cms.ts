import {
  contextTag, derElement, DerCursor, DerError, type DerNode, derOfBer, explicitOf, integerOf, octetsOf, oidOf, readDer, sequenceOf, smallIntegerOf, TAG
} from '../asn1/index.ts'
import { Fault } from '../fault/index.ts'
import { Certificate, DistinguishedName, OID, readCmsAttributes } from '../pki/index.ts'

const CMS_BYTES_MAX = 1024 * 1024
const CERTIFICATES_MAX = 64

/** A detached CMS signature with one signer, parsed and not checked. */
export interface DetachedSignature {
  readonly certificates: readonly Certificate[]
  readonly isSigner: (certificate: Certificate) => boolean
  /** AlgorithmIdentifiers as they stand, since they may be of any kind. */
  readonly digestAlgorithm: DerNode
  readonly signatureAlgorithm: DerNode
  readonly signed: ReadonlyMap<string, DerNode>
  /** What the signature is over: the signed attributes with the tag of SET. */
  readonly signedBytes: Buffer
  readonly value: Buffer
  readonly unsigned: ReadonlyMap<string, DerNode>
}

/**
 * Reads `ContentInfo` with `SignedData` and no content inside (RFC 5652 §5), DER or BER.
 *
 * @throws {Fault} `MalformedSignature`
 */
export function readDetachedSignature (bytes: Uint8Array): DetachedSignature {
  try {
    return read(readDer(derOfBer(bytes, CMS_BYTES_MAX), CMS_BYTES_MAX))
  } catch (cause) {
    if (cause instanceof DerError) throw new Fault('MalformedSignature', `CMS signature cannot be read: ${cause.message}`, { cause })
    throw cause
  }
}

function read (node: DerNode): DetachedSignature {
  const info = sequenceOf(node)
  if (oidOf(info.take(TAG.OID)) !== OID.signedData) throw new DerError('not SignedData')
  const data = sequenceOf(explicitOf(info.take(contextTag(0))))
  info.end()
  smallIntegerOf(data.take(TAG.INTEGER))
  data.take(TAG.SET)
  const content = data.sequence()
  content.take(TAG.OID)
  content.end() // a signature that brings its own content is not over the file beside it
  const certificates = data.optional(contextTag(0))?.children() ?? []
  data.optional(contextTag(1))
  const [signer, ...others] = data.take(TAG.SET).children()
  data.end()
  if (signer === undefined || others.length > 0) throw new DerError('exactly one signer is expected')
  if (certificates.length > CERTIFICATES_MAX) throw new DerError(`more than ${CERTIFICATES_MAX} certificates`)
  return { certificates: certificates.map((certificate) => Certificate.parse(certificate.raw)), ...readSigner(signer) }
}

function readSigner (node: DerNode): Omit<DetachedSignature, 'certificates'> {
  const fields = sequenceOf(node)
  smallIntegerOf(fields.take(TAG.INTEGER))
  const keyIdentifier = fields.optional(contextTag(0, false))
  const isSigner = keyIdentifier === undefined ? byIssuerAndSerial(fields.sequence()) : byKeyIdentifier(keyIdentifier.content)
  const digestAlgorithm = fields.take(TAG.SEQUENCE)
  const attributes = fields.take(contextTag(0))
  const signatureAlgorithm = fields.take(TAG.SEQUENCE)
  const value = octetsOf(fields.take(TAG.OCTET_STRING))
  const unsigned = fields.optional(contextTag(1))
  fields.end()
  return {
    isSigner,
    digestAlgorithm,
    signatureAlgorithm,
    signed: readCmsAttributes(attributes),
    signedBytes: derElement(TAG.SET, attributes.content),
    value,
    unsigned: unsigned === undefined ? new Map() : readCmsAttributes(unsigned)
  }
}

function byIssuerAndSerial (fields: DerCursor): (certificate: Certificate) => boolean {
  const issuer = DistinguishedName.of(fields.take(TAG.SEQUENCE))
  const serialNumber = integerOf(fields.take(TAG.INTEGER))
  fields.end()
  return (certificate) => certificate.serialNumber === serialNumber && certificate.issuer.equals(issuer)
}

function byKeyIdentifier (identifier: Buffer): (certificate: Certificate) => boolean {
  return (certificate) => certificate.extensions.subjectKeyIdentifier?.equals(identifier) === true
}
