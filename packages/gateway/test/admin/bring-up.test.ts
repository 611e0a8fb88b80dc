import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { smallPlan } from '@trembita/testnet'
import t from 'tap'
import { startNetwork } from '../network/network.ts'
import { obtainCertificate, startNewGateway } from './new-gateway.ts'

// A gateway from nothing, by its administration API alone, against a real core and a CA that really signs.

const network = await startNetwork(t, smallPlan({ serviceUrl: 'http://127.0.0.1:9' }))
const { pki, corePorts } = network.provisioned
const anchor = Buffer.from(await (await fetch(`http://127.0.0.1:${corePorts.admin}/anchor`)).arrayBuffer())
const made = await startNewGateway(t)
const { console } = made

t.test('a gateway that was never initialised offers its console alone, and says so', async (t) => {
  t.same(Object.keys(made.gateway.addresses), ['console'])
  const ready = await fetch(`${console.url}/health/ready`)
  t.equal(ready.status, 503)
  t.match(await ready.json(), { status: 'fail', checks: [{ name: 'initialisation', status: 'fail', message: /not initialised: import the configuration anchor/ }] })
  t.equal((await fetch(`${console.url}/health/live`)).status, 200)
  t.match((await console.get('/initialization/status')).body, { is_anchor_imported: false, is_server_owner_initialized: false })
})

t.test('it takes an anchor that leads to a configuration', async (t) => {
  const { status, body } = await console.post('/system/anchor/previews', anchor)
  t.equal(status, 200)
  t.match(body, { instance_id: 'TEST', hash: /^([0-9A-F]{2}:){27}[0-9A-F]{2}$/ })
  t.equal((await console.get('/system/anchor')).status, 404, 'a preview imports nothing')
  t.match(await console.post('/system/anchor', anchor), { status: 201, body: { hash: body.hash } })
  t.ok((await console.get('/system/anchor/download')).bytes.equals(anchor))
})

t.test('it comes up when it is told who it is', async (t) => {
  const body = { owner_member_class: 'GOV', owner_member_code: '1001', security_server_code: 'gwn', software_token_pin: '1234' }
  t.match(await console.post('/initialization', body), { status: 201, body: { is_server_owner_initialized: true } })
  t.match(made.gateway.addresses, { messages: /^127/, consumerHttp: /^http:/, ocsp: /^http:/ })
  t.match(await (await fetch(`${console.url}/health`)).json(), { info: { server: 'TEST/GOV/1001/gwn' }, checks: [{ name: 'global configuration', status: 'pass' }, { name: 'authentication certificate', status: 'fail' }] })
})

t.test('keys, requests, certificates', async (t) => {
  const sign = await obtainCertificate(console, pki, 'SIGNING', { member: 'TEST:GOV:1001', values: { C: 'UA' } })
  t.match((await console.get(`/token-certificates/${sign}`)).body, { status: 'REGISTERED', active: true, ocsp_status: 'OCSP_RESPONSE_GOOD', owner_id: 'TEST:GOV:1001' })
  const auth = await obtainCertificate(console, pki, 'AUTHENTICATION', { values: { C: 'UA', CN: 'gwn.example' } })
  t.match((await console.get(`/token-certificates/${auth}`)).body, { status: 'SAVED', active: false })
  t.equal((await console.put(`/token-certificates/${auth}/activate`)).status, 204)
  t.match((await console.get(`/token-certificates/${auth}`)).body, { status: 'SAVED', active: true, ocsp_status: 'OCSP_RESPONSE_GOOD' })
})

t.test('all of it outlives a restart', async (t) => {
  await made.restart()
  t.match(made.gateway.addresses, { messages: /^127/ })
  t.match((await console.get('/tokens')).body, [{ keys: [{ usage: 'SIGNING' }, { usage: 'AUTHENTICATION', certificates: [{ active: true, status: 'SAVED' }] }] }])
  const audit = (await readFile(join(made.folder, 'data/audit.log'), 'utf8')).trim().split('\n').map((line) => JSON.parse(line) as { event: string })
  t.match(audit.map(({ event }) => event), ['Create API key', 'Initialize anchor', 'Initialize server configuration', 'Generate key and CSR', 'Import certificate from file'])
})
