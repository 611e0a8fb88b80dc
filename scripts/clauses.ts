/**
 * What `npm run clauses` runs: the tests whose titles name clauses of docs/clauses.md, and the demonstrations; then it says of each clause who
 * exercised it and how that ended, just now.
 *
 *     npm run clauses                     all
 *     npm run clauses -- TR-5.3 UP-12     these alone
 *     npm run clauses -- --no-demo        without the demonstration (its ports are taken, or time is short)
 *     npm run clauses -- --json           for programs
 *
 * Exit code 1 when something that a clause relies on failed; an open clause is shown open and fails nothing.
 */
import { spawn } from 'node:child_process'
import { globSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, relative, resolve } from 'node:path'
import { run } from 'node:test'
import { text } from 'node:stream/consumers'
import { parseArgs } from 'node:util'

const ROOT = resolve(import.meta.dirname, '..')
const TESTS = ['packages/*/test/**/*.test.ts', 'examples/*/test/**/*.test.ts', 'bench/test/**/*.test.ts']
/** The demonstration as a test is the demonstration twice; here it runs once, for its accounts. */
const NOT_HERE = /examples\/federation\/test\/demo\.test\.ts$/
const FILES_AT_ONCE = 2

type State = 'pass' | 'fail' | 'open' | 'organisational'

interface Clause {
  readonly id: string
  readonly requirement: string
  /** S, M or O. */
  readonly kind: string
}

/** A test or a demonstration that exercises clauses, as it ended. */
interface Exercise {
  readonly name: string
  readonly where: string
  readonly passed: boolean
  readonly clauses: readonly string[]
}

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { 'no-demo': { type: 'boolean', default: false }, json: { type: 'boolean', default: false }, help: { type: 'boolean', short: 'h', default: false } }
})

if (values.help) {
  console.log(readFileSync(import.meta.filename, 'utf8').split('*/')[0]!.replace(/^\/?\s?\*+ ?/gm, '').trim())
} else {
  process.exitCode = await main(positionals)
}

async function main (wanted: readonly string[]): Promise<number> {
  const clauses = readClauses().filter(({ id }) => wanted.length === 0 || wanted.includes(id))
  if (clauses.length === 0) {
    console.error(`no such clause in docs/clauses.md: ${wanted.join(' ')}`)
    return 2
  }
  const exercises = [...await runTests(clauses), ...values['no-demo'] ? [] : await runDemonstrations(clauses)]
  const report = clauses.map((clause) => {
    const by = exercises.filter((exercise) => exercise.clauses.includes(clause.id))
    return { ...clause, state: stateOf(clause, by), by }
  })
  console.log(values.json ? JSON.stringify(report, null, 2) : textOf(report))
  return report.some(({ state }) => state === 'fail') ? 1 : 0
}

function stateOf ({ kind }: Clause, by: readonly Exercise[]): State {
  if (by.some(({ passed }) => !passed)) return 'fail'
  return by.length > 0 ? 'pass' : kind === 'O' ? 'organisational' : 'open'
}

function readClauses (): Clause[] {
  const rows = readFileSync(join(ROOT, 'docs/clauses.md'), 'utf8').matchAll(/^\| ((?:UP|DO|IP|CD|TR)-[\w.]+) \| (.*?) \| ([SMO]) \|/gm)
  return [...rows].map(([, id, requirement, kind]) => ({ id: id!, requirement: requirement!, kind: kind! }))
}

/** The clauses that a title names, whole: `TR-2.1` is not in `TR-2.10`. */
function namedIn (title: string, clauses: readonly Clause[]): string[] {
  return clauses.map(({ id }) => id).filter((id) => new RegExp(`(?<![\\w.-])${id.replaceAll('.', '\\.')}(?![\\w]|\\.\\w|-)`).test(title))
}

async function runTests (clauses: readonly Clause[]): Promise<Exercise[]> {
  const files = globSync(TESTS, { cwd: ROOT, exclude: ['**/node_modules', '**/dist'] }).map((file) => resolve(ROOT, file))
    .filter((file) => !NOT_HERE.test(file) && namedIn(readFileSync(file, 'utf8'), clauses).length > 0)
  console.error(`running ${files.length} files of tests`)
  process.env.TAP_TIMEOUT ??= '300'
  const found: Exercise[] = []
  const events = run({ files, concurrency: FILES_AT_ONCE, cwd: ROOT, execArgv: ['--import', join(import.meta.dirname, 'test-deadline.ts')] })
  for await (const { type, data } of events as AsyncIterable<{ type: string, data: { name?: string, file?: string, entryFile?: string, skip?: unknown, details?: { type?: string } } }>) {
    if (type !== 'test:pass' && type !== 'test:fail') continue
    const named = namedIn(data.name ?? '', clauses)
    // What was left out shows nothing.
    if (named.length > 0 && data.skip === undefined) found.push({ name: data.name!, where: relative(ROOT, data.entryFile ?? data.file ?? ''), passed: type === 'test:pass', clauses: named })
  }
  return found
}

interface DemoAccount { readonly id: string, readonly title: string, readonly clauses: readonly string[], readonly held: boolean }

async function runDemonstrations (clauses: readonly Clause[]): Promise<Exercise[]> {
  const folder = mkdtempSync(join(tmpdir(), 'trembita-clauses-'))
  console.error('running the demonstrations')
  try {
    const demo = spawn(process.execPath, [join(ROOT, 'examples/federation/src/main.ts'), '--once', '--data', folder], { cwd: ROOT, stdio: ['ignore', 'pipe', 'inherit'] })
    const said = await text(demo.stdout)
    const accounts = JSON.parse(readFileSync(join(folder, 'demonstrations/summary.json'), 'utf8')) as DemoAccount[]
    if (accounts.length === 0) console.error(said)
    return accounts.map(({ id, title, clauses: named, held }) => ({ name: `${id} ${title}`, where: 'npm start', passed: held, clauses: named.filter((one) => clauses.some((clause) => clause.id === one)) }))
  } catch (error) {
    console.error(`the demonstrations did not run: ${(error as Error).message}`)
    return []
  } finally {
    rmSync(folder, { recursive: true, force: true, maxRetries: 3 })
  }
}

function textOf (report: readonly (Clause & { readonly state: State, readonly by: readonly Exercise[] })[]): string {
  const counts = new Map<State, number>()
  const lines = report.map(({ id, requirement, kind, state, by }) => {
    counts.set(state, (counts.get(state) ?? 0) + 1)
    const shown = by.slice(0, 4).map(({ name, where, passed }) => `\n            ${passed ? 'pass' : 'FAIL'}  ${name}  [${where}]`)
    const more = by.length > 4 ? `\n            … and ${by.length - 4} more` : ''
    return `${state.toUpperCase().padEnd(15)}${id.padEnd(10)}${kind}  ${requirement}${shown.join('')}${more}`
  })
  return `${lines.join('\n')}\n\n${[...counts].map(([state, count]) => `${count} ${state}`).join(', ')}, of ${report.length} clauses`
}
