import { createCipheriv, createDecipheriv, createHmac, hkdfSync, randomBytes } from 'node:crypto'
import { chmodSync, existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { writeFileAtomic } from '@trembita/daemon'

const KEY_BYTES = 32
const NONCE_BYTES = 12
const TAG_BYTES = 16

/** Keys of what the portal keeps: made once, in a file of the data folder that only its owner reads. */
export interface PortalKeys {
  /** Of signed-in persons (`@trembita/daemon/accounts`). */
  readonly identity: Uint8Array
  readonly box: Box
  /** One-way name of a taxpayer's number: finds a person by it without keeping it. */
  indexOf (rnokpp: string): string
}

export async function loadPortalKeys (folder: string): Promise<PortalKeys> {
  const file = join(folder, 'portal.key')
  if (!existsSync(file)) {
    await writeFileAtomic(file, randomBytes(KEY_BYTES))
    chmodSync(file, 0o600)
  }
  const master = readFileSync(file)
  if (master.length !== KEY_BYTES) throw new Error(`${file}: expected ${KEY_BYTES} bytes`)
  const derive = (info: string): Uint8Array => new Uint8Array(hkdfSync('sha256', master, '', `diia portal ${info} v1`, KEY_BYTES))
  const index = derive('index')
  return {
    identity: derive('identity'),
    box: new Box(derive('box')),
    indexOf: (rnokpp) => createHmac('sha256', index).update(rnokpp).digest('base64url')
  }
}

/** Seals what is personal before it goes into the store (AES-256-GCM), bound to the row it belongs to. */
export class Box {
  readonly #key: Uint8Array

  constructor (key: Uint8Array) {
    this.#key = key
  }

  /** @param place row that the value belongs to: `share/<id>`. */
  seal (value: unknown, place: string): string {
    const nonce = randomBytes(NONCE_BYTES)
    const cipher = createCipheriv('aes-256-gcm', this.#key, nonce).setAAD(Buffer.from(place))
    return Buffer.concat([nonce, cipher.update(JSON.stringify(value), 'utf8'), cipher.final(), cipher.getAuthTag()]).toString('base64')
  }

  /** @throws {Error} for what was sealed under another key or for another row. */
  open<T> (sealed: string, place: string): T {
    const bytes = Buffer.from(sealed, 'base64')
    const decipher = createDecipheriv('aes-256-gcm', this.#key, bytes.subarray(0, NONCE_BYTES)).setAAD(Buffer.from(place)).setAuthTag(bytes.subarray(-TAG_BYTES))
    return JSON.parse(decipher.update(bytes.subarray(NONCE_BYTES, -TAG_BYTES), undefined, 'utf8') + decipher.final('utf8')) as T
  }
}
