import { createCipheriv, createDecipheriv, hkdfSync, randomBytes } from 'node:crypto'
import { existsSync, readFileSync } from 'node:fs'
import { writeFileAtomic } from '@trembita/daemon'

const KEY_BYTES = 32
const NONCE_BYTES = 12
const TAG_BYTES = 16

/** A key of this cabinet in a file of its own; made at the first start. */
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

/** A key for one purpose, from which no other can be computed. */
export function deriveKey (key: Uint8Array, purpose: string): Uint8Array {
  return new Uint8Array(hkdfSync('sha256', key, '', purpose, KEY_BYTES))
}

/** Texts as the store keeps them: AES-256-GCM, bound to the row that they belong to, so that no two can be exchanged. */
export class Seal {
  readonly #key: Uint8Array

  constructor (key: Uint8Array) {
    this.#key = key
  }

  seal (text: string, row: string): string {
    const nonce = randomBytes(NONCE_BYTES)
    const cipher = createCipheriv('aes-256-gcm', this.#key, nonce).setAAD(Buffer.from(row))
    return Buffer.concat([nonce, cipher.update(text, 'utf8'), cipher.final(), cipher.getAuthTag()]).toString('base64')
  }

  /** @throws when it was sealed under another key or for another row. */
  open (sealed: string, row: string): string {
    const bytes = Buffer.from(sealed, 'base64')
    const decipher = createDecipheriv('aes-256-gcm', this.#key, bytes.subarray(0, NONCE_BYTES)).setAAD(Buffer.from(row)).setAuthTag(bytes.subarray(-TAG_BYTES))
    return decipher.update(bytes.subarray(NONCE_BYTES, -TAG_BYTES), undefined, 'utf8') + decipher.final('utf8')
  }
}
