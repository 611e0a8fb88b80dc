import { createCipheriv, createDecipheriv, createHmac, hkdfSync, randomBytes, timingSafeEqual } from 'node:crypto'
import { existsSync, readFileSync } from 'node:fs'
import { writeFileAtomic } from '@trembita/daemon'

const KEY_BYTES = 32
const NONCE_BYTES = 12
const TAG_BYTES = 16

/** The platform's key in a file of its own; made at the first start. @throws {RangeError} when the file holds another number of bytes. */
export async function loadOrCreateKey (path: string): Promise<Uint8Array> {
  if (!existsSync(path)) await writeFileAtomic(path, randomBytes(KEY_BYTES), { mode: 0o600 })
  const bytes = readFileSync(path)
  if (bytes.length !== KEY_BYTES) throw new RangeError(`${path}: expected ${KEY_BYTES} bytes`)
  return bytes
}

/** A key for one purpose, from which no other can be computed. */
export function deriveKey (key: Uint8Array, purpose: string): Uint8Array {
  return new Uint8Array(hkdfSync('sha256', key, '', purpose, KEY_BYTES))
}

/** Texts as the store keeps them: AES-256-GCM, bound to their row. */
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

/** Passes: texts that only this platform can have made of an id. Show that a browser is the one that booked. */
export class Passes {
  readonly #key: Uint8Array

  constructor (key: Uint8Array) {
    this.#key = key
  }

  of (id: string): string {
    return createHmac('sha256', this.#key).update(id).digest('base64url')
  }

  check (id: string, pass: string): boolean {
    const [expected, given] = [Buffer.from(this.of(id)), Buffer.from(pass)]
    return expected.length === given.length && timingSafeEqual(expected, given)
  }
}
