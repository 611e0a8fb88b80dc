import { readFileSync } from 'node:fs'
import { connect } from 'node:tls'
import { once } from 'node:events'
import t from 'tap'
import { Agent, fetch as undiciFetch } from 'undici'
import { systemClock } from '@trembita/daemon'
import { parseAnchor, parsePrivateParameters } from '@trembita/protocol/globalconf'
import { readWsdl } from '@trembita/protocol/metadata'
import type { Core, CoreConfig } from '../src/index.ts'
import { apiClient, type ApiClient } from './api-client.ts'
import { coreIn, pki, seedOf } from './seeding.ts'

t.setTimeout(120_000)
const anyPort = { host: '127.0.0.1', port: 0 }

async function coreWithServices (folder: string, change: Partial<CoreConfig> = {}): Promise<Core> {
  return await coreIn(folder, { listen: { admin: anyPort, configuration: anyPort, registration: anyPort, management: anyPort }, publicAddress: undefined, ...change }, systemClock)
}

async function officers (core: Core): Promise<{ security: ApiClient, registration: ApiClient, auditor: ApiClient }> {
  return {
    security: await apiClient(core, ['XROAD_SECURITY_OFFICER']), registration: await apiClient(core, ['XROAD_REGISTRATION_OFFICER']), auditor: await apiClient(core, ['TREMBITA_AUDITOR'])
  }
}

t.test('TR-7.7: an instance comes up from nothing by calls of the API, and publishes once its management services are set', async (t) => {
  const folder = t.testdir()
  await using core = await coreWithServices(folder)
  const { security, registration, auditor } = await officers(core)
  t.match(await security('GET', '/initialization/status'), { status: 200, body: { instance_identifier: '', software_token_init_status: 'INITIALIZED' } })
  t.equal((await auditor('GET', '/configuration-sources/INTERNAL/anchor')).status, 409, 'no anchor before a name')
  t.equal((await auditor('POST', '/initialization', { instance_identifier: 'ZZ' })).status, 403)
  t.match(await security('POST', '/initialization', { instance_identifier: 'Z:Z' }), { status: 400, body: { error: { code: 'invalid_identifier' } } })
  t.match(await security('POST', '/initialization', { instance_identifier: 'ZZ', central_server_address: 'http://x' }), { status: 400, body: { error: { code: 'invalid_server_address' } } })
  t.match(await security('POST', '/initialization', { instance_identifier: 'ZZ', central_server_address: 'core.example:4080', software_token_pin: '1234' }), {
    status: 200, body: { instance_identifier: 'ZZ', central_server_address: 'core.example:4080' }
  })
  t.match(await security('POST', '/initialization', { instance_identifier: 'YY' }), { status: 409, body: { error: { code: 'init_already_initialized' } } })

  await registration('POST', '/member-classes', { code: 'GOV', description: 'Органи' })
  await security('POST', '/member-classes', { code: 'GOV', description: 'Органи' })
  t.equal((await registration('POST', '/members', { member_name: 'Міністерство', member_id: { member_class: 'GOV', member_code: '1' } })).status, 201)
  t.equal((await registration('POST', '/subsystems', { subsystem_id: { member_class: 'GOV', member_code: '1', subsystem_code: 'MGMT' } })).status, 201)
  t.match(await security('PATCH', '/management-services-configuration', { service_provider_id: 'ZZ:GOV:1' }), { status: 400, body: { error: { code: 'invalid_service_provider_id' } } })
  t.match(await security('PATCH', '/management-services-configuration', { service_provider_id: 'SUBSYSTEM:ZZ:GOV:1:NONE' }), { status: 404, body: { error: { code: 'subsystem_not_found' } } })
  t.match(await security('POST', '/management-services-configuration/register-provider', { security_server_id: 'ZZ:GOV:1:gw' }), { status: 409, body: { error: { code: 'management_service_provider_not_set' } } })
  t.match(await security('PATCH', '/management-services-configuration', { service_provider_id: 'SUBSYSTEM:ZZ:GOV:1:MGMT' }), {
    status: 200,
    body: {
      service_provider_id: 'SUBSYSTEM:ZZ:GOV:1:MGMT', service_provider_name: 'Міністерство', wsdl_address: 'http://core.example:4080/managementservices.wsdl', services_address: /^https:\/\/core\.example:\d+\/managementservice\/manage\/$/, security_server_owners_global_group_code: 'security-server-owners', client_certificates: []
    }
  })
  t.match(await security('POST', '/management-services-configuration/register-provider', { security_server_id: 'ZZ:GOV:1:gw' }), { status: 404, body: { error: { code: 'management_request_server_not_found' } } })

  await core.publish()
  const anchor = parseAnchor((await core.anchor('internal')).bytes)
  t.equal(anchor.instance, 'ZZ')
  t.match(anchor.sources[0]!.url, /^http:\/\/core\.example:4080\//)
  const current = await (await fetch(`${core.addresses.configuration}/internalconf?version=6`)).text()
  const path = /\/V6\/\d+\/private-params\.xml/.exec(current)![0]
  const { managementService } = parsePrivateParameters(Buffer.from(await (await fetch(core.addresses.configuration + path)).arrayBuffer()), 6)
  t.match(managementService, { authCertRegServiceAddress: `https://core.example:${new URL(core.addresses.registration!).port}/managementservice/`, providerId: { subsystemCode: 'MGMT' } })
  const { hostname, port } = new URL(core.addresses.registration!)
  const socket = connect({ host: hostname, port: Number(port), rejectUnauthorized: false })
  await once(socket, 'secureConnect')
  t.ok((socket.getPeerCertificate() as { raw: Buffer }).raw.equals(managementService.authCertRegServiceCertificate!), 'gateways are told the very certificate that they will see')
  socket.destroy()

  const wsdl = await fetch(`${core.addresses.configuration}/managementservices.wsdl`)
  t.equal(wsdl.headers.get('content-type'), 'text/xml; charset=utf-8')
  t.ok(readWsdl(Buffer.from(await wsdl.arrayBuffer())).operations.length >= 10)
  t.ok(readFileSync(`${folder}/management-tls.crt`, 'utf8').startsWith('-----BEGIN CERTIFICATE'))
})

t.test('the address that an operator gave outlives a restart; the one of the configuration file cannot be changed', async (t) => {
  const folder = t.testdir()
  await using core = await coreWithServices(folder, { seed: seedOf() })
  const { security } = await officers(core)
  t.match(await security('PUT', '/system/server-address', { central_server_address: 'fd00::1' }), { status: 200, body: { central_server_address: '[fd00::1]' } })
  t.match(parseAnchor((await core.anchor('internal')).bytes).sources.map(({ url }) => url), ['http://[fd00::1]/internalconf'])
  t.match(await security('PUT', '/system/server-address', { central_server_address: 'moved.example:80' }), { status: 200, body: { central_server_address: 'moved.example:80' } })
  t.match(await security('GET', '/system/status'), { body: { initialization_status: { instance_identifier: 'ZZ' }, high_availability_status: { is_ha_configured: false, node_name: 'core' } } })
  await core.close()
  await using again = await coreWithServices(folder)
  t.match(await (await officers(again)).security('GET', '/system/server-address'), { body: { central_server_address: 'moved.example:80' } })
  await again.close()
  await using configured = await coreWithServices(folder, { publicAddress: 'file.example' })
  const asked = (await officers(configured)).security
  t.match(await asked('GET', '/system/server-address'), { body: { central_server_address: 'file.example' } })
  t.match(await asked('PUT', '/system/server-address', { central_server_address: 'x.example' }), { status: 409, body: { error: { code: 'address_configured' } } })
})

t.test('parameters are changed one by one, and each change is in the audit log', async (t) => {
  await using core = await coreWithServices(t.testdir(), { seed: seedOf() })
  const { security, registration } = await officers(core)
  const { body: before } = await security<Record<string, unknown>>('GET', '/system/parameters')
  t.match(before, { auto_approve_client_reg_requests: false, ocsp_freshness_seconds: 3600, accession_required: false, auth_cert_reg_url: '' })
  t.match(await security('PATCH', '/system/parameters', { auto_approve_client_reg_requests: true, ocsp_freshness_seconds: 600, auth_cert_reg_url: 'https://%{centralServerAddress}:4001/x/' }), {
    status: 200, body: { ...before, auto_approve_client_reg_requests: true, ocsp_freshness_seconds: 600, auth_cert_reg_url: 'https://%{centralServerAddress}:4001/x/' }
  })
  t.match(await core.store.get("SELECT state_before, state_after FROM audit_event WHERE action = 'instance.parameters'"), {
    state_before: /"ocsp_freshness_seconds":3600/, state_after: /"ocsp_freshness_seconds":600/
  })
  t.match(await security('PATCH', '/system/parameters', { auth_cert_reg_url: '' }), { body: { auth_cert_reg_url: '' } })
  for (const url of ['http://plain', 'https://core.example/\u0001', 'https://core. example/']) {
    t.match(await security('PATCH', '/system/parameters', { auth_cert_reg_url: url }), { status: 400, body: { error: { code: 'invalid_url' } } })
  }
  t.equal((await security('PATCH', '/system/parameters', { conf_expire_interval_seconds: 1 })).status, 400)
  t.equal((await registration('PATCH', '/system/parameters', { accession_required: true })).status, 403)
})

t.test('where TLS certificates are named for the management services, nobody else is heard', async (t) => {
  await using core = await coreWithServices(t.testdir(), { seed: seedOf() })
  const { security } = await officers(core)
  const known = await pki.issueTls({ names: ['gateway'] })
  const call = async (issued?: typeof known): Promise<string> => {
    const agent = new Agent({ connect: { rejectUnauthorized: false, ...issued === undefined ? {} : { key: issued.privateKey.export({ type: 'pkcs8', format: 'pem' }), cert: issued.certificate.pem } } })
    const answer = await undiciFetch(`${core.addresses.management}/managementservice/manage/`, { method: 'POST', headers: { 'content-type': 'text/xml' }, body: '<x/>', dispatcher: agent })
    const text = await answer.text()
    await agent.close()
    return /<faultcode>([^<]*)/.exec(text)![1]!
  }
  t.not(await call(), 'SslAuthenticationFailed', 'anyone, as long as none is named')
  t.match(await security('PUT', '/management-services-configuration/client-certificates', { certificates: ['AAAA'] }), { status: 400, body: { error: { code: 'cannot_convert_bytes_to_certificate' } } })
  t.match(await security('PUT', '/management-services-configuration/client-certificates', { certificates: [known.certificate.pem] }), { status: 200, body: { client_certificates: [{ subject_common_name: 'gateway' }] } })
  t.match(await call(), /SslAuthenticationFailed$/)
  t.match(await call(await pki.issueTls({ names: ['other'] })), /SslAuthenticationFailed$/)
  t.notMatch(await call(known), /SslAuthenticationFailed$/)
})
