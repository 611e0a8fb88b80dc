import { randomUUID } from 'node:crypto'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import t from 'tap'
import { readZip } from '@trembita/protocol/asic'
import { runTool, skipWithout, xmlsecVerify } from '@trembita/testnet/verifiers'
import { findRun, sealedReport, type RunReport } from '../../src/verification/index.ts'
import type { Parts } from '../../src/parts.ts'
import { DRAFT } from './draft.ts'
import { ADMIN, PUBLISHER, runCatalog, SERVICE, SOAP_SERVICE } from './running-catalog.ts'

async function verify (parts: Parts, versionId: string): Promise<RunReport> {
  const id = await parts.verifications.start(PUBLISHER, versionId)
  await parts.verifications.settled(id)
  return (await findRun(parts.store, id))!
}

t.test('an interface is published only when its live answers follow its description (IP-1.5, IP-1.4, IP-1.3, TR-2.9, TR-11.6)', async (t) => {
  const running = await runCatalog(t)
  const { register } = running
  const { parts } = running.catalog
  const summary = await parts.harvest.run()
  t.match(summary, { subsystems: 2, services: 2, descriptions: 2, errors: 0 }, 'both descriptions came through the gateway (TR-4.1)')
  await parts.harvest.run()
  t.equal((await parts.entries.descriptionsOf(SERVICE)).length, 1, 'what a generator writes anew makes no new description')
  t.equal((await parts.entries.resources()).length, 20, 'the annex is there')

  const resourceId = await parts.resources.create(PUBLISHER, 'TEST/GOV/2002', {
    name: { uk: 'Реєстр транспортних засобів' }, purpose: { uk: 'Облік транспортних засобів' }, status: 'inUse', legalBasis: 'постанова', dataObjects: ['транспортний засіб'], subsystemIds: ['TEST/GOV/2002/registry']
  })
  const { interfaceId, versionId } = await parts.applications.create(PUBLISHER, resourceId, DRAFT)

  register.mood = 'wrongType'
  const failed = await verify(parts, versionId)
  t.equal(failed.state, 'failed')
  const wrong = failed.checks.find(({ code, verdict, place }) => code === 'CF-3' && verdict === 'fail' && place === '/vehicle/year')
  t.match(wrong, { expected: 'must be integer', observed: 'string', messageId: String }, 'the report names pointer and message')
  t.ok(failed.checks.some(({ code, verdict, service }) => code === 'CF-3' && verdict === 'fail' && service === SOAP_SERVICE), 'the SOAP body too')
  t.notOk(JSON.stringify(failed.checks).includes('AA1234BC'), 'no value of an answer stands in the report')
  await t.rejects(parts.applications.submit(PUBLISHER, versionId), { code: 'wrong_state' })
  await t.rejects(parts.applications.publish(ADMIN, versionId), { code: 'wrong_state' }, 'approval does not stand in for a run')

  register.mood = 'carelessInput'
  const careless = await verify(parts, versionId)
  t.ok(careless.checks.some(({ code, verdict }) => code === 'ND-3' && verdict === 'fail'), 'a wrong request that succeeds is a fail')

  register.mood = 'right'
  const passed = await verify(parts, versionId)
  t.same(passed.checks.filter(({ verdict }) => verdict === 'fail'), [], 'after the fix the same button succeeds')
  t.ok(passed.state === 'passed' || passed.state === 'remarks', passed.state)
  t.match(passed.checks.find(({ code }) => code === 'RE-2'), { verdict: 'pass', observed: /TEST\/GOV\/2002/ }, 'sealed and stamped')
  t.ok(['ND-1', 'ND-2', 'ND-3', 'ND-5', 'ND-8', 'ND-9'].every((code) => passed.checks.some((check) => check.code === code)), 'wrong requests of each kind were tried')

  await t.test('the sealed report verifies with outside tools', { skip: await skipWithout('xmlsec1', '--version') }, async (t) => {
    const container = await sealedReport(parts.store, passed.id)
    t.ok(container !== undefined)
    const { entries } = await readZip(container!, { entriesMax: 50, bytesMax: 10_000_000 })
    const report = JSON.parse(entries.get('attachment1')!.toString('utf8')) as RunReport
    t.equal(report.id, passed.id)
    t.equal(report.checks.length, passed.checks.length)
    const file = join(running.folder, 'report.asice')
    await writeFile(file, container!)
    const trust = join(running.folder, 'trust.zip')
    await writeFile(trust, Buffer.from(await (await fetch(`${running.gatewayUrl}/verificationconf`)).arrayBuffer()))
    const verdict = await runTool('node', ['packages/protocol/bin/trembita-verify.ts', file, '--trust', trust])
    t.ok(verdict.ok, verdict.text)
    const seal = entries.get('META-INF/signatures.xml')!
    const der = /<(?:\w+:)?X509Certificate>([^<]+)</.exec(seal.toString('utf8'))![1]!
    const pieces = Object.fromEntries([...entries].filter(([name]) => !name.startsWith('META-INF/signatures') && name !== 'mimetype').flatMap(([name, bytes]) => [[name, bytes], [`/${name}`, bytes]]))
    const outside = await xmlsecVerify(seal, Buffer.from(der, 'base64'), pieces)
    t.ok(outside.ok, outside.text)
  })

  await parts.applications.submit(PUBLISHER, versionId)
  register.extraField = true
  await parts.harvest.run()
  await t.rejects(parts.applications.publish(ADMIN, versionId), { code: 'changed_since' }, 'another description than the verified one is not published')
  register.extraField = false
  await parts.harvest.run()
  await parts.applications.publish(ADMIN, versionId)
  t.equal((await parts.entries.interface(interfaceId))?.versions[0]?.state, 'published', 'everybody sees it')

  await t.test('a published service that changes is found drifted, and found again (TR-4.8, IP-1.6)', async (t) => {
    await parts.probes.run()
    await parts.probes.run()
    t.equal((await parts.entries.health()).get(SERVICE)?.state, 'up')
    register.mood = 'wrongType'
    await parts.probes.run()
    const [drifted] = (await parts.entries.interface(interfaceId))!.versions
    t.match(drifted, { state: 'drifted', reason: /vehicle\/year/ })
    register.mood = 'right'
    await parts.probes.run()
    t.equal((await parts.entries.interface(interfaceId))!.versions[0]!.state, 'published')
    register.mood = 'broken'
    for (let round = 0; round < 4; round++) await parts.probes.run()
    t.equal((await parts.entries.health()).get(SERVICE)?.state, 'down')
    register.mood = 'right'
  })

  await t.test('what is kept survives the process', async (t) => {
    const another = (await running.restart()).parts
    t.equal((await another.entries.interface(interfaceId))?.versions[0]?.id, versionId)
    t.equal(await another.entries.interface(randomUUID()), undefined)
  })
})
