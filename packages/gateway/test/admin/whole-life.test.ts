import t from 'tap'
import { startService } from '../network/service.ts'
import { callService, FIRST_SERVICE, startEnvironment } from './environment.ts'
import { obtainCertificate, startNewGateway } from './new-gateway.ts'

// A participant joins with nothing but HTTP calls: from an empty folder to exchanges, and on through roll-over and owner change.

const service = await startService()
t.teardown(() => service.close())
const environment = await startEnvironment(t, service.url)
const { pki } = environment.provisioned
const made = await startNewGateway(t)
const { console } = made
const address = `127.0.0.1:${made.ports.messages}`

const follow = (): Promise<void> => environment.follow(made)
const callEcho = (client: string): Promise<number> => callService(made, FIRST_SERVICE, client)

/** Calls without a pause, several at a time. */
function callAllTheTime (): { more: (count: number) => Promise<void>, end: () => Promise<number[]> } {
  const state = { running: true }
  const statuses: number[] = []
  const callers = Array.from({ length: 4 }, async () => { while (state.running) statuses.push(await callEcho('TEST/GOV/1001/portal')) })
  return {
    /** So many more calls have been answered. */
    more: async (count) => {
      const wanted = statuses.length + count
      while (statuses.length < wanted) await callEcho('TEST/GOV/1001/portal')
    },
    /** @returns each status that was answered, once. */
    end: async () => {
      state.running = false
      await Promise.all(callers)
      return [...new Set(statuses)]
    }
  }
}

t.test('anchor, name, keys, certificates', async (t) => {
  await console.done('POST', '/system/anchor', environment.anchor)
  await console.done('POST', '/initialization', { owner_member_class: 'GOV', owner_member_code: '1001', security_server_code: 'gw' })
  await obtainCertificate(console, pki, 'SIGNING', { member: 'TEST:GOV:1001', values: { C: 'UA' }, algorithm: 'RSA' })
  const auth = await obtainCertificate(console, pki, 'AUTHENTICATION', { values: { C: 'UA', CN: 'gw.example' } })
  await console.done('PUT', `/token-certificates/${auth}/activate`)
  t.match((await console.get('/diagnostics/auth-cert-req-status')).body, { status_class: 'OK' })
  t.match((await console.put(`/token-certificates/${auth}/register`, { address, dry_run: true })).body, { request_id: 0 })
  t.match((await console.get(`/token-certificates/${auth}`)).body, { status: 'SAVED' }, 'a dry run changes nothing')
  t.equal(await environment.approve(), 0)
  t.match((await console.put(`/token-certificates/${auth}/register`, { address })).body, { request_id: Number })
  t.match((await console.get(`/token-certificates/${auth}`)).body, { status: 'REGISTRATION_IN_PROGRESS' })
  t.equal(await environment.approve(), 1)
  await follow()
  t.match((await console.get(`/token-certificates/${auth}`)).body, { status: 'REGISTERED', possible_actions: ['DISABLE', 'UNREGISTER'] })
  t.match((await console.get('/clients')).body, [{ id: 'TEST:GOV:1001', owner: true, status: 'REGISTERED', has_valid_local_sign_cert: true }])
  t.match(await (await fetch(`${console.url}/health/ready`)).json(), { status: 'pass' })
})

t.test('a subsystem is registered, and calls', async (t) => {
  const added = await console.done('POST', '/clients', { client: { member_class: 'GOV', member_code: '1001', subsystem_code: 'portal', subsystem_name: 'Portal of the Board', connection_type: 'HTTP' } })
  t.match(added.body, { id: 'TEST:GOV:1001:portal', status: 'SAVED', rename_status: 'NAME_SET' })
  t.equal(await callEcho('TEST/GOV/1001/portal'), 500, 'not before it is registered')
  t.equal((await console.put('/clients/TEST:GOV:1001:portal/register')).status, 204)
  t.match((await console.get('/clients/TEST:GOV:1001:portal')).body, { status: 'REGISTRATION_IN_PROGRESS' })
  t.equal(await environment.approve(), 1)
  await follow()
  const { body } = await console.get('/clients/TEST:GOV:1001:portal')
  t.match(body, { status: 'REGISTERED', subsystem_name: 'Portal of the Board' })
  t.notOk('rename_status' in body)
  t.equal(await callEcho('TEST/GOV/1001/portal'), 200)
})

t.test('an authentication certificate is rolled over, and no call is lost', async (t) => {
  const [old] = (await console.get('/tokens')).body[0].keys.filter(({ usage }: { usage: string }) => usage === 'AUTHENTICATION')
  const oldHash = old.certificates[0].certificate_details.hash as string
  const traffic = callAllTheTime()
  const next = await obtainCertificate(console, pki, 'AUTHENTICATION', { values: { C: 'UA', CN: 'gw.example' } })
  await console.done('PUT', `/token-certificates/${next}/activate`)
  await console.done('PUT', `/token-certificates/${next}/register`, { address })
  t.equal(await environment.approve(), 1)
  await follow()
  t.match((await console.get(`/token-certificates/${next}`)).body, { status: 'REGISTERED', active: true })
  t.equal(made.gateway.carrier!.signer.auth().certificate.sha256.toString('hex').toUpperCase(), oldHash, 'the first one that works goes on working')
  await traffic.more(20)
  await console.done('PUT', `/token-certificates/${oldHash}/disable`)
  t.equal(made.gateway.carrier!.signer.auth().certificate.sha256.toString('hex').toUpperCase(), next)
  await traffic.more(20)
  await console.done('PUT', `/token-certificates/${oldHash}/unregister`)
  await environment.core.publish()
  await follow()
  await traffic.more(20)
  t.same(await traffic.end(), [200], 'every call was answered')
  t.match((await console.get(`/token-certificates/${oldHash}`)).body, { status: 'DELETION_IN_PROGRESS' })
  t.equal((await console.delete(`/token-certificates/${oldHash}`)).status, 204)
  t.equal((await console.delete(`/keys/${old.id}`)).status, 204)
})

t.test('so is a seal', async (t) => {
  const [old] = (await console.get('/tokens')).body[0].keys.filter(({ usage }: { usage: string }) => usage === 'SIGNING')
  const next = await obtainCertificate(console, pki, 'SIGNING', { member: 'TEST:GOV:1001', values: { C: 'UA' } })
  const traffic = callAllTheTime()
  await console.done('PUT', `/token-certificates/${old.certificates[0].certificate_details.hash}/disable`)
  t.equal(made.gateway.carrier!.signer.checkMember({ instance: 'TEST', memberClass: 'GOV', memberCode: '1001' }).sha256.toString('hex').toUpperCase(), next)
  await traffic.more(20)
  t.equal((await console.delete(`/keys/${old.id}`)).status, 204)
  t.same(await traffic.end(), [200], 'every call was answered')
})

t.test('another member becomes the owner, and the gateway takes its new name over', async (t) => {
  await console.done('POST', '/clients', { client: { member_class: 'GOV', member_code: '3003' } })
  await obtainCertificate(console, pki, 'SIGNING', { member: 'TEST:GOV:3003', values: { C: 'UA' } })
  await console.done('PUT', '/clients/TEST:GOV:3003/register')
  await environment.approve()
  await follow()
  await console.done('PUT', '/clients/TEST:GOV:3003/make-owner')
  t.equal(await environment.approve(), 1)
  await follow()
  t.match(await (await fetch(`${console.url}/health`)).json(), { info: { server: 'TEST/GOV/3003/gw' }, status: /pass|warn/ })
  t.match((await console.get('/clients?show_members=true')).body, [{ id: 'TEST:GOV:1001', owner: false, status: 'REGISTERED' }, { id: 'TEST:GOV:1001:portal', status: 'REGISTERED' }, { id: 'TEST:GOV:3003', owner: true, status: 'REGISTERED' }])
  t.equal(await callEcho('TEST/GOV/1001/portal'), 200)
  await made.restart()
  t.match(await (await fetch(`${console.url}/health`)).json(), { info: { server: 'TEST/GOV/3003/gw' } }, 'for good')
  await made.gateway.refresh()
  t.equal(await callEcho('TEST/GOV/1001/portal'), 200)
})

t.test('a client leaves', async (t) => {
  const portal = '/clients/TEST:GOV:1001:portal'
  t.match(await console.delete(portal), { status: 409, body: { error: { code: 'action_not_possible' } } })
  await console.done('PUT', `${portal}/unregister`)
  t.match((await console.get(portal)).body, { status: 'DELETION_IN_PROGRESS' })
  t.equal((await console.delete(portal)).status, 204)
  t.equal((await console.get(portal)).status, 404)
})
