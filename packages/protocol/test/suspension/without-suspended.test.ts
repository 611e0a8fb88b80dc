import t from 'tap'
import { GLOBALCONF_VERSIONS, parseSharedParameters, writeSharedParameters, type SharedParametersToWrite } from '@trembita/protocol/globalconf'
import { withoutSuspended } from '@trembita/protocol/suspension'

const member = (memberCode: string) => ({ instance: 'ZZ', memberClass: 'GOV', memberCode })
const [one, two] = [member('1'), member('2')]
const hashes = (byte: number) => ({ sha1: Buffer.alloc(20, byte), sha256: Buffer.alloc(32, byte) })
const shared: SharedParametersToWrite = {
  instance: 'ZZ',
  sources: [{ address: 'core.example', internalCertificates: [Buffer.of(1)], externalCertificates: [Buffer.of(2)] }],
  approvedCas: [],
  approvedTsas: [],
  members: [{ id: one, name: 'One', subsystems: [{ code: 'A' }, { code: 'B' }] }, { id: two, name: 'Two', subsystems: [{ code: 'A' }] }],
  servers: [
    { id: { ...one, serverCode: 'gw' }, address: 'one.example', authCertificates: [hashes(1), hashes(2)], clients: [{ ...one, subsystemCode: 'A' }, { ...two, subsystemCode: 'A' }], maintenance: { message: 'later' } },
    { id: { ...two, serverCode: 'gw' }, address: 'two.example', authCertificates: [hashes(3)], clients: [one, { ...one, subsystemCode: 'A' }, { ...one, subsystemCode: 'B' }, { ...two, subsystemCode: 'A' }] }
  ],
  globalGroups: [{ code: 'all', description: 'all', members: [one, { ...one, subsystemCode: 'A' }] }],
  memberClasses: [{ code: 'GOV', description: 'GOV' }],
  ocspFreshnessSeconds: 3600
}
const codes = ({ servers }: SharedParametersToWrite): unknown =>
  servers.map(({ address, authCertificates, clients }) => [address, authCertificates.length, clients.map(({ memberCode, subsystemCode }) => `${memberCode}${subsystemCode ?? ''}`)])

t.test('TR-15: a suspended member is a client nowhere, and its gateways have neither address nor certificate', async (t) => {
  t.same(codes(withoutSuspended(shared, [{ kind: 'member', id: one }])), [[undefined, 0, ['2A']], ['two.example', 1, ['2A']]])
})

t.test('TR-15: a suspended subsystem is a client nowhere, and its member goes on', async (t) => {
  t.same(codes(withoutSuspended(shared, [{ kind: 'subsystem', id: { ...one, subsystemCode: 'A' } }])), [['one.example', 2, ['2A']], ['two.example', 1, ['1', '1B', '2A']]])
})

t.test('TR-15: a suspended gateway has neither address nor certificate, and its clients go on at others', async (t) => {
  t.same(codes(withoutSuspended(shared, [{ kind: 'server', id: { ...two, serverCode: 'gw' } }])), [['one.example', 2, ['1A', '2A']], [undefined, 0, ['1', '1A', '1B', '2A']]])
})

t.test('who is suspended stays in the configuration, which stays valid in every version', async (t) => {
  const targets = [{ kind: 'member', id: one }, { kind: 'server', id: { ...two, serverCode: 'gw' } }] as const
  for (const version of GLOBALCONF_VERSIONS) {
    const read = parseSharedParameters(writeSharedParameters(version, withoutSuspended(shared, targets)), version)
    t.same([read.members.length, read.servers.map(({ authCertHashes }) => authCertHashes.length), read.globalGroups[0]!.members.length], [2, [0, 0], 2], `version ${version}`)
  }
  t.equal(withoutSuspended(shared, []), shared, 'and without a suspension nothing is touched')
})
