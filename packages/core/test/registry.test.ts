import { join } from 'node:path'
import { writeFileSync } from 'node:fs'
import t, { type Test } from 'tap'
import { ConfigError, ManualClock, readConfigFile } from '@trembita/daemon'
import { openSqliteStore, type SqlStore } from '@trembita/daemon/store'
import { Changes, SYSTEM } from '../src/audit/index.ts'
import { MIGRATIONS } from '../src/db/index.ts'
import { groupEntries, memberEntries, putMember, readParameters, serverEntries } from '../src/registry/index.ts'
import { applySeed, readSeed } from '../src/seed/index.ts'
import { caEntries, tsaEntries } from '../src/trust/index.ts'
import { auth, member, nextAuth, other, pki, sealing, seedOf } from './seeding.ts'

const clock = new ManualClock(new Date('2026-02-06T13:41:26Z'))

async function emptyRegistry (t: Test): Promise<{ store: SqlStore, changes: Changes, dump (): Promise<string> }> {
  const store = await openSqliteStore(join(t.testdir(), 'registry.db'), MIGRATIONS)
  t.teardown(() => store.close())
  const tables = await store.all<{ name: string }>("SELECT name FROM sqlite_schema WHERE type = 'table' ORDER BY name")
  return {
    store,
    changes: new Changes(store, clock),
    dump: async () => JSON.stringify(await Promise.all(tables.map(async ({ name }) => [name, await store.all(`SELECT * FROM ${name}`)])))
  }
}

t.test('TR-2.1: what a seed says is what the registry holds', async (t) => {
  const target = await emptyRegistry(t)
  t.equal(await applySeed(target.changes, seedOf()), true)
  const { store } = target
  t.same(await readParameters(store), {
    instance: 'ZZ', confExpireIntervalSeconds: 600, ocspFreshnessSeconds: 3600, timestampingIntervalSeconds: 60, managementProvider: ['GOV', '1001', 'MANAGEMENT'], authCertRegUrl: undefined, autoApproveAuthCertRegRequests: false, autoApproveClientRegRequests: false, autoApproveOwnerChangeRequests: false, strictIdentifiers: false, accessionRequired: false, managementServiceClients: [], seedHash: (await readParameters(store)).seedHash
  })
  t.same((await memberEntries(store, 'ZZ')), [
    { id: other, name: 'Company', subsystems: [{ code: 'SHOP', name: undefined }] },
    { id: member, name: 'Міністерство «Перше» & інші', subsystems: [{ code: 'EDR', name: 'Реєстр' }, { code: 'MANAGEMENT', name: undefined }] }
  ])
  t.match(await serverEntries(store, 'ZZ'), [{
    id: { ...member, serverCode: 'gw1' },
    address: '127.0.0.1:4403',
    authCertificates: [auth.certificate],
    clients: [{ id: other, enabled: true }, { id: { ...other, subsystemCode: 'SHOP' }, enabled: false }, { id: { ...member, subsystemCode: 'EDR' }, enabled: true }],
    maintenance: { message: 'until noon' }
  }])
  t.same((await groupEntries(store)).map(({ code, members }) => [code, members]), [
    ['readers', [{ instance: 'YY', memberClass: 'GOV', memberCode: '9' }, other]], ['security-server-owners', [member]]
  ])
  t.strictSame(await caEntries(store), seedOf().certificationServices.map((ca) => ({ ...ca, top: { ...ca.top, ocsp: ca.top.ocsp.map((o) => ({ certificate: undefined, ...o })) }, intermediates: ca.intermediates.map((i) => ({ ...i, ocsp: i.ocsp.map((o) => ({ certificate: undefined, costType: undefined, ...o })) })) })))
  t.strictSame(await tsaEntries(store), seedOf().timestampingServices)
})

t.test('the same seed again changes nothing, not even what an operator has changed since', async (t) => {
  const target = await emptyRegistry(t)
  await applySeed(target.changes, seedOf())
  await target.changes.change(SYSTEM, async (tx) => {
    await putMember(tx, { id: other, name: 'Renamed by an operator', subsystems: [] }, tx.at)
    await tx.record({ action: 'member.edit', object: { kind: 'member', id: 'ZZ:COM:2002' } })
  })
  const before = await target.dump()
  t.equal(await applySeed(target.changes, seedOf()), false)
  t.equal(await target.dump(), before)
})

t.test('a changed seed adds and updates, and removes nothing', async (t) => {
  const target = await emptyRegistry(t)
  await applySeed(target.changes, seedOf())
  const added = { ...member, memberCode: '3003' }
  await applySeed(target.changes, seedOf({
    members: [{ id: member, name: 'New name', subsystems: [{ code: 'EDR' }, { code: 'NEW' }] }, { id: added, name: 'Added', subsystems: [] }],
    servers: [{ id: { ...member, serverCode: 'gw1' }, address: 'moved.example', authCertificates: [nextAuth.certificate], clients: [{ id: { ...other, subsystemCode: 'SHOP' }, enabled: true }] }],
    certificationServices: [{ ...seedOf().certificationServices[0]!, intermediates: [], authenticationOnly: true }],
    parameters: { ocspFreshnessSeconds: 120 }
  }))
  const { store } = target
  t.same((await memberEntries(store, 'ZZ')).map(({ name, subsystems }) => [name, subsystems.map(({ code, name }) => [code, name])]), [
    ['Company', [['SHOP', undefined]]], ['New name', [['EDR', 'Реєстр'], ['MANAGEMENT', undefined], ['NEW', undefined]]], ['Added', []]
  ])
  const [server] = await serverEntries(store, 'ZZ')
  t.match(server, { address: 'moved.example', maintenance: undefined })
  t.same(server!.authCertificates, [auth.certificate, nextAuth.certificate])
  t.same(server!.clients.map(({ enabled }) => enabled), [true, true, true])
  t.match(await caEntries(store), [{ authenticationOnly: true, intermediates: [] }])
  t.equal((await readParameters(store)).ocspFreshnessSeconds, 120)
  const again = await target.dump()
  await applySeed(target.changes, seedOf())
  await applySeed(target.changes, seedOf({ parameters: { ocspFreshnessSeconds: 120 } }))
  t.not(await target.dump(), again)
})

t.test('every reference that leads nowhere is named at once, and nothing is written', async (t) => {
  const target = await emptyRegistry(t)
  const before = await target.dump()
  const nobody = { ...member, memberCode: '9999' }
  const [server] = seedOf().servers
  try {
    await applySeed(target.changes, seedOf({
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
  t.equal(await target.dump(), before)
})

t.test('a later seed may lean on what is registered already; another instance may not move in', async (t) => {
  const target = await emptyRegistry(t)
  await applySeed(target.changes, seedOf())
  const later = { ...seedOf(), memberClasses: [], members: [], certificationServices: [], timestampingServices: [], servers: [{ id: { ...other, serverCode: 'gw' }, authCertificates: [], clients: [{ id: { ...member, subsystemCode: 'EDR' }, enabled: true }] }] }
  t.equal(await applySeed(target.changes, later), true)
  t.equal((await serverEntries(target.store, 'ZZ')).length, 2)
  await t.rejects(applySeed(target.changes, seedOf({ instance: 'YY', members: [], servers: [], globalGroups: [] })), { name: 'ConfigError' })
  const stolen = { ...seedOf(), servers: [{ id: { ...other, serverCode: 'gw' }, authCertificates: [auth.certificate], clients: [] }] }
  const before = await target.dump()
  await t.rejects(applySeed(target.changes, stolen), { name: 'Refusal', code: 'certificate_registered' }, 'a certificate of another server')
  t.equal(await target.dump(), before, 'all or nothing')
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
  t.equal(await applySeed((await emptyRegistry(t)).changes, seed), true)

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
  const { store, changes } = await emptyRegistry(t)
  await applySeed(changes, seedOf())
  await store.write((tx) => tx.run("DELETE FROM member WHERE code = '2002'"))
  t.same((await serverEntries(store, 'ZZ'))[0]!.clients.map(({ id }) => id), [{ ...member, subsystemCode: 'EDR' }])
  await store.write((tx) => tx.run("DELETE FROM member WHERE code = '1001'"))
  t.same([await serverEntries(store, 'ZZ'), await store.get('SELECT count(*) AS n FROM auth_certificate')], [[], { n: 0 }])
  await t.rejects(store.write((tx) => tx.run("INSERT INTO member_class (code, description) VALUES (1.5, x'00')")), 'tables are strict')
})
