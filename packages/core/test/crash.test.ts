import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync, readlinkSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import t from 'tap'
import { checkPart, GLOBALCONF_VERSIONS, parseDirectory } from '@trembita/protocol/globalconf'

/** What a web server would find: `current` and all that its directories name. */
function checkTree (folder: string): number {
  const root = join(folder, 'public')
  const stamp = readlinkSync(join(root, 'current'))
  let parts = 0
  for (const version of GLOBALCONF_VERSIONS) {
    for (const kind of ['internalconf', 'externalconf']) {
      const directory = parseDirectory(readFileSync(join(root, stamp, `V${version}`, kind)))
      for (const part of directory.parts) {
        const [, v, named, file] = part.location.split('/') as [string, string, string, string]
        checkPart(part, readFileSync(join(root, named, v, file)))
        parts++
      }
    }
  }
  return parts
}

t.test('kill -9 at any moment of a publication leaves a whole configuration', async (t) => {
  const folder = t.testdir()
  const program = join(import.meta.dirname, 'publish-forever.ts')
  t.setTimeout(100_000)
  for (let round = 0; round < 5; round++) {
    const child = spawn(process.execPath, [program, folder], { stdio: ['ignore', 'pipe', 'inherit'] })
    await once(child.stdout, 'data')
    await sleep(20 + Math.random() * 120)
    child.kill('SIGKILL')
    await once(child, 'exit')
    t.equal(checkTree(folder), 15)
  }
})
