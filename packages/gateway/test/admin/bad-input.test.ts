import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { writeAnchor } from '@trembita/protocol/globalconf'
import { createTestPki } from '@trembita/testnet/pki'
import t from 'tap'
import { startService } from '../network/service.ts'
import { hashOf } from './console.ts'
import { startEnvironment } from './environment.ts'
import { startNewGateway } from './new-gateway.ts'

// What is wrong is refused with a code and words, on each route that changes something; and nothing changed.

const service = await startService()
t.teardown(() => service.close())
const environment = await startEnvironment(t, service.url)
const { pki } = environment.provisioned
const made = await startNewGateway(t)
const { console } = made
await environment.join(made, '1001', 'portal')
const portal = '/clients/TEST:GOV:1001:portal'
const owner = '/clients/TEST:GOV:1001'
const { body: description } = await console.done('POST', `${portal}/service-descriptions`, { type: 'REST', url: `${service.url}/people`, rest_service_code: 'people' })
const { body: group } = await console.done('POST', `${portal}/local-groups`, { code: 'friends', description: 'Друзі' })
const { body: endpoint } = await console.done('POST', '/services/TEST:GOV:1001:portal:people/endpoints', { method: 'GET', path: '/a' })
const keys = (await console.get('/tokens')).body[0].keys as { id: string, usage: string, certificates: { certificate_details: { hash: string } }[] }[]
const [seal, auth] = ['SIGNING', 'AUTHENTICATION'].map((usage) => keys.find((key) => key.usage === usage)!) as [typeof keys[number], typeof keys[number]]
const [sealHash, authHash] = [seal, auth].map(({ certificates }) => certificates[0]!.certificate_details.hash) as [string, string]
const [freshAuth, freshSeal] = [await freshKey('AUTHENTICATION'), await freshKey('SIGNING', 'TEST:GOV:1001')]
const island = await createTestPki({ organization: 'Island PKI' })
const unused = await console.done('POST', '/tokens/0/keys', { key_algorithm: 'EC' })

/** A key with a request, waiting for its certificate. */
async function freshKey (usage: string, member?: string): Promise<{ id: string, csrId: string, request: string }> {
  const { body } = await console.done('POST', '/tokens/0/keys-with-csrs', {
    key_label: 'fresh', key_algorithm: 'EC', csr_generate_request: { key_usage_type: usage, ca_name: pki.organization, csr_format: 'PEM', ...member === undefined ? {} : { member_id: member }, subject_field_values: usage === 'SIGNING' ? { C: 'UA' } : { C: 'UA', CN: 'x' } }
  })
  const request = await console.done('GET', `/keys/${body.key.id}/csrs/${body.csr_id}`)
  return { id: body.key.id, csrId: body.csr_id, request: request.bytes.toString() }
}

/** Everything that can be changed. */
async function state (): Promise<object> {
  const paths = ['/tokens', '/clients', '/system/anchor', '/system/server-address', '/system/maintenance-mode', '/api-keys', '/initialization/status',
    ...[portal, owner].flatMap((client) => ['service-descriptions', 'local-groups', 'service-clients', 'tls-certificates'].map((part) => `${client}/${part}`)), '/services/TEST:GOV:1001:portal:people/service-clients', `/endpoints/${endpoint.id}/service-clients`]
  return Object.fromEntries(await Promise.all(paths.map(async (path) => [path, (await console.get(path)).body] as const)))
}

const csr = (change: object): object => ({ key_usage_type: 'SIGNING', ca_name: pki.organization, csr_format: 'PEM', member_id: 'TEST:GOV:1001', subject_field_values: { C: 'UA' }, ...change })
const anchorOf = (change: object): Buffer => Buffer.from(writeAnchor({ instance: 'TEST', generatedAt: new Date(), sources: [{ url: `http://127.0.0.1:${environment.provisioned.corePorts.configuration}/internalconf`, certificates: [pki.root.certificate.der] }], ...change }))
const certificateFor = async (request: string, profile: 'sign' | 'auth', signer = pki): Promise<Buffer> => Buffer.from((await signer.signCsr(request, profile)).certificate.pem)
const both = await pki.issue('sign-and-auth', [{ CN: ['both'] }])
const tls = await pki.issueTls({ names: ['x'] })
await console.done('POST', `${portal}/tls-certificates`, Buffer.from(tls.certificate.pem))

type Case = readonly [route: string, path: string, body: unknown, status: number, code: string | RegExp]
const CASES: readonly Case[] = [
  ['POST /system/anchor', '/system/anchor', environment.anchor, 409, 'anchor_already_exists'],
  ['PUT /system/anchor', '/system/anchor', Buffer.from('<x/>'), 400, 'malformed_anchor'],
  ['PUT /system/anchor', '/system/anchor', { a: 1 }, 400, 'validation_failure'],
  ['PUT /system/anchor', '/system/anchor', undefined, 400, 'validation_failure'],
  ['PUT /system/anchor', '/system/anchor', anchorOf({ instance: 'OTHER' }), 400, 'internal_anchor_upload_invalid_instance_id'],
  ['PUT /system/anchor', '/system/anchor', anchorOf({ sources: [{ url: 'http://127.0.0.1:1/internalconf', certificates: [pki.root.certificate.der] }] }), 400, 'conf_verification.unreachable'],
  ['PUT /system/anchor', '/system/anchor', anchorOf({}), 400, 'conf_verification.signature_invalid'],
  ['POST /system/anchor/previews', '/system/anchor/previews', Buffer.from('no'), 400, 'malformed_anchor'],
  ['POST /initialization', '/initialization', { owner_member_class: 'GOV', owner_member_code: '1001', security_server_code: 'b' }, 409, 'server_already_fully_initialized'],
  ['POST /initialization', '/initialization', { owner_member_class: 'GOV' }, 400, 'validation_failure'],
  ['POST /tokens/{id}/keys', '/tokens/1/keys', {}, 404, 'token_not_found'],
  ['POST /tokens/{id}/keys', '/tokens/0/keys', { key_algorithm: 'DSA' }, 400, 'validation_failure'],
  ['POST /tokens/{id}/keys', '/tokens/0/keys', { label: 'x'.repeat(256) }, 400, 'validation_failure'],
  ['POST /tokens/{id}/keys', '/tokens/0/keys', '{', 400, /./],
  ['POST /tokens/{id}/keys', '/tokens/0/keys', { label: 'x', colour: 'red' }, 400, 'validation_failure'],
  ['POST /tokens/{id}/keys-with-csrs', '/tokens/0/keys-with-csrs', { key_label: 'x', csr_generate_request: csr({ ca_name: 'none' }) }, 404, 'certificate_authority_not_found'],
  ['POST /tokens/{id}/keys-with-csrs', '/tokens/0/keys-with-csrs', { key_label: 'x', csr_generate_request: csr({ subject_field_values: {} }) }, 400, 'invalid_dn_parameter'],
  ['POST /keys/{id}/csrs', `/keys/${freshSeal.id}/csrs`, csr({ subject_field_values: { C: 'UA', serialNumber: '7' } }), 400, 'invalid_dn_parameter'],
  ['POST /keys/{id}/csrs', `/keys/${freshSeal.id}/csrs`, csr({ subject_field_values: { C: 'UA', L: 'Київ' } }), 400, 'invalid_dn_parameter'],
  ['POST /keys/{id}/csrs', `/keys/${freshSeal.id}/csrs`, csr({ member_id: undefined }), 400, 'validation_failure'],
  ['POST /keys/{id}/csrs', `/keys/${freshSeal.id}/csrs`, csr({ member_id: 'TEST:GOV:9999' }), 409, 'client_not_found'],
  ['POST /keys/{id}/csrs', `/keys/${freshAuth.id}/csrs`, csr({}), 409, 'wrong_key_usage'],
  ['PATCH /keys/{id}', `/keys/${seal.id}`, { name: '' }, 400, 'validation_failure'],
  ['PATCH /keys/{id}', '/keys/none', { name: 'x' }, 404, 'key_not_found'],
  ['DELETE /keys/{id}', `/keys/${auth.id}`, undefined, 409, 'action_not_possible'],
  ['DELETE /keys/{id}', `/keys/${seal.id}`, undefined, 400, 'warnings_detected'],
  ['DELETE /keys/{id}/csrs/{csr_id}', `/keys/${freshSeal.id}/csrs/none`, undefined, 404, 'csr_not_found'],
  ['POST /token-certificates', '/token-certificates', Buffer.from('nonsense'), 400, 'invalid_cert'],
  ['POST /token-certificates', '/token-certificates', Buffer.from(both.certificate.pem), 400, 'cert_wrong_usage'],
  ['POST /token-certificates', '/token-certificates', Buffer.from((await pki.issueSign({ member: { memberClass: 'GOV', memberCode: '1001' } })).certificate.pem), 404, 'key_not_found'],
  ['POST /token-certificates', '/token-certificates', await certificateFor(freshSeal.request, 'auth'), 409, 'cert_wrong_usage'],
  ['POST /token-certificates', '/token-certificates', await certificateFor(freshAuth.request, 'sign'), 409, 'cert_wrong_usage'],
  ['POST /token-certificates', '/token-certificates', await certificateFor(freshSeal.request, 'sign', island), 409, 'certificate_not_issued_by_approved_ca'],
  ['POST /token-certificates', '/token-certificates', Buffer.from((await pki.signCsr(freshSeal.request, 'sign', { notAfter: new Date(Date.now() - 1000) })).certificate.pem), 409, 'invalid_cert'],
  ['PUT /token-certificates/{hash}/activate', `/token-certificates/${sealHash}/activate`, undefined, 409, 'action_not_possible'],
  ['PUT /token-certificates/{hash}/activate', '/token-certificates/00/activate', undefined, 404, 'certificate_not_found'],
  ['PUT /token-certificates/{hash}/disable', '/token-certificates/00/disable', undefined, 404, 'certificate_not_found'],
  ['PUT /token-certificates/{hash}/register', `/token-certificates/${authHash}/register`, { address: 'gw.example' }, 409, 'action_not_possible'],
  ['PUT /token-certificates/{hash}/register', `/token-certificates/${authHash}/register`, {}, 400, 'validation_failure'],
  ['PUT /token-certificates/{hash}/unregister', `/token-certificates/${sealHash}/unregister`, undefined, 409, 'action_not_possible'],
  ['PUT /token-certificates/{hash}/mark-for-deletion', `/token-certificates/${sealHash}/mark-for-deletion`, undefined, 409, 'action_not_possible'],
  ['DELETE /token-certificates/{hash}', `/token-certificates/${authHash}`, undefined, 409, 'action_not_possible'],
  ['POST /clients', '/clients', { client: { member_class: 'XXX', member_code: '1' } }, 400, 'invalid_member_class'],
  ['POST /clients', '/clients', { client: { member_class: 'GOV', member_code: '1001' } }, 409, 'client_already_exists'],
  ['POST /clients', '/clients', { client: { member_class: 'GOV', member_code: '7777' } }, 400, 'warnings_detected'],
  ['POST /clients', '/clients', { client: { member_class: 'GOV', member_code: 'a:b' }, ignore_warnings: true }, 400, 'validation_failure'],
  ['POST /clients', '/clients', { client: { member_class: 'GOV', member_code: '1001', subsystem_name: 'x' } }, 400, 'validation_failure'],
  ['PATCH /clients/{id}', portal, { connection_type: 'FTP' }, 400, 'validation_failure'],
  ['PATCH /clients/{id}', '/clients/TEST:GOV:1001:none', { connection_type: 'HTTP' }, 404, 'client_not_found'],
  ['PATCH /clients/{id}', '/clients/TEST', { connection_type: 'HTTP' }, 400, 'validation_failure'],
  ['DELETE /clients/{id}', owner, undefined, 409, 'cannot_delete_owner'],
  ['DELETE /clients/{id}', portal, undefined, 409, 'action_not_possible'],
  ['PUT /clients/{id}/register', `${owner}/register`, undefined, 409, 'cannot_register_owner'],
  ['PUT /clients/{id}/register', `${portal}/register`, undefined, 409, 'action_not_possible'],
  ['PUT /clients/{id}/unregister', `${owner}/unregister`, undefined, 409, 'cannot_unregister_owner'],
  ['PUT /clients/{id}/disable', `${owner}/disable`, undefined, 409, 'action_not_possible'],
  ['PUT /clients/{id}/enable', `${portal}/enable`, undefined, 409, 'action_not_possible'],
  ['PUT /clients/{id}/make-owner', `${portal}/make-owner`, undefined, 409, 'action_not_possible'],
  ['PUT /clients/{id}/make-owner', `${owner}/make-owner`, undefined, 409, 'member_already_owner'],
  ['PUT /clients/{id}/rename', `${portal}/rename`, { client_name: ' ' }, 400, 'validation_failure'],
  ['PUT /clients/{id}/rename', `${owner}/rename`, { client_name: 'x' }, 409, 'action_not_possible'],
  ['POST /clients/{id}/tls-certificates', `${portal}/tls-certificates`, Buffer.from('x'), 400, 'invalid_cert'],
  ['DELETE /clients/{id}/tls-certificates/{hash}', `${owner}/tls-certificates/${hashOf(tls.certificate.pem)}`, undefined, 404, 'certificate_not_found'],
  ['POST /clients/{id}/service-descriptions', `${portal}/service-descriptions`, { type: 'REST', url: 'people', rest_service_code: 'x' }, 400, 'validation_failure'],
  ['POST /clients/{id}/service-descriptions', `${portal}/service-descriptions`, { type: 'REST', url: `${service.url}/new`, rest_service_code: 'a/b' }, 400, 'validation_failure'],
  ['PATCH /service-descriptions/{id}', `/service-descriptions/${description.id}`, { type: 'WSDL', url: `${service.url}/people` }, 400, 'wrong_type'],
  ['PATCH /service-descriptions/{id}', `/service-descriptions/${description.id}`, { type: 'REST', url: `${service.url}/people`, rest_service_code: 'other' }, 400, 'service_not_found'],
  ['DELETE /service-descriptions/{id}', '/service-descriptions/none', undefined, 404, 'service_description_not_found'],
  ['PUT /service-descriptions/{id}/enable', '/service-descriptions/999/enable', undefined, 404, 'service_description_not_found'],
  ['PUT /service-descriptions/{id}/disable', `/service-descriptions/${description.id}/disable`, { disabled_notice: 'x'.repeat(1001) }, 400, 'validation_failure'],
  ['PUT /service-descriptions/{id}/refresh', '/service-descriptions/999/refresh', { ignore_warnings: true }, 404, 'service_description_not_found'],
  ['PATCH /services/{id}', '/services/TEST:GOV:1001:portal:people', { timeout: 0 }, 400, 'validation_failure'],
  ['PATCH /services/{id}', '/services/TEST:GOV:1001:portal:people', { url: 'javascript:x' }, 400, 'validation_failure'],
  ['PATCH /services/{id}', '/services/TEST:GOV:1001:portal:none', { timeout: 5 }, 404, 'service_not_found'],
  ...([
    [{ policy: 'always' }, /validation_failure/],
    [{ rules: [{ id: 'a', subjects: [{ select: 'json:a', type: 'RNOKPP' }] }] }, /validation_failure/],
    [{ rules: [{ id: 'a', subjects: [{ select: 'path:code', type: 'RNOKPP' }] }] }, /validation_failure/],
    [{ rules: [{ id: 'a', subjects: [{ select: 'json:/a/**', type: 'RNOKPP' }] }] }, /validation_failure/],
    [{ rules: [{ id: 'a', subjects: [{ select: 'json:/a', type: 'SSN' }] }] }, /validation_failure/],
    [{ rules: [{ id: 'a' }] }, /validation_failure/],
    [{ rules: [{ id: 'a', onNoSubject: { ignore: ' ' } }] }, /validation_failure/],
    [{ visibility: [{ state: 'deferred', recipients: ['GOV/1'], reason: 'CrimeInvestigationImpaired', reviewDays: 366 }] }, /validation_failure/],
    [{ visibility: [{ state: 'deferred', recipients: [], reason: 'CrimeInvestigationImpaired', reviewDays: 5 }] }, /validation_failure/]
  ] as const).map(([body, code]): Case => ['PUT /services/{id}/personal-data', '/services/TEST:GOV:1001:portal:people/personal-data', body, 400, code]),
  ['DELETE /services/{id}/personal-data', '/services/TEST:GOV:1001:portal:none/personal-data', undefined, 404, 'service_not_found'],
  ['PUT /monitoring', '/monitoring', { component: 'PDAMS LC', client: 'GOV/1/X', service: 'GOV/1/M/a', keyService: 'GOV/1/M/b', domain: 'R' }, 400, 'validation_failure'],
  ['PUT /monitoring', '/monitoring', { component: 'LC', client: 'GOV/1', service: 'GOV/1/M/a', keyService: 'GOV/1/M/b', domain: 'R' }, 400, 'validation_failure'],
  ['POST /services/{id}/endpoints', '/services/TEST:GOV:1001:portal:people/endpoints', { method: 'GET', path: '/a' }, 409, 'endpoint_already_exists'],
  ['POST /services/{id}/endpoints', '/services/TEST:GOV:1001:portal:people/endpoints', { method: 'GET', path: 'a' }, 400, 'validation_failure'],
  ['PATCH /endpoints/{id}', `/endpoints/${endpoint.id}`, { method: 'FETCH', path: '/a' }, 400, 'validation_failure'],
  ['DELETE /endpoints/{id}', '/endpoints/0', undefined, 404, 'endpoint_not_found'],
  ...['/services/TEST:GOV:1001:portal:people', `/endpoints/${endpoint.id}`].flatMap((path): Case[] => {
    const route = path.startsWith('/services') ? 'POST /services/{id}/service-clients' : 'POST /endpoints/{id}/service-clients'
    return [
      [route, `${path}/service-clients`, { items: [] }, 400, 'validation_failure'],
      [route, `${path}/service-clients`, { items: [{ id: 'TEST:GOV:2002:registry' }, { id: 'TEST:GOV:2002:none' }] }, 409, 'service_client_not_found'],
      [route, `${path}/service-clients`, { items: [{ id: '999' }] }, 404, 'local_group_not_found'],
      [`${route}/delete`, `${path}/service-clients/delete`, { items: [{ id: String(group.id) }] }, 404, 'accessright_not_found']
    ]
  }),
  ['POST /clients/{id}/service-clients/{sc_id}/access-rights', `${portal}/service-clients/TEST:GOV:2002:registry/access-rights`, { items: [{ service_code: 'none' }] }, 404, 'service_not_found'],
  ['POST /clients/{id}/service-clients/{sc_id}/access-rights/delete', `${portal}/service-clients/TEST:GOV:2002:registry/access-rights/delete`, { items: [{ service_code: 'people' }] }, 404, 'accessright_not_found'],
  ['POST /clients/{id}/local-groups', `${portal}/local-groups`, { code: 'friends', description: '' }, 409, 'local_group_code_already_exists'],
  ['POST /clients/{id}/local-groups', `${portal}/local-groups`, { code: 'a%b', description: '' }, 400, 'validation_failure'],
  ['PATCH /local-groups/{group_id}', `/local-groups/${group.id}`, {}, 400, 'validation_failure'],
  ['DELETE /local-groups/{group_id}', '/local-groups/0', undefined, 404, 'local_group_not_found'],
  ['POST /local-groups/{group_id}/members', `/local-groups/${group.id}/members`, { items: ['TEST:GOV:2002:registry', 'TEST:GOV:2002:none'] }, 409, 'local_group_member_not_found'],
  ['POST /local-groups/{group_id}/members/delete', `/local-groups/${group.id}/members/delete`, { items: ['TEST:GOV:2002:registry'] }, 409, 'local_group_member_not_found'],
  ['PUT /system/server-address', '/system/server-address', { address: 'http://x' }, 400, 'validation_failure'],
  ['PUT /system/server-address', '/system/server-address', { address: `127.0.0.1:${made.ports.messages}` }, 409, 'same_address_change_request'],
  ['PUT /system/maintenance-mode/enable', '/system/maintenance-mode/enable', { message: 'x'.repeat(256) }, 400, 'validation_failure'],
  // What the core refuses is told in its own words.
  ['PUT /system/maintenance-mode/disable', '/system/maintenance-mode/disable', undefined, 409, 'management_request_refused'],
  ['POST /api-keys', '/api-keys', ['XROAD_MAGICIAN'], 400, 'invalid_role'],
  ['PUT /api-keys/{id}', '/api-keys/999', ['XROAD_SECURITY_OFFICER'], 404, 'api_key_not_found'],
  ['DELETE /api-keys/{id}', '/api-keys/999', undefined, 404, 'api_key_not_found'],
  ['DELETE /sessions/{id}', '/sessions/none', undefined, 404, 'session_not_found'],
  ['PUT /message-log/records/{id}/timestamp', '/message-log/records/999/timestamp', undefined, 404, 'message_record_not_found']
]

t.test('bad input is refused with a code and words, and nothing changed', async (t) => {
  const before = await state()
  for (const [route, path, body, status, code] of CASES) {
    const answer = await console.call(route.split(' ')[0]!, path, body)
    const name = `${route}: ${String(code)}`
    t.match({ status: answer.status, body: answer.body }, { status, body: { status, error: { code, message: /\w/ } } }, name)
    t.notMatch(JSON.stringify(answer.body), /node:|\.ts\b|\bat \//, `${name}: nothing of our inside`)
  }
  t.same(await state(), before)
})

t.test('a body that says it is too large is refused before it comes', async (t) => {
  const announce = async (path: string, type: string, bytes: number): Promise<object> => await console.call('PUT', path, undefined, { 'content-type': type, 'content-length': String(bytes) })
  t.match(await announce('/system/server-address', 'application/json', 50 * 1024 + 1), { status: 413, body: { status: 413, error: { code: 'body_too_large' } } })
  t.match(await announce('/system/anchor', 'application/octet-stream', 10 * 1024 * 1024 + 1), { status: 413, body: { status: 413, error: { code: 'body_too_large' } } })
})

t.test('no changing route was left out', async (t) => {
  const { paths } = (await console.get('/openapi.json')).body as { paths: Record<string, Record<string, unknown>> }
  const changing = Object.entries(paths).flatMap(([path, item]) => Object.keys(item).filter((method) => method !== 'get').map((method) => `${method.toUpperCase()} ${path.replace('/api/v1', '')}`))
  const tried = new Set(CASES.map(([route]) => route))
  t.same(changing.filter((route) => !tried.has(route) && !route.includes('/agreements')), [])
})

t.test('a failed change stands in the audit log with its reason, and without a secret', async (t) => {
  await console.post('/initialization', { owner_member_class: 'GOV', owner_member_code: '1001', security_server_code: 'b', software_token_pin: 'very secret' })
  const text = await readFile(join(made.folder, 'data/audit.log'), 'utf8')
  const events = text.trim().split('\n').map((line) => JSON.parse(line) as Record<string, unknown>)
  t.match(events.at(-1), {
    event: 'Initialize server configuration failed', user: 'test', ipaddress: /^127\.77\./, auth: 'ApiKey', url: 'POST /api/v1/initialization', reason: /^server_already_fully_initialized: /, data: { ownerCode: '1001' }
  })
  t.notMatch(text, /very secret|software_token_pin|BEGIN/)
  t.match(events.find(({ event }) => event === 'Register authentication certificate'), { data: { address: `127.0.0.1:${made.ports.messages}`, managementRequestId: Number } })
})

t.test('a certificate whose responder does not say good is not used', async (t) => {
  const { certificate } = await pki.signCsr(freshSeal.request, 'sign')
  pki.revoke(certificate)
  const imported = await console.post('/token-certificates', certificate.der)
  t.match(imported, { status: 201, body: { status: 'REGISTERED', active: false, ocsp_verify_before_activation_error: /./ } })
  t.match(await console.put(`/token-certificates/${hashOf(certificate.pem)}/activate`), { status: 409, body: { error: { code: 'ocsp_verification_failed', message: /revoked/i } } })
  t.match((await console.get(`/token-certificates/${hashOf(certificate.pem)}`)).body, { active: false })
  t.match((await console.get(`/keys/${freshSeal.id}`)).body, { certificate_signing_requests: [] }, 'the request was answered')
  t.match((await console.get(`/keys/${unused.body.id}`)).body, { certificates: [], possible_actions: ['GENERATE_AUTH_CSR', 'GENERATE_SIGN_CSR', 'DELETE', 'EDIT_FRIENDLY_NAME'] })
})
