import t, { type Test } from 'tap'
import { createLogger, systemClock } from '@trembita/daemon'
import { ApiKeys } from '@trembita/daemon/accounts'
import type { FederationPlan } from '@trembita/testnet/federation'
import { GlobalConf } from '../src/globalconf/index.ts'
import { restOf } from './faults/peer-request.ts'
import { ABROAD, call, PORTAL, REGISTRY, startNetwork, type HttpReply } from './foreign/network.ts'

// TR-15 through running gateways: who is suspended is refused by every gateway that has fetched the configuration once since,
// in each direction, and is let in again by lifting.

t.setTimeout(110_000)
const OK = { status: 200, body: Buffer.from('{"ok":true}') }
const network = await startNetwork({ plan: planOf, abroad: () => OK, island: () => OK })
const { federation, consumer, provider, abroad } = network
const hosting = federation.gateway('gwc')
const ALL = [consumer, provider, hosting]

/** A member of its own carries the management services, and the registry also stands on a neighbour's gateway. */
function planOf (plan: FederationPlan): FederationPlan {
  const once = { globalConf: { refreshSeconds: 3600 } }
  const [gwa, gwb] = plan.gateways as [FederationPlan['gateways'][number], FederationPlan['gateways'][number]]
  return {
    ...plan,
    managementProvider: 'GOV/9009',
    members: [...plan.members, { memberClass: 'GOV', memberCode: '5005', name: 'Host', subsystems: [] }, { memberClass: 'GOV', memberCode: '9009', name: 'Administrator', subsystems: [] }],
    gateways: [
      { ...gwa, settings: once },
      { ...gwb, settings: once },
      { code: 'gwc', owner: 'GOV/5005', clients: ['GOV/2002/registry'], serverConf: gwb.serverConf, settings: once }
    ]
  }
}

const ask = async (service = `${REGISTRY}/people`, headers = {}): Promise<HttpReply> =>
  await call(consumer.addresses.consumerHttp!, `/r1/${service}`, { headers: { 'X-Road-Client': PORTAL, ...headers } })
const faultOf = ({ headers }: HttpReply): unknown => headers['x-road-error']
const messageOf = ({ text }: HttpReply): string => (JSON.parse(text) as { message: string }).message

/** One cycle of the configuration. */
async function fetchAt (...gateways: readonly typeof consumer[]): Promise<void> {
  await Promise.all(gateways.map((gateway) => gateway.refresh()))
}

const { key } = await new ApiKeys({ store: federation.core.store, clock: systemClock, roles: ['TREMBITA_HOLDER'], change: (actor, work) => federation.core.changes.change(actor, work) })
  .create({ kind: 'system', id: 'test', name: 'test', roles: ['TREMBITA_HOLDER'], origin: 'system' }, { roles: ['TREMBITA_HOLDER'] })

async function decide (path: string, body: object): Promise<{ readonly id: number }> {
  const response = await fetch(`${federation.core.addresses.admin}/api/v1${path}`, { method: 'POST', headers: { authorization: `X-Road-ApiKey token=${key}`, 'content-type': 'application/json' }, body: JSON.stringify(body) })
  const text = await response.text()
  if (!response.ok) throw new Error(text)
  await federation.core.publish()
  return JSON.parse(text) as { id: number }
}

const ACT = { number: '15-р', date: '2026-01-01' }
const suspend = async (type: string, encodedId: string): Promise<number> => (await decide('/suspensions', { object: { type, encoded_id: encodedId }, ground: 'personalData', act: ACT })).id

/** Lifts, and sees that all is as it was. */
async function lift (t: Test, id: number): Promise<void> {
  await decide(`/suspensions/${id}/lift`, { act: { number: '16-р', date: '2026-01-02' } })
  await fetchAt(...ALL)
  t.equal((await ask()).status, 200, 'lifted: our client is served again')
  t.equal((await ask(`${ABROAD}/any`)).status, 200, 'and the peer answers')
  t.equal((await abroad.send(provider.addresses.messages!, restOf())).fault, undefined, 'and asks')
}

await t.test('before any decision everyone is served', async (t) => {
  t.equal((await ask()).status, 200)
  t.equal((await ask(`${ABROAD}/any`)).status, 200)
  t.equal((await abroad.send(provider.addresses.messages!, restOf())).fault, undefined)
})

await t.test('TR-15: a suspended consumer is refused by its own gateway, and by the provider\'s while its own knows nothing yet', async (t) => {
  const id = await suspend('MEMBER', 'TEST:GOV:1001')
  await fetchAt(provider, hosting)
  const far = await ask()
  t.equal(faultOf(far), 'Server.ServerProxy.AccessSuspended')
  t.equal(messageOf(far), 'Access of MEMBER:TEST/GOV/1001 is suspended by the holder\'s act 15-р of 2026-01-01 (personalData)')
  const snapshot = provider.globalconf!.current()
  t.same(snapshot.addressesOf({ instance: 'TEST', memberClass: 'GOV', memberCode: '1001', subsystemCode: 'portal' }), [], 'X-Road\'s own rules find no gateway of it')
  t.equal(snapshot.memberName({ instance: 'TEST', memberClass: 'GOV', memberCode: '1001' }), 'Consumer Board', 'but its name')
  await fetchAt(consumer)
  const near = await ask()
  t.equal(faultOf(near), 'Server.ClientProxy.AccessSuspended')
  t.match(messageOf(near), /15-р of 2026-01-01/)
  const uxp = await call(consumer.addresses.consumerHttp!, '/restapi', { headers: { 'Uxp-Client': PORTAL, 'Uxp-Service': `${REGISTRY}/people` } })
  t.equal(uxp.headers['uxp-faultcode'], 'Server.ClientProxy.AccessSuspended', 'in each dialect')
  t.equal((await abroad.send(provider.addresses.messages!, restOf())).fault, undefined, 'others go on')
  await lift(t, id)
})

await t.test('TR-15: a suspended provider is asked by nobody, and answers nobody', async (t) => {
  const id = await suspend('SUBSYSTEM', 'TEST:GOV:2002:registry')
  await fetchAt(provider, hosting)
  t.equal(faultOf(await ask()), 'Server.ServerProxy.ServiceFailed.AccessSuspended')
  const { fault } = await abroad.send(provider.addresses.messages!, restOf())
  t.equal(fault?.code, 'Server.ServerProxy.ServiceFailed.AccessSuspended', 'a peer hears it too')
  await fetchAt(consumer)
  const near = await ask()
  t.equal(faultOf(near), 'Server.ClientProxy.AccessSuspended')
  t.match(messageOf(near), /SUBSYSTEM:TEST\/GOV\/2002\/registry/)
  t.equal((await ask(`${ABROAD}/any`)).status, 200, 'others go on')
  await lift(t, id)
})

await t.test('TR-15: a suspended peer that is not of our making can neither ask nor be asked', async (t) => {
  const id = await suspend('MEMBER', 'TEST:GOV:3003')
  await fetchAt(...ALL)
  t.equal((await abroad.send(provider.addresses.messages!, restOf())).fault?.code, 'Server.ServerProxy.AccessSuspended')
  t.equal(faultOf(await ask(`${ABROAD}/any`)), 'Server.ClientProxy.AccessSuspended')
  t.equal((await ask()).status, 200, 'others go on')
  await lift(t, id)
})

await t.test('TR-15: a suspended gateway is out of use, and who stands on another one too goes on there', async (t) => {
  const id = await suspend('SERVER', 'TEST:GOV:2002:gwb')
  await fetchAt(...ALL)
  for (let n = 0; n < 5; n++) t.equal((await ask()).status, 200, 'the neighbour\'s gateway answers')
  const named = await ask(undefined, { 'X-Road-Security-Server': 'TEST/GOV/2002/gwb' })
  t.equal(faultOf(named), 'Server.ClientProxy.AccessSuspended')
  t.match(messageOf(named), /SERVER:TEST\/GOV\/2002\/gwb/)
  const { fault } = await abroad.send(provider.addresses.messages!, restOf())
  t.equal(fault?.code, 'Server.ServerProxy.ServiceFailed.AccessSuspended', 'and answers nobody who comes all the same')
  const host = await suspend('MEMBER', 'TEST:GOV:5005')
  await fetchAt(...ALL)
  t.equal(faultOf(await ask()), 'Server.ClientProxy.AccessSuspended', 'with the last gateway the service is gone')
  await decide(`/suspensions/${host}/lift`, { act: ACT })
  await lift(t, id)
})

await t.test('TR-15: a suspended gateway of the consumer lets nobody through', async (t) => {
  const id = await suspend('SERVER', 'TEST:GOV:1001:gwa')
  await fetchAt(provider, hosting)
  const far = await ask()
  t.equal(faultOf(far), 'Server.ServerProxy.AccessSuspended')
  t.match(messageOf(far), /SERVER:TEST\/GOV\/1001\/gwa/)
  await fetchAt(consumer)
  t.equal(faultOf(await ask()), 'Server.ClientProxy.AccessSuspended')
  await lift(t, id)
})

await t.test('TR-15: a gateway that starts without the core knows who was suspended when it last heard', async (t) => {
  const id = await suspend('SUBSYSTEM', 'TEST:GOV:2002:registry')
  await fetchAt(...ALL)
  const { folder, anchorFile } = federation.provisioned.gateways[0]!
  await using offline = new GlobalConf({ anchor: anchorFile, folder: `${folder}/data/globalconf`, clock: systemClock, log: createLogger('offline', 'silent'), refreshSeconds: 0 })
  await offline.start()
  t.equal(offline.status().lastSuccessAt, undefined, 'nothing was downloaded yet')
  t.throws(() => { offline.current().suspensions.checkClient({ instance: 'TEST', memberClass: 'GOV', memberCode: '2002', subsystemCode: 'registry' }) }, { message: /is suspended/ })
  await lift(t, id)
})

await t.test('who carries the management services cannot be suspended', async (t) => {
  await t.rejects(suspend('MEMBER', 'TEST:GOV:9009'), /management_service_provider_cannot_be_suspended/)
})

await network[Symbol.asyncDispose]()
