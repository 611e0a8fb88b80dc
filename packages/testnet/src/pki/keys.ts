import { constants, generateKeyPair, randomBytes, sign, type KeyObject } from 'node:crypto'
import { promisify } from 'node:util'
import { derContext, derInteger, derNull, derOid, derSequence } from '@trembita/protocol/asn1'
import { OID } from '@trembita/protocol/pki'

const generate = promisify(generateKeyPair)

/** `ec` is P-256, `ec384` P-384, `rsa` RSA-2048. */
export type KeyKind = 'rsa' | 'ec' | 'ec384'

export interface KeyPair {
  readonly privateKey: KeyObject
  readonly publicKey: KeyObject
}

export async function generateKey (kind: KeyKind): Promise<KeyPair> {
  if (kind === 'rsa') return await generate('rsa', { modulusLength: 2048 })
  return await generate('ec', { namedCurve: kind === 'ec' ? 'P-256' : 'P-384' })
}

/** WebCrypto's name of the algorithm with which a key signs certificates. */
export function signingAlgorithm (key: KeyObject, pss = false): { name: string, hash: string, namedCurve?: string, saltLength?: number } {
  if (key.asymmetricKeyType === 'rsa') {
    return pss ? { name: 'RSA-PSS', hash: 'SHA-256', saltLength: 32 } : { name: 'RSASSA-PKCS1-v1_5', hash: 'SHA-256' }
  }
  const large = key.asymmetricKeyDetails?.namedCurve === 'secp384r1'
  return { name: 'ECDSA', namedCurve: large ? 'P-384' : 'P-256', hash: large ? 'SHA-384' : 'SHA-256' }
}

/** Signs bytes and says how, in DER of AlgorithmIdentifier. */
export function signDer (key: KeyObject, data: Uint8Array, options: { pss?: boolean } = {}): { algorithm: Buffer, digestAlgorithm: Buffer, digest: 'sha256' | 'sha384', signature: Buffer } {
  const large = key.asymmetricKeyDetails?.namedCurve === 'secp384r1'
  const digest = large ? 'sha384' : 'sha256'
  const digestAlgorithm = derSequence(derOid(large ? OID.sha384 : OID.sha256), derNull())
  if (key.asymmetricKeyType === 'rsa' && options.pss === true) {
    const signature = sign(digest, data, { key, padding: constants.RSA_PKCS1_PSS_PADDING, saltLength: 32 })
    const mask = derSequence(derOid(OID.mgf1), digestAlgorithm)
    const parameters = derSequence(derContext(0, true, digestAlgorithm), derContext(1, true, mask), derContext(2, true, derInteger(32)))
    return { algorithm: derSequence(derOid(OID.rsaPss), parameters), digestAlgorithm, digest, signature }
  }
  const algorithm = key.asymmetricKeyType === 'rsa'
    ? derSequence(derOid(OID.sha256WithRsa), derNull())
    : derSequence(derOid(large ? OID.ecdsaWithSha384 : OID.ecdsaWithSha256))
  return { algorithm, digestAlgorithm, digest, signature: sign(digest, data, key) }
}

/** A positive serial number of 127 random bits, without a leading zero octet. */
export function randomSerial (): string {
  const bytes = randomBytes(16)
  bytes[0] = ((bytes[0] ?? 0) & 0x3f) | 0x40
  return bytes.toString('hex')
}
