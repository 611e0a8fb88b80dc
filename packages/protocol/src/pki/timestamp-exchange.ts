import {
  DerError, TAG, derBoolean, derInteger, derNull, derOctetString, derOfBer, derOid, derSequence, readDer, sequenceOf, smallIntegerOf
} from '../asn1/index.ts'
import { Fault } from '../fault/index.ts'
import { OID } from './oids.ts'

/** A token with the service's chain has 3 to 8 KB. */
export const TIMESTAMP_BYTES_MAX = 256 * 1024

export type TimestampHash = 'SHA-256' | 'SHA-384' | 'SHA-512'

const HASH_OIDS: Readonly<Record<TimestampHash, string>> = { 'SHA-256': OID.sha256, 'SHA-384': OID.sha384, 'SHA-512': OID.sha512 }

/**
 * A TimeStampReq as X-Road sends it: version 1, no policy, no nonce; the service's certificate is asked for only with `certReq`.
 *
 * @param imprint digest of what is to be stamped, by `hash`.
 * @see RFC 3161 §2.4.1
 */
export function encodeTimestampRequest (imprint: Uint8Array, hash: TimestampHash, options: { certReq?: boolean } = {}): Buffer {
  return derSequence(
    derInteger(1),
    derSequence(derSequence(derOid(HASH_OIDS[hash]), derNull()), derOctetString(imprint)),
    ...(options.certReq === true ? [derBoolean(true)] : [])
  )
}

/**
 * Takes the token out of a TimeStampResp.
 *
 * @returns DER of the token, also when the service answered in BER. It is not verified yet.
 * @throws {Fault} `TimestamperFailed` when the service refused, or its answer cannot be read.
 * @see RFC 3161 §2.4.2
 */
export function parseTimestampResponse (der: Uint8Array): Buffer {
  try {
    const response = sequenceOf(readDer(derOfBer(der, TIMESTAMP_BYTES_MAX)))
    const status = smallIntegerOf(response.sequence().take())
    // granted, or granted with modifications
    if (status > 1) throw new Fault('TimestamperFailed', `timestamp service refused with status ${status}`)
    const token = response.take(TAG.SEQUENCE)
    response.end()
    return Buffer.from(token.raw)
  } catch (thrown) {
    if (thrown instanceof DerError) throw new Fault('TimestamperFailed', `answer of the timestamp service cannot be read: ${thrown.message}`, { cause: thrown })
    throw thrown
  }
}
