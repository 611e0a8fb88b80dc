import { createCipheriv, createDecipheriv, createHmac, randomBytes } from 'node:crypto'
import { existsSync, mkdirSync, readFileSync } from 'node:fs'
import { dirname } from 'node:path'
import { writeFileAtomic } from '@trembita/daemon'

const NONCE_BYTES = 12
const TAG_BYTES = 16
export const KEY_BYTES = 32

/** Reads the key of a data folder, or makes it at the first start. Whoever takes the databases without it learns no personal code. */
export async function openKey (path: string): Promise<Buffer> {
  if (!existsSync(path)) {
    mkdirSync(dirname(path), { recursive: true, mode: 0o700 })
    await writeFileAtomic(path, randomBytes(KEY_BYTES), { mode: 0o600 })
  }
  const key = readFileSync(path)
  if (key.length !== KEY_BYTES) throw new Error(`${path}: expected ${KEY_BYTES} bytes`)
  return key
}

/** Personal codes as the database keeps them: AES-256-GCM, bound to the row they belong to. */
export class Seal {
  readonly #key: Uint8Array

  constructor (key: Uint8Array) {
    this.#key = key
  }

  seal (text: string, row: string): string {
    const nonce = randomBytes(NONCE_BYTES)
    const cipher = createCipheriv('aes-256-gcm', this.#key, nonce).setAAD(Buffer.from(row))
    return Buffer.concat([nonce, cipher.update(text, 'utf8'), cipher.final(), cipher.getAuthTag()]).toString('base64url')
  }

  /** @throws when it was sealed under another key or for another row. */
  open (sealed: string, row: string): string {
    const bytes = Buffer.from(sealed, 'base64url')
    const decipher = createDecipheriv('aes-256-gcm', this.#key, bytes.subarray(0, NONCE_BYTES)).setAAD(Buffer.from(row)).setAuthTag(bytes.subarray(-TAG_BYTES))
    return decipher.update(bytes.subarray(NONCE_BYTES, -TAG_BYTES), undefined, 'utf8') + decipher.final('utf8')
  }

  /** A mark of one official in one survey: the same for the same official, and telling nobody without the key who it was. */
  ballot (survey: string, official: string): string {
    return createHmac('sha256', this.#key).update(`ballot\n${survey}\n${official}`).digest('base64url')
  }
}
