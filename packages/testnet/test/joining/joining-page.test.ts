import { spawn } from 'node:child_process'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { text } from 'node:stream/consumers'
import t from 'tap'
import { freePorts } from '../../src/federation/index.ts'
import { skipWithout } from '../../src/verifiers/index.ts'

// docs/joining.md teaches commands: here they are run, all of them, in the order they stand there.

const ROOT = resolve(import.meta.dirname, '../../../..')
const PAGE_TIMEOUT_MS = 150_000
t.setTimeout(180_000)

const page = await readFile(join(ROOT, 'docs/joining.md'), 'utf8')
const blocks = [...page.matchAll(/^```sh\n(.*?)^```$/gms)].map(([, block]) => block!)
const skip = await skipWithout('curl', '--version') || await skipWithout('openssl', 'version')

t.test('TR-12.1, TR-7.7: every command of docs/joining.md works, from nothing to the first exchange', { skip }, async (t) => {
  t.ok(blocks.length > 10, 'the page has commands')
  const folder = await mkdtemp(join(tmpdir(), 'trembita-joining-'))
  const [core, ca, edr, admin, justice] = [await freePorts(4), await freePorts(3), await freePorts(1), await freePorts(5), await freePorts(5)]
  // Each block tells its number, so that a failure says where it was; what runs in the background ends with the shell.
  const script = ['set -eo pipefail', 'trap \'kill $(jobs -p) 2>/dev/null; wait\' EXIT', ...blocks.map((block, index) => `echo "=== block ${index + 1}" >&2\n${block}`), 'echo "exchange: $(value .outcome < answer.json)"'].join('\n')
  const shell = spawn('bash', ['-c', script], {
    stdio: ['ignore', 'pipe', 'pipe'],
    detached: true,
    env: {
      ...process.env,
      TMPDIR: folder,
      TREMBITA: ROOT,
      ...Object.fromEntries(Object.entries({
        CORE_PORT: core, REGISTRATION_PORT: core + 1, MANAGEMENT_PORT: core + 2, CONFIGURATION_PORT: core + 3, CA_PORT: ca, EDR_PORT: edr, ADMIN_PORT: admin, JUSTICE_PORT: justice
      }).map(([name, port]) => [name, String(port)]))
    }
  })
  t.teardown(async () => {
    // The group is the shell and whatever it started; when all ended well there is none.
    try { process.kill(-shell.pid!, 'SIGKILL') } catch {}
    await rm(folder, { recursive: true, force: true, maxRetries: 3 })
  })
  const timer = setTimeout(() => { process.kill(-shell.pid!, 'SIGKILL') }, PAGE_TIMEOUT_MS)
  const [code, said, told] = await Promise.all([new Promise((resolve) => { shell.once('exit', resolve) }), text(shell.stdout), text(shell.stderr)])
  clearTimeout(timer)
  if (code !== 0) t.comment(`${said.slice(-3000)}\n${told.slice(-3000)}`)
  t.equal(code, 0, 'every command succeeds')
  t.match(said, /signed by auth: true, signed by owner: true/)
  t.match(said, /exchange: FOUND/)
})
