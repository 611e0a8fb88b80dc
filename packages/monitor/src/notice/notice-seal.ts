import { createHmac } from 'node:crypto'
import { deriveKey, Seal } from '@trembita/daemon'

const KEY_BYTES = 32

/** What a tag stands for: tags of different kinds can never be equal, so tables cannot be joined by them. */
export type TagKind = 'person' | 'route' | 'subscription' | 'known' | 'item' | 'collapse' | 'bundle' | 'message' | 'unsubscribe' | 'read'

/**
 * Keyed names and sealed contents of what the notices keep. Whoever holds the store without the key can neither test a guess nor
 * join a row with an event: the tag of an index has nothing in common with the index.
 */
export class NoticeSeal {
  readonly #tagKey: Uint8Array
  readonly #seal: Seal

  /** @param master 32 bytes, kept apart from the store. @throws {RangeError} for another length. */
  constructor (master: Uint8Array) {
    if (master.length !== KEY_BYTES) throw new RangeError(`the key of notices has ${KEY_BYTES} bytes`)
    this.#tagKey = deriveKey(master, 'trembita notice tags v1')
    this.#seal = new Seal(deriveKey(master, 'trembita notice contents v1'))
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

  /** JSON, good in the row named by `place` alone. */
  seal (content: unknown, place: string): string {
    return this.#seal.seal(JSON.stringify(content), place)
  }

  /** @throws {RangeError} for what was sealed for another place, under another key, or changed. */
  open<Content> (sealed: string, place: string): Content {
    return JSON.parse(this.#seal.open(sealed, place)) as Content
  }
}
