import { createCipheriv, createDecipheriv, randomBytes, scryptSync } from 'node:crypto'

const NONCE_BYTES = 12
const TAG_BYTES = 16
const SALT_BYTES = 16
const KEY_BYTES = 32
/** 128 MiB and about half a second, once at each start. */
const SCRYPT = { N: 2 ** 17, r: 8, p: 1, maxmem: 256 * 1024 * 1024 }

/** AES-256-GCM: nonce ‖ ciphertext ‖ tag. `context` says what it is, so that one secret cannot be put in another's place. */
export function seal (key: Uint8Array, content: Uint8Array, context: string): Buffer {
  const nonce = randomBytes(NONCE_BYTES)
  const cipher = createCipheriv('aes-256-gcm', key, nonce)
  cipher.setAAD(Buffer.from(context))
  return Buffer.concat([nonce, cipher.update(content), cipher.final(), cipher.getAuthTag()])
}

/** @throws {RangeError} for what was not sealed by this key for this context; no more is told. */
export function unseal (key: Uint8Array, sealed: Uint8Array, context: string): Buffer {
  try {
    const bytes = Buffer.from(sealed)
    const decipher = createDecipheriv('aes-256-gcm', key, bytes.subarray(0, NONCE_BYTES))
    decipher.setAAD(Buffer.from(context))
    decipher.setAuthTag(bytes.subarray(-TAG_BYTES))
    return Buffer.concat([decipher.update(bytes.subarray(NONCE_BYTES, -TAG_BYTES)), decipher.final()])
  } catch (cause) {
    throw new RangeError('not sealed by this key', { cause })
  }
}

/** Seals under a passphrase: salt of scrypt, then as `seal`. */
export function sealByPassphrase (passphrase: Uint8Array, content: Uint8Array, context: string): Buffer {
  const salt = randomBytes(SALT_BYTES)
  return Buffer.concat([salt, seal(scryptSync(passphrase, salt, KEY_BYTES, SCRYPT), content, context)])
}

/** @throws {RangeError} for another passphrase, or changed content. */
export function unsealByPassphrase (passphrase: Uint8Array, sealed: Buffer, context: string): Buffer {
  return unseal(scryptSync(passphrase, sealed.subarray(0, SALT_BYTES), KEY_BYTES, SCRYPT), sealed.subarray(SALT_BYTES), context)
}
