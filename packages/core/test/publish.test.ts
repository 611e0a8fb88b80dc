import { mkdirSync, readdirSync, readlinkSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { X509Certificate } from 'node:crypto'
import t from 'tap'
import { ManualClock, Secret } from '@trembita/daemon'
import { openSqliteStore } from '@trembita/daemon/store'
import { SYSTEM } from '../src/audit/index.ts'
import { writeParameters, type SystemParameters } from '../src/registry/index.ts'
import {
  checkPart, GLOBALCONF_VERSIONS, parseAnchor, parseDirectory, parsePrivateParameters, parseSharedParameters, verifyDirectory,
  type Directory, type SharedParameters
} from '@trembita/protocol/globalconf'
import { openssl, scratch, skipWithout } from '@trembita/testnet/verifiers'
import { MIGRATIONS } from '../src/db/index.ts'
import type { Core } from '../src/index.ts'
import { auth, coreIn, member, other, seedOf } from './seeding.ts'

t.setTimeout(100_000) // a loaded machine syncs slowly
const skip = await skipWithout('openssl')
const BEGIN = new Date('2026-02-06T13:41:26.123Z')
const nextUpdate = Buffer.from('<x:conf xmlns:x="http://x-road.eu/xsd/xroad.xsd"><verifyNextUpdate>false</verifyNextUpdate></x:conf>')

async function get (core: Core, path: string): Promise<{ status: number, headers: Headers, bytes: Buffer }> {
  const response = await fetch(`${core.addresses.configuration}${path}`)
  return { status: response.status, headers: response.headers, bytes: Buffer.from(await response.arrayBuffer()) }
}

async function set (core: Core, parameters: Partial<SystemParameters>): Promise<void> {
  await core.changes.change(SYSTEM, async (tx) => {
    await writeParameters(tx, parameters)
    await tx.record({ action: 'instance.set', object: { kind: 'instance', id: 'ZZ' }, after: parameters })
  })
}

/** Downloads as a client does: directory, signature by the anchor's key, every part by its hash. */
async function download (core: Core, kind: 'internal' | 'external', version: number): Promise<{ directory: Directory, parts: Map<string, Buffer> }> {
  const directory = parseDirectory((await get(core, `/${kind}conf?version=${version}`)).bytes)
  verifyDirectory(directory, parseAnchor((await core.anchor(kind)).bytes).sources.flatMap(({ certificates }) => certificates))
  const parts = new Map<string, Buffer>()
  for (const part of directory.parts) {
    const { bytes } = await get(core, part.location)
    checkPart(part, bytes)
    parts.set(part.contentIdentifier, bytes)
  }
  return { directory, parts }
}

t.test('TR-4.3, trap 2: every version from 2 to 6 is published, signed, with its parts; 2 without asking, 404 for others', async (t) => {
  await using core = await coreIn(t.testdir(), { seed: seedOf({ parts: [{ contentIdentifier: 'NEXTUPDATE', content: nextUpdate }] }) })
  for (const version of GLOBALCONF_VERSIONS) {
    const { directory, parts } = await download(core, 'internal', version)
    t.equal(directory.version, version)
    t.same(directory.expireAt, new Date('2026-02-06T13:51:26Z'), '600 seconds, to the second')
    t.same([...parts.keys()], ['PRIVATE-PARAMETERS', 'SHARED-PARAMETERS', 'NEXTUPDATE'])
    t.match(directory.parts[1]!.location, new RegExp(`^/V${version}/20260206134126123000000/shared-params\\.xml$`))
    t.same(parts.get('NEXTUPDATE'), nextUpdate, 'an optional part is served byte for byte')
    const shared = parseSharedParameters(parts.get('SHARED-PARAMETERS')!, version)
    t.same(shared.servers[0]!.authCertHashes, [version === 2 ? auth.certificate.sha1 : auth.certificate.sha256])
    t.same(shared.servers[0]!.clients, [other, { ...member, subsystemCode: 'EDR' }], 'a disabled client is left out')
    t.same(shared.servers[0]!.maintenance, version >= 5 ? { message: 'until noon' } : undefined)
    t.match(parsePrivateParameters(parts.get('PRIVATE-PARAMETERS')!, version), {
      instance: 'ZZ', timestampingIntervalSeconds: 60, managementService: { authCertRegServiceAddress: 'https://core.example:4001/managementservice/', providerId: { ...member, subsystemCode: 'MANAGEMENT' } }
    })
    const external = await download(core, 'external', version)
    t.same([...external.parts.keys()], ['SHARED-PARAMETERS'], 'other instances get the shared part alone')
    t.notSame(external.directory.certificateHash, directory.certificateHash, 'signed by a key of its own')
  }
  t.same((await get(core, '/internalconf')).bytes, (await get(core, '/internalconf?version=2')).bytes)
  for (const version of ['0', '1', '7', '10', '-2', '6.0', 'six', '06', '2&version=3']) t.equal((await get(core, `/internalconf?version=${version}`)).status, 404, version)
})

t.test('trap 10: what 7.4 and the schema ask for is there: a source with keys of both kinds', async (t) => {
  await using core = await coreIn(t.testdir(), { seed: seedOf() })
  const { parts } = await download(core, 'internal', 3)
  const { sources } = parseSharedParameters(parts.get('SHARED-PARAMETERS')!, 3)
  t.match(sources, [{ address: 'core.example:4080', internalCertificates: { length: 1 }, externalCertificates: { length: 1 } }])
})

t.test('trap 4: openssl verifies the published signature with nothing but the anchor', { skip }, async (t) => {
  for (const keyType of ['ec', 'rsa'] as const) {
    await using core = await coreIn(t.testdir(), { seed: seedOf(), keyType })
    const files = scratch()
    t.teardown(() => files.remove())
    const { bytes } = await get(core, '/internalconf?version=6')
    const inner = /multipart\/mixed.*boundary=(\w+)/.exec(bytes.toString())![1]!
    const region = bytes.subarray(bytes.indexOf(`--${inner}`), bytes.indexOf(`--${inner}--`) + inner.length + 6)
    const value = /\r\n\r\n([A-Za-z0-9+/=]+)\r\n--\w+--\r\n$/.exec(bytes.toString())![1]!
    const certificate = new X509Certificate(parseAnchor((await core.anchor('internal')).bytes).sources[0]!.certificates[0]!)
    t.equal(certificate.subject, 'CN=internalSigningKey')
    t.equal(certificate.validTo, 'Jan  1 00:00:00 2038 GMT')
    const result = await openssl('dgst', '-sha512', '-verify', files.write('key.pem', certificate.publicKey.export({ type: 'spki', format: 'pem' })), '-signature', files.write('value', Buffer.from(value, 'base64')), files.write('region', region))
    t.ok(result.ok, `${keyType}: ${result.text}`)
    const verified = await openssl('verify', '-CAfile', files.write('ca.pem', certificate.toString()), files.path('ca.pem'))
    t.ok(verified.ok, verified.text)
  }
})

t.test('nothing is cached, nothing beside the tree is served', async (t) => {
  const folder = t.testdir()
  await using core = await coreIn(folder, { seed: seedOf() })
  const { headers } = await get(core, '/internalconf?version=6')
  t.match(headers.get('cache-control'), /no-store/)
  t.ok(new Date(headers.get('expires')!) < new Date())
  t.equal((await fetch(`${core.addresses.configuration}/internalconf?version=6`, { method: 'HEAD' })).status, 200)
  t.equal((await fetch(`${core.addresses.configuration}/internalconf`, { method: 'POST', body: 'x' })).status, 404)
  const stamp = readlinkSync(join(folder, 'public', 'current'))
  t.equal((await get(core, `/V6/${stamp}/shared-params.xml`)).status, 200)
  writeFileSync(join(folder, 'public', 'secret'), 'secret')
  for (const path of ['/', '/V6', `/V6/${stamp}/`, `/V6/${stamp}/internalconf`, `/V7/${stamp}/shared-params.xml`, '/V6/current/shared-params.xml', `/V6/${stamp}/..%2f..%2f..%2fsecret`, '/V6/..%2f/secret', `/V6/${stamp}/%2e%2e`, '/../registry.db', '/V6/%00/x', `/V06/${stamp}/shared-params.xml`]) {
    t.not((await get(core, path)).status, 200, path)
  }
})

t.test('an anchor is offered under its name and stays the same until a key or an address changes', async (t) => {
  const folder = t.testdir()
  const clock = new ManualClock(BEGIN)
  const first = await coreIn(folder, { seed: seedOf() }, clock)
  const { bytes, headers } = await get(first, '/anchor')
  t.equal(headers.get('content-disposition'), 'attachment; filename="configuration_anchor_ZZ_internal_UTC_2026-02-06_13_41_26.xml"')
  t.match(parseAnchor(bytes), { instance: 'ZZ', generatedAt: BEGIN, sources: [{ url: 'http://core.example:4080/internalconf', certificates: { length: 1 } }] }, 'trap 1: a plain http address')
  t.same((await get(first, '/anchor?kind=external')).bytes, (await first.anchor('external')).bytes)
  t.equal((await get(first, '/anchor?kind=other')).status, 404)
  t.same(Buffer.from(await (await fetch(`${first.addresses.admin}/anchor`)).arrayBuffer()), bytes)
  t.match(await (await fetch(`${first.addresses.admin}/api/v1/configuration-sources/INTERNAL/anchor`)).json(), { file_name: /internal/, hash: (await first.anchor('internal')).fingerprint, created_at: BEGIN.toISOString() })
  t.match((await fetch(`${first.addresses.admin}/api/v1/configuration-sources/external/anchor/download`)).headers.get('content-disposition'), /_external_/)
  t.equal((await fetch(`${first.addresses.admin}/api/v1/configuration-sources/other/anchor`)).status, 400)
  await first.close()
  clock.advance(3600)
  const second = await coreIn(folder, {}, clock)
  t.same((await second.anchor('internal')).bytes, bytes, 'the same keys after a restart, hence the same fingerprint')
  await second.close()
  await using moved = await coreIn(folder, { publicAddress: 'moved.example' }, clock)
  t.match(parseAnchor((await moved.anchor('internal')).bytes), { generatedAt: clock.now(), sources: [{ url: 'http://moved.example/internalconf' }] })
})

t.test('signing keys are encrypted at rest, and the wrong passphrase stops the start', async (t) => {
  const folder = t.testdir()
  await (await coreIn(folder, { seed: seedOf() })).close()
  const store = await openSqliteStore(join(folder, 'registry.db'), MIGRATIONS)
  const keys = await store.all<{ kind: string, encrypted_key: string }>('SELECT kind, encrypted_key FROM signing_key ORDER BY kind')
  await store.close()
  t.same(keys.map(({ kind }) => kind), ['external', 'internal'])
  for (const { encrypted_key: key } of keys) t.match(key, /^-----BEGIN ENCRYPTED PRIVATE KEY-----/)
  await t.rejects(coreIn(folder, { passphrase: new Secret(Buffer.from('wrong')) }), /wrong passphrase/)
})

t.test('trap 5: what is published changes with the registry at once, and with the minute by itself', async (t) => {
  await using core = await coreIn(t.testdir(), { seed: seedOf(), regenerateSeconds: 1 })
  const shared = async (): Promise<SharedParameters> => parseSharedParameters((await download(core, 'internal', 6)).parts.get('SHARED-PARAMETERS')!, 6)
  await core.seed(seedOf({ parameters: { ocspFreshnessSeconds: 42 } }))
  t.equal((await shared()).ocspFreshnessSeconds, 42)
  const before = (await get(core, '/internalconf')).bytes
  await set(core, { ocspFreshnessSeconds: 43 })
  for (let i = 0; i < 40 && (await get(core, '/internalconf')).bytes.equals(before); i++) await sleep(100)
  t.equal((await shared()).ocspFreshnessSeconds, 43)
})

t.test('trap 12: a directory taken before a switch gets its parts for 600 seconds after it, then they go', async (t) => {
  const folder = t.testdir()
  const clock = new ManualClock(BEGIN)
  await using core = await coreIn(folder, { seed: seedOf() }, clock)
  const old = parseDirectory((await get(core, '/internalconf?version=6')).bytes)
  const content = (await get(core, old.parts[0]!.location)).bytes
  clock.advance(60)
  await core.publish()
  t.not((await get(core, '/internalconf?version=6')).bytes.toString(), old.signedBytes.toString())
  clock.advance(600)
  await core.publish()
  t.same((await get(core, old.parts[0]!.location)).bytes, content, '600 seconds after the switch it is still there, unchanged')
  clock.advance(1)
  await core.publish()
  t.equal((await get(core, old.parts[0]!.location)).status, 404)
  await Promise.all([core.publish(), core.publish(), core.publish()])
  const stamps = readdirSync(join(folder, 'public')).filter((name) => name !== 'current')
  t.equal(new Set(stamps).size, stamps.length)
  t.equal(readlinkSync(join(folder, 'public', 'current')), stamps.sort().at(-1), 'one instant, several publications: each later than the one before')
})

t.test('a clock set back does not put an older generation in force', async (t) => {
  const folder = t.testdir()
  await (await coreIn(folder, { seed: seedOf() }, new ManualClock(new Date('2027-01-01T00:00:00Z')))).close()
  await using core = await coreIn(folder, {}, new ManualClock(BEGIN))
  t.equal(readlinkSync(join(folder, 'public', 'current')), '20270101000000000000001')
  await download(core, 'internal', 6)
})

t.test('a registry that cannot be published leaves what is in force, and says so', async (t) => {
  const folder = t.testdir()
  const clock = new ManualClock(BEGIN)
  await using core = await coreIn(folder, { seed: seedOf() }, clock)
  const before = (await get(core, '/internalconf?version=6')).bytes
  const health = async (): Promise<{ status: string, checks: { name: string, status: string }[] }> => await (await fetch(`${core.addresses.admin}/health`)).json() as never
  t.equal((await health()).status, 'pass')
  await set(core, { managementProvider: ['GOV', '', 'MANAGEMENT'] })
  await t.rejects(core.publish(), { name: 'Fault', kind: 'MalformedGlobalConf' })
  t.same((await get(core, '/internalconf?version=6')).bytes, before)
  t.match(readdirSync(join(folder, 'public')), { length: 2 }, 'no version of the failed attempt is on disk')
  await sleep(1100) // a health result is reused for a second
  t.match(await health(), { status: 'warn' })
  clock.advance(601)
  await sleep(1100)
  const failed = await fetch(`${core.addresses.admin}/health/ready`)
  t.equal(failed.status, 503)
  t.match(await (await fetch(`${core.addresses.admin}/metrics`)).text(), /trembita_configuration_generations_total\{result="failed"\} [12]$/m)
})

t.test('an empty core starts, serves nothing yet, and publishes as soon as it is seeded', async (t) => {
  await using core = await coreIn(t.testdir())
  t.equal((await get(core, '/internalconf?version=6')).status, 503, 'not 404: clients would go down to version 2')
  t.equal((await get(core, '/anchor')).status, 503)
  t.equal((await fetch(`${core.addresses.admin}/health/ready`)).status, 503)
  await core.seed(seedOf())
  t.equal((await download(core, 'internal', 6)).directory.parts.length, 2)
})

t.test('what a crash left half-written is removed at the start', async (t) => {
  const folder = t.testdir()
  await (await coreIn(folder, { seed: seedOf() })).close()
  mkdirSync(join(folder, 'public', '.draft-20260206134126999000000', 'V6'), { recursive: true })
  symlinkSync('20260206134126999000000', join(folder, 'public', '.current-20260206134126999000000'))
  await using core = await coreIn(folder)
  t.same(readdirSync(join(folder, 'public')).filter((name) => name.startsWith('.')), [])
  await download(core, 'external', 2)
})
