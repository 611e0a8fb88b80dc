import { createCipheriv, createDecipheriv, createHmac, createSecretKey, hkdfSync, randomBytes, type KeyObject } from 'node:crypto'
import { formatClientId, memberOf, type MemberId } from '@trembita/protocol/identifiers'

const SALT_BYTES = 16
const TAG_BYTES = 16
const NONCE = Buffer.alloc(12)
const HANDLE_BYTES = 10

/** The keys of captured accesses, all made of the one that the PIN opens. */
export class AccessLogKeys {
  readonly #content: KeyObject
  readonly #officers: Buffer

  /** @param key 32 bytes; wiped. */
  constructor (key: Buffer) {
    const sub = (info: string): Buffer => Buffer.from(hkdfSync('sha256', key, '', `trembita access log ${info}`, 32))
    this.#content = createSecretKey(sub('content'))
    this.#officers = sub('officers')
    key.fill(0)
  }

  /** AES-256-GCM under a key of its own for each text, so that no nonce repeats however many there are. @param name stands beside it in the row, and is held to it. */
  seal (name: string, content: Uint8Array): Buffer {
    const salt = randomBytes(SALT_BYTES)
    const cipher = createCipheriv('aes-256-gcm', this.#keyOf(salt), NONCE)
    cipher.setAAD(Buffer.from(name))
    const sealed = cipher.update(content)
    return Buffer.concat([salt, sealed, cipher.final(), cipher.getAuthTag()])
  }

  /** @throws when name, content or key are not those that were sealed. */
  open (name: string, sealed: Uint8Array): Buffer {
    const decipher = createDecipheriv('aes-256-gcm', this.#keyOf(sealed.subarray(0, SALT_BYTES)), NONCE)
    decipher.setAAD(Buffer.from(name))
    decipher.setAuthTag(sealed.subarray(-TAG_BYTES))
    return Buffer.concat([decipher.update(sealed.subarray(SALT_BYTES, -TAG_BYTES)), decipher.final()])
  }

  /**
   * Pseudonym of an official, the same whenever this official of this agency asks here: HMAC-SHA-256, 80 bits, in base32. Two gateways
   * call one official differently (monitor.md §8).
   */
  officerHandle (agency: MemberId, officer: string): string {
    const key = Buffer.from(hkdfSync('sha256', this.#officers, '', formatClientId(memberOf(agency)), 32))
    return base32(createHmac('sha256', key).update(officer.normalize('NFKC').trim()).digest().subarray(0, HANDLE_BYTES))
  }

  #keyOf (salt: Uint8Array): KeyObject {
    return createSecretKey(Buffer.from(hkdfSync('sha256', this.#content, salt, 'row', 32)))
  }
}

function base32 (bytes: Uint8Array): string {
  const bits = [...bytes].map((byte) => byte.toString(2).padStart(8, '0')).join('')
  return bits.match(/.{5}/g)!.map((five) => 'abcdefghijklmnopqrstuvwxyz234567'[Number.parseInt(five, 2)]).join('')
}
