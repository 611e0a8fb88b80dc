import t from 'tap'
import { createLogger, Secret, systemClock } from '@trembita/daemon'
import { startCore, type Core, type Seed } from '@trembita/core'
import { startGlobalConf, type GlobalConf } from '@trembita/gateway/globalconf'
import { BASIC_PROFILE, createTestPki } from '@trembita/testnet/pki'

const log = createLogger('test', 'silent')
const pki = await createTestPki()

function seedOf (instance: string, change: Partial<Seed> = {}): Seed {
  const member = { instance, memberClass: 'GOV', memberCode: '1001' }
  return {
    instance,
    managementProvider: member,
    memberClasses: [{ code: 'GOV', description: 'Government' }],
    members: [{ id: member, name: `Member of ${instance}`, subsystems: [{ code: 'EDR' }] }],
    servers: [],
    globalGroups: [],
    certificationServices: [{ name: 'CA', authenticationOnly: false, profileClass: BASIC_PROFILE, top: { certificate: pki.root.certificate, ocsp: [] }, intermediates: [{ certificate: pki.intermediate.certificate, ocsp: [] }] }],
    timestampingServices: [{ name: `TSA of ${instance}`, url: 'http://tsa.example', certificate: pki.tsa.certificate }],
    trustedAnchors: [],
    parts: [],
    ...change
  }
}

async function core (folder: string, seed: Seed, port = 0): Promise<Core> {
  return await startCore({
    dataFolder: folder, listen: { admin: { host: '127.0.0.1', port: 0 }, configuration: { host: '127.0.0.1', port } }, passphrase: new Secret(Buffer.from('x')), keyType: 'ec', seed
  }, log)
}

async function client (folder: string, of: Core): Promise<GlobalConf> {
  return await startGlobalConf({ anchor: (await of.anchor('internal')).bytes, folder, clock: systemClock, log, refreshSeconds: 0, allowedFederations: 'all' })
}

t.test('TR-4.3: a gateway set up with a core\'s anchor follows its registry', async (t) => {
  const folder = t.testdir()
  await using zz = await core(`${folder}/core`, seedOf('ZZ'))
  const { certificate } = await pki.issueAuth({ owner: { name: 'M', memberClass: 'GOV', memberCode: '1001' }, serverCode: 'gw1' })
  await using globalconf = await client(`${folder}/gateway`, zz)
  const server = { instance: 'ZZ', memberClass: 'GOV', memberCode: '1001', serverCode: 'gw1' }
  const service = { instance: 'ZZ', memberClass: 'GOV', memberCode: '1001', subsystemCode: 'EDR' }
  t.same(globalconf.current().addressesOf(service), [])
  await zz.seed(seedOf('ZZ', { servers: [{ id: server, address: '127.0.0.1:4403', authCertificates: [certificate], clients: [{ id: service, enabled: true }] }] }))
  await globalconf.refresh()
  t.match(globalconf.current().addressesOf(service), [{ server, host: '127.0.0.1', messagePort: 4403, ocspPort: 4404 }])
  t.same(globalconf.current().serverByAuthCertificate(certificate), server)
  t.equal(globalconf.current().globalGroupHas({ instance: 'ZZ', groupCode: 'security-server-owners' }, { instance: 'ZZ', memberClass: 'GOV', memberCode: '1001' }), true)
  t.equal(globalconf.current().trustOf('ZZ')?.findCa(certificate.issuer)?.certificate, pki.intermediate.certificate)
})

t.test('two federated cores: members of one know those of the other', async (t) => {
  const folder = t.testdir()
  await using yy = await core(`${folder}/yy`, seedOf('YY'))
  await using zz = await core(`${folder}/zz`, seedOf('ZZ', { trustedAnchors: [(await yy.anchor('external')).bytes] }))
  await using globalconf = await client(`${folder}/gateway`, zz)
  t.same(globalconf.current().instances, ['ZZ', 'YY'])
  t.equal(globalconf.current().memberName({ instance: 'YY', memberClass: 'GOV', memberCode: '1001' }), 'Member of YY')
  t.same(globalconf.current().timestampers().map(({ name }) => name), ['TSA of ZZ', 'TSA of YY'])
})

t.test('a core that goes away and comes back elsewhere is found, as long as one of its addresses still answers', async (t) => {
  const folder = t.testdir()
  const first = await core(`${folder}/core`, seedOf('ZZ'))
  const port = Number(new URL(first.addresses.configuration).port)
  await using globalconf = await client(`${folder}/gateway`, first)
  await first.close()
  await t.rejects(globalconf.refresh(), { name: 'Fault', kind: 'NetworkError' })
  t.equal(globalconf.current().validAt(new Date()), true, 'meanwhile the last good state serves')
  await using again = await core(`${folder}/core`, seedOf('ZZ'), port)
  await globalconf.refresh()
  t.match(globalconf.status(), { source: `${again.addresses.configuration}/internalconf` })
})
