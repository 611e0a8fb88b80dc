import { existsSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { ConfigError } from './config.ts'
import { describeSystemError } from './system-error.ts'

export interface CliOption {
  readonly type: 'string' | 'boolean'
  readonly description: string
  readonly short?: string
  /** What stands for the value in the help text: `FILE`, `PORT`. */
  readonly placeholder?: string
  readonly multiple?: boolean
}

export interface CliArguments {
  /** By option name; a repeated option gives a list. */
  readonly options: Readonly<Record<string, string | boolean | string[] | undefined>>
  readonly positionals: readonly string[]
  /** Path given with `--config`. */
  readonly config: string | undefined
}

export interface Cli {
  readonly name: string
  readonly version: string
  /** One sentence. */
  readonly summary: string
  /** As in the usage line: `FILE`, `[FOLDER]`; a name in brackets may be left out, one ending in `...` may repeat. */
  readonly positionals?: readonly string[]
  readonly options?: Readonly<Record<string, CliOption>>
  /** Does the command take `--config FILE`? Yes unless said otherwise. */
  readonly takesConfig?: boolean
  /** Further commands by their words, `api-key create`; each takes its own options and `--config`. */
  readonly commands?: Readonly<Record<string, CliCommand>>
  /** Lines printed at the end of the help text: exit codes, examples. */
  readonly notes?: readonly string[]
  /** @returns exit code; nothing means 0. */
  readonly main: (args: CliArguments) => number | undefined | Promise<number | undefined> | void | Promise<void>
}

/** A command of a program: what is not said here is the program's. */
export type CliCommand = Omit<Cli, 'name' | 'version' | 'commands'>

export interface CliStreams {
  readonly out: (text: string) => void
  readonly err: (text: string) => void
}

/** Thrown by a `main` that finds its arguments do not go together: reported as a usage error, exit code 2. */
export class UsageError extends Error {
  override readonly name = 'UsageError'
}

const processStreams: CliStreams = {
  out: (text) => { process.stdout.write(text) },
  err: (text) => { process.stderr.write(text) }
}

/**
 * Runs a command: `--help` and `--version` answer and exit 0; wrong usage and a wrong configuration are explained on standard
 * error with exit code 2; anything else that is thrown is 1. Sets the exit code of the process when it runs with the process's own arguments.
 */
export async function runCli (cli: Cli, argv?: readonly string[], streams: CliStreams = processStreams): Promise<number> {
  const code = await run(cli, argv ?? process.argv.slice(2), streams)
  if (argv === undefined) process.exitCode = code
  return code
}

/** The command that the first words name, and what is left for it. */
function chooseCommand (program: Cli, argv: readonly string[]): { cli: Cli, rest: readonly string[] } {
  for (const [words, command] of Object.entries(program.commands ?? {})) {
    const length = words.split(' ').length
    if (argv.slice(0, length).join(' ') === words) return { cli: { ...command, name: `${program.name} ${words}`, version: program.version }, rest: argv.slice(length) }
  }
  return { cli: program, rest: argv }
}

async function run (program: Cli, args: readonly string[], { out, err }: CliStreams): Promise<number> {
  const { cli, rest: argv } = chooseCommand(program, args)
  const usageProblem = (text: string): number => {
    err(`${cli.name}: ${text}\nTry '${cli.name} --help'.\n`)
    return 2
  }
  let parsed: CliArguments
  try {
    const { values, positionals } = parseArgs({ args: [...argv], options: toParseOptions(cli), allowPositionals: true, strict: true })
    if (values.help === true) {
      out(helpText(cli))
      return 0
    }
    if (values.version === true) {
      out(`${cli.name} ${cli.version}\n`)
      return 0
    }
    parsed = { options: values as CliArguments['options'], positionals, config: values.config as string | undefined }
  } catch (thrown) {
    // node's text ends with advice about `--`; the first sentence is the fact.
    return usageProblem((thrown as Error).message.split('. ', 1)[0]!)
  }
  const expectedPositionals = cli.positionals ?? []
  const required = expectedPositionals.filter((name) => !name.startsWith('['))
  if (parsed.positionals.length < required.length) return usageProblem(`missing ${required[parsed.positionals.length]!}`)
  const mayRepeat = expectedPositionals.at(-1)?.includes('...') ?? false
  if (!mayRepeat && parsed.positionals.length > expectedPositionals.length) {
    return usageProblem(`unexpected argument '${parsed.positionals[expectedPositionals.length]!}'`)
  }
  try {
    return (await cli.main(parsed)) ?? 0
  } catch (thrown) {
    if (thrown instanceof UsageError) return usageProblem(thrown.message)
    err(`${cli.name}: ${thrown instanceof Error ? describe(thrown) : String(thrown)}\n`)
    return thrown instanceof ConfigError ? 2 : 1
  }
}

function describe (error: Error): string {
  if (error instanceof ConfigError) return error.message
  const told: string[] = []
  for (let cause: unknown = error; cause instanceof Error && told.length < 5; cause = cause.cause) {
    const text = describeSystemError(cause) ?? cause.message
    // OpenSSL's numbers tell a person nothing, and some messages repeat their cause.
    if (/^error:[0-9A-F]{8}:/.test(text) || told.some((before) => before.includes(text))) continue
    told.push(text)
  }
  return told.join(': ')
}

const HELP: CliOption = { type: 'boolean', short: 'h', description: 'print this text' }
const VERSION: CliOption = { type: 'boolean', description: 'print the version' }
const CONFIG: CliOption = { type: 'string', short: 'c', placeholder: 'FILE', description: 'configuration file, YAML or JSON' }

function allOptions (cli: Cli): Record<string, CliOption> {
  return { ...cli.options, ...(cli.takesConfig ?? true) ? { config: CONFIG } : {}, help: HELP, version: VERSION }
}

function toParseOptions (cli: Cli): Record<string, { type: 'string' | 'boolean', short?: string, multiple?: boolean }> {
  return Object.fromEntries(Object.entries(allOptions(cli)).map(([name, option]) => [name, {
    type: option.type,
    ...option.short === undefined ? {} : { short: option.short },
    ...option.multiple === undefined ? {} : { multiple: option.multiple }
  }]))
}

function helpText (cli: Cli): string {
  const rows = Object.entries(allOptions(cli)).map(([name, option]) => {
    const short = option.short === undefined ? '    ' : `-${option.short}, `
    const value = option.type === 'string' ? ` ${option.placeholder ?? 'VALUE'}` : ''
    return [`  ${short}--${name}${value}`, option.description] as const
  })
  const width = Math.max(...rows.map(([left]) => left.length)) + 2
  const lines = [
    `Usage: ${[cli.name, '[options]', ...cli.positionals ?? []].join(' ')}`, '', cli.summary, '', 'Options:',
    ...rows.map(([left, right]) => left.padEnd(width) + right)
  ]
  const commands = Object.entries(cli.commands ?? {})
  if (commands.length > 0) {
    const longest = Math.max(...commands.map(([words]) => words.length)) + 2
    lines.push('', 'Commands (each has its own --help):', ...commands.map(([words, { summary }]) => `  ${words.padEnd(longest)}${summary}`))
  }
  if (cli.notes !== undefined) lines.push('', ...cli.notes)
  return `${lines.join('\n')}\n`
}

/** Version in the package.json nearest above a module: `packageVersion(import.meta.url)`. */
export function packageVersion (moduleUrl: string): string {
  for (let folder = new URL('.', moduleUrl); ; folder = new URL('..', folder)) {
    const file = fileURLToPath(new URL('package.json', folder))
    if (existsSync(file)) return (JSON.parse(readFileSync(file, 'utf8')) as { version: string }).version
    if (folder.pathname === '/') throw new Error(`no package.json above ${moduleUrl}`)
  }
}
