import { constants, type KeyObject, sign, verify } from 'node:crypto'
import type { SignatureAlgorithm } from './algorithms.ts'
import { DIGESTS } from './digests.ts'

/** Octets of one coordinate, by OpenSSL's name of the curve. P-521 is unsafe at peers (their DER test reads one length byte). */
const COORDINATE_BYTES: Readonly<Record<string, number>> = { prime256v1: 32, secp384r1: 48, secp521r1: 66 }

/** Weaker keys are not accepted for anything that is kept as evidence. */
export const RSA_BITS_MIN = 2048

/** Whether a key may be used with an algorithm: kind, curve, length. */
export function isUsableKey (algorithm: SignatureAlgorithm, key: KeyObject): boolean {
  if (algorithm.keyType === 'ec') return key.asymmetricKeyType === 'ec' && coordinateBytes(key) !== undefined
  if (key.asymmetricKeyType !== 'rsa' && !(algorithm.pss && key.asymmetricKeyType === 'rsa-pss')) return false
  return (key.asymmetricKeyDetails?.modulusLength ?? 0) >= RSA_BITS_MIN
}

function coordinateBytes (key: KeyObject): number | undefined {
  return COORDINATE_BYTES[key.asymmetricKeyDetails?.namedCurve ?? '']
}

function pssKey (key: KeyObject): { key: KeyObject, padding: number, saltLength: number } {
  // RFC 9231 §2.3.10: the salt is as long as the digest.
  return { key, padding: constants.RSA_PKCS1_PSS_PADDING, saltLength: constants.RSA_PSS_SALTLEN_DIGEST }
}

/** Checks a SignatureValue as XML holds it: an RSA value, or `r||s` whose halves may be shorter than the curve. Never throws. */
export function verifyValue (algorithm: SignatureAlgorithm, key: KeyObject, data: Uint8Array, value: Uint8Array): boolean {
  if (!isUsableKey(algorithm, key)) return false
  const { node } = DIGESTS[algorithm.digest]
  if (algorithm.keyType === 'rsa') return verify(node, data, algorithm.pss ? pssKey(key) : key, value)
  const der = derFromRaw(value, coordinateBytes(key)!)
  return der !== undefined && verify(node, data, key, der)
}

/** Signs; RSA in the thread pool, because it holds a core for milliseconds. Returns the value as XML holds it. */
export async function signValue (algorithm: SignatureAlgorithm, key: KeyObject, data: Uint8Array): Promise<Buffer> {
  const { node } = DIGESTS[algorithm.digest]
  if (algorithm.keyType === 'ec') return rawFromDer(sign(node, data, key), coordinateBytes(key)!)
  return await new Promise<Buffer>((resolve, reject) => {
    sign(node, data, algorithm.pss ? pssKey(key) : key, (error, value) => error === null ? resolve(value) : reject(error))
  })
}

/**
 * `r||s` to the DER that OpenSSL reads. Peers cut both halves to the longer of the two numbers, so a value may be
 * shorter than two coordinates; it is split in the middle.
 *
 * @returns undefined when it cannot be a signature on the curve.
 */
export function derFromRaw (raw: Uint8Array, coordinate: number): Buffer | undefined {
  if (raw.length === 0 || raw.length % 2 !== 0 || raw.length > 2 * coordinate) return undefined
  const half = raw.length / 2
  const r = derInteger(raw, 0, half)
  const s = derInteger(raw, half, raw.length)
  const length = r.length + s.length
  return Buffer.concat([length < 128 ? Buffer.from([0x30, length]) : Buffer.from([0x30, 0x81, length]), r, s])
}

function derInteger (bytes: Uint8Array, start: number, end: number): Buffer {
  while (start < end - 1 && bytes[start] === 0) start++
  const padded = bytes[start]! >= 0x80 ? 1 : 0
  const out = Buffer.alloc(2 + padded + end - start)
  out[0] = 0x02
  out[1] = padded + end - start
  out.set(bytes.subarray(start, end), 2 + padded)
  return out
}

/** DER of OpenSSL's own making to `r||s` in full length (XML-DSig §6.4). */
export function rawFromDer (der: Uint8Array, coordinate: number): Buffer {
  const out = Buffer.alloc(2 * coordinate)
  let at = der[1]! < 0x80 ? 2 : 3
  for (const right of [coordinate, 2 * coordinate]) {
    const length = der[at + 1]!
    let start = at + 2
    at = start + length
    while (start < at && der[start] === 0) start++
    out.set(der.subarray(start, at), right - (at - start))
  }
  return out
}
