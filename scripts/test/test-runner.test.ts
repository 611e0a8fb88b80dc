import { execFile } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { promisify } from 'node:util'
import t from 'tap'
import { ROOT } from '../packages.ts'

/** Below the repository, so that `tap` resolves; the name is in .gitignore. */
const folder = mkdtempSync(join(ROOT, 'scripts/test/.run-'))
t.teardown(() => { rmSync(folder, { recursive: true }) })

async function runner (files: Record<string, string>, env: Record<string, string> = {}): Promise<{ code: number, lines: string[] }> {
  for (const [name, body] of Object.entries(files)) writeFileSync(join(folder, `${name}.test.ts`), `import t from 'tap'\n${body}\n`)
  const { NODE_TEST_CONTEXT, NODE_OPTIONS, TAP_TIMEOUT, CI, ...clean } = process.env
  const paths = Object.keys(files).map((name) => join(folder, `${name}.test.ts`))
  const done = promisify(execFile)(process.execPath, [join(ROOT, 'scripts/test.ts'), ...paths], { env: { ...clean, ...env } })
  const { code, stdout } = await done.then(({ stdout }) => ({ code: 0, stdout }), (error: { code: number, stdout: string }) => error)
  return { code, lines: stdout.trimEnd().split('\n') }
}

const PASSES = "t.test('adds', async (t) => { t.equal(1, 1) })"
const SKIPS = "t.test('asks', { skip: 'xmlsec1 is not installed' }, async (t) => { t.pass() })"

t.test('closes with one line of counts, and names what was skipped', async (t) => {
  const passed = await runner({ a: PASSES })
  t.match(passed, { code: 0 })
  t.equal(passed.lines.at(-1), '1 passed, 0 failed')
  const skipped = await runner({ a: PASSES, b: SKIPS })
  t.equal(skipped.code, 0)
  t.equal(skipped.lines.at(-1), '1 passed, 0 failed, 1 skipped')
  t.ok(skipped.lines.some((line) => line.endsWith('asks (xmlsec1 is not installed)')))
})

t.test('with CI set a skip is a failure', async (t) => {
  const { code, lines } = await runner({ a: PASSES, b: SKIPS }, { CI: 'true' })
  t.equal(code, 1)
  t.equal(lines.at(-1), '1 passed, 1 failed')
})

t.test('a test that throws nothing and asserts nothing has passed', async (t) => {
  const { lines } = await runner({ a: "t.test('runs', async () => { await new Promise((resolve) => { setTimeout(resolve, 2) }) })" }, { CI: 'true' })
  t.equal(lines.at(-1), '1 passed, 0 failed')
})

t.test('a file that fails, dies or hangs fails the run, whatever its tests said', async (t) => {
  t.match(await runner({ a: "t.test('adds', async (t) => { t.equal(1, 2) })" }), { code: 1, lines: [] })
  const died = await runner({ a: `${PASSES}\nprocess.on('exit', () => { process.exitCode = 3 })` })
  t.equal(died.code, 1)
  t.match(died.lines.at(-1), /[1-9] failed$/)
  const hung = await runner({ a: `${PASSES}\nsetInterval(() => {}, 1000)` }, { TEST_TIMEOUT_SECONDS: '1' })
  t.equal(hung.code, 1)
  t.match(hung.lines.at(-1), /[1-9] failed$/)
})

t.test('a worker thread of a test has no deadline of its own', async (t) => {
  const worker = "import { Worker } from 'node:worker_threads'\nt.test('works', async (t) => { const code = await new Promise((resolve) => { new Worker('setTimeout(() => {}, 50)', { eval: true, env: {} }).on('exit', resolve) }); t.equal(code, 0) })"
  t.match(await runner({ a: worker }), { code: 0 })
})

t.test('a filter that matches nothing is an error', async (t) => {
  await t.rejects(promisify(execFile)(process.execPath, [join(ROOT, 'scripts/test.ts'), 'packages/nothing']), { code: 1 })
})
