import { isUtf8 } from 'node:buffer'
import { type Bounds, type Cut, cutItems, kept, Unreadable } from './cuts.ts'
import type { MemberRule } from './field-rules.ts'
import { loggableName, Places } from './place-names.ts'
import { Level } from './rule-level.ts'

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
  return { outside: walk.places.all(), inside: keptBytes(bytes, walk.cuts) }
}

function keptBytes (bytes: Buffer, cuts: readonly Cut[]): Buffer {
  const runs = kept(cuts, bytes.length)
  const left = Buffer.allocUnsafe(runs.reduce((sum, { start, end }) => sum + end - start, 0))
  let at = 0
  for (const { start, end } of runs) at += bytes.copy(left, at, start, end)
  return left
}

class JsonWalk {
  readonly cuts: Cut[] = []
  readonly places = new Places()
  /** A character a byte: offsets are those of the bytes, and a slice costs nothing. */
  readonly #text: string
  readonly #path: string[] = []
  #at = 0
  #depth = 0

  constructor (bytes: Buffer) {
    this.#text = bytes.toString('latin1')
  }

  /** @returns false when the whole is outside. */
  document (rules: readonly MemberRule[]): boolean {
    this.#space()
    const inside = this.#value(new Level(rules))
    this.#space()
    if (this.#at < this.#text.length) throw this.#broken('something follows the value')
    if (!inside) this.places.add([])
    return inside
  }

  /**
   * Reads one value.
   *
   * @param level what holds here; undefined for what needs no judgement: it stays or goes with what is around it.
   * @returns whether the value may stay, perhaps without some of what it holds.
   */
  #value (level: Level | undefined): boolean {
    const whole = level?.whole ?? true
    const judged = whole ? undefined : level
    switch (this.#text.charCodeAt(this.#at)) {
      case 0x7b: this.#object(judged); return true
      case 0x5b: this.#array(judged); return true
      case QUOTE: this.#string(false); return whole
      case 0x74: this.#word('true'); return whole
      case 0x66: this.#word('false'); return whole
      case 0x6e: this.#word('null'); return true
      default: this.#number(); return whole
    }
  }

  #object (level: Level | undefined): void {
    const names = new Set<string>()
    this.#items(0x7d, level, () => {
      const name = this.#name(names)
      return level === undefined ? this.#value(undefined) : this.#member(level, name, level.names(name) || level.step(name) === undefined ? name : undefined)
    })
  }

  #array (level: Level | undefined): void {
    let index = 0
    this.#items(0x5d, level, () => level === undefined ? this.#value(undefined) : this.#member(level, String(index++), undefined))
  }

  /** @param read reads one item and tells whether it stays. */
  #items (close: 0x7d | 0x5d, level: Level | undefined, read: () => boolean): void {
    if (++this.#depth > DEPTH_MAX) throw this.#broken(`it is nested deeper than ${DEPTH_MAX} levels`)
    this.#at += 1
    this.#space()
    if (this.#text.charCodeAt(this.#at) === close) {
      this.#at += 1
      this.#depth -= 1
      return
    }
    const items: (Cut & { stays: boolean })[] = []
    let cut = false
    for (;;) {
      const start = this.#at
      const stays = read()
      if (level !== undefined) items.push({ start, end: this.#at, stays })
      cut ||= !stays
      this.#space()
      const next = this.#text.charCodeAt(this.#at++)
      if (next === close) break
      if (next !== COMMA) throw this.#broken('a comma or the end is expected')
      this.#space()
    }
    if (cut) this.cuts.push(...cutItems(items))
    this.#depth -= 1
  }

  /** @param shown name for the log; undefined for an element, and for what an agreement calls "any": such names may be data. */
  #member (level: Level, name: string, shown: string | undefined): boolean {
    const below = level.step(name)
    this.#path.push(shown ?? ANY)
    let stays = false
    if (below === undefined) this.#value(undefined)
    else stays = this.#value(below)
    if (!stays && level.isNews(shown ?? ANY)) this.places.add(this.#path.map((token) => token === ANY ? ANY : loggableName(token)))
    this.#path.pop()
    return stays
  }

  /** A name with its colon. */
  #name (names: Set<string>): string {
    if (this.#text.charCodeAt(this.#at) !== QUOTE) throw this.#broken('a name is expected')
    const name = this.#string(true)
    if (names.has(name)) throw this.#broken('a member stands twice')
    names.add(name)
    this.#space()
    if (this.#text.charCodeAt(this.#at++) !== 0x3a) throw this.#broken('a colon is expected')
    this.#space()
    return name
  }

  /** @returns the text, where it is asked for. Escapes must be sound in any case. */
  #string (asked: boolean): string {
    const text = this.#text
    const start = ++this.#at
    let escaped = false
    let wide = false
    for (let at = start; ; at++) {
      const byte = text.charCodeAt(at)
      if (byte === QUOTE) {
        this.#at = at + 1
        if (escaped) return this.#unescape(start, at)
        if (!asked) return ''
        return wide ? utf8Of(text.slice(start, at)) : text.slice(start, at)
      }
      if (byte === BACKSLASH) {
        escaped = true
        at += 1
      } else if (byte > 0x7f) {
        wide = true
      } else if (!(byte >= 0x20)) { // NaN behind the end
        throw this.#broken('a string does not end, or holds a control character')
      }
    }
  }

  #unescape (start: number, end: number): string {
    try {
      return JSON.parse(`"${utf8Of(this.#text.slice(start, end))}"`) as string
    } catch {
      throw this.#broken('an escape is not understood')
    }
  }

  #word (word: string): void {
    if (!this.#text.startsWith(word, this.#at)) throw this.#broken('a value is not understood')
    this.#at += word.length
  }

  #number (): void {
    const start = this.#at
    if (this.#text.charCodeAt(this.#at) === 0x2d) this.#at += 1
    const whole = this.#digits()
    if (whole === 0 || (whole > 1 && this.#text.charCodeAt(this.#at - whole) === 0x30)) throw this.#broken(this.#at === start ? 'a value is expected' : 'a number is not understood')
    if (this.#text.charCodeAt(this.#at) === 0x2e) {
      this.#at += 1
      if (this.#digits() === 0) throw this.#broken('a number is not understood')
    }
    if ((this.#text.charCodeAt(this.#at) | 0x20) === 0x65) {
      this.#at += 1
      const sign = this.#text.charCodeAt(this.#at)
      if (sign === 0x2b || sign === 0x2d) this.#at += 1
      if (this.#digits() === 0) throw this.#broken('a number is not understood')
    }
  }

  #digits (): number {
    const start = this.#at
    for (let digit = this.#text.charCodeAt(start); digit >= 0x30 && digit <= 0x39; digit = this.#text.charCodeAt(this.#at)) this.#at += 1
    return this.#at - start
  }

  #space (): void {
    for (;;) {
      const byte = this.#text.charCodeAt(this.#at)
      if (byte !== 0x20 && byte !== 0x0a && byte !== 0x0d && byte !== 0x09) return
      this.#at += 1
    }
  }

  #broken (what: string): Unreadable {
    return new Unreadable(`it is no JSON that all read alike: ${what}, at byte ${this.#at}`)
  }
}

/** Stands in a path for a name that is not told. */
const ANY = '*'

/** Text of bytes that stand as characters. */
function utf8Of (latin1: string): string {
  return Buffer.from(latin1, 'latin1').toString('utf8')
}
