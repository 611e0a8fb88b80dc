import { derInteger, derNull, derOctetString, derOid, derSequence, integerOf, octetsOf, oidOf, sequenceOf, TAG, type DerNode } from '../asn1/index.ts'
import type { Certificate } from './certificate.ts'
import { OID } from './oids.ts'

/** Which certificate an OCSP answer is about: hashes of its issuer's name and key, and its serial number (RFC 6960 §4.1.1). */
export interface CertId {
  readonly hashAlgorithm: string
  readonly issuerNameHash: Buffer
  readonly issuerKeyHash: Buffer
  readonly serialNumber: bigint
}

/** @throws {DerError} */
export function readCertId (node: DerNode): CertId {
  const fields = sequenceOf(node)
  const algorithm = fields.sequence()
  const hashAlgorithm = oidOf(algorithm.take(TAG.OID))
  algorithm.optional(TAG.NULL)
  algorithm.end()
  const issuerNameHash = octetsOf(fields.take())
  const issuerKeyHash = octetsOf(fields.take())
  const serialNumber = integerOf(fields.take())
  fields.end()
  return { hashAlgorithm, issuerNameHash, issuerKeyHash, serialNumber }
}

/** Whether a CertID names this certificate by SHA-1: the only hash that X-Road asks and takes here, and here alone. */
export function isAbout (id: CertId, subject: Certificate, issuer: Certificate): boolean {
  return id.hashAlgorithm === OID.sha1 && id.serialNumber === subject.serialNumber &&
    id.issuerNameHash.equals(issuer.subjectSha1) && id.issuerKeyHash.equals(issuer.keySha1)
}

/**
 * The OCSP request that X-Road sends: one CertID by SHA-1, no nonce, not signed.
 *
 * @returns DER of OCSPRequest, for a POST of `application/ocsp-request`.
 * @see RFC 6960 §4.1
 */
export function encodeOcspRequest (subject: Certificate, issuer: Certificate): Buffer {
  const certId = derSequence(
    derSequence(derOid(OID.sha1), derNull()),
    derOctetString(issuer.subjectSha1),
    derOctetString(issuer.keySha1),
    derInteger(subject.serialNumber)
  )
  return derSequence(derSequence(derSequence(derSequence(certId))))
}
