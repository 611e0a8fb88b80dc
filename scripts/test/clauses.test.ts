import { execFile } from 'node:child_process'
import { join, resolve } from 'node:path'
import { promisify } from 'node:util'
import t from 'tap'

const run = promisify(execFile)
const ROOT = resolve(import.meta.dirname, '../..')

async function clauses (...args: string[]): Promise<{ code: number, out: string }> {
  // Not a child of this run's reporter: it starts a run of its own.
  const env = { ...process.env, NODE_TEST_CONTEXT: undefined, NODE_OPTIONS: undefined }
  return await run(process.execPath, [join(ROOT, 'scripts/clauses.ts'), '--no-demo', ...args], { cwd: ROOT, env }).then(({ stdout }) => ({ code: 0, out: stdout }), (error: { code: number, stdout: string, stderr: string }) => ({ code: error.code, out: error.stdout + error.stderr }))
}

t.test('a clause is shown with the tests that prove it as they just ran, an open one open, one of organisation alone as such', async (t) => {
  const { code, out } = await clauses('--json', 'UP-R3.3', 'TR-A3', 'UP-10c')
  t.equal(code, 0, out)
  const report = JSON.parse(out) as { id: string, state: string, by: { passed: boolean, where: string }[] }[]
  t.match(report.find(({ id }) => id === 'UP-R3.3'), { state: 'organisational', by: [] })
  t.match(report.find(({ id }) => id === 'TR-A3'), { state: 'open', by: [] })
  const proved = report.find(({ id }) => id === 'UP-10c')
  t.equal(proved?.state, 'pass')
  t.ok(proved?.by.some(({ where, passed }) => passed && where === 'examples/tax-registry/test/tax-registry.test.ts'))
})

t.test('a clause that there is not is refused', async (t) => {
  const { code, out } = await clauses('TR-99')
  t.equal(code, 2)
  t.match(out, 'no such clause')
})
