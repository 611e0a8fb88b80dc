import { isUtf8 } from 'node:buffer'
import { type Bounds, type Cut, cutItems, kept, Unreadable } from './cuts.ts'
import type { MemberRule } from './field-rules.ts'
import { loggableName, Places } from './place-names.ts'

/** Deeper answers are an attack on whoever reads them. */
const DEPTH_MAX = 128

const QUOTE = 0x22
const BACKSLASH = 0x5c
const COMMA = 0x2c

/**
 * Looks through a JSON text and tells what of it is outside the rules, and what is left without that. Nothing is written anew:
 * members and elements are cut out of the bytes with their commas, all else stays as it is, numbers to the last digit.
 *
 * `null`, `{}` and `[]` may stand anywhere above a permitted field; other values only where one is permitted.
 *
 * @throws {Unreadable} for what is no JSON (RFC 8259), begins with a byte order mark, is nested too deeply, or has a member twice:
 *   readers would choose differently.
 */
export function boundJson (bytes: Buffer, rules: readonly MemberRule[]): Bounds {
  if (!isUtf8(bytes)) throw new Unreadable('it is not UTF-8')
  const walk = new JsonWalk(bytes)
  const inside = walk.document(rules)
  if (!inside) return { outside: walk.places.all(), inside: undefined }
  if (walk.places.isEmpty) return { outside: [], inside: bytes }
  return { outside: walk.places.all(), inside: Buffer.concat(kept(walk.cuts, bytes.length).map(({ start, end }) => bytes.subarray(start, end))) }
}

class JsonWalk {
  readonly cuts: Cut[] = []
  readonly places = new Places()
  readonly #bytes: Buffer
  readonly #path: string[] = []
  #at = 0
  #depth = 0

  constructor (bytes: Buffer) {
    this.#bytes = bytes
  }

  /** @returns false when the whole is outside. */
  document (rules: readonly MemberRule[]): boolean {
    this.#space()
    const inside = this.#value(rules)
    this.#space()
    if (this.#at < this.#bytes.length) throw this.#broken('something follows the value')
    if (!inside) this.places.add([])
    return inside
  }

  /**
   * Reads one value.
   *
   * @param rules that hold here; none for what is outside, and is only read.
   * @returns whether the value may stay, perhaps without some of what it holds.
   */
  #value (rules: readonly MemberRule[]): boolean {
    const whole = rules.some((rule) => rule.whole)
    switch (this.#bytes[this.#at]) {
      case 0x7b: this.#container(rules, whole, 0x7d); return whole || rules.length > 0
      case 0x5b: this.#container(rules, whole, 0x5d); return whole || rules.length > 0
      case QUOTE: this.#string(false); return whole
      case 0x74: this.#word('true'); return whole
      case 0x66: this.#word('false'); return whole
      case 0x6e: this.#word('null'); return whole || rules.length > 0
      default: this.#number(); return whole
    }
  }

  #container (rules: readonly MemberRule[], whole: boolean, close: 0x7d | 0x5d): void {
    if (++this.#depth > DEPTH_MAX) throw this.#broken(`it is nested deeper than ${DEPTH_MAX} levels`)
    const isObject = close === 0x7d
    const judged = !whole && rules.length > 0
    const items: (Cut & { stays: boolean })[] = []
    const names = isObject ? new Set<string>() : undefined
    this.#at += 1
    this.#space()
    let index = 0
    if (this.#bytes[this.#at] === close) this.#at += 1
    else {
      for (;;) {
        const start = this.#at
        const name = names === undefined ? String(index++) : this.#name(names)
        const stays = this.#item(rules, whole, judged, name, isObject)
        if (judged) items.push({ start, end: this.#at, stays })
        this.#space()
        const next = this.#bytes[this.#at++]
        if (next === close) break
        if (next !== COMMA) throw this.#broken('a comma or the end is expected')
        this.#space()
      }
    }
    if (items.some(({ stays }) => !stays)) this.cuts.push(...cutItems(items))
    this.#depth -= 1
  }

  #item (rules: readonly MemberRule[], whole: boolean, judged: boolean, name: string, isObject: boolean): boolean {
    if (!judged) {
      this.#value(whole ? rules : NONE)
      return true
    }
    const below: MemberRule[] = []
    let named = false
    for (const rule of rules) {
      const own = rule.members.get(name)
      if (own !== undefined) below.push(own)
      if (rule.any !== undefined) below.push(rule.any)
      named ||= own !== undefined
    }
    // What an agreement calls "any" has names that may be data.
    this.#path.push(isObject && (named || below.length === 0) ? loggableName(name) : '*')
    const stays = this.#value(below)
    if (!stays) this.places.add(this.#path)
    this.#path.pop()
    return stays
  }

  /** A name with its colon. */
  #name (names: Set<string>): string {
    if (this.#bytes[this.#at] !== QUOTE) throw this.#broken('a name is expected')
    const name = this.#string(true)
    if (names.has(name)) throw this.#broken('a member stands twice')
    names.add(name)
    this.#space()
    if (this.#bytes[this.#at++] !== 0x3a) throw this.#broken('a colon is expected')
    this.#space()
    return name
  }

  /** @returns the text, where it is asked for. Escapes must be sound in any case. */
  #string (asked: boolean): string {
    const bytes = this.#bytes
    const start = ++this.#at
    let escaped = false
    for (let at = start; ; at++) {
      const byte = bytes[at]
      if (byte === QUOTE) {
        this.#at = at + 1
        if (escaped) return this.#unescape(start, at)
        return asked ? bytes.toString('utf8', start, at) : ''
      }
      if (byte === BACKSLASH) {
        escaped = true
        at += 1
      } else if (byte === undefined || byte < 0x20) {
        throw this.#broken('a string does not end, or holds a control character')
      }
    }
  }

  #unescape (start: number, end: number): string {
    try {
      return JSON.parse(`"${this.#bytes.toString('utf8', start, end)}"`) as string
    } catch {
      throw this.#broken('an escape is not understood')
    }
  }

  #word (word: string): void {
    if (this.#bytes.toString('latin1', this.#at, this.#at + word.length) !== word) throw this.#broken('a value is not understood')
    this.#at += word.length
  }

  #number (): void {
    const start = this.#at
    if (this.#bytes[this.#at] === 0x2d) this.#at += 1
    const whole = this.#digits()
    if (whole === 0 || (whole > 1 && this.#bytes[this.#at - whole] === 0x30)) throw this.#broken(this.#at === start ? 'a value is expected' : 'a number is not understood')
    if (this.#bytes[this.#at] === 0x2e) {
      this.#at += 1
      if (this.#digits() === 0) throw this.#broken('a number is not understood')
    }
    if ((this.#bytes[this.#at]! | 0x20) === 0x65) {
      this.#at += 1
      if (this.#bytes[this.#at] === 0x2b || this.#bytes[this.#at] === 0x2d) this.#at += 1
      if (this.#digits() === 0) throw this.#broken('a number is not understood')
    }
  }

  #digits (): number {
    const start = this.#at
    while (this.#bytes[this.#at]! >= 0x30 && this.#bytes[this.#at]! <= 0x39) this.#at += 1
    return this.#at - start
  }

  #space (): void {
    for (;;) {
      const byte = this.#bytes[this.#at]
      if (byte !== 0x20 && byte !== 0x0a && byte !== 0x0d && byte !== 0x09) return
      this.#at += 1
    }
  }

  #broken (what: string): Unreadable {
    return new Unreadable(`it is no JSON that all read alike: ${what}, at byte ${this.#at}`)
  }
}

const NONE: readonly MemberRule[] = []
