import { createHash } from 'node:crypto'
import fc from 'fast-check'
import t from 'tap'
import {
  parseSharedParameters, writeSharedParameters, type AuthCertificateHashes, type GlobalConfVersion, type SharedParametersToWrite
} from '@trembita/protocol/globalconf'
import type { ClientId } from '@trembita/protocol/identifiers'
import { clientKey, InstanceConf } from '../../src/globalconf/instance-conf.ts'
import { fileNameOf } from '../../src/globalconf/download.ts'
import { parseServerAddress, Snapshot } from '../../src/globalconf/index.ts'
import { locationsOf } from '../../src/globalconf/locations.ts'
import { member, privateOf, sharedOf } from './source.ts'

function confOf (shared: SharedParametersToWrite, version: GlobalConfVersion = 6): InstanceConf {
  const bytes = writeSharedParameters(version, shared)
  return new InstanceConf({ instance: shared.instance, version, bytes, parameters: parseSharedParameters(bytes, version) }, {})
}

function snapshotOf (own: SharedParametersToWrite, foreign: readonly InstanceConf[] = [], version: GlobalConfVersion = 6): Snapshot {
  return new Snapshot({
    version: 1, own: confOf(own, version), foreign, privateParameters: privateOf(), expiresAt: new Date('2026-01-01T00:00:00Z'), ocspFetchIntervalSeconds: 1200, monitoringClient: undefined, agreements: undefined
  })
}

const certificate = (name: string): { sha1: Buffer, sha256: Buffer } & AuthCertificateHashes => ({
  sha1: createHash('sha1').update(name).digest(), sha256: createHash('sha256').update(name).digest()
})
const sub = (subsystemCode: string, id: ClientId = member): ClientId => ({ ...id, subsystemCode })
const other = { instance: 'ZZ', memberClass: 'GOV', memberCode: '2002' }
const own = sharedOf('ZZ', {
  members: [{ id: member, name: 'One', subsystems: [{ code: 'A', name: 'Реєстр' }, { code: 'B' }] }, { id: other, name: 'Two', subsystems: [{ code: 'A' }] }],
  servers: [
    { id: { ...member, serverCode: 'gw1' }, address: 'one.example', authCertificates: [certificate('one'), certificate('one-next')], clients: [sub('A')] },
    { id: { ...member, serverCode: 'gw2' }, address: '127.0.0.1:4503', authCertificates: [certificate('two')], clients: [sub('A'), sub('B'), other], maintenance: { message: 'до обіду' } },
    { id: { ...other, serverCode: 'gw1' }, address: undefined, authCertificates: [], clients: [sub('A', other)] }
  ],
  globalGroups: [{ code: 'g', description: 'G', members: [member, sub('B'), { instance: 'YY', memberClass: 'GOV', memberCode: '9' }] }]
})

t.test('design D12: an address is a host with the standard ports, or a host with its port and the OCSP port after it', async (t) => {
  t.same(parseServerAddress('gw.example'), { host: 'gw.example', messagePort: 5500, ocspPort: 5577 })
  t.same(parseServerAddress('127.0.0.1:4403'), { host: '127.0.0.1', messagePort: 4403, ocspPort: 4404 })
  t.same(parseServerAddress('2001:db8::1'), { host: '2001:db8::1', messagePort: 5500, ocspPort: 5577 })
  t.same(parseServerAddress('[2001:db8::1]'), { host: '2001:db8::1', messagePort: 5500, ocspPort: 5577 })
  t.same(parseServerAddress('[::1]:4403'), { host: '::1', messagePort: 4403, ocspPort: 4404 })
  for (const bad of ['', ' ', 'host:', 'host:0', 'host:65535', 'host:99999', 'host:x', 'http://host', 'user@host', 'host/path', '[::1', 'a b']) t.equal(parseServerAddress(bad), undefined, bad)
})

t.test('addresses of a provider are those of every server that has it as owner or client', async (t) => {
  const snapshot = snapshotOf(own)
  const codes = (id: ClientId): string[] => snapshot.addressesOf(id).map(({ server, messagePort }) => `${server.serverCode}:${messagePort}`)
  t.same(codes(sub('A')), ['gw1:5500', 'gw2:4503'])
  t.same(codes(member), ['gw1:5500', 'gw2:4503'], 'the owner is a client without being listed')
  t.same(codes(other), ['gw2:4503'], 'a server without an address cannot be reached')
  t.same(codes(sub('A', other)), [])
  t.same(codes(sub('Z')), [])
  t.same(snapshot.addressesOf(sub('B'))[0]?.maintenance, { message: 'до обіду' })
  t.equal(snapshot.addressesOf(sub('A'))[0]?.maintenance, undefined)
  t.same(snapshot.maintenanceOf({ ...member, serverCode: 'gw2' }), { message: 'до обіду' })
  t.equal(snapshot.serverAddress({ ...member, serverCode: 'gw2' }), '127.0.0.1:4503')
  t.equal(snapshot.hasServer({ ...other, serverCode: 'gw2' }), false)
})

t.test('a server is found by the hash of its authentication certificate: SHA-1 of version 2, SHA-256 of later ones, never the other', async (t) => {
  const one = certificate('one')
  for (const version of [2, 3, 6] as const) {
    const snapshot = snapshotOf(own, [], version)
    t.same(snapshot.serverByAuthCertificate(one), { ...member, serverCode: 'gw1' }, `version ${version}`)
    t.same(snapshot.serverByAuthCertificate(certificate('one-next'), 'ZZ'), { ...member, serverCode: 'gw1' })
    t.equal(snapshot.serverByAuthCertificate(one, 'YY'), undefined)
    t.equal(snapshot.serverByAuthCertificate(certificate('nobody')), undefined)
  }
  const forged = { ...certificate('x'), sha1: one.sha1 }
  t.equal(snapshotOf(own).serverByAuthCertificate(forged), undefined, 'a SHA-1 collision is worth nothing from version 3')
  const bySha1 = sharedOf('ZZ', { servers: [{ id: { ...member, serverCode: 'gw1' }, authCertificates: [{ sha1: one.sha1, sha256: one.sha1 }], clients: [] }] })
  t.equal(snapshotOf(bySha1).serverByAuthCertificate(one), undefined, 'a hash of the wrong length matches nothing')
})

t.test('a federated instance of another version is found too', async (t) => {
  const foreignMember = { ...member, instance: 'YY' }
  const foreign = confOf(sharedOf('YY', { servers: [{ id: { ...foreignMember, serverCode: 'gw' }, authCertificates: [certificate('foreign')], clients: [] }] }), 2)
  const snapshot = snapshotOf(own, [foreign])
  t.same(snapshot.serverByAuthCertificate(certificate('foreign')), { ...foreignMember, serverCode: 'gw' })
  t.equal(snapshot.isClientOf({ ...foreignMember, serverCode: 'gw' }, foreignMember), true)
  t.same(snapshot.instances, ['ZZ', 'YY'])
})

t.test('trap 15: what a member has, its subsystems have not, nor the reverse', async (t) => {
  const snapshot = snapshotOf(own)
  const group = { instance: 'ZZ', groupCode: 'g' }
  t.equal(snapshot.globalGroupHas(group, member), true)
  t.equal(snapshot.globalGroupHas(group, sub('A')), false)
  t.equal(snapshot.globalGroupHas(group, sub('B')), true)
  t.equal(snapshot.globalGroupHas(group, other), false)
  t.equal(snapshot.globalGroupHas(group, { instance: 'YY', memberClass: 'GOV', memberCode: '9' }), true, 'of another instance')
  t.equal(snapshot.globalGroupHas({ instance: 'YY', groupCode: 'g' }, member), false)
  t.equal(snapshot.isClientOf({ ...member, serverCode: 'gw1' }, sub('A')), true)
  t.equal(snapshot.isClientOf({ ...member, serverCode: 'gw1' }, sub('B')), false)
  t.equal(snapshot.isClientOf({ ...member, serverCode: 'gw1' }, member), true)
  t.equal(snapshot.isClientOf({ ...other, serverCode: 'gw1' }, other), true)
  t.equal(snapshot.isClientOf({ ...other, serverCode: 'gw9' }, other), false)
})

t.test('trap 14: identifiers are told apart by case', async (t) => {
  const snapshot = snapshotOf(own)
  t.equal(snapshot.hasClient(sub('A')), true)
  t.equal(snapshot.hasClient(sub('a')), false)
  t.equal(snapshot.hasClient({ ...member, instance: 'zz' }), false)
})

t.test('a code that holds the separator passes for nobody else', async (t) => {
  const snapshot = snapshotOf(own)
  const server = { ...member, serverCode: 'gw1' }
  for (const forged of [
    { ...member, memberCode: '1001/A' }, { ...member, memberClass: 'GOV/1001', memberCode: 'A' }, { instance: 'ZZ/GOV', memberClass: '1001', memberCode: 'A' },
    { ...member, subsystemCode: '' }, { ...member, memberCode: '1001/' }, { ...member, memberCode: '1001', subsystemCode: '/A' }
  ]) {
    t.equal(snapshot.isClientOf(server, forged), false, JSON.stringify(forged))
    t.equal(snapshot.hasClient(forged), false)
    t.same(snapshot.addressesOf(forged), [])
  }
  const code = fc.string({ unit: fc.constantFrom('a', '/', ',', ' ', '-', '1', '\0'), minLength: 1, maxLength: 4 })
  const client = fc.record({ instance: code, memberClass: code, memberCode: code, subsystemCode: fc.option(code, { nil: undefined }) })
  const parts = (id: { instance: string, memberClass: string, memberCode: string, subsystemCode: string | undefined }): string => JSON.stringify([id.instance, id.memberClass, id.memberCode, id.subsystemCode ?? null])
  fc.assert(fc.property(client, client, (a, b) => (clientKey(a as ClientId) === clientKey(b as ClientId)) === (parts(a) === parts(b))), { numRuns: 2000 })
})

t.test('names, groups and validity', async (t) => {
  const snapshot = snapshotOf(own)
  t.equal(snapshot.memberName(sub('A')), 'One')
  t.equal(snapshot.subsystemName(sub('A')), 'Реєстр')
  t.equal(snapshot.subsystemName(sub('B')), undefined)
  t.equal(snapshot.memberName({ ...member, memberCode: 'x' }), undefined)
  t.same(snapshot.globalGroups().map(({ code }) => code), ['g'])
  t.same(snapshot.members('YY'), [])
  t.equal(snapshot.timestampingIntervalSeconds, 60)
  t.equal(snapshot.validAt(new Date('2026-01-01T00:00:00Z')), true)
  t.throws(() => snapshot.checkValid(new Date('2026-01-01T00:00:00.001Z')), { name: 'Fault', kind: 'OutdatedGlobalConf' })
})

t.test('trap 1: https addresses of an anchor are dropped and derived from the plain ones, https first', async (t) => {
  const keys = { certificates: [Buffer.from('k')] }
  const same = <T>(list: T[]): T[] => list
  const urls = (...args: [Parameters<typeof locationsOf>[0], Parameters<typeof locationsOf>[1]?, string?]): string[] => locationsOf(args[0], args[1], args[2], same).map(({ url }) => url)
  const anchor = { instance: 'ZZ', sources: [{ url: 'http://a/internalconf', ...keys }, { url: 'http://b:8080/internalconf', ...keys }, { url: 'https://c/internalconf', ...keys }] }
  t.same(urls(anchor), ['https://a/internalconf', 'https://b:8080/internalconf', 'http://a/internalconf', 'http://b:8080/internalconf'])
  t.same(urls({ instance: 'ZZ', sources: [{ url: 'https://only/internalconf', ...keys }] }), ['https://only/internalconf'])
  t.same(urls({ instance: 'ZZ', sources: [{ url: 'ftp://x/y', ...keys }, { url: 'nonsense', ...keys }] }), [])
  t.same(urls(anchor, undefined, 'http://b:8080/internalconf')[0], 'http://b:8080/internalconf', 'what worked last time goes first')
  const saved = parseSharedParameters(writeSharedParameters(6, sharedOf('ZZ', {
    sources: [{ address: 'n1:81', internalCertificates: [Buffer.from('i')], externalCertificates: [Buffer.from('e')] }, { address: 'n2', internalCertificates: [], externalCertificates: [Buffer.from('e')] }]
  })), 6)
  t.same(urls(anchor, saved).slice(0, 3), ['https://n1:81/internalconf', 'http://n1:81/internalconf', 'https://a/internalconf'], 'a source without a key of the kind is of no use')
  const keysOf = (directory: string): string[] => locationsOf({ instance: 'ZZ', sources: [{ url: `http://a/${directory}`, ...keys }] }, saved, undefined, same)[0]!.certificates.map(String)
  t.same([keysOf('internalconf'), keysOf('externalconf'), keysOf('proxy/conf')], [['i'], ['e'], ['i', 'e']])
  t.equal(locationsOf(anchor, undefined, undefined).length, 4, 'shuffled by default')
  const renewed = { instance: 'ZZ', sources: [{ url: 'http://n1:81/internalconf', certificates: [Buffer.from('new')] }] }
  t.same(locationsOf(renewed, saved, 'http://n1:81/internalconf', same).map(({ url, certificates }) => `${url} ${certificates.join()}`), [
    'http://n1:81/internalconf i', 'http://n1:81/internalconf new', 'https://n1:81/internalconf i', 'https://n1:81/internalconf new'
  ], 'one address with the keys of the sources, and with those of a new anchor')
})

t.test('files of parts are named by what they are, or plainly', async (t) => {
  const name = (contentIdentifier: string, location: string, fileName?: string): string => fileNameOf({ contentIdentifier, location, fileName })
  t.equal(name('SHARED-PARAMETERS', '/a/evil.xml', '../x'), 'shared-params.xml')
  t.equal(name('OTHER', '/V6/1/other-params.xml?x=1'), 'other-params.xml')
  t.equal(name('OTHER', '/x', 'given.xml'), 'given.xml')
  for (const bad of ['/V6/..', '/V6/', '/V6/.hidden', '/V6/a%2Fb', '/V6/private-params.xml', '/x.metadata', `/${'x'.repeat(300)}`]) t.throws(() => name('OTHER', bad), { name: 'Fault', kind: 'MalformedGlobalConf' }, bad)
  t.throws(() => name('constructor', '/V6/..'), { name: 'Fault' })
})
