import { createHmac, timingSafeEqual } from 'node:crypto'

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
