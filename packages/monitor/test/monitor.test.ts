import { createHash } from 'node:crypto'
import { globSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { createLogger } from '@trembita/daemon'
import { openCheckpoint, parseVerifierKey } from '@trembita/protocol/tlog'
import { operatorKeys } from '../src/index.ts'
import { eventAbout, postJson, runMonitor, type RunningMonitor } from './running-monitor.ts'
import { CLIENT, COMPONENT, NOW, OTHER_PERSON, PERSON, sampleEvent } from './samples.ts'

const PORTAL = 'SEVDEIR-DEMO/GOV/90000104/MONITOR'

interface Usages { readonly totalUsages: number, readonly usages: { readonly logtime: string, readonly action: string, readonly receiverCode: string, readonly receiverName: string, readonly receiverSystem: string }[] }

async function findUsage (running: RunningMonitor, query: Record<string, string>, user = PERSON, client = PORTAL): Promise<{ status: number, body: Usages }> {
  const answer = await fetch(`${running.monitor.addresses.exchange}/find-usage/v2/findUsage?${new URLSearchParams(query).toString()}`, { headers: { 'x-road-userid': user, 'x-road-client': client } })
  return { status: answer.status, body: await answer.json() as Usages }
}

t.test('findUsage version 2 answers about oneself, newest first, with a total that no page changes; hidden accesses are not there (IP-2.4a, TR-5.3)', async (t) => {
  await using running = await runMonitor(t.testdir())
  const hide = { state: 'deferred', reason: 'CrimeInvestigationImpaired', until: '2027-03-01T00:00:00.000Z' } as const
  const at = (minutes: number): string => new Date(NOW.getTime() - minutes * 60_000).toISOString()
  const events = [
    await eventAbout(running, 1, PERSON, { occurredAt: at(30) }), await eventAbout(running, 2, PERSON, { occurredAt: at(10) }), await eventAbout(running, 3, OTHER_PERSON, { occurredAt: at(5) }),
    await eventAbout(running, 4, PERSON, { occurredAt: at(4), visibility: hide }),
    await eventAbout(running, 5, PERSON, { occurredAt: at(20), holder: { code: '90000044', name: { uk: 'ДПС' }, registry: 'DRFO' } })
  ]
  const taken = await running.report(events)
  t.equal(taken.status, 200)
  t.same(await taken.json(), { ackSeq: 5, rejected: [], nextPollAfter: 1 })

  const { status, body } = await findUsage(running, { userCode: `UA${PERSON}` })
  t.equal(status, 200)
  t.equal(body.totalUsages, 3)
  t.same(body.usages.map(({ logtime }) => logtime), [at(10), at(20), at(30)])
  t.same(body.usages[0], { logtime: at(10), action: 'Приєднання підприємця до програм підтримки', receiverCode: '90000050', receiverName: 'Офіс розвитку підприємництва', receiverSystem: 'CABINET' })
  const page = await findUsage(running, { userCode: PERSON, offset: '1', limit: '1' })
  t.same([page.body.totalUsages, page.body.usages.map(({ logtime }) => logtime)], [3, [at(20)]])
  const period = await findUsage(running, { userCode: PERSON, periodStart: at(25), periodEnd: '2026-11-30T11:55:00+02:00' })
  t.same(period.body.usages.map(({ logtime }) => logtime), [at(10), at(20)])

  t.equal((await findUsage(running, { userCode: OTHER_PERSON })).status, 403, 'somebody else\'s: there are no mandates')
  for (const bad of [{}, { userCode: 'x' }, { userCode: PERSON, periodStart: '2026-11-30' }, { userCode: PERSON, periodEnd: 'yesterday' }, { userCode: PERSON, offset: '-1' }, { userCode: PERSON, limit: '0' }, { userCode: PERSON, limit: '99999999999' }, { userCode: PERSON, periodStart: at(1), periodEnd: at(2) }]) {
    t.equal((await findUsage(running, bad as Record<string, string>)).status, 400, JSON.stringify(bad))
  }
  t.equal((await findUsage(running, { userCode: PERSON }, PERSON, '')).status, 400, 'no client')
  const asked = async (path: string) => await (await fetch(`${running.monitor.addresses.exchange}/find-usage/v2/${path}`, { headers: { 'x-road-client': PORTAL } })).json() as object
  t.same(await asked('usagePeriod'), { periodStart: at(30) })
  t.same(await asked('heartbeat'), { status: 'OK' })

  await running.monitor.changes.apply('oversight', { selector: { eventId: events[3]!.eventId }, newState: 'lifted' })
  t.equal((await findUsage(running, { userCode: PERSON })).body.totalUsages, 4)
  await running.keys.close()
  t.equal((await findUsage(running, { userCode: PERSON })).status, 503, 'an outage is no empty list')
})

t.test('reports and heartbeats come from the registered client alone, and a gap is named', async (t) => {
  await using running = await runMonitor(t.testdir())
  const url = `${running.monitor.addresses.exchange}/report-access`
  const report = { component: COMPONENT, fromSeq: 2, toSeq: 2, events: [sampleEvent(2)], configHash: 'h', sentAt: NOW.toISOString() }
  const client = { 'x-road-client': CLIENT }
  t.equal((await postJson(url, report)).status, 400)
  t.equal((await postJson(url, report, { 'x-road-client': PORTAL })).status, 403)
  t.equal((await postJson(url, { ...report, component: 'PDAMS_LC_77' }, client)).status, 403)
  const gap = await postJson(url, report, client)
  t.same([gap.status, await gap.json()], [409, { title: 'events before these are missing', expectedSeq: 1 }])
  t.equal((await postJson(url, { ...report, toSeq: 9 }, client)).status, 400)
  t.equal((await postJson(url, { ...report, events: Array.from({ length: 501 }, () => ({})) }, client)).status, 400)
  t.equal((await postJson(url, { ...report, more: 1 }, client)).status, 400)
  const beat = await postJson(`${url}/heartbeat`, { component: COMPONENT, lastSeq: 0, spoolDepth: 3, oldestUnsent: '2026-11-30T09:30:00.000Z', configHash: 'h', ruleCounters: [{ service: 'S', rule: 'r', matched: 1 }] }, client)
  t.same([beat.status, await beat.json()], [200, { ackSeq: 0 }])
})

t.test('each service of the exchange describes itself, relative to its own address', async (t) => {
  await using running = await runMonitor(t.testdir())
  const { exchange } = running.monitor.addresses
  const describe = async (url: string) => await (await fetch(url)).json() as { openapi: string, servers: { url: string }[], paths: Record<string, Record<string, object>> }
  const usage = await describe(`${exchange}/openapi/findUsage.json`)
  t.match(usage, { openapi: '3.1.0', servers: [{ url: `${exchange}/find-usage` }] })
  t.same(Object.keys(usage.paths).sort(), ['/v2/findUsage', '/v2/heartbeat', '/v2/usagePeriod'])
  t.match(JSON.stringify(usage.paths['/v2/findUsage']), /"name":"userCode"/)
  t.same(Object.keys((await describe(`${exchange}/openapi/reportAccess.json`)).paths), ['/', '/heartbeat'])
  t.same(Object.keys((await describe(`${running.keys.url}/openapi/subjectKey.json`)).paths), ['/'])
})

t.test('the public log is served as C2SP says, and a checkpoint follows an event within seconds', async (t) => {
  await using running = await runMonitor(t.testdir())
  await running.report([sampleEvent(1), sampleEvent(2)])
  const { log } = running.monitor.addresses
  const note = await until(async () => {
    const answer = await fetch(`${log}/checkpoint`)
    return answer.status === 200 ? await answer.text() : undefined
  })
  const key = (await (await fetch(`${log}/vkey`)).text()).trim()
  t.equal(openCheckpoint(note, parseVerifierKey(key)).checkpoint.size, 2)
  const tile = await fetch(`${log}/tile/0/000.p/2`)
  t.equal(tile.headers.get('content-type'), 'application/octet-stream')
  t.match(tile.headers.get('cache-control'), /immutable/)
  t.equal((await tile.arrayBuffer()).byteLength, 64)
  t.equal((await (await fetch(`${log}/tile/entries/000.p/2`)).arrayBuffer()).byteLength, 2 * 35)
  for (const path of ['tile/0/..%2f..%2f..%2flog.key', 'tile/0/000', 'tile/0/000.p/3', 'tile/x', '../monitor.db']) t.equal((await fetch(`${log}/${path}`)).status, 404, path)
})

t.test('nothing in the store, the log or any log line names a person: a byte search of everything (CD-8.12, UP-13)', async (t) => {
  const root = t.testdir()
  const running = await runMonitor(root)
  const events = [await eventAbout(running, 1, PERSON), await eventAbout(running, 2, OTHER_PERSON)]
  await running.report(events)
  // What came in wrongly must not stay either.
  await running.report([{ ...sampleEvent(3), rnokpp: PERSON } as never, sampleEvent(4, { eventId: PERSON as never })])
  await findUsage(running, { userCode: PERSON })
  await findUsage(running, { userCode: OTHER_PERSON })
  await postJson(`${running.keys.url}/indexes`, { idType: 'RNOKPP', id: PERSON, epochs: ['2026-11'] }, { authorization: 'Bearer token-of-the-portal' })
  await fetch(`${running.monitor.addresses.portal}/?code=${PERSON}`)
  await running.monitor.ledger.flush()
  await running.close()
  const files = globSync('**/*', { cwd: root }).map((name) => join(root, name)).filter((file) => statSync(file).isFile())
  t.ok(files.some((file) => file.endsWith('monitor.db')))
  t.ok(files.some((file) => file.endsWith('root.key')), 'of the key service too')
  const digests = [PERSON, OTHER_PERSON].flatMap((id) => [id, `UA\u001fRNOKPP\u001f${id}`]).flatMap((text) => {
    const hash = createHash('sha256').update(text).digest()
    return [Buffer.from(text), hash, Buffer.from(hash.toString('hex')), Buffer.from(hash.toString('base64url'))]
  })
  for (const file of files) t.notOk(digests.some((needle) => readFileSync(file).includes(needle)), file)
  t.match(running.logged(), /an event was not taken/)
  t.notOk(digests.some((needle) => Buffer.from(running.logged()).includes(needle)), 'log lines')
})

t.test('oversight hides and lifts by its key, an operator sees how things are, and neither sees anybody\'s events', async (t) => {
  await using running = await runMonitor(t.testdir())
  const [event] = [await eventAbout(running, 1, PERSON)]
  await running.report([event, { ...sampleEvent(2), extra: true } as never])
  const keys = operatorKeys(running.monitor.store, running.clock, createLogger('test', 'silent'))
  const actor = { kind: 'system', id: 'test', name: 'test', roles: [], origin: '127.0.0.1' } as never
  const [operator, oversight] = await Promise.all(['MONITOR_OPERATOR', 'MONITOR_OVERSIGHT'].map(async (role) => (await keys.create(actor, { roles: [role], owner: 'test' })).key))
  const api = `${running.monitor.addresses.admin}/api/v1`
  const as = (key: string | undefined) => ({ authorization: `X-Road-ApiKey token=${key!}` })
  const hide = { selector: { eventId: event.eventId }, newState: 'deferred', reason: 'DefenceImpaired', reviewAt: '2027-01-01T00:00:00.000Z' }
  t.equal((await postJson(`${api}/visibility-changes`, hide)).status, 401)
  t.equal((await postJson(`${api}/visibility-changes`, hide, as(operator))).status, 403)
  const done = await postJson(`${api}/visibility-changes`, hide, as(oversight))
  t.match([done.status, await done.json()], [201, { events: 1, change: { newState: 'deferred' } }])
  t.equal((await findUsage(running, { userCode: PERSON })).body.totalUsages, 0)
  t.equal((await postJson(`${api}/visibility-changes`, { ...hide, reviewAt: undefined }, as(oversight))).status, 400)
  t.equal((await postJson(`${api}/visibility-changes`, { selector: { eventId: sampleEvent(9).eventId }, newState: 'lifted' }, as(oversight))).status, 404)
  const get = async (path: string) => await (await fetch(`${api}/${path}`, { headers: as(operator) })).json() as Record<string, unknown>[]
  t.match(await get('components'), [{ id: COMPONENT, status: 'current', ackSeq: 2 }])
  t.match(await get('quarantine'), [{ component: COMPONENT, seq: 2, code: 'malformed' }])
  t.same(await get('alarms'), [])
  const health = await (await fetch(`${running.monitor.addresses.admin}/health`)).json() as { checks: { name: string, status: string }[] }
  t.same(health.checks.map(({ name, status }) => [name, status]), [['store', 'pass'], ['log', 'pass'], ['components', 'pass'], ['alarms', 'warn']])
})

async function until<T> (look: () => Promise<T | undefined>): Promise<T> {
  for (;;) {
    const found = await look()
    if (found !== undefined) return found
    await new Promise((resolve) => { setTimeout(resolve, 20) })
  }
}
