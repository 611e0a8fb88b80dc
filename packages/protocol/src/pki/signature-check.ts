import { constants, verify, type KeyObject } from 'node:crypto'
import { DerError, TAG, contextTag, explicitOf, oidOf, sequenceOf, smallIntegerOf, type DerNode } from '../asn1/index.ts'
import { OID } from './oids.ts'

/** Shorter RSA keys can be factored by those with an interest in it; X-Road asks for as much (UG-CS certification services). */
const RSA_BITS_MIN = 2048

export type DigestId = 'sha256' | 'sha384' | 'sha512'

/** How a certificate, an OCSP response or a token says it was signed. `digest` undefined: named elsewhere (CMS with `rsaEncryption`). */
export interface SignatureScheme {
  readonly oid: string
  readonly keyType: 'rsa' | 'ec'
  readonly digest: DigestId | undefined
  /** Salt length in octets for RSASSA-PSS. */
  readonly pssSalt: number | undefined
}

const DIGESTS: Readonly<Record<string, DigestId>> = { [OID.sha256]: 'sha256', [OID.sha384]: 'sha384', [OID.sha512]: 'sha512' }

const SCHEMES: Readonly<Record<string, { readonly keyType: 'rsa' | 'ec', readonly digest: DigestId | undefined }>> = {
  [OID.rsaEncryption]: { keyType: 'rsa', digest: undefined },
  [OID.sha256WithRsa]: { keyType: 'rsa', digest: 'sha256' },
  [OID.sha384WithRsa]: { keyType: 'rsa', digest: 'sha384' },
  [OID.sha512WithRsa]: { keyType: 'rsa', digest: 'sha512' },
  [OID.ecdsaWithSha256]: { keyType: 'ec', digest: 'sha256' },
  [OID.ecdsaWithSha384]: { keyType: 'ec', digest: 'sha384' },
  [OID.ecdsaWithSha512]: { keyType: 'ec', digest: 'sha512' }
}

/** Reads the digest of an `AlgorithmIdentifier`; undefined for SHA-1 and others that we do not take for signatures. */
export function digestOf (algorithm: DerNode): DigestId | undefined {
  const fields = sequenceOf(algorithm)
  const oid = oidOf(fields.take(TAG.OID))
  fields.optional(TAG.NULL)
  fields.end()
  return DIGESTS[oid]
}

/**
 * Reads the `AlgorithmIdentifier` of a signature.
 *
 * @returns undefined for an algorithm that we do not accept: SHA-1, MD5, DSA, other curves' schemes.
 * @throws {DerError} for broken parameters.
 */
export function schemeOf (algorithm: DerNode): SignatureScheme | undefined {
  const fields = sequenceOf(algorithm)
  const oid = oidOf(fields.take(TAG.OID))
  if (oid === OID.rsaPss) return pssScheme(fields.optional(TAG.SEQUENCE))
  const scheme = SCHEMES[oid]
  if (scheme === undefined) return undefined
  // NULL for RSA, absent for ECDSA; both are seen for both
  fields.optional(TAG.NULL)
  fields.end()
  return { oid, ...scheme, pssSalt: undefined }
}

/** RSASSA-PSS-params: defaults are SHA-1, so what is left out is refused (RFC 4055 §3.1). */
function pssScheme (parameters: DerNode | undefined): SignatureScheme | undefined {
  if (parameters === undefined) return undefined
  const fields = sequenceOf(parameters)
  const hash = fields.optional(contextTag(0))
  const mask = fields.optional(contextTag(1))
  const salt = fields.optional(contextTag(2))
  const trailer = fields.optional(contextTag(3))
  fields.end()
  if (hash === undefined || mask === undefined) return undefined
  if (trailer !== undefined && smallIntegerOf(explicitOf(trailer)) !== 1) throw new DerError('PSS trailer is not 1')
  const digest = digestOf(explicitOf(hash))
  const maskFields = sequenceOf(explicitOf(mask))
  if (oidOf(maskFields.take(TAG.OID)) !== OID.mgf1) return undefined
  // another digest inside MGF1 is legal and never seen; node:crypto would need it spelled out
  if (digest === undefined || digestOf(maskFields.take()) !== digest) return undefined
  maskFields.end()
  return { oid: OID.rsaPss, keyType: 'rsa', digest, pssSalt: salt === undefined ? 20 : smallIntegerOf(explicitOf(salt)) }
}

/** Whether `signature` over `data` was made with the private half of `key`. False for a key of another kind or a short one; never throws. */
export function isSignedBy (key: KeyObject, scheme: SignatureScheme, digest: DigestId, data: Uint8Array, signature: Uint8Array): boolean {
  const type = key.asymmetricKeyType
  if (scheme.keyType === 'ec' ? type !== 'ec' : type !== 'rsa' && !(type === 'rsa-pss' && scheme.pssSalt !== undefined)) return false
  if (scheme.keyType === 'rsa' && (key.asymmetricKeyDetails?.modulusLength ?? 0) < RSA_BITS_MIN) return false
  try {
    if (scheme.pssSalt === undefined) return verify(digest, data, key, signature)
    return verify(digest, data, { key, padding: constants.RSA_PKCS1_PSS_PADDING, saltLength: scheme.pssSalt }, signature)
  } catch {
    // OpenSSL throws for a salt or a signature of impossible size; that is a wrong signature like any other
    return false
  }
}
