import { decodeBase64 } from './base64.ts'

/** More than some flipped bytes, and it is another producer's text. */
const DAMAGE_MAX = 8

/** Whether a text begins as ours does, damage of a few characters allowed for. */
export function beginsAs (text: string, head: string): boolean {
  if (text.startsWith(head)) return true
  let differing = 0
  for (let i = 0; i < head.length && differing <= DAMAGE_MAX; i++) if (text.charCodeAt(i) !== head.charCodeAt(i)) differing++
  return differing <= DAMAGE_MAX
}

/** Walks over a text whose fixed parts are known. */
export class Cursor {
  readonly #text: string
  #at: number

  constructor (text: string, at: number) {
    this.#text = text
    this.#at = at
  }

  take (fixed: string): boolean {
    if (!this.#text.startsWith(fixed, this.#at)) return false
    this.#at += fixed.length
    return true
  }

  takeEnd (fixed: string): boolean {
    return this.#at + fixed.length === this.#text.length && this.take(fixed)
  }

  base64 (): Buffer | undefined {
    const end = this.#text.indexOf('<', this.#at)
    if (end < 0) return undefined
    const bytes = decodeBase64(this.#text.slice(this.#at, end))
    this.#at = end
    return bytes
  }

  /** The text up to a fixed one, which is taken too. */
  until (fixed: string): string | undefined {
    const end = this.#text.indexOf(fixed, this.#at)
    if (end < 0) return undefined
    const text = this.#text.slice(this.#at, end)
    this.#at = end + fixed.length
    return text
  }
}
