import { createCipheriv, createDecipheriv, createSecretKey, hkdfSync, randomBytes, type KeyObject } from 'node:crypto'

const SALT_BYTES = 16
const TAG_BYTES = 16
const KEYS_KEPT = 256

/**
 * AES-256-GCM for what stands in rows. Each transaction has a key of its own, derived from the content key and a fresh
 * salt, and each row in it the record number as nonce: so no nonce repeats, however many records there will be and even
 * when an old copy of the database is put back. The row's searchable columns are authenticated with it.
 */
export class RowCipher {
  readonly #key: KeyObject
  readonly #derived = new Map<string, KeyObject>()

  constructor (contentKey: Uint8Array) {
    this.#key = createSecretKey(contentKey)
  }

  /** Begins a transaction: all rows sealed by what it returns share the salt. */
  begin (): { salt: Buffer, seal: (record: number, columns: string, content: Uint8Array) => Buffer } {
    const salt = randomBytes(SALT_BYTES)
    const key = this.#derive(salt)
    return {
      salt,
      seal: (record, columns, content) => {
        const cipher = createCipheriv('aes-256-gcm', key, nonceOf(record))
        cipher.setAAD(Buffer.from(columns))
        const body = cipher.update(content)
        cipher.final()
        return Buffer.concat([body, cipher.getAuthTag()])
      }
    }
  }

  /** @throws when row, columns or key are not those that were sealed. */
  open (record: number, columns: string, salt: Uint8Array, sealed: Uint8Array): Buffer {
    const name = Buffer.from(salt).toString('latin1')
    let key = this.#derived.get(name)
    if (key === undefined) {
      key = this.#derive(salt)
      if (this.#derived.size >= KEYS_KEPT) this.#derived.clear()
      this.#derived.set(name, key)
    }
    const decipher = createDecipheriv('aes-256-gcm', key, nonceOf(record))
    decipher.setAAD(Buffer.from(columns))
    decipher.setAuthTag(sealed.subarray(sealed.length - TAG_BYTES))
    const content = decipher.update(sealed.subarray(0, sealed.length - TAG_BYTES))
    decipher.final()
    return content
  }

  /** As a KeyObject: from plain bytes node would make one for each row, which costs more than encrypting it. */
  #derive (salt: Uint8Array): KeyObject {
    return createSecretKey(Buffer.from(hkdfSync('sha256', this.#key, salt, 'record', 32)))
  }
}

function nonceOf (record: number): Buffer {
  const nonce = Buffer.alloc(12)
  nonce.writeBigUInt64BE(BigInt(record), 4)
  return nonce
}
