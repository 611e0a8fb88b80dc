import { MalformedAccessEvent } from './malformed.ts'
import type { Multilingual } from './types.ts'

/** Codes and identifiers: visible ASCII, and letters of any script, without control characters. */
const CODE = /^[\p{L}\p{N}\p{P}\p{S}](?:[\p{L}\p{N}\p{P}\p{S} ]*[\p{L}\p{N}\p{P}\p{S}])?$/u
const INSTANT = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/
const CODE_CHARACTERS_MAX = 256
const TEXT_CHARACTERS_MAX = 1000

/**
 * One object of an event. Each method reads one member and refuses what is not as said; `end` refuses members that nobody asked for,
 * so that nothing unforeseen, such as a plain identifier, gets into the store unseen.
 */
export class FieldReader {
  readonly #members: Readonly<Record<string, unknown>>
  readonly #path: string
  readonly #asked = new Set<string>()

  constructor (value: unknown, path = '') {
    if (typeof value !== 'object' || value === null || Array.isArray(value)) throw new MalformedAccessEvent(path === '' ? 'event' : path, 'expected an object')
    this.#members = value as Readonly<Record<string, unknown>>
    this.#path = path
  }

  has (name: string): boolean {
    return Object.hasOwn(this.#members, name)
  }

  /** An identifier or code, no longer than 256 characters. */
  code (name: string, pattern: RegExp = CODE): string {
    const value = this.#text(name, CODE_CHARACTERS_MAX)
    return pattern.test(value) ? value : this.refuse(name, 'not of its form')
  }

  /** Words for people. */
  words (name: string): string {
    const value = this.#text(name, TEXT_CHARACTERS_MAX)
    return value.trim() === '' || /[\u0000-\u001f\u007f-\u009f\u2028\u2029]/.test(value) ? this.refuse(name, 'expected words') : value
  }

  multilingual (name: string): Multilingual {
    return this.section(name, (texts) => {
      const uk = texts.words('uk')
      const en = texts.optional('en', () => texts.words('en'))
      return { uk, ...en !== undefined && { en } }
    })
  }

  oneOf<const T extends string> (name: string, choices: readonly T[]): T {
    const value = this.#value(name)
    return choices.includes(value as T) ? value as T : this.refuse(name, `expected one of ${choices.join(', ')}`)
  }

  integer (name: string, min: number, max: number = Number.MAX_SAFE_INTEGER): number {
    const value = this.#value(name)
    return Number.isSafeInteger(value) && value as number >= min && value as number <= max ? value as number : this.refuse(name, `expected a whole number, ${min} or more`)
  }

  boolean (name: string): boolean {
    const value = this.#value(name)
    return typeof value === 'boolean' ? value : this.refuse(name, 'expected true or false')
  }

  /** An instant in UTC, written with three decimals and `Z`, so that order of texts is order of time. */
  instant (name: string): string {
    const value = this.#text(name, CODE_CHARACTERS_MAX)
    const time = INSTANT.test(value) ? new Date(value) : undefined
    return time !== undefined && !Number.isNaN(time.getTime()) && time.toISOString() === value ? value : this.refuse(name, 'expected an instant such as 2026-01-31T12:00:00.000Z')
  }

  day (name: string): string {
    const value = this.#text(name, CODE_CHARACTERS_MAX)
    const time = /^\d{4}-\d\d-\d\d$/.test(value) ? new Date(`${value}T00:00:00.000Z`) : undefined
    return time !== undefined && !Number.isNaN(time.getTime()) && time.toISOString().startsWith(value) ? value : this.refuse(name, 'expected a day such as 2026-01-31')
  }

  codes (name: string, countMax: number): readonly string[] {
    const value = this.#value(name)
    if (!Array.isArray(value) || value.length > countMax) return this.refuse(name, `expected a list of at most ${countMax} codes`)
    const codes = value.map((item: unknown) => typeof item === 'string' && item.length <= CODE_CHARACTERS_MAX && CODE.test(item) && item.isWellFormed() ? item : this.refuse(name, 'holds what is no code'))
    return new Set(codes).size === codes.length ? codes : this.refuse(name, 'repeats a code')
  }

  /** An absolute IRI of http or https. */
  iri (name: string): string {
    const value = this.#text(name, CODE_CHARACTERS_MAX)
    return /^https?:\/\/[!-~]+$/.test(value) && URL.canParse(value) ? value : this.refuse(name, 'expected an IRI')
  }

  section<T> (name: string, read: (section: FieldReader) => T): T {
    const section = new FieldReader(this.#value(name), this.#pathOf(name))
    const value = read(section)
    section.end()
    return value
  }

  /** Undefined when the member is absent; null counts as a value, and a wrong one. */
  optional<T> (name: string, read: (name: string) => T): T | undefined {
    this.#asked.add(name)
    return this.has(name) ? read(name) : undefined
  }

  end (): void {
    for (const name of Object.keys(this.#members)) if (!this.#asked.has(name)) throw new MalformedAccessEvent(this.#path === '' ? 'event' : this.#path, 'holds a member that is not known')
  }

  refuse (name: string, problem: string): never {
    throw new MalformedAccessEvent(this.#pathOf(name), problem)
  }

  #value (name: string): unknown {
    this.#asked.add(name)
    return this.has(name) ? this.#members[name] : this.refuse(name, 'missing')
  }

  #text (name: string, charactersMax: number): string {
    const value = this.#value(name)
    if (typeof value !== 'string' || value === '') return this.refuse(name, 'expected a text')
    if (value.length > charactersMax) return this.refuse(name, `longer than ${charactersMax} characters`)
    return value.isWellFormed() ? value : this.refuse(name, 'not well-formed Unicode')
  }

  #pathOf (name: string): string {
    return this.#path === '' ? name : `${this.#path}.${name}`
  }
}
