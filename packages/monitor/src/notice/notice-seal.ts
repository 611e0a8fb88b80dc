import { createCipheriv, createDecipheriv, createHmac, hkdfSync, randomBytes } from 'node:crypto'

const KEY_BYTES = 32
const NONCE_BYTES = 12
const TAG_BYTES = 16

/** What a tag stands for: tags of different kinds can never be equal, so tables cannot be joined by them. */
export type TagKind = 'person' | 'route' | 'subscription' | 'known' | 'item' | 'collapse' | 'bundle' | 'message' | 'unsubscribe' | 'read'

/**
 * Keyed names and sealed contents of what the notices keep. Whoever holds the store without the key can neither test a guess nor
 * join a row with an event: the tag of an index has nothing in common with the index.
 */
export class NoticeSeal {
  readonly #tagKey: Buffer
  readonly #sealKey: Buffer

  /** @param master 32 bytes, kept apart from the store. @throws {RangeError} for another length. */
  constructor (master: Uint8Array) {
    if (master.length !== KEY_BYTES) throw new RangeError(`the key of notices has ${KEY_BYTES} bytes`)
    const derive = (info: string): Buffer => Buffer.from(hkdfSync('sha256', master, new Uint8Array(0), info, KEY_BYTES))
    this.#tagKey = derive('trembita notice tags v1')
    this.#sealKey = derive('trembita notice contents v1')
  }

  /** HMAC-SHA-256 over kind and parts, base64url. Parts are told apart by their lengths. */
  tag (kind: TagKind, ...parts: ReadonlyArray<string | Uint8Array>): string {
    const mac = createHmac('sha256', this.#tagKey).update(`${kind}\0`)
    for (const part of parts) {
      const bytes = Buffer.from(part as Uint8Array)
      mac.update(`${bytes.length}:`).update(bytes)
    }
    return mac.digest('base64url')
  }

  /** AES-256-GCM over JSON, good in the row named by `place` alone. */
  seal (content: unknown, place: string): string {
    const nonce = randomBytes(NONCE_BYTES)
    const cipher = createCipheriv('aes-256-gcm', this.#sealKey, nonce).setAAD(Buffer.from(place))
    return Buffer.concat([nonce, cipher.update(JSON.stringify(content), 'utf8'), cipher.final(), cipher.getAuthTag()]).toString('base64')
  }

  /** @throws {Error} for what was sealed for another place, under another key, or changed. */
  open<Content> (sealed: string, place: string): Content {
    const bytes = Buffer.from(sealed, 'base64')
    if (bytes.length < NONCE_BYTES + TAG_BYTES) throw new Error('sealed content is too short')
    const decipher = createDecipheriv('aes-256-gcm', this.#sealKey, bytes.subarray(0, NONCE_BYTES)).setAAD(Buffer.from(place)).setAuthTag(bytes.subarray(-TAG_BYTES))
    const text = decipher.update(bytes.subarray(NONCE_BYTES, -TAG_BYTES), undefined, 'utf8') + decipher.final('utf8')
    return JSON.parse(text) as Content
  }
}
