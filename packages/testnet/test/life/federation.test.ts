import t from 'tap'
import { AdminApiError, until, type JoiningPlan } from '../../src/joining/index.ts'
import { createTestPki } from '../../src/pki/index.ts'
import { portsFor, startInformationSystem, startJoined, type Joined } from './joined.ts'

// Two instances, each with a core, a certification authority and a gateway of its own, that trust each other by their external anchors.

t.setTimeout(150_000)
const service = await startInformationSystem()
t.teardown(() => service[Symbol.asyncDispose]())
const ports = await portsFor(['HERE', 'THERE'])

function planOf (instance: string, code: string, subsystem: string, descriptions: JoiningPlan['gateways'][number]['clients'][number]['descriptions'] = []): JoiningPlan {
  return {
    instance,
    memberClasses: [{ code: 'GOV', description: 'Members' }],
    members: [{ memberClass: 'GOV', memberCode: '1', name: `Owner in ${instance}` }],
    management: { provider: 'GOV/1/management', gateway: code },
    gateways: [{ code, owner: 'GOV/1', address: `127.0.0.1:${ports[code]! + 3}`, keys: { seal: 'EC' }, clients: [{ id: `GOV/1/${subsystem}`, descriptions }] }]
  }
}

const shared = { gatewaySettings: { globalConf: { refreshSeconds: 1, allowedFederations: ['all'] } } }
const [here, there] = await Promise.all([
  startJoined(planOf('HERE', 'HERE', 'asker'), ports, { ...shared, pki: await createTestPki({ organization: 'CA of here' }) }),
  startJoined(planOf('THERE', 'THERE', 'register', [{ type: 'REST', url: service.url, services: [{ code: 'people' }] }]), ports, { ...shared, pki: await createTestPki({ organization: 'CA of there' }) })
])
t.teardown(() => Promise.all([here[Symbol.asyncDispose](), there[Symbol.asyncDispose]()]))
const gateway = there.parties.gateways.get('THERE')!
const ask = () => here.call('HERE', 'HERE/GOV/1/asker', 'THERE/GOV/1/register/people')

async function trust (mine: Joined, other: Joined): Promise<void> {
  await mine.parties.core.post('/trusted-anchors', { anchor: (await other.core.anchor('external')).bytes.toString('base64') })
}

t.test('TR-2.13: environments are apart: their members do not exchange', async (t) => {
  t.match(await ask(), { fault: 'Server.ClientProxy.UnknownMember' })
})

t.test('two instances trust each other by their external anchors, and exchange across', async (t) => {
  await trust(here, there)
  await trust(there, here)
  await until('the provider\'s gateway knows the client of the other instance', async () => {
    try {
      await gateway.post('/services/THERE:GOV:1:register:people/service-clients', { items: [{ id: 'HERE:GOV:1:asker' }] })
      return true
    } catch (error) {
      if (error instanceof AdminApiError && error.code === 'service_client_not_found') return false
      throw error
    }
  })
  const answer = await until('the exchange across', async () => {
    const answer = await ask()
    return answer.status === 200 && answer
  })
  t.same(JSON.parse(answer.body), { name: 'Громада', debt: '100.00' })
})

t.test('an instance that is trusted no more is not followed any longer', async (t) => {
  const { core } = here.parties
  const [anchor] = await core.get('/trusted-anchors')
  await core.delete(`/trusted-anchors/${anchor.hash}`)
  t.equal(await until('the exchange refused', async () => (await ask()).fault), 'Server.ClientProxy.UnknownMember')
})
