import { createCipheriv, createDecipheriv, hkdfSync, randomBytes } from 'node:crypto'
import { existsSync, readFileSync } from 'node:fs'
import { writeFileAtomic } from './files/index.ts'

const KEY_BYTES = 32
const NONCE_BYTES = 12
const TAG_BYTES = 16

/**
 * Texts as a store keeps them so that who reads the store learns nothing: AES-256-GCM (NIST SP 800-38D) under a key that is not in the store, bound to
 * the row that they belong to, so that no two can be exchanged. Base64 of nonce ‖ ciphertext ‖ tag.
 */
export class Seal {
  readonly #key: Uint8Array

  /** @param key 32 bytes. @throws {RangeError} for another length. */
  constructor (key: Uint8Array) {
    if (key.length !== KEY_BYTES) throw new RangeError(`a key of ${KEY_BYTES} bytes is needed`)
    this.#key = key
  }

  seal (text: string, row: string): string {
    const nonce = randomBytes(NONCE_BYTES)
    const cipher = createCipheriv('aes-256-gcm', this.#key, nonce).setAAD(Buffer.from(row))
    return Buffer.concat([nonce, cipher.update(text, 'utf8'), cipher.final(), cipher.getAuthTag()]).toString('base64')
  }

  /** @throws {RangeError} for what was sealed under another key or for another row, or was changed; no more is told. */
  open (sealed: string, row: string): string {
    const bytes = Buffer.from(sealed, 'base64')
    if (bytes.length < NONCE_BYTES + TAG_BYTES) throw new RangeError('sealed text is too short')
    const decipher = createDecipheriv('aes-256-gcm', this.#key, bytes.subarray(0, NONCE_BYTES)).setAAD(Buffer.from(row)).setAuthTag(bytes.subarray(-TAG_BYTES))
    try {
      return decipher.update(bytes.subarray(NONCE_BYTES, -TAG_BYTES), undefined, 'utf8') + decipher.final('utf8')
    } catch (cause) {
      throw new RangeError('not sealed by this key for this row', { cause })
    }
  }
}

/** A key in a file of its own, readable by its owner alone; made at the first start. @throws {RangeError} when the file holds another number of bytes. */
export async function loadOrCreateKey (path: string): Promise<Uint8Array> {
  if (!existsSync(path)) await writeFileAtomic(path, randomBytes(KEY_BYTES), { mode: 0o600 })
  return readKeyFile(path)
}

/** @throws {RangeError} when the file holds another number of bytes. */
export function readKeyFile (path: string): Uint8Array {
  const bytes = readFileSync(path)
  if (bytes.length !== KEY_BYTES) throw new RangeError(`${path}: expected ${KEY_BYTES} bytes`)
  return bytes
}

/** A key for one purpose, from which no other can be computed: HKDF-SHA-256 (RFC 5869). */
export function deriveKey (key: Uint8Array, purpose: string): Uint8Array {
  return new Uint8Array(hkdfSync('sha256', key, '', purpose, KEY_BYTES))
}
