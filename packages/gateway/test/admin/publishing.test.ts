import type { ServerResponse } from 'node:http'
import t from 'tap'
import { startService, type Received } from '../network/service.ts'
import { startEnvironment } from './environment.ts'
import { startNewGateway } from './new-gateway.ts'

// Services of a new participant: described, read, opened and closed over the administration API, and called through the exchange.

const WSDL = (...operations: readonly string[]): string => `<?xml version="1.0" encoding="UTF-8"?>
<wsdl:definitions xmlns:wsdl="http://schemas.xmlsoap.org/wsdl/" xmlns:soap="http://schemas.xmlsoap.org/wsdl/soap/" xmlns:xroad="http://x-road.eu/xsd/xroad.xsd" xmlns:tns="http://people.example" targetNamespace="http://people.example" name="people">
  <wsdl:portType name="p">${operations.map((name) => `<wsdl:operation name="${name}"><wsdl:documentation><xroad:title>About ${name}</xroad:title></wsdl:documentation></wsdl:operation>`).join('')}</wsdl:portType>
  <wsdl:binding name="b" type="tns:p"><soap:binding style="document" transport="http://schemas.xmlsoap.org/soap/http"/>
    ${operations.map((name) => `<wsdl:operation name="${name}"><soap:operation soapAction=""/><xroad:version>v1</xroad:version></wsdl:operation>`).join('')}
  </wsdl:binding>
  <wsdl:service name="s"><wsdl:port name="p" binding="tns:b"><soap:address location="${service.url}/soap"/></wsdl:port></wsdl:service>
</wsdl:definitions>`
const OPENAPI = (...paths: readonly string[]): string =>
  JSON.stringify({ openapi: '3.0.3', info: { title: 'People', version: '1' }, servers: [{ url: '/api' }], paths: Object.fromEntries(paths.map((path) => [path, { get: { responses: {} } }])) })

const service = await startService()
t.teardown(() => service.close())
const documents = { wsdl: WSDL('lookup', 'list'), openapi: OPENAPI('/people/{id}', '/people') }
service.answer = ({ url, method }: Received, response: ServerResponse) => {
  if (url === '/people.wsdl') response.writeHead(200, { 'content-type': 'text/xml' }).end(documents.wsdl)
  else if (url === '/openapi.json') response.writeHead(200, { 'content-type': 'application/json' }).end(documents.openapi)
  else if (url.startsWith('/broken')) response.writeHead(200, { 'content-type': 'text/xml' }).end('<not-a-wsdl/>')
  else if (url.startsWith('/missing')) response.writeHead(404).end()
  else response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify({ method, url }))
}
const environment = await startEnvironment(t, service.url)
const made = await startNewGateway(t)
const { console } = made
await environment.join(made, '1001', 'portal')
const CLIENT = '/clients/TEST:GOV:1001:portal'
const CALLER = 'TEST:GOV:2002:registry'

/** Calls a service of the new participant from the gateway that was there before. @returns status and fault. */
async function call (path: string, method = 'GET'): Promise<{ status: number, fault: string | null, body: unknown }> {
  const response = await fetch(`${environment.first.addresses.consumerHttp}/r1/TEST/GOV/1001/portal/${path}`, { method, headers: { 'x-road-client': CALLER.replaceAll(':', '/') } })
  const text = await response.text()
  return { status: response.status, fault: response.headers.get('x-road-error'), body: text.startsWith('{') ? JSON.parse(text) : text }
}

t.test('an OpenAPI description is read from where it is, and rests until it is enabled', async (t) => {
  const { status, body } = await console.post(`${CLIENT}/service-descriptions`, { type: 'OPENAPI3', url: `${service.url}/openapi.json`, rest_service_code: 'people' })
  t.equal(status, 201)
  t.match(body, {
    client_id: 'TEST:GOV:1001:portal',
    disabled: true,
    disabled_notice: 'Out of order',
    services: [{
      id: 'TEST:GOV:1001:portal:people',
      service_code: 'people',
      title: 'People',
      timeout: 60,
      ssl_auth: true,
      subjects_count: 0,
      url: `${service.url}/api`,
      endpoints: [{ method: 'GET', path: '/people', generated: true }, { method: 'GET', path: '/people/*', generated: true }]
    }]
  })
  t.match(await call('people/people'), { status: 500, fault: 'Server.ServerProxy.AccessDenied' })
  t.match(await console.post('/services/TEST:GOV:1001:portal:people/service-clients', { items: [{ id: CALLER }] }), { status: 201, body: [{ id: CALLER, name: 'Register of people', service_client_type: 'SUBSYSTEM' }] })
  t.match(await call('people/people'), { status: 500, fault: 'Server.ServerProxy.ServiceDisabled' })
  t.equal((await console.put(`/service-descriptions/${body.id}/enable`)).status, 204)
  t.match(await call('people/people'), { status: 200, body: { url: '/api/people' } })
  t.equal((await console.put(`/service-descriptions/${body.id}/disable`, { disabled_notice: 'до завтра' })).status, 204)
  t.match(await call('people/people'), { status: 500, fault: 'Server.ServerProxy.ServiceDisabled' })
  await console.done('PUT', `/service-descriptions/${body.id}/enable`)
})

t.test('a description that changed is taken over when somebody says so', async (t) => {
  const [{ id }] = (await console.get(`${CLIENT}/service-descriptions`)).body
  documents.openapi = OPENAPI('/people/{id}', '/offices')
  const warned = await console.put(`/service-descriptions/${id}/refresh`)
  t.match(warned, { status: 400, body: { error: { code: 'warnings_detected' }, warnings: [{ code: 'adding_endpoints', metadata: ['GET /offices'] }, { code: 'deleting_endpoints', metadata: ['GET /people'] }] } })
  t.match((await console.get(`/service-descriptions/${id}`)).body, { services: [{ endpoints: [{ path: '/people' }, { path: '/people/*' }] }] }, 'nothing changed')
  t.match(await console.put(`/service-descriptions/${id}/refresh`, { ignore_warnings: true }), { status: 200, body: { services: [{ endpoints: [{ path: '/offices' }, { path: '/people/*' }] }] } })
  t.match(await console.put(`/service-descriptions/${id}/refresh`), { status: 200 }, 'no news, no warning')
})

t.test('rights can be given to an endpoint alone', async (t) => {
  await console.done('POST', '/services/TEST:GOV:1001:portal:people/service-clients/delete', { items: [{ id: CALLER }] })
  t.match(await call('people/people/7'), { status: 500, fault: 'Server.ServerProxy.AccessDenied' })
  const { body: service } = await console.get('/services/TEST:GOV:1001:portal:people')
  const byId = service.endpoints.find(({ path }: { path: string }) => path === '/people/*')
  await console.done('POST', `/endpoints/${byId.id}/service-clients`, { items: [{ id: CALLER }] })
  t.match(await call('people/people/7'), { status: 200 })
  t.match(await call('people/offices'), { status: 500, fault: 'Server.ServerProxy.AccessDenied' })
  t.match(await call('people/people/7', 'DELETE'), { status: 500, fault: 'Server.ServerProxy.AccessDenied' })
  const { body: own } = await console.done('POST', '/services/TEST:GOV:1001:portal:people/endpoints', { method: 'DELETE', path: '/people/7' })
  await console.done('POST', `/endpoints/${own.id}/service-clients`, { items: [{ id: CALLER }] })
  t.match(await call('people/people/7', 'DELETE'), { status: 200 })
  t.match(await console.patch(`/endpoints/${own.id}`, { method: 'DELETE', path: '/people/8' }), { status: 200 })
  t.match(await call('people/people/7', 'DELETE'), { status: 500 }, 'the right went with the endpoint')
  t.match(await call('people/people/8', 'DELETE'), { status: 200 })
  t.equal((await console.delete(`/endpoints/${own.id}`)).status, 204)
  t.match(await call('people/people/8', 'DELETE'), { status: 500 })
})

t.test('a local group has rights, and who is in it', async (t) => {
  const { body: group } = await console.done('POST', `${CLIENT}/local-groups`, { code: 'friends', description: 'Друзі' })
  await console.done('POST', `${CLIENT}/service-clients/${group.id}/access-rights`, { items: [{ service_code: 'people' }] })
  t.match(await call('people/offices'), { status: 500 })
  await console.done('POST', `/local-groups/${group.id}/members`, { items: [CALLER] })
  t.match(await call('people/offices'), { status: 200 })
  t.match((await console.get(`/local-groups/${group.id}`)).body, { code: 'friends', member_count: 1, members: [{ id: CALLER, member_name: 'Registry Board', subsystem_name: 'Register of people' }] })
  t.match((await console.get(`${CLIENT}/service-clients`)).body, [{ id: CALLER }, { id: String(group.id), local_group_code: 'friends', service_client_type: 'LOCALGROUP' }])
  t.match((await console.get(`${CLIENT}/service-clients/${group.id}/access-rights`)).body, [{ service_code: 'people', service_title: 'People' }])
  await console.done('POST', `/local-groups/${group.id}/members/delete`, { items: [CALLER] })
  t.match(await call('people/offices'), { status: 500 })
  await console.done('POST', `/local-groups/${group.id}/members`, { items: [CALLER] })
  t.equal((await console.delete(`/local-groups/${group.id}`)).status, 204)
  t.match(await call('people/offices'), { status: 500 }, 'its rights are gone with it')
  const { body: again } = await console.done('POST', `${CLIENT}/local-groups`, { code: 'friends', description: '' })
  await console.done('POST', `/local-groups/${again.id}/members`, { items: [CALLER] })
  t.match(await call('people/offices'), { status: 500 }, 'and do not come back with the name')
})

t.test('a WSDL gives a service for each operation, and keeps what an administrator set', async (t) => {
  const { body } = await console.done('POST', `${CLIENT}/service-descriptions`, { type: 'WSDL', url: `${service.url}/people.wsdl` })
  t.match(body.services, [{ full_service_code: 'lookup.v1', title: 'About lookup', url: `${service.url}/soap` }, { full_service_code: 'list.v1' }])
  t.match(await console.patch('/services/TEST:GOV:1001:portal:lookup.v1', { url: `${service.url}/other`, timeout: 5, ssl_auth: false, timeout_all: true }), { status: 200, body: { url: `${service.url}/other`, timeout: 5, ssl_auth: false } })
  t.match((await console.get('/services/TEST:GOV:1001:portal:list.v1')).body, { url: `${service.url}/soap`, timeout: 5, ssl_auth: true }, 'the timeout of all')
  await console.done('POST', `${CLIENT}/service-clients/${CALLER}/access-rights`, { items: [{ service_code: 'lookup' }, { service_code: 'list' }] })
  documents.wsdl = WSDL('lookup', 'find')
  t.match(await console.put(`/service-descriptions/${body.id}/refresh`), { status: 400, body: { warnings: [{ code: 'adding_services', metadata: ['find.v1'] }, { code: 'deleting_services', metadata: ['list.v1'] }] } })
  const { body: refreshed } = await console.done('PUT', `/service-descriptions/${body.id}/refresh`, { ignore_warnings: true })
  t.match(refreshed.services, [{ full_service_code: 'lookup.v1', url: `${service.url}/other`, timeout: 5, subjects_count: 1 }, { full_service_code: 'find.v1', timeout: 60, subjects_count: 0 }])
  t.same((await console.get(`${CLIENT}/service-clients/${CALLER}/access-rights`)).body.map((right: { service_code: string }) => right.service_code), ['lookup'], 'a service that is gone has no rights left')
  t.equal((await console.delete(`/service-descriptions/${body.id}`)).status, 204)
  t.equal((await console.get('/services/TEST:GOV:1001:portal:lookup.v1')).status, 404)
})

t.test('a REST service is an address, and may get another code', async (t) => {
  const { body } = await console.done('POST', `${CLIENT}/service-descriptions`, { type: 'REST', url: `${service.url}/plain`, rest_service_code: 'plain' })
  await console.done('PUT', `/service-descriptions/${body.id}/enable`)
  await console.done('POST', '/services/TEST:GOV:1001:portal:plain/service-clients', { items: [{ id: CALLER }] })
  t.match(await call('plain/x'), { status: 200, body: { url: '/plain/x' } })
  const moved = await console.patch(`/service-descriptions/${body.id}`, { type: 'REST', url: `${service.url}/moved`, rest_service_code: 'plain', new_rest_service_code: 'simple' })
  t.match(moved, { status: 200, body: { url: `${service.url}/moved`, services: [{ service_code: 'simple', url: `${service.url}/moved`, subjects_count: 1 }] } })
  t.match(await call('simple/x'), { status: 200, body: { url: '/moved/x' } })
  t.match(await call('plain/x'), { status: 500, fault: 'Server.ServerProxy.UnknownService' })
})

t.test('what cannot be read or is there already is refused, and nothing is left of it', async (t) => {
  const before = (await console.get(`${CLIENT}/service-descriptions`)).body
  const add = async (body: object): Promise<object> => await console.post(`${CLIENT}/service-descriptions`, body)
  t.match(await add({ type: 'WSDL', url: `${service.url}/broken` }), { status: 400, body: { error: { code: 'invalid_wsdl' } } })
  t.match(await add({ type: 'WSDL', url: `${service.url}/missing` }), { status: 502, body: { error: { code: 'wsdl_download_failed', message: /HTTP 404/ } } })
  t.match(await add({ type: 'WSDL', url: 'http://127.0.0.1:1/x' }), { status: 502, body: { error: { code: 'wsdl_download_failed' } } })
  t.match(await add({ type: 'OPENAPI3', url: `${service.url}/broken`, rest_service_code: 'x' }), { status: 400, body: { error: { code: 'openapi_parsing_error' } } })
  t.match(await add({ type: 'OPENAPI3', url: `${service.url}/openapi.json`, rest_service_code: 'x' }), { status: 409, body: { error: { code: 'url_already_exists' } } })
  t.match(await add({ type: 'REST', url: `${service.url}/y`, rest_service_code: 'people' }), { status: 409, body: { error: { code: 'service_already_exists' } } })
  t.match(await add({ type: 'REST', url: `${service.url}/y`, rest_service_code: 'listMethods' }), { status: 409, body: { error: { code: 'invalid_service_identifier' } } })
  t.match(await add({ type: 'REST', url: `${service.url}/y` }), { status: 400, body: { error: { code: 'missing_parameter' } } })
  t.match(await add({ type: 'REST', url: 'ftp://x/y', rest_service_code: 'y' }), { status: 400 })
  t.match(await console.post('/services/TEST:GOV:1001:portal:people/service-clients', { items: [{ id: 'TEST:GOV:2002:nobody' }] }), { status: 409, body: { error: { code: 'service_client_not_found' } } })
  t.match(await console.post('/services/TEST:GOV:1001:portal:simple/service-clients', { items: [{ id: CALLER }] }), { status: 409, body: { error: { code: 'duplicate_accessright' } } })
  t.match(await console.post('/services/TEST:GOV:1001:portal:people/service-clients/delete', { items: [{ id: 'TEST:security-server-owners' }] }), { status: 404, body: { error: { code: 'accessright_not_found' } } })
  t.same((await console.get(`${CLIENT}/service-descriptions`)).body, before)
})

t.test('certificates of information systems are kept, and told', async (t) => {
  const { certificate } = await environment.provisioned.pki.issueTls({ names: ['is.example'] })
  const { status, body } = await console.post(`${CLIENT}/tls-certificates`, Buffer.from(certificate.pem))
  t.match({ status, body }, { status: 201, body: { subject_common_name: 'is.example', hash: certificate.sha256.toString('hex').toUpperCase(), public_key_algorithm: 'EC' } })
  t.match(await console.post(`${CLIENT}/tls-certificates`, certificate.der), { status: 409, body: { error: { code: 'certificate_already_exists' } } })
  t.match((await console.get(`${CLIENT}/tls-certificates/${body.hash}`)).body, { serial: certificate.serialNumber.toString() })
  t.match((await console.patch(CLIENT, { connection_type: 'HTTPS' })).body, { connection_type: 'HTTPS' })
  t.equal((await console.delete(`${CLIENT}/tls-certificates/${body.hash}`)).status, 204)
  t.same((await console.get(`${CLIENT}/tls-certificates`)).body, [])
  t.match((await console.get('/system/certificate')).body, { key_usages: Array, subject_alternative_names: /localhost/ })
  t.match((await console.get('/system/certificate/export')).bytes.toString(), /BEGIN CERTIFICATE/)
})

t.test('diagnostics ask, and tell', async (t) => {
  t.match((await console.get('/diagnostics/globalconf')).body, { status_class: 'OK', last_successful_url: /^http:/ })
  t.match((await console.get('/diagnostics/ocsp-responders')).body, [{ ocsp_responders: [{ status_class: 'OK' }] }, { ocsp_responders: [{ status_class: 'OK' }] }])
  t.match((await console.get('/diagnostics/timestamping-services')).body, [{ status_class: 'OK', name: 'Development timestamp service' }])
  await environment.trust.timestamps.close()
  t.match((await console.get('/diagnostics/timestamping-services')).body, [{ status_class: 'FAIL', error: { code: 'timestamper_failed' } }])
  t.match((await console.get('/timestamping-services')).body, [{ name: 'Development timestamp service' }])
  t.match((await console.get('/system/version')).body, { info: String, global_configuration_version: 6 })
  t.match((await console.get('/xroad-instances')).body, [{ identifier: 'TEST', local: true }])
  t.same((await console.get('/member-classes')).body, ['GOV'])
  t.match((await console.get('/member-names?member_class=GOV&member_code=3003')).body, { member_name: 'Third Office' })
  t.match((await console.get('/security-servers?current_server=true')).body, [{ id: 'TEST:GOV:1001:gw' }])
  t.match((await console.get('/clients?internal_search=false&name=register&show_members=false')).body, [{ id: CALLER }])
})
