import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { ServerResponse } from 'node:http'
import t from 'tap'
import { createLogger, ManualClock, systemClock, type Clock } from '@trembita/daemon'
import { writeAnchor } from '@trembita/protocol/globalconf'
import { formatClientId } from '@trembita/protocol/identifiers'
import { scratch } from '@trembita/testnet/verifiers'
import { GlobalConf, startGlobalConf, type GlobalConfOptions } from '../../src/globalconf/index.ts'
import { ConfigSource, member, partsOf, privateOf, sharedOf, signingKey } from './source.ts'

t.setTimeout(100_000) // several tests wait for time limits, and machines are slow at times

interface Logged { readonly level: number, readonly msg: string, readonly [key: string]: unknown }

interface Setup {
  readonly lines: Logged[]
  readonly folder: string
  start (anchor: string | Uint8Array, change?: Partial<GlobalConfOptions>): Promise<GlobalConf>
}

function setup (t: { teardown (work: () => Promise<void>): void }, clock: Clock = systemClock): Setup {
  const files = scratch()
  const lines: Logged[] = []
  const log = createLogger('test', 'debug', { write: (line: string) => { lines.push(JSON.parse(line) as Logged) } })
  const folder = files.path('globalconf')
  const running: GlobalConf[] = []
  t.teardown(async () => {
    for (const one of running) await one.close()
    files.remove()
  })
  return {
    lines,
    folder,
    async start (anchor, change = {}) {
      const globalconf = await startGlobalConf({ anchor, folder, clock, log, refreshSeconds: 0, readTimeoutMs: 500, totalTimeoutMs: 1500, connectTimeoutMs: 1000, ...change })
      running.push(globalconf)
      return globalconf
    }
  }
}

const nextUpdate = (text: string): { id: string, file: string, bytes: Buffer } =>
  ({ id: 'NEXTUPDATE', file: 'nextupdate-params.xml', bytes: Buffer.from(`<x:conf xmlns:x="http://x-road.eu/xsd/xroad.xsd"><verifyNextUpdate>${text}</verifyNextUpdate></x:conf>`) })
const warned = (lines: readonly Logged[], text: string): boolean => lines.some(({ level, msg }) => level >= 40 && msg.includes(text))
const unavailable = { name: 'Fault', kind: 'OutdatedGlobalConf' }

t.test('TR-4.3: the newest version is downloaded, checked, and kept in X-Road\'s layout', async (t) => {
  await using source = await ConfigSource.start()
  await source.publish({ parts: partsOf(sharedOf(), privateOf(), nextUpdate('false'), { id: 'FUTURE', file: 'future-params.xml', bytes: Buffer.from('anything') }) })
  const { folder, start } = setup(t)
  const globalconf = await start(source.anchor())
  const snapshot = globalconf.current()
  t.equal(snapshot.instance, 'ZZ')
  t.same(snapshot.members().map(({ id }) => formatClientId(id)), ['ZZ/GOV/1001'])
  t.equal(snapshot.trustOf('ZZ')?.verifyNextUpdate, false)
  t.equal(source.requests[0], '/internalconf?version=6')
  t.equal(readFileSync(join(folder, 'instance-identifier'), 'utf8'), 'ZZ')
  t.same(readdirSync(join(folder, 'ZZ')).sort(), ['future-params.xml', 'nextupdate-params.xml', 'private-params.xml', 'shared-params.xml'].flatMap((name) => [name, `${name}.metadata`]))
  const metadata = JSON.parse(readFileSync(join(folder, 'ZZ', 'shared-params.xml.metadata'), 'utf8')) as Record<string, string>
  t.match(metadata, { contentIdentifier: 'SHARED-PARAMETERS', instanceIdentifier: 'ZZ', contentLocation: '/V6/1/shared-params.xml', configurationVersion: '6' })
  t.match(metadata.expirationDate, /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/)
  t.match(globalconf.status(), { source: source.url, lastFailure: undefined })
  t.match(snapshot.sharedFiles(), [{ instance: 'ZZ', version: 6, bytes: readFileSync(join(folder, 'ZZ', 'shared-params.xml')) }])
})

t.test('trap 2: a version that answers 404 sends us one lower, down to 2', async (t) => {
  for (const version of [5, 4, 3, 2] as const) {
    await using source = await ConfigSource.start()
    await source.publish({ versions: [version] })
    const globalconf = await setup(t).start(source.anchor())
    t.equal(globalconf.current().sharedFiles()[0]?.version, version)
    t.same(source.requests.filter((url) => url.startsWith('/internalconf')).at(-1), `/internalconf?version=${version}`)
  }
})

t.test('trap 2: an error answer means that the version is there: nothing lower is taken', async (t) => {
  for (const status of [500, 503, 301, 204]) {
    await using source = await ConfigSource.start()
    await source.publish()
    source.faults.set('/internalconf?version=6', (_request, response) => { response.writeHead(status, { location: '/internalconf?version=5' }).end() })
    const globalconf = await setup(t).start(source.anchor())
    t.throws(() => globalconf.current(), unavailable, String(status))
    t.notOk(source.requests.includes('/internalconf?version=5'), 'neither asked for nor redirected to')
    await t.rejects(globalconf.refresh(), { name: 'Fault', kind: 'NetworkError' })
  }
})

t.test('an address that names a version is asked for that version only', async (t) => {
  await using source = await ConfigSource.start()
  await source.publish()
  const { start } = setup(t)
  const globalconf = await start(writeAnchor({ instance: 'ZZ', sources: [{ url: `${source.url}?version=4`, certificates: [source.key.certificate] }] }))
  t.equal(globalconf.current().sharedFiles()[0]?.version, 4)
  t.equal(source.requests[0], '/internalconf?version=4')
})

t.test('a source that is slow, endless, huge or broken costs no more than its limits and changes nothing', async (t) => {
  const faults: Record<string, [path: string, (response: ServerResponse) => void]> = {
    'never answers': ['/internalconf?version=6', () => {}],
    'sends a byte now and then': ['/internalconf?version=6', (response) => {
      response.writeHead(200)
      const timer = setInterval(() => { response.write('x') }, 100)
      response.on('close', () => { clearInterval(timer) })
    }],
    'sends a directory without end': ['/internalconf?version=6', (response) => {
      const fill = (): void => { while (response.write(Buffer.alloc(65536, 'x')) && !response.destroyed); }
      response.on('drain', fill).on('error', () => {})
      fill()
    }],
    'breaks off': ['/internalconf?version=6', (response) => { response.writeHead(200, { 'content-length': '1000' }).write('x', () => { response.destroy() }) }],
    'has lost a part': ['/V6/1/shared-params.xml', (response) => { response.writeHead(404).end() }],
    'fails on a part': ['/V6/1/private-params.xml', (response) => { response.writeHead(500).end() }],
    'gives another part': ['/V6/1/shared-params.xml', (response) => { response.end('<other/>') }],
    'gives nonsense': ['/internalconf?version=6', (response) => { response.end('nonsense') }]
  }
  for (const [what, [path, answer]] of Object.entries(faults)) {
    await using source = await ConfigSource.start()
    await source.publish()
    const { folder, start } = setup(t)
    const globalconf = await start(source.anchor())
    const before = [globalconf.current(), readFileSync(join(folder, 'ZZ', 'shared-params.xml'))] as const
    await source.publish({ parts: partsOf(sharedOf('ZZ', { ocspFreshnessSeconds: 1 }), privateOf({ timestampingIntervalSeconds: 1 })) })
    source.faults.set(path, (_request, response) => { answer(response) })
    const started = performance.now()
    await t.rejects(globalconf.refresh(), { name: 'Fault' }, what)
    t.ok(performance.now() - started < 4000, `${what}: within its limits`)
    t.equal(globalconf.current().version, before[0].version, what)
    t.same(readFileSync(join(folder, 'ZZ', 'shared-params.xml')), before[1], `${what}: the disk is as before`)
    source.faults.clear()
    await globalconf.refresh()
    t.equal(globalconf.current().ocspFreshnessSeconds, 1, `${what}: and then it goes on`)
  }
})

t.test('a directory signed by another key, expired, of another instance or without a part is refused', async (t) => {
  const stranger = await signingKey()
  const other = sharedOf('YY')
  const bad: Record<string, Parameters<ConfigSource['publish']>[0]> = {
    'another key': { key: stranger },
    expired: { expireAt: new Date(Date.now() - 1000) },
    'another instance in the directory': { instance: 'YY' },
    'another instance in the shared part': { parts: (version) => partsOf(other, privateOf())(version).map((part) => ({ ...part, instance: 'ZZ' })) },
    'another instance in the private part': { parts: partsOf(sharedOf(), privateOf({ instance: 'YY' })) },
    'no private part': { parts: partsOf(sharedOf(), undefined) },
    'no shared part': { parts: (version) => partsOf(sharedOf(), privateOf())(version).slice(0, 1) },
    'a malformed shared part': { parts: () => [{ id: 'PRIVATE-PARAMETERS', file: 'p.xml', bytes: Buffer.from('<x/>') }, { id: 'SHARED-PARAMETERS', file: 's.xml', bytes: Buffer.from('<x/>') }] },
    'a part of version 6 in version 5': { versions: [5], parts: () => partsOf(sharedOf('ZZ', { approvedTsas: [{ name: 'T', url: 'u', certificate: Buffer.from('c'), costType: 'FREE' }] }), privateOf())(6) },
    'a part whose name would leave the folder': { parts: partsOf(sharedOf(), privateOf(), { id: 'X', file: '..', bytes: Buffer.from('x') }) },
    'a part whose name would hide another': { parts: (version) => [...partsOf(sharedOf(), privateOf())(version), { id: 'X', file: 'x', location: '/a/shared-params.xml', bytes: Buffer.from('x') }] },
    'a part whose name would be taken for metadata': { parts: partsOf(sharedOf(), privateOf(), { id: 'X', file: 'shared-params.xml.metadata', bytes: Buffer.from('x') }) },
    'a location that is no address': { parts: (version) => partsOf(sharedOf(), privateOf())(version).map((part) => ({ ...part, location: 'file:///etc/passwd' })) }
  }
  for (const [what, publication] of Object.entries(bad)) {
    await using source = await ConfigSource.start()
    await source.publish(publication)
    const { folder, start } = setup(t)
    const globalconf = await start(source.anchor())
    t.throws(() => globalconf.current(), unavailable, what)
    t.notOk(existsSync(join(folder, 'ZZ')), `${what}: nothing is written`)
  }
})

t.test('trap 16: an update that cannot be read leaves the state in force, until it expires', async (t) => {
  const clock = new ManualClock(new Date())
  await using source = await ConfigSource.start()
  await source.publish()
  const { start } = setup(t, clock)
  const globalconf = await start(source.anchor())
  const version = globalconf.current().version
  await source.publish({ parts: () => [...partsOf(sharedOf(), privateOf())(6).slice(0, 1), { id: 'SHARED-PARAMETERS', file: 'shared-params.xml', bytes: Buffer.from('<x/>') }] })
  await t.rejects(globalconf.refresh(), { name: 'Fault', kind: 'MalformedGlobalConf' })
  t.equal(globalconf.current().version, version)
  t.equal(globalconf.current().validAt(clock.now()), true)
  clock.advance(601)
  t.equal(globalconf.current().validAt(clock.now()), false)
  t.throws(() => globalconf.current().checkValid(clock.now()), unavailable)
})

t.test('a restart without any source goes on with what is on disk', async (t) => {
  const { folder, start } = setup(t)
  const source = await ConfigSource.start()
  await source.publish({ parts: partsOf(sharedOf(), privateOf(), nextUpdate('false')) })
  const anchor = source.anchor()
  await (await start(anchor)).close()
  await source[Symbol.asyncDispose]()
  const started = performance.now()
  const globalconf = await start(anchor)
  t.ok(performance.now() - started < 500, 'without waiting for the download')
  t.equal(globalconf.current().memberName(member), 'Member of ZZ')
  t.equal(globalconf.current().trustOf('ZZ')?.verifyNextUpdate, false)
  t.equal(globalconf.current().validAt(new Date()), true)

  await globalconf.close()
  writeFileSync(join(folder, 'ZZ', 'shared-params.xml'), '<torn')
  const torn = await start(anchor)
  t.throws(() => torn.current(), unavailable, 'a torn file is left out and not believed')
})

t.test('a part that has not changed is not downloaded again, and its expiry moves on', async (t) => {
  await using source = await ConfigSource.start()
  await source.publish({ expireAt: new Date('2100-01-01T00:00:00Z') })
  const { folder, start } = setup(t)
  const globalconf = await start(source.anchor())
  const changes: number[] = []
  globalconf.onChange(({ version }) => { changes.push(version) })
  const before = globalconf.current()
  await source.publish({ expireAt: new Date('2100-01-01T00:01:00Z') })
  source.requests.length = 0
  await globalconf.refresh()
  t.same(source.requests, ['/internalconf?version=6'])
  t.equal(globalconf.current().version, before.version, 'the same content is the same version')
  t.same(globalconf.current().expiresAt, new Date('2100-01-01T00:01:00Z'))
  t.match(readFileSync(join(folder, 'ZZ', 'private-params.xml.metadata'), 'utf8'), '2100-01-01T00:01:00Z')
  t.same(changes, [])
  await source.publish({ parts: partsOf(sharedOf('ZZ', { ocspFreshnessSeconds: 60 }), privateOf()), expireAt: new Date('2100-01-01T00:02:00Z') })
  await globalconf.refresh()
  t.same(changes, [before.version + 1])
  t.equal(before.ocspFreshnessSeconds, 3600, 'a snapshot taken before does not change')
})

t.test('files that a directory no longer names are removed', async (t) => {
  await using source = await ConfigSource.start()
  await source.publish({ parts: partsOf(sharedOf(), privateOf(), nextUpdate('false')) })
  const { folder, start } = setup(t)
  const globalconf = await start(source.anchor())
  await source.publish()
  await globalconf.refresh()
  t.notOk(existsSync(join(folder, 'ZZ', 'nextupdate-params.xml')))
  t.equal(globalconf.current().trustOf('ZZ')?.verifyNextUpdate, true)
})

t.test('an optional part that an operator got wrong counts as absent', async (t) => {
  await using source = await ConfigSource.start()
  await source.publish({ parts: partsOf(sharedOf(), privateOf(), nextUpdate('perhaps')) })
  const { lines, start } = setup(t)
  t.equal((await start(source.anchor())).current().trustOf('ZZ')?.verifyNextUpdate, true)
  t.ok(warned(lines, 'optional configuration part'))
})

t.test('when a source fails the next one is used, and stays the first choice', async (t) => {
  await using broken = await ConfigSource.start()
  await using good = await ConfigSource.start()
  broken.faults.set('*', (_request, response) => { response.writeHead(500).end() })
  await good.publish()
  const { start } = setup(t)
  const globalconf = await start(broken.anchor('ZZ', good))
  t.equal(globalconf.status().source, good.url)
  broken.requests.length = 0
  await globalconf.refresh()
  t.same(broken.requests, [], 'what worked last time is asked first')
  good.faults.set('*', (_request, response) => { response.writeHead(500).end() })
  broken.faults.clear()
  await broken.publish()
  await globalconf.refresh()
  t.equal(globalconf.status().source, broken.url)
})

t.test('a source that the configuration itself names is used when the anchor\'s own is gone, with its own keys', async (t) => {
  const first = await ConfigSource.start()
  await using second = await ConfigSource.start()
  const sources = [{ address: second.host, internalCertificates: [second.key.certificate], externalCertificates: [first.key.certificate] }]
  await first.publish({ parts: partsOf(sharedOf('ZZ', { sources }), privateOf()) })
  const { start } = setup(t)
  const globalconf = await start(first.anchor())
  await first[Symbol.asyncDispose]()
  await second.publish({ key: first.key })
  await t.rejects(globalconf.refresh(), { name: 'Fault' }, 'the external key does not sign the internal configuration')
  await second.publish({ parts: partsOf(sharedOf('ZZ', { sources, ocspFreshnessSeconds: 77 }), privateOf()) })
  await globalconf.refresh()
  t.equal(globalconf.current().ocspFreshnessSeconds, 77)
})

t.test('an older directory than the one in use is taken, as X-Road takes it, and is warned of', async (t) => {
  await using source = await ConfigSource.start()
  await source.publish({ expireAt: new Date(Date.now() + 600_000) })
  const { lines, start } = setup(t)
  const globalconf = await start(source.anchor())
  await source.publish({ expireAt: new Date(Date.now() + 570_000) })
  await globalconf.refresh()
  t.notOk(warned(lines, 'older than the one in use'), 'two cores may be a minute apart')
  await source.publish({ expireAt: new Date(Date.now() + 100_000) })
  await globalconf.refresh()
  t.ok(warned(lines, 'older than the one in use'))
})

t.test('an anchor file that is replaced takes effect at the next download; a broken one does not', async (t) => {
  await using first = await ConfigSource.start()
  await using second = await ConfigSource.start()
  await first.publish()
  await second.publish({ parts: partsOf(sharedOf('ZZ', { ocspFreshnessSeconds: 5 }), privateOf()) })
  const files = scratch()
  t.teardown(() => files.remove())
  const path = files.write('anchor.xml', first.anchor())
  const { lines, start } = setup(t)
  const globalconf = await start(path)
  files.write('anchor.xml', 'broken')
  await globalconf.refresh()
  t.ok(warned(lines, 'anchor is not readable'))
  files.write('anchor.xml', second.anchor())
  await globalconf.refresh()
  t.equal(globalconf.current().ocspFreshnessSeconds, 5)
  await t.rejects(start(files.path('missing.xml')), { code: 'ENOENT' })
  await t.rejects(start(Buffer.from('<x/>')), { name: 'Fault', kind: 'MalformedGlobalConf' })
})

t.test('downloads come by themselves, and sooner while there is nothing to work with', async (t) => {
  await using source = await ConfigSource.start()
  const { start } = setup(t)
  const globalconf = await start(source.anchor(), { refreshSeconds: 1 })
  t.throws(() => globalconf.current(), unavailable)
  const changed = new Promise<number>((resolve) => { globalconf.onChange(({ version }) => { resolve(version) }) })
  await source.publish()
  t.equal(await changed, 1)
  t.same(globalconf.current().instances, ['ZZ'])
})

t.test('closing during a download that hangs takes no time', async (t) => {
  await using source = await ConfigSource.start()
  await source.publish()
  const { start } = setup(t)
  const globalconf = await start(source.anchor(), { readTimeoutMs: 60_000, totalTimeoutMs: 60_000 })
  const asked = new Promise<void>((resolve) => { source.faults.set('*', () => { resolve() }) })
  const refreshing = globalconf.refresh()
  await asked
  const started = performance.now()
  await globalconf.close()
  t.ok(performance.now() - started < 1000)
  await t.rejects(refreshing)
})

t.test('federation', async (t) => {
  await using own = await ConfigSource.start()
  await using foreign = await ConfigSource.start({ directory: 'externalconf' })
  const clock = new ManualClock(new Date())
  const publishForeign = (expireSeconds: number, parts = partsOf(sharedOf('YY', { ocspFreshnessSeconds: 1 }), undefined)): Promise<void> =>
    foreign.publish({ instance: 'YY', parts, expireAt: new Date(clock.now().getTime() + expireSeconds * 1000) })
  await own.publish({ parts: partsOf(sharedOf(), privateOf({ trustedAnchors: [foreign.anchorValue('YY')] })) })
  await publishForeign(100)
  const client = { ...member, instance: 'YY' }

  await t.test('trap 14: only instances that the operator allows are followed, by name in any case', async (t) => {
    for (const [allowedFederations, followed] of [[undefined, false], ['none', false], ['all', true], [['yy'], true], [['XX', 'YY'], true], [['XX'], false], [[], false]] as const) {
      const { folder, start } = setup(t, clock)
      const globalconf = await start(own.anchor(), { allowedFederations })
      t.equal(globalconf.current().hasClient(client), followed, JSON.stringify(allowedFederations))
      t.equal(existsSync(join(folder, 'YY', 'shared-params.xml')), followed)
    }
  })

  await t.test('a foreign instance counts until it expires; our freshness rule holds for it', async (t) => {
    const { folder, start } = setup(t, clock)
    const globalconf = await start(own.anchor(), { allowedFederations: 'all' })
    t.same(globalconf.current().instances, ['ZZ', 'YY'])
    t.equal(globalconf.current().trustOf('YY')?.ocspFreshnessSeconds, 3600)
    const { version } = globalconf.current()
    clock.advance(101)
    t.same(globalconf.current().instances, ['ZZ'], 'expired: as if absent')
    t.equal(globalconf.current().version, version + 1)
    t.equal(globalconf.current().trustOf('YY'), undefined)
    t.equal(globalconf.current().validAt(clock.now()), true, 'the rest works on')
    await globalconf.refresh()
    t.match(globalconf.status(), { lastFailure: undefined }, 'its failure is not ours')
    await publishForeign(100)
    await globalconf.refresh()
    t.same(globalconf.current().instances, ['ZZ', 'YY'])
    await own.publish()
    await globalconf.refresh()
    t.same(globalconf.current().instances, ['ZZ'], 'no longer trusted')
    t.notOk(existsSync(join(folder, 'YY')), 'and gone from disk')
    await own.publish({ parts: partsOf(sharedOf(), privateOf({ trustedAnchors: [foreign.anchorValue('YY')] })) })
  })

  await t.test('a foreign source speaks for its own instance only', async (t) => {
    const takeover = partsOf(sharedOf('ZZ', { ocspFreshnessSeconds: 9 }), privateOf())
    await publishForeign(100, (version) => [...partsOf(sharedOf('YY'), undefined)(version), ...takeover(version).map((part) => ({ ...part, instance: 'ZZ', location: `/evil/${part.file}` }))])
    const { start } = setup(t, clock)
    const globalconf = await start(own.anchor(), { allowedFederations: 'all' })
    t.equal(globalconf.current().ocspFreshnessSeconds, 3600)
    t.equal(globalconf.current().hasClient(client), true)
    t.notOk(foreign.requests.some((url) => url.startsWith('/evil')), 'what is not its own is not even asked for')
  })

  await t.test('a restart brings foreign instances back from disk', async (t) => {
    await publishForeign(100)
    const { start } = setup(t, clock)
    await (await start(own.anchor(), { allowedFederations: 'all' })).close()
    foreign.faults.set('*', (_request, response) => { response.writeHead(500).end() })
    t.same((await start(own.anchor(), { allowedFederations: 'all' })).current().instances, ['ZZ', 'YY'])
  })
})
