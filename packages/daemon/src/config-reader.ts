import { resolve } from 'node:path'
import { readSecretFile, Secret } from './secret.ts'
import { describeSystemError } from './system-error.ts'

/** What one reading of a configuration gathers. */
export interface ConfigReading {
  readonly problems: string[]
  readonly env: Readonly<Record<string, string | undefined>>
  readonly envPrefix: string | undefined
  readonly envUsed: Set<string>
  readonly folder: string
}

interface Bounds {
  readonly min?: number
  readonly max?: number
}

const MISSING = Symbol('missing')
const BYTE_UNITS: Readonly<Record<string, number>> = { '': 1, B: 1, kB: 1000, KB: 1000, MB: 1e6, GB: 1e9, KiB: 1024, MiB: 1024 ** 2, GiB: 1024 ** 3 }

/**
 * One section of a configuration. Each method reads one setting: the environment first, then the file, then the fallback;
 * a setting without a fallback is required. A bad value is noted and a stand-in returned, so that one run finds all problems.
 */
export class ConfigReader {
  readonly #reading: ConfigReading
  readonly #values: Readonly<Record<string, unknown>>
  readonly #path: readonly string[]
  readonly #name: string | undefined
  readonly #known = new Set<string>()
  readonly #sections: ConfigReader[] = []

  constructor (reading: ConfigReading, values: unknown, path: readonly string[], name?: string) {
    this.#reading = reading
    this.#path = path
    this.#name = name
    const isSection = typeof values === 'object' && values !== null && !Array.isArray(values)
    this.#values = isSection ? values as Record<string, unknown> : {}
    if (!isSection) this.#problem([], 'expected settings, each as "name: value"')
  }

  string (name: string, fallback?: string): string {
    return this.#read(name, fallback, '', (value) =>
      typeof value === 'string' && value.length > 0 ? value : expected(typeof value === 'number' ? 'a text: put digits in quotes' : 'a text'))
  }

  boolean (name: string, fallback?: boolean): boolean {
    return this.#read(name, fallback, false, (value) =>
      value === true || value === 'true' ? true : value === false || value === 'false' ? false : expected('true or false'))
  }

  integer (name: string, fallback?: number, bounds: Bounds = {}): number {
    const { min = 0, max = Number.MAX_SAFE_INTEGER } = bounds
    return this.#read(name, fallback, min, (value, fromEnv) => {
      const number = fromEnv && typeof value === 'string' && /^-?\d+$/.test(value) ? Number(value) : value
      if (!Number.isSafeInteger(number) || number as number < min || number as number > max) {
        return expected(max === Number.MAX_SAFE_INTEGER ? `a whole number, ${min} or more` : `a whole number from ${min} to ${max}`)
      }
      return number as number
    })
  }

  /** 0 asks the system for any free port. */
  port (name: string, fallback?: number): number {
    return this.#read(name, fallback, 0, (value, fromEnv) => {
      const number = fromEnv && typeof value === 'string' && /^\d+$/.test(value) ? Number(value) : value
      return Number.isInteger(number) && number as number >= 0 && number as number <= 65535 ? number as number : expected('a port number')
    })
  }

  /** A number of bytes, or a text with a unit: `10 MiB`, `500 kB`. */
  bytes (name: string, fallback?: number): number {
    return this.#read(name, fallback, 0, (value) => {
      if (Number.isSafeInteger(value) && value as number >= 0) return value as number
      const match = typeof value === 'string' ? /^(\d+(?:\.\d+)?) ?([A-Za-z]*)$/.exec(value) : null
      const unit = match === null ? undefined : BYTE_UNITS[match[2]!]
      return unit === undefined ? expected('a number of bytes, such as 10 MiB') : Math.round(Number(match![1]) * unit)
    })
  }

  oneOf<const T extends string> (name: string, choices: readonly T[], fallback?: T): T {
    return this.#read(name, fallback, choices[0]!, (value) =>
      choices.includes(value as T) ? value as T : expected(`one of ${choices.join(', ')}`))
  }

  /** An `http:` or `https:` address. */
  url (name: string, fallback?: string): URL {
    return this.#read(name, fallback === undefined ? undefined : new URL(fallback), new URL('http://missing.invalid/'), (value) => {
      const url = typeof value === 'string' && URL.canParse(value) ? new URL(value) : undefined
      return url !== undefined && /^https?:$/.test(url.protocol) ? url : expected('an http or https address')
    })
  }

  /** A path; a relative one starts at the configuration file's folder. */
  path (name: string, fallback?: string): string {
    const text = this.#read(name, fallback, '', (value) => typeof value === 'string' && value.length > 0 ? value : expected('a path'))
    return resolve(this.#reading.folder, text)
  }

  /** The content of the file that the setting names: secrets themselves stand in no configuration and no environment. */
  secret (name: string): Secret {
    const text = this.#read(name, undefined, '', (value) => typeof value === 'string' && value.length > 0 ? value : expected('the path of a file that holds the secret'))
    if (text === '') return new Secret(Buffer.alloc(0))
    try {
      const secret = readSecretFile(resolve(this.#reading.folder, text))
      // A file made and never filled would protect keys by nothing.
      if (secret.bytes.length === 0) this.#problem([name], `${text} is empty`)
      return secret
    } catch (thrown) {
      this.#problem([name], `cannot read ${describeSystemError(thrown) ?? text}`)
      return new Secret(Buffer.alloc(0))
    }
  }

  /** A list of texts; in the environment, separated by commas. */
  strings (name: string, fallback?: readonly string[]): readonly string[] {
    return this.#read<readonly string[]>(name, fallback, [], (value, fromEnv) => {
      if (fromEnv) return (value as string).split(',').map((item) => item.trim()).filter((item) => item !== '')
      return Array.isArray(value) && value.every((item) => typeof item === 'string') ? value as string[] : expected('a list of texts')
    })
  }

  /** Undefined when the setting is absent: `config.optional('proxy', (name) => config.url(name))`. */
  optional<T> (name: string, read: (name: string) => T): T | undefined {
    this.#known.add(name)
    return this.#raw(name).value === MISSING && !this.#hasEnvBelow(name) ? undefined : read(name)
  }

  /** A section; one that is absent reads as empty, so that its fallbacks hold. */
  section<T> (name: string, shape: (section: ConfigReader) => T): T {
    this.#known.add(name)
    return shape(this.#child(this.#values[name] ?? {}, [name]))
  }

  /** A list of sections, in order; absent is empty. */
  list<T> (name: string, shape: (item: ConfigReader) => T): T[] {
    this.#known.add(name)
    const items = this.#values[name] ?? []
    if (!Array.isArray(items)) {
      this.#problem([name], 'expected a list')
      return []
    }
    return items.map((item: unknown, index) => shape(this.#child(item, [name, String(index)])))
  }

  /** Notes a problem that only the caller can see, such as two settings that do not go together. */
  problem (name: string, text: string): void {
    this.#problem([name], text)
  }

  /** Notes every setting in this section and below that nobody asked for. */
  reportUnknown (): void {
    for (const name of Object.keys(this.#values)) if (!this.#known.has(name)) this.#problem([name], 'no such setting')
    for (const section of this.#sections) section.reportUnknown()
  }

  #child (values: unknown, path: readonly string[]): ConfigReader {
    const child = new ConfigReader(this.#reading, values, [...this.#path, ...path], this.#name)
    this.#sections.push(child)
    return child
  }

  #read<T> (name: string, fallback: T | undefined, standIn: T, check: (value: unknown, fromEnv: boolean) => T | Expected): T {
    this.#known.add(name)
    const { value, env } = this.#raw(name)
    if (value === MISSING) {
      if (fallback === undefined) this.#problem([name], 'missing')
      return fallback ?? standIn
    }
    const checked = check(value, env !== undefined)
    if (!(checked instanceof Expected)) return checked
    this.#problem([name], `expected ${checked.what}${env === undefined ? '' : ` (from ${env})`}`)
    return standIn
  }

  #raw (name: string): { value: unknown, env?: string } {
    const env = this.#envName(name)
    if (env !== undefined && this.#reading.env[env] !== undefined) {
      this.#reading.envUsed.add(env)
      return { value: this.#reading.env[env], env }
    }
    const value = Object.hasOwn(this.#values, name) ? this.#values[name] : undefined
    return { value: value === undefined || value === null ? MISSING : value }
  }

  #envName (name: string): string | undefined {
    if (this.#reading.envPrefix === undefined) return undefined
    const words = [...this.#path, name].map((part) => part.replace(/([a-z0-9])([A-Z])/g, '$1_$2').replace(/[^A-Za-z0-9]/g, '_').toUpperCase())
    return [this.#reading.envPrefix, ...words].join('_')
  }

  #hasEnvBelow (name: string): boolean {
    const env = this.#envName(name)
    return env !== undefined && Object.keys(this.#reading.env).some((key) => key.startsWith(`${env}_`))
  }

  #problem (path: readonly string[], text: string): void {
    const full = [...this.#name === undefined ? [] : [this.#name], ...this.#path, ...path].join('.')
    const setting = full === '' ? 'configuration' : full
    // What a caller then finds wrong with the stand-in value is no news.
    if (!this.#reading.problems.includes(`${setting}: missing`)) this.#reading.problems.push(`${setting}: ${text}`)
  }
}

class Expected {
  readonly what: string
  constructor (what: string) {
    this.what = what
  }
}

function expected (what: string): Expected {
  return new Expected(what)
}
