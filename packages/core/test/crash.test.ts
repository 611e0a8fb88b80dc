import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync, readlinkSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import t from 'tap'
import { openSqliteStore } from '@trembita/daemon/store'
import { checkPart, GLOBALCONF_VERSIONS, parseAnchor, parseDirectory, verifyDirectory } from '@trembita/protocol/globalconf'
import { MIGRATIONS } from '../src/db/index.ts'
import { coreIn } from './seeding.ts'

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

t.test('kill -9 at any moment of a key rotation leaves one key that signs, and a configuration that anchors know the key of', async (t) => {
  const folder = t.testdir()
  const program = join(import.meta.dirname, 'rotate-forever.ts')
  t.setTimeout(100_000)
  for (let round = 0; round < 5; round++) {
    const child = spawn(process.execPath, [program, folder], { stdio: ['ignore', 'pipe', 'inherit'] })
    await once(child.stdout, 'data')
    await sleep(20 + Math.random() * 300)
    child.kill('SIGKILL')
    await once(child, 'exit')
    t.ok(checkTree(folder) >= 15)
    const store = await openSqliteStore(join(folder, 'registry.db'), MIGRATIONS)
    const keys = await store.all<{ kind: string, active: number, certificate: Buffer }>('SELECT kind, active, certificate FROM signing_key')
    await store.close()
    t.same(keys.filter(({ active }) => active === 1).map(({ kind }) => kind).sort(), ['external', 'internal'])
    const published = readFileSync(join(folder, 'public', readlinkSync(join(folder, 'public', 'current')), 'V6', 'internalconf'))
    verifyDirectory(parseDirectory(published), keys.filter(({ kind }) => kind === 'internal').map(({ certificate }) => certificate))
  }
  await using core = await coreIn(folder)
  const directory = parseDirectory(Buffer.from(await (await fetch(`${core.addresses.configuration}/internalconf?version=6`)).arrayBuffer()))
  verifyDirectory(directory, parseAnchor((await core.anchor('internal')).bytes).sources.flatMap(({ certificates }) => certificates))
})
