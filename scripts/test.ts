/**
 * What `npm test` runs: every test file in a process of its own, two at a time, and one closing line that CI reads.
 *
 *     npm test                                     all
 *     npm test -- packages/protocol                a folder
 *     npm test -- packages/protocol/test/xml.test.ts 'examples/<any>/test/*.test.ts'
 *     TEST_TIMEOUT_SECONDS=600 npm test -- bench
 *
 * With CI set, a skipped test counts as a failure: there every optional tool is installed, so a skip would hide a check.
 */
import { globSync, statSync } from 'node:fs'
import { join, relative, resolve, sep } from 'node:path'
import { run } from 'node:test'
import { spec as SpecReporter } from 'node:test/reporters'
import { PassThrough } from 'node:stream'
import { finished } from 'node:stream/promises'
import { stripVTControlCharacters } from 'node:util'

const ROOT = resolve(import.meta.dirname, '..')
const ALL = ['packages/*/test/**/*.test.ts', 'examples/*/test/**/*.test.ts', 'bench/test/**/*.test.ts', 'scripts/test/**/*.test.ts', 'certs/test/**/*.test.ts']
/** Tests of whole networks fill two cores. */
const FILES_AT_ONCE = 2
/** A test file that is not done by then hangs or leaks (test-deadline.ts). The longest, which kills gateways at each step, takes two minutes on two busy cores. */
process.env.TEST_TIMEOUT_SECONDS ??= '300'
// tap has its own deadline of 30 s for a file, which a test of crashes outlives.
process.env.TAP_TIMEOUT ??= process.env.TEST_TIMEOUT_SECONDS

interface Skip {
  readonly file: string
  readonly name: string
  readonly reason: string
}

interface Counts {
  readonly passed: number
  readonly failed: number
  readonly cancelled: number
  readonly skipped: number
}

process.exitCode = await main(process.argv.slice(2))

async function main (filters: string[]): Promise<number> {
  const files = filesOf(filters)
  if (files.length === 0) {
    console.error(`no test file matches ${filters.join(' ') || ALL.join(' ')}`)
    return 1
  }
  const skips: Skip[] = []
  let counts: Counts = { passed: 0, failed: 0, cancelled: 0, skipped: 0 }
  let isGood = false
  const events = run({ files, concurrency: FILES_AT_ONCE, cwd: ROOT, execArgv: ['--import', join(import.meta.dirname, 'test-deadline.ts')] })
  const shown = new PassThrough({ objectMode: true })
  const printed = finished(shown.pipe(new SpecReporter()).setEncoding('utf8').on('data', (text: string) => { process.stdout.write(process.stdout.isTTY ? text : stripVTControlCharacters(text)) }))
  for await (const event of withoutPassedAssertions(events)) {
    const { data } = event
    if (event.type === 'test:pass' && data.skip !== undefined && !hasRun(event)) {
      skips.push({ file: relative(ROOT, data.file ?? data.entryFile ?? ''), name: data.name ?? '', reason: String(data.skip) })
    }
    if (event.type === 'test:summary' && data.file === undefined && data.counts !== undefined) {
      counts = data.counts
      isGood = data.success === true
    }
    if (!shown.write(event)) await new Promise((resolve) => { shown.once('drain', resolve) })
  }
  shown.end()
  await printed
  return report(counts, skips, isGood)
}

function filesOf (filters: string[]): string[] {
  const patterns = filters.length === 0
    ? ALL
    : filters.map((filter) => {
      const path = relative(ROOT, resolve(filter)).split(sep).join('/')
      return statSync(resolve(filter), { throwIfNoEntry: false })?.isDirectory() === true ? `${path === '' ? '.' : path}/**/*.test.ts` : path
    })
  const found = globSync(patterns, { cwd: ROOT, exclude: ['**/node_modules', '**/dist'] })
  return [...new Set(found)].sort().map((file) => resolve(ROOT, file))
}

/** The part of `node:test` reporter events that matters here; its own types leave out what tap adds. */
interface RunnerEvent {
  readonly type: string
  readonly data: {
    readonly name?: string
    readonly nesting?: number
    readonly file?: string
    readonly entryFile?: string
    readonly skip?: string | boolean
    readonly success?: boolean
    readonly details?: { readonly type?: string, readonly duration_ms?: number }
    readonly counts?: Counts
  }
}

/** tap reports every assertion as a test. The titles are what a reader wants; an assertion is shown only when it fails or is skipped. */
async function * withoutPassedAssertions (events: AsyncIterable<unknown>): AsyncGenerator<RunnerEvent> {
  let started: RunnerEvent | undefined
  for await (const event of events as AsyncIterable<RunnerEvent>) {
    const { data } = event
    const isPassedAssertion = event.type === 'test:pass' && started !== undefined && started.data.name === data.name &&
      (data.nesting ?? 0) > 0 && data.details?.type !== 'suite' && data.skip === undefined
    if (!isPassedAssertion && started !== undefined) yield started
    started = undefined
    if (event.type === 'test:start') started = event
    else if (!isPassedAssertion) yield event
  }
  if (started !== undefined) yield started
}

/** tap calls a test without an assertion of its own skipped, though it ran and threw nothing: properties of fast-check are such. */
function hasRun ({ data }: RunnerEvent): boolean {
  return data.skip === true && (data.details?.duration_ms ?? 0) > 0
}

function report (counts: Counts, skips: readonly Skip[], isGood: boolean): number {
  const isCi = process.env.CI !== undefined && process.env.CI !== '' && process.env.CI !== 'false'
  if (skips.length > 0) {
    console.log(`\n${'!'.repeat(78)}\nNOT CHECKED: ${skips.length} skipped. The Debian parts they need: npm run setup:system`)
    for (const skip of skips) console.log(`  ${skip.file}: ${skip.name}${skip.reason === 'true' ? '' : ` (${skip.reason})`}`)
    if (isCi) console.log('CI is set, so each of these counts as a failure.')
    console.log('!'.repeat(78))
  }
  const broken = counts.failed + counts.cancelled
  let failed = isCi ? broken + skips.length : broken
  // A file that died before or after its tests fails the run though no test of it failed.
  if (!isGood && failed === 0) failed = 1
  const skipped = isCi ? 0 : skips.length
  console.log(`\n${counts.passed + counts.skipped - skips.length} passed, ${failed} failed${skipped === 0 ? '' : `, ${skipped} skipped`}`)
  return failed === 0 ? 0 : 1
}
