import { readFileSync } from 'node:fs'
import { inspect } from 'node:util'

/** Bytes that must not be printed: shows itself as `[secret]` in logs, JSON and consoles. */
export class Secret {
  readonly #bytes: Buffer

  constructor (bytes: Uint8Array) {
    this.#bytes = Buffer.from(bytes)
  }

  /** The bytes themselves, not a copy; `wipe` empties them. */
  get bytes (): Buffer {
    return this.#bytes
  }

  wipe (): void {
    this.#bytes.fill(0)
  }

  toJSON (): string {
    return '[secret]'
  }

  toString (): string {
    return '[secret]'
  }

  [inspect.custom] (): string {
    return '[secret]'
  }
}

/** Reads a secret from a file; one line end at its end is not part of it (editors and `echo` add one). */
export function readSecretFile (path: string): Secret {
  const bytes = readFileSync(path)
  let end = bytes.length
  if (bytes[end - 1] === 0x0a) end--
  if (bytes[end - 1] === 0x0d) end--
  const secret = new Secret(bytes.subarray(0, end))
  bytes.fill(0)
  return secret
}
