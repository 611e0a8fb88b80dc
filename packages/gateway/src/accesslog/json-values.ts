import { isUtf8 } from 'node:buffer'
import type { PathNode } from './selector.ts'
import { DEPTH_MAX, Unreadable } from './unreadable.ts'

/** Told of each value that a path selects. */
export type OnValue = (path: number, value: string) => void

const QUOTE = 0x22
const BACKSLASH = 0x5c

/**
 * Reads texts and numbers that paths select out of a JSON text, without making values of the rest. `null`, `true`, `false`, objects
 * and arrays are no value.
 *
 * @throws {Unreadable} for what is no JSON (RFC 8259), is nested too deeply, or has a member twice where it matters.
 */
export function readJsonValues (bytes: Buffer, root: PathNode, onValue: OnValue): void {
  if (!isUtf8(bytes)) throw new Unreadable('it is not UTF-8')
  // A byte order mark is no JSON, but most readers let it pass.
  const marked = bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf
  new JsonReader(marked ? bytes.subarray(3) : bytes, onValue).document(root)
}

class JsonReader {
  /** A character a byte: a slice costs nothing. */
  readonly #text: string
  readonly #onValue: OnValue
  #at = 0
  #depth = 0

  constructor (bytes: Buffer, onValue: OnValue) {
    this.#text = bytes.toString('latin1')
    this.#onValue = onValue
  }

  document (root: PathNode): void {
    this.#space()
    this.#value(root)
    this.#space()
    if (this.#at < this.#text.length) throw this.#broken()
  }

  #value (node: PathNode): void {
    switch (this.#text.charCodeAt(this.#at)) {
      case 0x7b: this.#object(node); break
      case 0x5b: this.#array(node); break
      case QUOTE: this.#tell(node, this.#string(node.ends.length > 0)); break
      case 0x74: this.#word('true'); break
      case 0x66: this.#word('false'); break
      case 0x6e: this.#word('null'); break
      default: this.#tell(node, this.#number())
    }
  }

  #tell (node: PathNode, value: string): void {
    for (const path of node.ends) this.#onValue(path, value)
  }

  #object (node: PathNode): void {
    // Where nothing is looked for, a name twice decides nothing.
    const names = node.isDead ? undefined : new Set<string>()
    this.#items(0x7d, () => {
      if (this.#text.charCodeAt(this.#at) !== QUOTE) throw this.#broken()
      const name = this.#string(names !== undefined)
      if (names?.has(name) === true) throw new Unreadable('a member stands in it twice')
      names?.add(name)
      this.#space()
      if (this.#text.charCodeAt(this.#at++) !== 0x3a) throw this.#broken()
      this.#space()
      this.#value(node.step(name))
    })
  }

  #array (node: PathNode): void {
    let index = 0
    this.#items(0x5d, () => { this.#value(node.step(node.isDead ? '' : String(index++))) })
  }

  #items (close: 0x7d | 0x5d, read: () => void): void {
    if (++this.#depth > DEPTH_MAX) throw new Unreadable(`it is nested deeper than ${DEPTH_MAX} levels`)
    this.#at += 1
    this.#space()
    if (this.#text.charCodeAt(this.#at) === close) this.#at += 1
    else {
      for (;;) {
        read()
        this.#space()
        const next = this.#text.charCodeAt(this.#at++)
        if (next === close) break
        if (next !== 0x2c) throw this.#broken()
        this.#space()
      }
    }
    this.#depth -= 1
  }

  /** @returns the text where it is asked for. */
  #string (asked: boolean): string {
    const start = ++this.#at
    let escaped = false
    for (let at = start; ; at++) {
      const byte = this.#text.charCodeAt(at)
      if (byte === QUOTE) {
        this.#at = at + 1
        if (!asked) return ''
        const text = Buffer.from(this.#text.slice(start, at), 'latin1').toString('utf8')
        return escaped ? this.#unescape(text) : text
      }
      if (byte === BACKSLASH) {
        escaped = true
        at += 1
      } else if (!(byte >= 0x20)) { // NaN behind the end
        throw this.#broken()
      }
    }
  }

  #unescape (text: string): string {
    try {
      return JSON.parse(`"${text}"`) as string
    } catch {
      throw this.#broken()
    }
  }

  #word (word: string): void {
    if (!this.#text.startsWith(word, this.#at)) throw this.#broken()
    this.#at += word.length
  }

  #number (): string {
    NUMBER.lastIndex = this.#at
    const [number] = NUMBER.exec(this.#text) ?? []
    if (number === undefined) throw this.#broken()
    this.#at += number.length
    return number
  }

  #space (): void {
    for (;;) {
      const byte = this.#text.charCodeAt(this.#at)
      if (byte !== 0x20 && byte !== 0x0a && byte !== 0x0d && byte !== 0x09) return
      this.#at += 1
    }
  }

  #broken (): Unreadable {
    return new Unreadable(`it is no JSON, at byte ${this.#at}`)
  }
}

const NUMBER = /-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?/y
