import { readFileSync } from 'node:fs'
import { dirname, extname, resolve } from 'node:path'
import { parse as parseYaml } from 'yaml'
import { ConfigReader, type ConfigReading } from './config-reader.ts'
import { describeSystemError } from './system-error.ts'

/** What a configuration file held, not yet checked. */
export interface ConfigFile {
  readonly path: string
  readonly values: unknown
}

/** Everything that is wrong with a configuration, each problem with the path of its setting. */
export class ConfigError extends Error {
  override readonly name = 'ConfigError'
  readonly problems: readonly string[]

  constructor (problems: readonly string[], options?: ErrorOptions) {
    super(problems.length === 1 ? problems[0] : `${problems.length} problems in the configuration:\n${problems.map((problem) => `- ${problem}`).join('\n')}`, options)
    this.problems = problems
  }
}

/** More than any real configuration, less than what hurts to parse. */
const FILE_BYTES_MAX = 1024 * 1024

/**
 * Reads a YAML (`.yaml`, `.yml`) or JSON file. YAML 1.2 core schema; no aliases, which have no use here and can be made to explode.
 *
 * @throws {ConfigError} when it cannot be read or parsed.
 */
export function readConfigFile (path: string): ConfigFile {
  try {
    const bytes = readFileSync(path)
    if (bytes.length > FILE_BYTES_MAX) throw new Error(`larger than ${FILE_BYTES_MAX} bytes`)
    const text = bytes.toString('utf8')
    const values: unknown = extname(path) === '.json' ? JSON.parse(text) : parseYaml(text, { maxAliasCount: 0 })
    return { path: resolve(path), values: values ?? {} }
  } catch (thrown) {
    const told = describeSystemError(thrown) ?? (thrown as Error).message.split('\n', 1)[0]!.replace(/:$/, '')
      .replace('Alias resolution is disabled', 'a text that begins with * must stand in quotes')
    throw new ConfigError([told.startsWith(`${path}: `) ? told : `${path}: ${told}`], { cause: thrown })
  }
}

export interface ConfigSource {
  readonly file?: ConfigFile | undefined
  /** `PREFIX_SECTION_SETTING` overrides `section.setting`: `bodyBytesMax` is `BODY_BYTES_MAX`. */
  readonly env?: Readonly<Record<string, string | undefined>> | undefined
  readonly envPrefix?: string | undefined
  /** Name put before each problem's path; the file's own structure does not have it. */
  readonly name?: string | undefined
  /** Relative paths start here; the file's folder by default, else the working folder. */
  readonly folder?: string | undefined
}

/**
 * Turns a file and the environment into a typed, frozen configuration.
 *
 * `shape` asks the reader for each setting; whatever is missing, of the wrong kind, or never asked for (a misspelt name) is collected,
 * and all of it is reported at once.
 *
 * @throws {ConfigError}
 */
export function toConfig<T> (source: ConfigSource, shape: (config: ConfigReader) => T): Readonly<T> {
  const reading: ConfigReading = {
    problems: [],
    env: source.env ?? {},
    envPrefix: source.envPrefix,
    envUsed: new Set(),
    folder: source.folder ?? (source.file === undefined ? process.cwd() : dirname(source.file.path))
  }
  const root = new ConfigReader(reading, source.file?.values ?? {}, [], source.name)
  let value: T
  try {
    value = shape(root)
  } catch (thrown) {
    // A shape may stumble over the stand-in values of missing settings: then the problems say why.
    if (reading.problems.length > 0) throw new ConfigError(reading.problems, { cause: thrown })
    throw thrown
  }
  root.reportUnknown()
  if (source.envPrefix !== undefined) {
    for (const name of Object.keys(reading.env)) {
      if (name.startsWith(`${source.envPrefix}_`) && !reading.envUsed.has(name)) reading.problems.push(`${name}: no such setting (environment)`)
    }
  }
  if (reading.problems.length > 0) throw new ConfigError(reading.problems)
  return freeze(value)
}

/** Plain objects and lists, all the way down; what has a class of its own (URL, Secret) is left alone. */
function freeze<T> (value: T): T {
  if (typeof value !== 'object' || value === null) return value
  const prototype: unknown = Object.getPrototypeOf(value)
  if (prototype !== Object.prototype && prototype !== Array.prototype && prototype !== null) return value
  for (const member of Object.values(value)) freeze(member)
  return Object.freeze(value)
}
