import { constants, createHash, verify, type KeyObject } from 'node:crypto'

interface DigestRow { readonly uri: string, readonly name: string, readonly weak?: true }

/** Digest identifiers of the configuration (xroad-trust §2.3). Weak ones are known, to be refused by name. */
const DIGESTS: readonly DigestRow[] = [
  { uri: 'http://www.w3.org/2001/04/xmldsig-more#md5', name: 'md5', weak: true },
  { uri: 'http://www.w3.org/2000/09/xmldsig#sha1', name: 'sha1', weak: true },
  { uri: 'http://www.w3.org/2001/04/xmldsig-more#sha224', name: 'sha224' },
  { uri: 'http://www.w3.org/2001/04/xmlenc#sha256', name: 'sha256' },
  { uri: 'http://www.w3.org/2001/04/xmldsig-more#sha384', name: 'sha384' },
  { uri: 'http://www.w3.org/2001/04/xmlenc#sha512', name: 'sha512' }
]

export const SHA512_URI = 'http://www.w3.org/2001/04/xmlenc#sha512'
export const SHA256_URI = 'http://www.w3.org/2001/04/xmlenc#sha256'

/** Digest of `bytes`, or undefined for an algorithm that is unknown or too weak to act on. */
export function digestByUri (uri: string, bytes: Uint8Array): Buffer | undefined {
  const row = DIGESTS.find((row) => row.uri === uri)
  return row === undefined || row.weak ? undefined : createHash(row.name).update(bytes).digest()
}

interface SignatureRow {
  readonly uri: string
  /** Name in Java's fashion, as management requests spell it. */
  readonly jcaName: string
  readonly digest: string
  readonly keyType: 'rsa' | 'ec'
  /** RSA-PSS: MGF1 with the same digest, salt as long as the digest. */
  readonly saltLength?: number
  readonly weak?: true
}

const MORE = 'http://www.w3.org/2001/04/xmldsig-more#'
const PSS = 'http://www.w3.org/2007/05/xmldsig-more#'

/** Signature identifiers of the configuration and of management requests (xroad-trust §2.3). */
export const CONFIGURATION_SIGNATURES: readonly SignatureRow[] = [
  { uri: 'http://www.w3.org/2000/09/xmldsig#rsa-sha1', jcaName: 'SHA1withRSA', digest: 'sha1', keyType: 'rsa', weak: true },
  { uri: `${MORE}rsa-sha256`, jcaName: 'SHA256withRSA', digest: 'sha256', keyType: 'rsa' },
  { uri: `${MORE}rsa-sha384`, jcaName: 'SHA384withRSA', digest: 'sha384', keyType: 'rsa' },
  { uri: `${MORE}rsa-sha512`, jcaName: 'SHA512withRSA', digest: 'sha512', keyType: 'rsa' },
  { uri: `${PSS}sha256-rsa-MGF1`, jcaName: 'SHA256withRSAandMGF1', digest: 'sha256', keyType: 'rsa', saltLength: 32 },
  { uri: `${PSS}sha384-rsa-MGF1`, jcaName: 'SHA384withRSAandMGF1', digest: 'sha384', keyType: 'rsa', saltLength: 48 },
  { uri: `${PSS}sha512-rsa-MGF1`, jcaName: 'SHA512withRSAandMGF1', digest: 'sha512', keyType: 'rsa', saltLength: 64 },
  { uri: `${MORE}ecdsa-sha1`, jcaName: 'SHA1withECDSA', digest: 'sha1', keyType: 'ec', weak: true },
  { uri: `${MORE}ecdsa-sha224`, jcaName: 'SHA224withECDSA', digest: 'sha224', keyType: 'ec' },
  { uri: `${MORE}ecdsa-sha256`, jcaName: 'SHA256withECDSA', digest: 'sha256', keyType: 'ec' },
  { uri: `${MORE}ecdsa-sha384`, jcaName: 'SHA384withECDSA', digest: 'sha384', keyType: 'ec' },
  { uri: `${MORE}ecdsa-sha512`, jcaName: 'SHA512withECDSA', digest: 'sha512', keyType: 'ec' }
]

/** How to call `node:crypto` sign and verify for an algorithm. ECDSA values are DER in the configuration, so `dsaEncoding` is named. */
export interface ConfigurationSignature {
  readonly uri: string
  readonly digest: string
  readonly keyType: 'rsa' | 'ec'
  keyOptions (key: KeyObject): { key: KeyObject, dsaEncoding: 'der', padding?: number, saltLength?: number }
}

/** The algorithm of a URI, or undefined when it is unknown or weak (SHA-1). */
export function configurationSignature (uri: string): ConfigurationSignature | undefined {
  const row = CONFIGURATION_SIGNATURES.find((row) => row.uri === uri)
  if (row === undefined || row.weak) return undefined
  return {
    uri,
    digest: row.digest,
    keyType: row.keyType,
    keyOptions: (key) => {
      if (row.keyType === 'ec') return { key, dsaEncoding: 'der' }
      return row.saltLength === undefined
        ? { key, dsaEncoding: 'der', padding: constants.RSA_PKCS1_PADDING }
        : { key, dsaEncoding: 'der', padding: constants.RSA_PKCS1_PSS_PADDING, saltLength: row.saltLength }
    }
  }
}

/** Whether `signature` over `data` was made with the private half of `key`. A key of another type is a no, not an error. */
export function verifyByUri (uri: string, data: Uint8Array, key: KeyObject, signature: Uint8Array): boolean {
  const algorithm = configurationSignature(uri)
  if (algorithm === undefined || key.asymmetricKeyType !== algorithm.keyType) return false
  return verify(algorithm.digest, data, algorithm.keyOptions(key), signature)
}
