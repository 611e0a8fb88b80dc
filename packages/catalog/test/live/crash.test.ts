import { spawn } from 'node:child_process'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import t, { type Test } from 'tap'
import { findRun, runsOf } from '../../src/verification/index.ts'
import { DRAFT } from './draft.ts'
import { PUBLISHER, runCatalog, SERVICE, type RunningCatalog } from './running-catalog.ts'

/** Lets a catalog of its own process do something on the data, and kills it at a line that it says. @returns all that it has said. */
async function killedAt (running: RunningCatalog, what: string, line: RegExp, versionId = ''): Promise<string> {
  const anchor = join(running.folder, 'anchor.xml')
  await writeFile(anchor, (await running.federation.core.anchor('internal')).bytes)
  const child = spawn(process.execPath, [join(import.meta.dirname, 'killed-catalog.ts'), anchor, running.config.dataFolder, running.gatewayUrl, what, versionId], { stdio: ['ignore', 'pipe', 'inherit'] })
  let said = ''
  return await new Promise((resolve) => {
    child.stdout.on('data', (chunk: Buffer) => {
      said += chunk.toString('utf8')
      if (line.test(said)) child.kill('SIGKILL')
    })
    child.once('close', () => { resolve(said) })
  })
}

async function after (t: Test, running: RunningCatalog): Promise<RunningCatalog['catalog']['parts']> {
  const { parts } = await running.restart()
  t.equal((await parts.store.all('SELECT id FROM harvest_run WHERE ended_at IS NULL')).length, 0, 'no run is said to go on')
  t.equal((await parts.store.all('SELECT id FROM verification_run WHERE state = ?', 'running')).length, 0)
  return parts
}

t.test('kill -9 loses nothing that was acknowledged (IP-1.5)', async (t) => {
  const running = await runCatalog(t)
  await running.catalog.close()

  await killedAt(running, 'harvest', /begun 1/)
  let parts = await after(t, running)
  const service = await parts.entries.service(SERVICE)
  t.equal(service?.harvest, 'ok', 'the first harvest was acknowledged: it is there, whole')
  t.ok((await parts.entries.description(service!.description!.documentHash))?.bytes.includes('vehicleByPlate'))

  const resourceId = await parts.resources.create(PUBLISHER, 'TEST/GOV/2002', { name: { uk: 'Реєстр' }, purpose: { uk: 'Облік' }, status: 'inUse', legalBasis: 'акт', dataObjects: [], subsystemIds: [] })
  const { interfaceId, versionId } = await parts.applications.create(PUBLISHER, resourceId, { ...DRAFT, serviceIds: [SERVICE] })
  await running.catalog.close()
  const started = /started (\S+)/.exec(await killedAt(running, 'verify', /started/, versionId))?.[1]
  parts = await after(t, running)
  t.equal((await findRun(parts.store, started!))?.state, 'interrupted', 'the run that was begun is known, and honest about its end')
  t.equal((await parts.applications.find(versionId)).version.state, 'draft')

  const again = await parts.verifications.start(PUBLISHER, versionId)
  await parts.verifications.settled(again)
  t.equal((await runsOf(parts.store, versionId)).length, 2, 'the same button begins anew')
  await parts.applications.submit(PUBLISHER, versionId)
  await running.catalog.close()
  t.match(await killedAt(running, 'publish', /published/, versionId), /published/)
  parts = await after(t, running)
  t.equal((await parts.entries.interface(interfaceId))?.versions[0]?.state, 'published', 'what was told as published is')
})
