import { hash } from 'node:crypto'
import { DerError, TAG, octetsOf, oidOf, readDer, sequenceOf, type DerNode } from '../asn1/index.ts'
import { Fault } from '../fault/index.ts'
import type { Certificate } from './certificate.ts'
import { areOfSigner } from './enclosed.ts'
import { OID } from './oids.ts'
import { digestOf, isSignedBy } from './signature-check.ts'
import { TIMESTAMP_BYTES_MAX, type TimestampHash } from './timestamp-exchange.ts'
import { readTimestampToken, type SignerId, type TimestampToken } from './timestamp-token.ts'

/** A verified timestamp. */
export interface TimestampInfo {
  /** When the service saw the imprint. */
  readonly genTime: Date
  readonly imprint: Buffer
  readonly hash: TimestampHash
  readonly serialNumber: bigint
  /** The trusted certificate that signed. */
  readonly signer: Certificate
  /** Dotted number of the service's policy. */
  readonly policy: string
}

const HASHES = { sha256: 'SHA-256', sha384: 'SHA-384', sha512: 'SHA-512' } as const

/**
 * Verifies a timestamp token over data.
 *
 * The signer is one of `trusted` itself: approved timestamp services are listed by certificate, so no path is built
 * and no purpose is asked, as X-Road does; that the certificate was valid at the time of the stamp is asked.
 *
 * @param token DER of the token.
 * @param imprintOf what was stamped, not its hash.
 * @throws {Fault} `TimestampingFailed` for a token that cannot be read, is over other data, or is not signed by a trusted service.
 * @see RFC 3161 §2.4.2, RFC 5652 §5.6, RFC 5816
 */
export function verifyTimestamp (token: Uint8Array, imprintOf: Uint8Array, trusted: readonly Certificate[]): TimestampInfo {
  try {
    const parsed = readTimestampToken(readDer(Buffer.from(token), TIMESTAMP_BYTES_MAX))
    const signer = verifySigner(parsed, trusted)
    if (!areOfSigner(parsed.certificates, signer, trusted)) throw failed('timestamp encloses a certificate that is not of its signer')
    const { policy, digest, imprint, serialNumber, genTime } = parsed.content
    if (digest === undefined) throw failed('hash algorithm of the timestamp is not accepted')
    if (!imprint.equals(hash(digest, imprintOf, 'buffer'))) throw failed('timestamp is over other data')
    if (!signer.isValidAt(genTime)) throw failed('certificate of the timestamp service was not valid at the time of the stamp')
    return { genTime, imprint, hash: HASHES[digest], serialNumber, signer, policy }
  } catch (thrown) {
    if (thrown instanceof DerError || (thrown instanceof Fault && thrown.kind !== 'TimestampingFailed')) {
      throw new Fault('TimestampingFailed', `timestamp cannot be read: ${thrown.message}`, { cause: thrown })
    }
    throw thrown
  }
}

function verifySigner (token: TimestampToken, trusted: readonly Certificate[]): Certificate {
  const { attributes, digest, scheme } = token
  const contentType = attributes.get(OID.contentType)
  const messageDigest = attributes.get(OID.messageDigest)
  if (contentType === undefined || oidOf(contentType) !== OID.tstInfo) throw failed('timestamp does not sign its type of content')
  if (digest === undefined || scheme === undefined) throw failed('algorithm of the timestamp is not accepted')
  if (messageDigest === undefined || !octetsOf(messageDigest).equals(hash(digest, token.contentBytes, 'buffer'))) {
    throw failed('content of the timestamp was changed')
  }
  for (const signer of trusted) {
    if (!isNamed(token.signerId, signer) || !isSignedWith(signer, token)) continue
    checkSigningCertificate(attributes, signer)
    return signer
  }
  throw failed('timestamp is not signed by an approved service')
}

function isNamed (id: SignerId, certificate: Certificate): boolean {
  return 'issuer' in id
    // by bytes: every CMS writer copies the name, and it is not under the signature
    ? id.serialNumber === certificate.serialNumber && id.issuer.raw.equals(certificate.issuer.raw)
    : certificate.extensions.subjectKeyIdentifier?.equals(id.subjectKeyIdentifier) === true
}

function isSignedWith (signer: Certificate, { scheme, digest, attributesBytes, signature }: TimestampToken): boolean {
  if (scheme === undefined || digest === undefined) return false
  try {
    return isSignedBy(signer.publicKey, scheme, scheme.digest ?? digest, attributesBytes, signature)
  } catch (thrown) {
    if (thrown instanceof Fault) return false
    throw thrown
  }
}

/**
 * ESSCertID and ESSCertIDv2: the first names the certificate that signed, so that one key's two certificates cannot be
 * exchanged. RFC 3161 asks for one of them; not all services obey, and X-Road does not ask.
 */
function checkSigningCertificate (attributes: ReadonlyMap<string, DerNode>, signer: Certificate): void {
  const v1 = attributes.get(OID.signingCertificate)
  if (v1 !== undefined) {
    const id = sequenceOf(sequenceOf(v1).take(TAG.SEQUENCE).children()[0] ?? v1)
    if (!octetsOf(id.take()).equals(signer.sha1)) throw failed('timestamp names another certificate as its signer')
  }
  const v2 = attributes.get(OID.signingCertificateV2)
  if (v2 !== undefined) {
    const id = sequenceOf(sequenceOf(v2).take(TAG.SEQUENCE).children()[0] ?? v2)
    const algorithm = id.optional(TAG.SEQUENCE)
    const digest = algorithm === undefined ? 'sha256' : digestOf(algorithm)
    if (digest === undefined || !octetsOf(id.take()).equals(hash(digest, signer.der, 'buffer'))) throw failed('timestamp names another certificate as its signer')
  }
}

function failed (message: string): Fault {
  return new Fault('TimestampingFailed', message)
}
