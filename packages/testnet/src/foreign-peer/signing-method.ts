import { constants, createECDH, createHash, sign, type KeyObject } from 'node:crypto'

/** How a peer signs. `ecdsa-short`: both halves of the value one octet shorter than the curve, as X-Road writes such a value. */
export type SigningMethod = 'rsa' | 'rsa-pss' | 'ecdsa' | 'ecdsa-short'

const MORE_2001 = 'http://www.w3.org/2001/04/xmldsig-more#'

export function methodFor (key: KeyObject): SigningMethod {
  return key.asymmetricKeyType === 'rsa' ? 'rsa' : 'ecdsa'
}

export function uriOf (method: SigningMethod): string {
  if (method === 'rsa') return `${MORE_2001}rsa-sha512`
  return method === 'rsa-pss' ? 'http://www.w3.org/2007/05/xmldsig-more#sha512-rsa-MGF1' : `${MORE_2001}ecdsa-sha512`
}

/** The SignatureValue's octets. */
export function signatureOf (method: Exclude<SigningMethod, 'ecdsa-short'>, key: KeyObject, data: Uint8Array): Buffer {
  if (method === 'ecdsa') return sign('sha512', data, { key, dsaEncoding: 'ieee-p1363' })
  if (method === 'rsa') return sign('sha512', data, key)
  return sign('sha512', data, { key, padding: constants.RSA_PKCS1_PSS_PADDING, saltLength: 64 })
}

const P256_ORDER = 0xffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551n

/**
 * A signature on P-256 whose numbers both fit into 31 octets: one in 65 000 is so by chance. Found by a nonce that gives
 * a short `r` and by asking for other data until `s` is short too.
 *
 * @param dataOf the data to sign in its n-th variant.
 * @returns 62 octets, and the variant that was signed.
 */
export function shortEcdsaSignature (key: KeyObject, dataOf: (variant: number) => Uint8Array): { value: Buffer, variant: number } {
  const secret = BigInt(`0x${Buffer.from(key.export({ format: 'jwk' }).d!, 'base64url').toString('hex')}`)
  const { nonce, r } = shortNonce()
  const inverse = power(nonce, P256_ORDER - 2n)
  for (let variant = 0; ; variant++) {
    const z = BigInt(`0x${createHash('sha512').update(dataOf(variant)).digest('hex').slice(0, 64)}`)
    const s = inverse * (z + r * secret) % P256_ORDER
    if (s >> 248n !== 0n || s === 0n) continue
    return { value: Buffer.from(r.toString(16).padStart(62, '0') + s.toString(16).padStart(62, '0'), 'hex'), variant }
  }
}

function shortNonce (): { nonce: bigint, r: bigint } {
  for (;;) {
    const pair = createECDH('prime256v1')
    const [, ...x] = pair.generateKeys().subarray(0, 33)
    if (x[0] === 0) return { nonce: BigInt(`0x${pair.getPrivateKey('hex')}`), r: BigInt(`0x${Buffer.from(x).toString('hex')}`) }
  }
}

function power (base: bigint, exponent: bigint): bigint {
  let result = 1n
  for (let square = base, rest = exponent; rest > 0n; rest >>= 1n) {
    if ((rest & 1n) === 1n) result = result * square % P256_ORDER
    square = square * square % P256_ORDER
  }
  return result
}
