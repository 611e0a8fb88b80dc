import t from 'tap'
import type { ClientId } from '@trembita/protocol/identifiers'
import { MANAGEMENT_SERVICES } from '@trembita/protocol/management'
import { smallPlan } from '@trembita/testnet'
import { Refusal } from '../../../core/src/refusal.ts'
import { startNetwork } from '../network/network.ts'
import { startCoreListeners } from './core-listeners.ts'

// The management services behind the exchange: our gateway asks, another publishes them, the core verifies what arrives.

const OWNER = { instance: 'TEST', memberClass: 'GOV', memberCode: '1001' }
const GUEST = { instance: 'TEST', memberClass: 'GOV', memberCode: '3003' }
const PROVIDER = { instance: 'TEST', memberClass: 'GOV', memberCode: '2002', subsystemCode: 'management' }
const SERVER = { ...OWNER, serverCode: 'gwa' }
const portal: ClientId & { subsystemCode: string } = { ...GUEST, subsystemCode: 'portal' }

const core = await startCoreListeners(t)
const services = MANAGEMENT_SERVICES.filter((service) => service !== 'authCertReg')
const plan = smallPlan({ serviceUrl: 'http://127.0.0.1:9' })
const [gwa, gwb] = plan.gateways as [typeof plan.gateways[number], typeof plan.gateways[number]]
const network = await startNetwork(t, {
  ...plan,
  managementProvider: 'GOV/2002/management',
  members: [
    plan.members[0]!, { ...plan.members[1]!, subsystems: [{ code: 'management' }, { code: 'registry' }] },
    { memberClass: 'GOV', memberCode: '3003', name: 'Guest Office', subsystems: [{ code: 'portal' }] }
  ],
  gateways: [
    // its seal is here, it is not a client yet
    { ...gwa, clients: [...gwa.clients, 'GOV/3003'] },
    {
      ...gwb,
      clients: ['GOV/2002/management'],
      serverConf: {
        clients: [{ id: 'TEST/GOV/2002' }, {
          id: 'TEST/GOV/2002/management',
          descriptions: [{ type: 'WSDL', url: 'http://127.0.0.1:9/managementservices.wsdl', services: services.map((code) => ({ code, url: core.managementUrl, verifyTls: false })) }],
          rights: services.filter((service) => service !== 'maintenanceModeDisable').map((service) => ({ subject: 'client:TEST/GOV/1001', service }))
        }]
      }
    }
  ]
})
await network.embed('gwb')
const { gateway } = await network.embed('gwa')
const { management, signer } = gateway.carrier!
core.trust = () => ({ trust: gateway.globalconf!.current().trustOf('TEST')!, instance: 'TEST', provider: PROVIDER, valid: true })
const auth = signer.auth().certificate

t.test('TR-3: each request crosses the exchange byte for byte, and is verified with the consent of who must agree', async (t) => {
  const asked: readonly (readonly [() => Promise<number>, object, ClientId | undefined])[] = [
    [() => management.registerClient(portal, 'Портал <гостя>'), { service: 'clientReg', client: portal, subsystemName: 'Портал <гостя>' }, GUEST],
    [() => management.registerClient(GUEST), { service: 'clientReg', client: GUEST, subsystemName: undefined }, GUEST],
    [() => management.disableClient(portal), { service: 'clientDisable', client: portal }, GUEST],
    [() => management.enableClient(portal), { service: 'clientEnable', client: portal }, GUEST],
    [() => management.renameClient(portal, 'Інша назва'), { service: 'clientRename', client: portal, subsystemName: 'Інша назва' }, GUEST],
    [() => management.changeOwner(portal), { service: 'ownerChange', client: GUEST }, GUEST],
    [() => management.changeAddress('gwa.example.org'), { service: 'addressChange', address: 'gwa.example.org' }, OWNER],
    [() => management.setMaintenance(true, 'до 18:00'), { service: 'maintenanceModeEnable', message: 'до 18:00' }, OWNER],
    [() => management.deleteClient(portal), { service: 'clientDeletion', client: portal }, undefined],
    [() => management.deleteAuthCertificate(auth), { service: 'authCertDeletion', authCertificate: auth.der }, undefined]
  ]
  for (const [ask, request, consent] of asked) {
    const id = await ask()
    t.equal(id, core.handled.length, 'the id of the request comes back')
    const handled = core.handled.at(-1)!
    t.match(handled, { request: { ...request, server: SERVER }, sender: OWNER, receivedBy: 'management' })
    t.match(handled.signatures, consent === undefined ? [] : [{ by: 'owner', algorithm: 'SHA512withRSA', member: consent }])
    t.equal(handled.signatures.length, consent === undefined ? 0 : 1)
  }
})

t.test('the core\'s refusal comes through the exchange as it is', async (t) => {
  core.handle = async () => { throw new Refusal('conflict', 'management_request_exists', 'There is such a request') }
  await t.rejects(management.registerClient(portal), { code: 'management_request_exists', message: 'There is such a request' })
  core.handle = async () => 1
  const known = core.trust
  core.trust = () => ({ ...known()!, provider: OWNER })
  await t.rejects(management.registerClient(portal), { code: 'InvalidRequest' }, 'a check of the wire')
  core.trust = () => undefined
  await t.rejects(management.deleteClient(portal), { code: 'OutdatedGlobalConf' })
  core.trust = known
})

t.test('who has no right to a service, or no seal to agree with, is told by the one who knows', async (t) => {
  const before = core.handled.length
  await t.rejects(management.setMaintenance(false), { code: 'Server.ServerProxy.AccessDenied' })
  await t.rejects(management.registerClient({ ...GUEST, memberCode: '4004' }), { code: 'Server.ClientProxy.CannotCreateSignature' })
  t.equal(core.handled.length, before)
})

t.test('what was asked stands in the message log like any exchange', async (t) => {
  await management.changeAddress('gwa.example.org')
  const records = await gateway.carrier!.messagelog.find({ queryId: core.handled.at(-1)!.header.id, party: OWNER })
  t.match(records, [{ direction: 'request', side: 'consumer' }, { direction: 'response', side: 'consumer' }])
})
