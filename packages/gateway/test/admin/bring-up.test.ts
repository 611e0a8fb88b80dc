import { execFile } from 'node:child_process'
import { readFile, writeFile } from 'node:fs/promises'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { smallPlan } from '@trembita/testnet'
import t from 'tap'
import { startNetwork } from '../network/network.ts'
import { Console } from './console.ts'
import { obtainCertificate, startNewGateway } from './new-gateway.ts'

// A gateway from nothing, by its administration API alone, against a real core and a CA that really signs.

const PROGRAM = fileURLToPath(new URL('../../bin/trembita-gateway.ts', import.meta.url))
const network = await startNetwork(t, smallPlan({ serviceUrl: 'http://127.0.0.1:9' }))
const { pki, corePorts } = network.provisioned
const anchor = Buffer.from(await (await fetch(`http://127.0.0.1:${corePorts.admin}/anchor`)).arrayBuffer())
const made = await startNewGateway(t)
const { console } = made
const NAME = { owner_member_class: 'GOV', owner_member_code: '1001', security_server_code: 'gwn' }

t.test('a gateway that was never initialised offers its console alone, and says so', async (t) => {
  t.same(Object.keys(made.gateway.addresses), ['console'])
  const ready = await fetch(`${console.url}/health/ready`)
  t.equal(ready.status, 503)
  t.match(await ready.json(), { status: 'fail', checks: [{ name: 'initialisation', status: 'fail', message: /not initialised: import the configuration anchor/ }] })
  t.equal((await fetch(`${console.url}/health/live`)).status, 200)
  t.match((await console.get('/initialization/status')).body, { is_anchor_imported: false, is_server_owner_initialized: false })
})

t.test('until then, what needs a name or a configuration says so', async (t) => {
  const csr = { key_usage_type: 'SIGNING', ca_name: 'x', csr_format: 'PEM', member_id: 'TEST:GOV:1001', subject_field_values: {} }
  t.match(await console.post('/tokens/0/keys-with-csrs', { key_label: 'x', csr_generate_request: csr }), { status: 409, body: { error: { code: 'anchor_not_found' } } })
  t.same((await console.get('/tokens')).body[0].keys, [], 'and leaves no key behind')
  t.match(await console.post('/initialization', NAME), { status: 409, body: { error: { code: 'anchor_not_found' } } })
  t.match(await console.post('/clients', { client: { member_class: 'GOV', member_code: '1001' } }), { status: 409, body: { error: { code: 'server_not_initialized' } } })
  t.match(await console.get('/certificate-authorities'), { status: 409, body: { error: { code: 'anchor_not_found' } } })
  t.match(await console.put('/system/anchor', anchor), { status: 404, body: { error: { code: 'anchor_not_found' } } })
  t.match(await console.get('/diagnostics/globalconf'), { status: 409 })
})

t.test('it takes an anchor that leads to a configuration', async (t) => {
  const { status, body } = await console.post('/system/anchor/previews', anchor)
  t.equal(status, 200)
  t.match(body, { instance_id: 'TEST', hash: /^([0-9A-F]{2}:){27}[0-9A-F]{2}$/ })
  t.equal((await console.get('/system/anchor')).status, 404, 'a preview imports nothing')
  t.match(await console.post('/system/anchor', anchor), { status: 201, body: { hash: body.hash } })
  t.ok((await console.get('/system/anchor/download')).bytes.equals(anchor))
})

t.test('it is not told who it is by mistake', async (t) => {
  t.match(await console.post('/initialization', { ...NAME, software_token_pin: '4321' }), { status: 409, body: { error: { code: 'pin_code_exists' } } })
  t.match(await console.post('/initialization', { ...NAME, owner_member_code: '7777' }), { status: 400, body: { error: { code: 'warnings_detected' }, warnings: [{ code: 'init_unregistered_member', metadata: ['TEST:GOV:7777'] }] } })
  t.match(await console.post('/initialization', { ...NAME, security_server_code: 'gwa' }), { status: 400, body: { warnings: [{ code: 'init_server_id_exists', metadata: ['TEST:GOV:1001:gwa'] }] } })
  t.match(await console.post('/initialization', { ...NAME, security_server_code: 'a/b' }), { status: 400, body: { error: { code: 'validation_failure', validation_errors: { security_server_code: Array } } } })
  t.match((await console.get('/initialization/status')).body, { is_anchor_imported: true, is_server_code_initialized: false })
})

t.test('what cannot come up leaves the gateway as it was', async (t) => {
  const taken = createServer()
  await new Promise<void>((resolve) => { taken.listen(made.ports.messages, '127.0.0.1', resolve) })
  t.match(await console.post('/initialization', NAME), { status: 409, body: { error: { code: 'initialization_failed', message: /EADDRINUSE/ } } })
  await new Promise((resolve) => { taken.close(resolve) })
  t.match((await console.get('/initialization/status')).body, { is_server_owner_initialized: false })
  t.same((await console.get('/clients')).body, [])
  t.same(Object.keys(made.gateway.addresses), ['console'])
  await t.rejects(fetch(`http://127.0.0.1:${made.ports.messages + 1}/`), 'the OCSP port is closed again')
})

t.test('it comes up when it is told who it is', async (t) => {
  const answers = await Promise.all([1, 2, 3].map(async () => await console.post('/initialization', { ...NAME, software_token_pin: '1234' })))
  t.same(answers.map(({ status }) => status).sort(), [201, 409, 409], 'once, whoever else asks at the same time')
  t.match(answers.find(({ status }) => status === 201), { body: { is_server_owner_initialized: true } })
  t.match(await console.put('/system/anchor', anchor), { status: 201 }, 'the anchor can still be replaced')
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
  const events = audit.map(({ event }) => event)
  const done = ['Create API key', 'Initialize anchor', 'Initialize server configuration', 'Upload anchor', 'Generate key and CSR', 'Import certificate from file', 'Enable certificate']
  t.same([...new Set(events.filter((event) => !event.endsWith(' failed')))], done)
  t.ok(events.includes('Initialize server configuration failed'))
})

t.test('the first key is made at the machine, by the program itself', async (t) => {
  const run = async (...args: string[]): Promise<{ stdout: string }> => await promisify(execFile)(process.execPath, [PROGRAM, 'api-key', 'create', ...args, '--config', made.configFile])
  const { stdout } = await run('--role', 'XROAD_SECURITYSERVER_OBSERVER', '--label', 'watcher')
  const watcher = new Console(console.url, stdout.trim())
  t.equal((await watcher.get('/tokens')).status, 200)
  t.equal((await watcher.post('/tokens/0/keys', {})).status, 403)
  t.match((await console.get('/api-keys')).body.at(-1), { label: 'watcher', roles: ['XROAD_SECURITYSERVER_OBSERVER'] })
  await t.rejects(run('--role', 'WIZARD'), { code: 2, stderr: /roles: unknown: WIZARD/ })
})

t.test('a file that names the server afterwards says the same, or another', async (t) => {
  const file = await readFile(made.configFile, 'utf8')
  const named = async (server: string): Promise<string> => {
    await writeFile(made.configFile, `server: ${server}\nanchor: data/configuration-anchor.xml\n${file}`)
    await made.restart()
    return (await (await fetch(`${console.url}/health`)).json() as { info: { server: string } }).info.server
  }
  t.equal(await named('TEST/GOV/1001/gwn'), 'TEST/GOV/1001/gwn')
  t.match(await console.put('/system/anchor', anchor), { status: 409, body: { error: { code: 'anchor_given_by_configuration' } } })
  t.equal(await named('TEST/GOV/1001/other'), 'TEST/GOV/1001/other')
})
