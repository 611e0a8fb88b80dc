import {
  DerCursor, DerError, TAG, booleanOf, contextTag, derElement, explicitOf, integerOf, octetsOf, oidOf, readDer, sequenceOf, smallIntegerOf, timeOf, type DerNode
} from '../asn1/index.ts'
import { Certificate } from './certificate.ts'
import { readCmsAttributes } from './cms-attributes.ts'
import { DistinguishedName } from './distinguished-name.ts'
import { OID } from './oids.ts'
import { digestOf, schemeOf, type DigestId, type SignatureScheme } from './signature-check.ts'

/** A service encloses its own certificate and those above it. */
const CERTIFICATES_MAX = 16

/** Who signed a CMS structure: issuer and serial number of the certificate, or its key identifier. */
export type SignerId =
  | { readonly issuer: DistinguishedName, readonly serialNumber: bigint }
  | { readonly subjectKeyIdentifier: Buffer }

/** The parts of a timestamp token, parsed and not checked. */
export interface TimestampToken {
  readonly content: TstInfo
  /** The exact bytes of TSTInfo, over which messageDigest is made. */
  readonly contentBytes: Buffer
  readonly signerId: SignerId
  readonly digest: DigestId | undefined
  readonly scheme: SignatureScheme | undefined
  /** Signed attributes by type; each stands once, with one value. */
  readonly attributes: ReadonlyMap<string, DerNode>
  /** Signed attributes as they are signed: with the tag of SET. */
  readonly attributesBytes: Buffer
  readonly signature: Buffer
  readonly certificates: readonly Certificate[]
}

export interface TstInfo {
  readonly policy: string
  readonly digest: DigestId | undefined
  readonly imprint: Buffer
  readonly serialNumber: bigint
  readonly genTime: Date
}

/** The fields of SignedData inside the ContentInfo of a token, in their order. */
export function signedDataOf (token: DerNode): DerCursor {
  const info = sequenceOf(token)
  if (oidOf(info.take(TAG.OID)) !== OID.signedData) throw new DerError('not CMS SignedData')
  const data = sequenceOf(explicitOf(info.take(contextTag(0))))
  info.end()
  return data
}

/** Reads the ContentInfo of a timestamp token (RFC 3161 §2.4.2, RFC 5652 §5). @throws {DerError} or {Fault} `IncorrectCertificate` for one enclosed. */
export function readTimestampToken (node: DerNode): TimestampToken {
  const data = signedDataOf(node)
  // RFC 5652 §5.1: content that is not plain data makes it 3
  if (smallIntegerOf(data.take(TAG.INTEGER)) !== 3) throw new DerError('SignedData of another version')
  const digests = data.take(TAG.SET).children().map(digestOf)
  const encapsulated = data.sequence()
  const certificates = readCertificates(data.optional(contextTag(0)))
  data.optional(contextTag(1))
  const signers = data.take(TAG.SET).children()
  data.end()
  const [signer, ...others] = signers
  // RFC 3161 §2.4.2: the token has the signature of the service and no other
  if (signer === undefined || others.length > 0) throw new DerError('token must have one signature')

  if (oidOf(encapsulated.take(TAG.OID)) !== OID.tstInfo) throw new DerError('content is not TSTInfo')
  const contentBytes = octetsOf(explicitOf(encapsulated.take(contextTag(0))))
  encapsulated.end()
  const signed = readSigner(signer)
  if (digests.length === 0 || digests.some((digest) => digest !== signed.digest)) throw new DerError('digests announced are not the one used')
  return { content: readTstInfo(readDer(contentBytes)), contentBytes, certificates, ...signed }
}

function readCertificates (node: DerNode | undefined): Certificate[] {
  const list = node?.children() ?? []
  if (list.length > CERTIFICATES_MAX) throw new DerError(`more than ${CERTIFICATES_MAX} certificates in one token`)
  return list.map((certificate) => Certificate.parse(certificate.raw))
}

function readSigner (node: DerNode): Omit<TimestampToken, 'content' | 'contentBytes' | 'certificates'> {
  const fields = sequenceOf(node)
  const version = smallIntegerOf(fields.take(TAG.INTEGER))
  const keyIdentifier = fields.optional(contextTag(0, false))
  const signerId = keyIdentifier === undefined ? readIssuerAndSerial(fields.sequence()) : { subjectKeyIdentifier: keyIdentifier.content }
  if (version !== (keyIdentifier === undefined ? 1 : 3)) throw new DerError('SignerInfo of another version')
  const digest = digestOf(fields.take(TAG.SEQUENCE))
  const attributesNode = fields.take(contextTag(0))
  const scheme = schemeOf(fields.take(TAG.SEQUENCE))
  const signature = octetsOf(fields.take())
  fields.optional(contextTag(1))
  fields.end()
  return { signerId, digest, scheme, signature, attributes: readCmsAttributes(attributesNode), attributesBytes: derElement(TAG.SET, attributesNode.content) }
}

function readIssuerAndSerial (fields: DerCursor): SignerId {
  const issuer = DistinguishedName.of(fields.take(TAG.SEQUENCE))
  const serialNumber = integerOf(fields.take(TAG.INTEGER))
  fields.end()
  return { issuer, serialNumber }
}

function readTstInfo (node: DerNode): TstInfo {
  const fields = sequenceOf(node)
  if (smallIntegerOf(fields.take(TAG.INTEGER)) !== 1) throw new DerError('TSTInfo of another version')
  const policy = oidOf(fields.take(TAG.OID))
  const messageImprint = fields.sequence()
  const digest = digestOf(messageImprint.take(TAG.SEQUENCE))
  const imprint = octetsOf(messageImprint.take())
  messageImprint.end()
  const serialNumber = integerOf(fields.take(TAG.INTEGER))
  const genTime = timeOf(fields.take(TAG.GENERALIZED_TIME))
  fields.optional(TAG.SEQUENCE) // accuracy
  const ordering = fields.optional(TAG.BOOLEAN)
  if (ordering !== undefined) booleanOf(ordering)
  fields.optional(TAG.INTEGER) // nonce
  fields.optional(contextTag(0)) // tsa
  fields.optional(contextTag(1)) // extensions
  fields.end()
  return { policy, digest, imprint, serialNumber, genTime }
}
