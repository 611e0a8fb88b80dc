import { createCipheriv, createDecipheriv, createPublicKey, diffieHellman, generateKeyPairSync, hkdfSync, randomBytes, type KeyObject } from 'node:crypto'

/** Length of the key of one domain and one epoch. */
export const SUBJECT_KEY_BYTES = 32
const PUBLIC_BYTES = 32
const NONCE_BYTES = 12
const TAG_BYTES = 16
/** Ephemeral public key, nonce, ciphertext, tag. */
export const SEALED_KEY_BYTES = PUBLIC_BYTES + NONCE_BYTES + SUBJECT_KEY_BYTES + TAG_BYTES
const INFO = 'trembita subject key v1'

/**
 * Seals an index key to a component's public key: ephemeral X25519, HKDF-SHA-256, AES-256-GCM.
 *
 * @param recipient raw X25519 public key, 32 bytes.
 * @returns ephemeral public key ‖ nonce ‖ ciphertext ‖ tag, base64url.
 * @throws {RangeError} for a key of another length, or one with which nothing secret can be agreed.
 */
export function sealSubjectKey (key: Uint8Array, recipient: Uint8Array): string {
  if (key.length !== SUBJECT_KEY_BYTES) throw new RangeError(`a subject key has ${SUBJECT_KEY_BYTES} bytes`)
  const { privateKey, publicKey } = generateKeyPairSync('x25519')
  const nonce = randomBytes(NONCE_BYTES)
  const cipher = createCipheriv('aes-256-gcm', agreed(privateKey, recipient), nonce)
  const sealed = Buffer.concat([cipher.update(key), cipher.final()])
  const ephemeral = Buffer.from(publicKey.export({ format: 'jwk' }).x!, 'base64url')
  return Buffer.concat([ephemeral, nonce, sealed, cipher.getAuthTag()]).toString('base64url')
}

/**
 * Undoes `sealSubjectKey`.
 *
 * @param recipient X25519 private key.
 * @throws {RangeError} for whatever was not sealed to this key, or was changed since: no more is told.
 */
export function openSubjectKey (sealed: string, recipient: KeyObject): Buffer {
  const bytes = Buffer.from(sealed, 'base64url')
  if (bytes.length !== SEALED_KEY_BYTES || bytes.toString('base64url') !== sealed) throw notSealed()
  try {
    const nonce = bytes.subarray(PUBLIC_BYTES, PUBLIC_BYTES + NONCE_BYTES)
    const decipher = createDecipheriv('aes-256-gcm', agreed(recipient, bytes.subarray(0, PUBLIC_BYTES)), nonce)
    decipher.setAuthTag(bytes.subarray(-TAG_BYTES))
    return Buffer.concat([decipher.update(bytes.subarray(PUBLIC_BYTES + NONCE_BYTES, -TAG_BYTES)), decipher.final()])
  } catch (cause) {
    throw notSealed(cause)
  }
}

function agreed (own: KeyObject, theirs: Uint8Array): Buffer {
  if (theirs.length !== PUBLIC_BYTES) throw new RangeError(`a public key of X25519 has ${PUBLIC_BYTES} bytes`)
  const publicKey = createPublicKey({ format: 'jwk', key: { kty: 'OKP', crv: 'X25519', x: Buffer.from(theirs).toString('base64url') } })
  let shared: Buffer
  try {
    shared = diffieHellman({ privateKey: own, publicKey })
  } catch (cause) {
    // OpenSSL refuses points of small order, whose shared secret is zero.
    throw new RangeError('nothing secret can be agreed with this public key', { cause })
  }
  return Buffer.from(hkdfSync('sha256', shared, '', INFO, 32))
}

function notSealed (cause?: unknown): RangeError {
  return new RangeError('not a key sealed to us', { cause })
}
