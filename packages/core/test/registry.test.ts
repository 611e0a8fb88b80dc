import { join } from 'node:path'
import { writeFileSync } from 'node:fs'
import t from 'tap'
import { ConfigError, ManualClock, openDatabase, readConfigFile } from '@trembita/daemon'
import { MIGRATIONS } from '../src/db/index.ts'
import { Anchors, OptionalParts } from '../src/globalconf/index.ts'
import { Registry } from '../src/registry/index.ts'
import { applySeed, readSeed, type SeedTarget } from '../src/seed/index.ts'
import { TrustServices } from '../src/trust/index.ts'
import { auth, member, nextAuth, other, pki, sealing, seedOf } from './seeding.ts'

const clock = new ManualClock(new Date('2026-02-06T13:41:26Z'))

function emptyRegistry (): SeedTarget & { dump (): string } {
  const db = openDatabase(':memory:', MIGRATIONS)
  const tables = db.prepare("SELECT name FROM sqlite_schema WHERE type = 'table' ORDER BY name").pluck().all() as string[]
  return {
    registry: new Registry(db, clock),
    trust: new TrustServices(db),
    anchors: new Anchors(db, clock),
    parts: new OptionalParts(db, clock),
    dump: () => JSON.stringify(tables.map((table) => [table, db.prepare(`SELECT * FROM ${table}`).all()]))
  }
}

t.test('TR-2.1: what a seed says is what the registry holds', async (t) => {
  const target = emptyRegistry()
  t.equal(applySeed(target, seedOf()), true)
  const { registry, trust } = target
  t.same(registry.parameters(), {
    instance: 'ZZ', confExpireIntervalSeconds: 600, ocspFreshnessSeconds: 3600, timestampingIntervalSeconds: 60, managementProvider: ['GOV', '1001', 'MANAGEMENT'], authCertRegUrl: undefined, seedHash: registry.parameters().seedHash
  })
  t.same(registry.members(), [
    { id: other, name: 'Company', subsystems: [{ code: 'SHOP', name: undefined }] },
    { id: member, name: 'Міністерство «Перше» & інші', subsystems: [{ code: 'EDR', name: 'Реєстр' }, { code: 'MANAGEMENT', name: undefined }] }
  ])
  t.match(registry.servers(), [{
    id: { ...member, serverCode: 'gw1' },
    address: '127.0.0.1:4403',
    authCertificates: [auth.certificate],
    clients: [{ id: other, enabled: true }, { id: { ...other, subsystemCode: 'SHOP' }, enabled: false }, { id: { ...member, subsystemCode: 'EDR' }, enabled: true }],
    maintenance: { message: 'until noon' }
  }])
  t.same(registry.groups().map(({ code, members }) => [code, members]), [
    ['readers', [{ instance: 'YY', memberClass: 'GOV', memberCode: '9' }, other]], ['security-server-owners', [member]]
  ])
  t.strictSame(trust.cas(), seedOf().certificationServices.map((ca) => ({ ...ca, top: { ...ca.top, ocsp: ca.top.ocsp.map((o) => ({ certificate: undefined, ...o })) }, intermediates: ca.intermediates.map((i) => ({ ...i, ocsp: i.ocsp.map((o) => ({ certificate: undefined, costType: undefined, ...o })) })) })))
  t.strictSame(trust.tsas(), seedOf().timestampingServices)
})

t.test('the same seed again changes nothing, not even what an operator has changed since', async (t) => {
  const target = emptyRegistry()
  applySeed(target, seedOf())
  target.registry.putMember({ id: other, name: 'Renamed by an operator', subsystems: [] })
  const before = target.dump()
  t.equal(applySeed(target, seedOf()), false)
  t.equal(target.dump(), before)
})

t.test('a changed seed adds and updates, and removes nothing', async (t) => {
  const target = emptyRegistry()
  applySeed(target, seedOf())
  const added = { ...member, memberCode: '3003' }
  applySeed(target, seedOf({
    members: [{ id: member, name: 'New name', subsystems: [{ code: 'EDR' }, { code: 'NEW' }] }, { id: added, name: 'Added', subsystems: [] }],
    servers: [{ id: { ...member, serverCode: 'gw1' }, address: 'moved.example', authCertificates: [nextAuth.certificate], clients: [{ id: { ...other, subsystemCode: 'SHOP' }, enabled: true }] }],
    certificationServices: [{ ...seedOf().certificationServices[0]!, intermediates: [], authenticationOnly: true }],
    parameters: { ocspFreshnessSeconds: 120 }
  }))
  const { registry, trust } = target
  t.same(registry.members().map(({ name, subsystems }) => [name, subsystems.map(({ code, name }) => [code, name])]), [
    ['Company', [['SHOP', undefined]]], ['New name', [['EDR', 'Реєстр'], ['MANAGEMENT', undefined], ['NEW', undefined]]], ['Added', []]
  ])
  const [server] = registry.servers()
  t.match(server, { address: 'moved.example', maintenance: undefined })
  t.same(server!.authCertificates, [auth.certificate, nextAuth.certificate])
  t.same(server!.clients.map(({ enabled }) => enabled), [true, true, true])
  t.match(trust.cas(), [{ authenticationOnly: true, intermediates: [] }])
  t.equal(registry.parameters().ocspFreshnessSeconds, 120)
  const again = target.dump()
  applySeed(target, seedOf())
  applySeed(target, seedOf({ parameters: { ocspFreshnessSeconds: 120 } }))
  t.not(target.dump(), again)
})

t.test('every reference that leads nowhere is named at once, and nothing is written', async (t) => {
  const target = emptyRegistry()
  const before = target.dump()
  const nobody = { ...member, memberCode: '9999' }
  const [server] = seedOf().servers
  try {
    applySeed(target, seedOf({
      managementProvider: nobody,
      members: [...seedOf().members, { id: other, name: 'Twice', subsystems: [{ code: 'X' }, { code: 'X' }] }, { id: { ...member, memberClass: 'NONE' }, name: 'No class', subsystems: [] }],
      servers: [server!, { ...server!, id: { ...nobody, serverCode: 'gw1' }, clients: [{ id: { ...member, subsystemCode: 'NONE' }, enabled: true }] }, { id: { ...member, serverCode: 'gw3' }, authCertificates: [], clients: [{ id: member, enabled: true }] }],
      globalGroups: [{ code: 'g', description: 'g', members: [nobody, { instance: 'YY', memberClass: 'A', memberCode: 'B' }] }, { code: 'security-server-owners', description: '', members: [] }]
    }))
    t.fail('applied')
  } catch (thrown) {
    t.ok(thrown instanceof ConfigError)
    t.same((thrown as ConfigError).problems.map((problem) => problem.replace(/certificate [0-9a-f]{64}/, 'certificate …')), [
      'seed: member ZZ/COM/2002 stands twice',
      'seed: authentication certificate … stands twice',
      'seed: subsystem of ZZ/COM/2002 X stands twice',
      'seed: member ZZ/NONE/1001: member class NONE does not exist',
      'seed: server ZZ/GOV/9999/gw1: its owner is not a member',
      'seed: server ZZ/GOV/9999/gw1: client ZZ/GOV/1001/NONE is not registered',
      'seed: server ZZ/GOV/1001/gw3: its owner cannot be listed as a client',
      'seed: global group g: ZZ/GOV/9999 is not registered',
      'seed: global group security-server-owners is kept by the core itself',
      'seed: managementProvider: ZZ/GOV/9999 is not registered'
    ])
  }
  t.equal(target.dump(), before)
})

t.test('a later seed may lean on what is registered already; another instance may not move in', async (t) => {
  const target = emptyRegistry()
  applySeed(target, seedOf())
  const later = { ...seedOf(), memberClasses: [], members: [], certificationServices: [], timestampingServices: [], servers: [{ id: { ...other, serverCode: 'gw' }, authCertificates: [], clients: [{ id: { ...member, subsystemCode: 'EDR' }, enabled: true }] }] }
  t.equal(applySeed(target, later), true)
  t.equal(target.registry.servers().length, 2)
  t.throws(() => applySeed(target, seedOf({ instance: 'YY', members: [], servers: [], globalGroups: [] })), { name: 'ConfigError' })
  const stolen = { ...seedOf(), servers: [{ id: { ...other, serverCode: 'gw' }, authCertificates: [auth.certificate], clients: [] }] }
  const before = target.dump()
  t.throws(() => applySeed(target, stolen), { name: 'RegistryConflict' }, 'a certificate of another server')
  t.equal(target.dump(), before, 'all or nothing')
})

t.test('a seed file is read with its certificates, and all that is wrong with it is told at once', async (t) => {
  const folder = t.testdir({ 'root.pem': pki.root.certificate.pem, 'auth.der': '', 'part.xml': '<x:conf xmlns:x="http://x-road.eu/xsd/xroad.xsd"><verifyNextUpdate>false</verifyNextUpdate></x:conf>' })
  writeFileSync(join(folder, 'auth.der'), auth.certificate.der)
  const read = (text: string): ReturnType<typeof readSeed> => {
    const path = join(folder, 'seed.yaml')
    writeFileSync(path, text)
    return readSeed(readConfigFile(path))
  }
  const seed = read(`
instance: ZZ
managementProvider: ZZ/GOV/1001/MANAGEMENT
parameters: { ocspFreshnessSeconds: 600 }
memberClasses: [{ code: GOV }]
members:
  - { memberClass: GOV, memberCode: '1001', name: Перше, subsystems: [{ code: MANAGEMENT }, { code: EDR, name: Реєстр }] }
servers:
  - owner: ZZ/GOV/1001
    serverCode: gw1
    address: 127.0.0.1:4403
    authCertificates: [auth.der]
    clients: [ZZ/GOV/1001/EDR]
    disabledClients: [ZZ/GOV/1001/MANAGEMENT]
globalGroups: [{ code: g, members: [ZZ/GOV/1001/EDR] }]
certificationServices:
  - { name: CA, profile: EjbcaCertificateProfileInfoProvider, certificate: root.pem, ocsp: [{ url: 'http://o' }], acme: { directoryUrl: 'https://a' }, intermediates: [{ certificate: ./root.pem }] }
timestampingServices: [{ name: T, url: 'http://t', certificate: root.pem }]
parts: [{ contentIdentifier: NEXTUPDATE, file: part.xml }]
`)
  t.match(seed, {
    instance: 'ZZ', managementProvider: { ...member, subsystemCode: 'MANAGEMENT' }, parameters: { ocspFreshnessSeconds: 600 }, memberClasses: [{ code: 'GOV', description: 'GOV' }]
  })
  t.match(seed.servers, [{ id: { ...member, serverCode: 'gw1' }, authCertificates: [auth.certificate], clients: [{ enabled: true }, { enabled: false }] }])
  t.match(seed.certificationServices, [{ profileClass: 'ee.ria.xroad.common.certificateprofile.impl.EjbcaCertificateProfileInfoProvider', top: { certificate: pki.root.certificate, ocsp: [{ url: 'http://o/' }] }, acmeServer: { directoryUrl: 'https://a/' } }])
  t.equal(applySeed(emptyRegistry(), seed), true)

  writeFileSync(join(folder, 'sign.der'), sealing.certificate.der)
  writeFileSync(join(folder, 'part.xml'), '<x/>')
  const problemsOf = (text: string): readonly string[] => {
    try {
      read(text)
      return []
    } catch (thrown) {
      t.ok(thrown instanceof ConfigError, String(thrown))
      return (thrown as ConfigError).problems
    }
  }
  t.same(problemsOf(`
instance: a b
members: [{ memberClass: 'G/V', memberCode: ' 1', subsystems: [{}] }]
servers:
  - { owner: ZZ/GOV/1001/SUB, serverCode: 'a:b', address: 'http://x', authCertificates: [sign.der, missing.pem], clients: [nobody] }
certificationServices: [{ name: CA, profile: com.example.Unknown, certificate: part.xml }]
timestampingServices: [{ name: T, url: 'tsa.example', certificate: missing.pem }]
trustedAnchors: [{ file: part.xml }]
parts: [{ contentIdentifier: OTHER, file: part.xml }]
unheardOf: 1
`).map((problem) => problem.replace(/: (expected|longer|no certificate).*/s, ': $1…').replace(/serialNumber.*(?=: not)|\S*businessCategory.*(?=: not)|[0-9.]+=#.*(?=: not)|CN=.*(?=: not)/, 'SUBJECT')), [
    'seed.instance: expected…',
    'seed.members.0.memberClass: holds a character that identifiers may not have',
    'seed.members.0.memberCode: holds a character that identifiers may not have',
    'seed.members.0.name: missing',
    'seed.members.0.subsystems.0.code: missing',
    'seed.servers.0.owner: expected…',
    'seed.servers.0.authCertificates: no certificate…',
    'seed.servers.0.authCertificates: SUBJECT: not a certificate for authentication',
    'seed.servers.0.serverCode: holds a character that identifiers may not have',
    'seed.servers.0.address: expected…',
    'seed.servers.0.clients: expected…',
    'seed.certificationServices.0.profile: no such certificate profile',
    'seed.certificationServices.0.certificate: no certificate…',
    'seed.timestampingServices.0.url: expected…',
    'seed.timestampingServices.0.certificate: no certificate…',
    'seed.trustedAnchors.0.file: part.xml: root element is not {http://x-road.eu/xsd/xroad.xsd}configurationAnchor',
    'seed.parts.0.contentIdentifier: expected…',
    'seed.parts.0.file: part.xml: root element is not {http://x-road.eu/xsd/xroad.xsd}conf',
    'seed.unheardOf: no such setting'
  ])
})

t.test('deleting a member takes along what depends on it', async (t) => {
  const db = openDatabase(':memory:', MIGRATIONS)
  const target = { registry: new Registry(db, clock), trust: new TrustServices(db), anchors: new Anchors(db, clock), parts: new OptionalParts(db, clock) }
  applySeed(target, seedOf())
  db.exec("DELETE FROM member WHERE code = '2002'")
  t.same(target.registry.servers()[0]!.clients.map(({ id }) => id), [{ ...member, subsystemCode: 'EDR' }])
  db.exec("DELETE FROM member WHERE code = '1001'")
  t.same([target.registry.servers(), db.prepare('SELECT count(*) AS n FROM auth_certificate').get()], [[], { n: 0 }])
  t.throws(() => db.exec("INSERT INTO member_class (code, description) VALUES (1.5, x'00')"), 'tables are strict')
})
