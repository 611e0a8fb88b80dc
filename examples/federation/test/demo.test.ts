import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { text } from 'node:stream/consumers'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import t from 'tap'
import { allPorts } from '../src/plan/index.ts'
import { checkPortsFree, program } from '../src/processes.ts'

// The demonstration as people start it: processes on the ports that they know. Where those are taken, it is running already.

t.setTimeout(400_000)
const skip = await checkPortsFree(allPorts()).then(() => false as const, (error: Error) => error.message)

t.test('npm start -- --once joins, exchanges and proves it; a second start goes on with what the first left', { skip }, async (t) => {
  const folder = await mkdtemp(join(tmpdir(), 'trembita-demo-'))
  t.teardown(() => rm(folder, { recursive: true, force: true, maxRetries: 3 }))
  const start = async (): Promise<{ readonly code: number, readonly said: string }> => {
    const demo = spawn(process.execPath, [program('examples/federation/src/main.ts').pathname, '--once', '--data', folder], { stdio: ['ignore', 'pipe', 'inherit'] })
    const [said, [code]] = await Promise.all([text(demo.stdout), once(demo, 'exit')])
    return { code, said }
  }
  const first = await start()
  t.equal(first.code, 0)
  t.match(first.said, /everything held: 8 requests approved, 10 exchanges, 34 sealed records verified/)
  const second = await start()
  t.equal(second.code, 0)
  t.match(second.said, /everything held: 0 requests approved/)
})
