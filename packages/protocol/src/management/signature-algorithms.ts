import { sign as cryptoSign, type KeyObject } from 'node:crypto'
import { Fault } from '../fault/index.ts'
import { configurationSignature, CONFIGURATION_SIGNATURES, verifyByUri, type ConfigurationSignature } from '../globalconf/index.ts'
import { RSA_BITS_MIN } from '../signature/index.ts'

/** What keys here sign with, by their kind: X-Road's default digest, RSA by PKCS #1. */
const OWN = { rsa: 'SHA512withRSA', ec: 'SHA512withECDSA' } as const

/** Names as Java spells and reads them: without regard to case. */
const BY_NAME: ReadonlyMap<string, string> = new Map(CONFIGURATION_SIGNATURES.map(({ jcaName, uri }) => [jcaName.toLowerCase(), uri]))

function algorithmByName (name: string): ConfigurationSignature | undefined {
  const uri = BY_NAME.get(name.toLowerCase())
  return uri === undefined ? undefined : configurationSignature(uri)
}

/**
 * Checks a signature of a management request: RSA values (PKCS #1, or PSS with a salt as long as the digest), ECDSA as DER.
 *
 * @param algorithm JCA name from header `signature-algorithm-id`.
 * @throws {Fault} `InvalidSignatureValue`
 * @see xroad-trust §2.3
 */
export function checkRequestSignature (algorithm: string, key: KeyObject, data: Uint8Array, value: Uint8Array): void {
  const known = algorithmByName(algorithm)
  if (known === undefined) throw new Fault('InvalidSignatureValue', 'the signature algorithm is not known or too weak')
  if (known.keyType === 'rsa' && (key.asymmetricKeyDetails?.modulusLength ?? 0) < RSA_BITS_MIN) {
    throw new Fault('InvalidSignatureValue', `the signature's key is no RSA key of at least ${RSA_BITS_MIN} bits`)
  }
  if (!isValue(known, key, data, value)) throw new Fault('InvalidSignatureValue', 'the signature does not verify over the request')
}

function isValue ({ uri }: ConfigurationSignature, key: KeyObject, data: Uint8Array, value: Uint8Array): boolean {
  try {
    return verifyByUri(uri, data, key, value)
  } catch {
    // OpenSSL throws for values of impossible size; that is a wrong signature like any other
    return false
  }
}

/** Signs a management request. @returns the JCA name for its header, and the value: RSA PKCS #1, or ECDSA as DER. */
export async function signRequest (key: KeyObject, data: Uint8Array): Promise<{ algorithm: string, value: Buffer }> {
  const algorithm = OWN[key.asymmetricKeyType === 'ec' ? 'ec' : 'rsa']
  const { digest, keyOptions } = algorithmByName(algorithm)!
  return await new Promise((resolve, reject) => {
    cryptoSign(digest, data, keyOptions(key), (error, value) => { error === null ? resolve({ algorithm, value }) : reject(error) })
  })
}
