import { DerError, TAG, contextTag, derContext, derOid, derSequence, readDer } from '../asn1/index.ts'
import { Fault } from '../fault/index.ts'
import type { Certificate } from './certificate.ts'
import { OID } from './oids.ts'
import { TIMESTAMP_BYTES_MAX } from './timestamp-exchange.ts'
import { signedDataOf } from './timestamp-token.ts'

/**
 * Puts the service's certificate into a token that was asked for without it, so that the stored token proves itself.
 * What is signed does not change. A token that has the certificate comes back equal.
 *
 * @returns DER of the token.
 * @throws {Fault} `TimestampingFailed` for a token that cannot be read.
 */
export function addCertificateToTimestamp (token: Uint8Array, certificate: Certificate): Buffer {
  try {
    const data = signedDataOf(readDer(token, TIMESTAMP_BYTES_MAX))
    const head = [data.take(TAG.INTEGER), data.take(TAG.SET), data.take(TAG.SEQUENCE)]
    const present = data.optional(contextTag(0))?.children().map((node) => node.raw) ?? []
    if (present.some((der) => certificate.der.equals(der))) return Buffer.from(token)
    const revocations = data.optional(contextTag(1))
    const signers = data.take(TAG.SET)
    data.end()
    return derSequence(derOid(OID.signedData), derContext(0, true, derSequence(
      ...head.map((node) => node.raw),
      derContext(0, true, ...[...present, certificate.der].sort(Buffer.compare)),
      ...(revocations === undefined ? [] : [revocations.raw]),
      signers.raw
    )))
  } catch (thrown) {
    if (thrown instanceof DerError) throw new Fault('TimestampingFailed', `timestamp cannot be read: ${thrown.message}`, { cause: thrown })
    throw thrown
  }
}
