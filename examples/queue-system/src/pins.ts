import { createHmac, hkdfSync, randomBytes, timingSafeEqual } from 'node:crypto'
import { existsSync, readFileSync } from 'node:fs'
import { writeFileAtomic } from '@trembita/daemon'

const KEY_BYTES = 32

/** PINs of bookings, computed from their numbers: none is stored, and a repeated request is answered with the same one. */
export class Pins {
  readonly #pins: Uint8Array
  readonly #contents: Uint8Array

  constructor (key: Uint8Array) {
    this.#pins = new Uint8Array(hkdfSync('sha256', key, '', 'pins', KEY_BYTES))
    this.#contents = new Uint8Array(hkdfSync('sha256', key, '', 'contents', KEY_BYTES))
  }

  /** The queue's key in a file of its own, made at the first start. */
  static async load (path: string): Promise<Pins> {
    if (!existsSync(path)) await writeFileAtomic(path, randomBytes(KEY_BYTES), { mode: 0o600 })
    return new Pins(readFileSync(path))
  }

  /** Six digits. */
  of (number: string): string {
    return String(createHmac('sha256', this.#pins).update(number).digest().readUIntBE(0, 6) % 1_000_000).padStart(6, '0')
  }

  check (number: string, pin: string): boolean {
    const [expected, given] = [Buffer.from(this.of(number)), Buffer.from(pin)]
    return expected.length === given.length && timingSafeEqual(expected, given)
  }

  /** Tells whether two requests ask for the same; says nothing of what they ask. */
  fingerprint (content: string): string {
    return createHmac('sha256', this.#contents).update(content).digest('hex')
  }
}
