import t, { type Test } from 'tap'
import { createTestPki, startOcspResponder, startTimestamper, type TestPki } from '@trembita/testnet/pki'
import type { Certificate } from '@trembita/protocol/pki'
import { systemClock } from '@trembita/daemon'
import { caEntries, tsaEntries } from '../../src/trust/index.ts'
import type { Core } from '../../src/index.ts'
import { apiClient, type ApiClient } from '../api-client.ts'
import { coreIn, pki, seedOf } from '../seeding.ts'

t.setTimeout(120_000)

interface Services extends AsyncDisposable {
  readonly core: Core
  readonly api: ApiClient
  readonly ocsp: Awaited<ReturnType<typeof startOcspResponder>>
  readonly tsa: Awaited<ReturnType<typeof startTimestamper>>
}

interface Refused { readonly error: { readonly code: string, readonly message: string, readonly validation_errors?: Record<string, string[]> } }
interface Made { readonly id: number, readonly name: string }

const base64 = ({ der }: Certificate): string => der.toString('base64')
const BASIC = 'BasicCertificateProfileInfoProvider'

/** A core without trust services, beside a responder and a timestamper that really answer. */
async function open (t: Test, from: TestPki = pki): Promise<Services> {
  const core = await coreIn(t.testdir(), { seed: seedOf({ certificationServices: [], timestampingServices: [] }) }, systemClock)
  const [ocsp, tsa] = await Promise.all([startOcspResponder(from), startTimestamper(from)])
  return {
    core,
    api: await apiClient(core, ['XROAD_SYSTEM_ADMINISTRATOR']),
    ocsp,
    tsa,
    [Symbol.asyncDispose]: async () => { await Promise.all([core.close(), ocsp.close(), tsa.close()]) }
  }
}

async function actions (core: Core): Promise<string[]> {
  return (await core.store.all<{ action: string }>("SELECT action FROM audit_event WHERE actor_kind = 'apiKey' ORDER BY id")).map(({ action }) => action)
}

t.test('a certification service comes with its profile and ACME settings, from a form or from JSON, and goes into the configuration', async (t) => {
  await using services = await open(t)
  const { api, core } = services
  const form = new FormData()
  form.set('certificate', new Blob([pki.root.certificate.pem]), 'root.pem')
  form.set('certificate_profile_info', BASIC)
  form.set('tls_auth', 'true')
  const made = await api<Made & Record<string, unknown>>('POST', '/certification-services', form)
  t.match(made, {
    status: 201,
    body: {
      name: 'Root CA',
      tls_auth: true,
      certificate_profile_info: `ee.ria.xroad.common.certificateprofile.impl.${BASIC}`,
      subject_distinguished_name: /Root CA/,
      hash: pki.root.certificate.sha256.toString('hex').toUpperCase(),
      ocsp_responders: 0,
      intermediate_cas: 0
    }
  })
  const { id } = made.body
  t.match(await api('PATCH', `/certification-services/${id}`, {
    tls_auth: false, default_csr_format: 'DER', acme_server_directory_url: 'https://acme.example/dir', acme_server_ip_address: '192.0.2.1, 2001:db8::1', signing_certificate_profile_id: 's'
  }), { status: 200, body: { tls_auth: false, acme_server_directory_url: 'https://acme.example/dir', acme_server_ip_address: '192.0.2.1,2001:db8::1' } })
  t.match(await api('PATCH', `/certification-services/${id}`, { authentication_certificate_profile_id: 'a' }), { body: { signing_certificate_profile_id: 's', authentication_certificate_profile_id: 'a' } }, 'what is not sent stays')
  const intermediate = await api<Made>('POST', `/certification-services/${id}/intermediate-cas`, { certificate: Buffer.from(pki.intermediate.certificate.pem).toString('base64') })
  t.match(intermediate, { status: 201, body: { certification_service_id: id, subject_common_name: 'Issuing CA' } })
  t.match(await api('GET', `/certification-services/${id}/intermediate-cas`), { body: [{ id: intermediate.body.id }] })
  t.match(await caEntries(core.store), [{
    name: 'Root CA',
    authenticationOnly: false,
    defaultCsrFormat: 'DER',
    acmeServer: { directoryUrl: 'https://acme.example/dir', authenticationProfileId: 'a' },
    intermediates: [{ certificate: pki.intermediate.certificate }]
  }])
  t.match(await api('PATCH', `/certification-services/${id}`, { acme_server_directory_url: '' }), { body: { acme_server_directory_url: undefined } })
  t.match(await api('GET', '/certification-services'), { body: [{ id, ocsp_responders: 0, intermediate_cas: 1 }] })
  t.match(await api('GET', `/certification-services/${id}/certificate`), { body: { public_key_algorithm: /^EC/ } })
  t.match(await api('DELETE', `/intermediate-cas/${intermediate.body.id}?ignore_warnings=true`), { status: 204 })
  t.match(await api('DELETE', `/certification-services/${id}?ignore_warnings=true`), { status: 204 })
  t.same(await caEntries(core.store), [])
  t.same(await actions(core), ['certification-service.add', 'certification-service.change', 'certification-service.change', 'intermediate-ca.add', 'certification-service.change', 'intermediate-ca.delete', 'certification-service.delete'])
})

t.test('trap 9, §3.2: a profile that gateways do not know is refused, and so is everything else that would not work', async (t) => {
  await using services = await open(t)
  const { api, core, ocsp } = services
  const refused = async (code: string, method: string, path: string, body?: object): Promise<void> => {
    const { status, body: answer } = await api<Refused>(method, path, body)
    t.ok(status >= 400 && status < 500, `${path}: ${status}`)
    t.equal(answer.error.code, code, answer.error.message)
  }
  const root = { certificate: base64(pki.root.certificate), certificate_profile_info: BASIC }
  await refused('invalid_certificate_profile', 'POST', '/certification-services', { ...root, certificate_profile_info: 'com.example.Own' })
  await refused('not_a_ca_certificate', 'POST', '/certification-services', { ...root, certificate: base64(pki.tsa.certificate) })
  await refused('invalid_certificate', 'POST', '/certification-services', { ...root, certificate: Buffer.from('nothing').toString('base64') })
  await refused('validation_failure', 'POST', '/certification-services', { ...root, certificate: 'not base64!' })
  await refused('validation_failure', 'POST', '/certification-services', { certificate_profile_info: BASIC })
  await refused('validation_failure', 'POST', '/certification-services', { ...root, unheard_of: 1 })
  await refused('invalid_url', 'POST', '/certification-services', { ...root, acme_server_directory_url: 'ftp://acme.example' })
  await refused('invalid_text', 'POST', '/certification-services', { ...root, acme_server_directory_url: 'https://a.example', signing_certificate_profile_id: 'no XML holds \u0001' })
  await refused('invalid_text', 'POST', '/certification-services', { ...root, name: 'x\ufffe' })
  await refused('invalid_ip_address', 'POST', '/certification-services', { ...root, acme_server_directory_url: 'https://a.example', acme_server_ip_address: 'a.example' })
  await refused('certification_service_not_found', 'GET', '/certification-services/9')
  await refused('intermediate_ca_not_found', 'DELETE', '/intermediate-cas/9')
  await refused('ocsp_responder_not_found', 'PATCH', '/ocsp-responders/9', { url: ocsp.url })
  t.same(await caEntries(core.store), [], 'nothing has changed')

  const { body: { id } } = await api<Made>('POST', '/certification-services', root)
  await refused('ca_certificate_exists', 'POST', '/certification-services', root)
  const impostor = await createTestPki()
  await refused('ca_subject_exists', 'POST', '/certification-services', { ...root, certificate: base64(impostor.root.certificate) })
  await refused('ca_subject_exists', 'POST', `/certification-services/${id}/intermediate-cas`, { certificate: base64(impostor.root.certificate) })
  const stranger = await createTestPki({ organization: 'Stranger' })
  await refused('intermediate_ca_not_issued', 'POST', `/certification-services/${id}/intermediate-cas`, { certificate: base64(stranger.intermediate.certificate) })
  t.match(await api('POST', `/certification-services/${id}/intermediate-cas`, { certificate: base64(stranger.intermediate.certificate), ignore_warnings: true }), { status: 201 })
  await refused('intermediate_ca_not_found', 'GET', `/intermediate-cas/${id}`)
  await api('POST', `/certification-services/${id}/intermediate-cas`, { certificate: base64(pki.intermediate.certificate) })
  await refused('certification_service_in_use', 'DELETE', `/certification-services/${id}`)
  t.match((await core.store.all<{ state_after: string }>("SELECT state_after FROM audit_event WHERE action = 'intermediate-ca.add' ORDER BY id"))[0]!.state_after, /accepted_warnings/)
})

t.test('only a system administrator approves trust services; the others look', async (t) => {
  await using services = await open(t)
  const { core } = services
  const api = await apiClient(core, ['XROAD_SECURITY_OFFICER', 'XROAD_REGISTRATION_OFFICER', 'TREMBITA_HOLDER', 'TREMBITA_AUDITOR'])
  t.match(await api('GET', '/certification-services'), { status: 200, body: [] })
  t.match(await api('POST', '/certification-services', { certificate: base64(pki.root.certificate), certificate_profile_info: BASIC }), { status: 403 })
  t.match(await api('DELETE', '/timestamping-services/1'), { status: 403 })
})

t.test('an OCSP responder is asked before it is approved, and clear words say what is wrong with it', async (t) => {
  await using services = await open(t)
  const { api, core, ocsp } = services
  const { body: { id } } = await api<Made>('POST', '/certification-services', { certificate: base64(pki.root.certificate), certificate_profile_info: BASIC })
  const { body: issuing } = await api<Made>('POST', `/certification-services/${id}/intermediate-cas`, { certificate: base64(pki.intermediate.certificate) })
  const add = (body: object, path = `/intermediate-cas/${issuing.id}/ocsp-responders`): ReturnType<typeof api<Made & Refused>> => api<Made & Refused>('POST', path, body)
  const stranger = await createTestPki({ organization: 'Stranger' })

  for (const [faults, words] of [
    [{ httpStatus: 503 }, /HTTP 503/],
    [{ garbage: true }, /no OCSP response/],
    [{ sha256CertId: true }, /another hash than SHA-1/],
    [{ signer: stranger.ocsp }, /not signed by one that may answer/],
    [{ forged: true }, /not signed by one that may answer/],
    [{ ageSeconds: 4000 }, /too old/]
  ] as const) {
    ocsp.order(faults)
    const { status, body } = await add({ url: ocsp.url })
    t.equal(status, 400)
    t.match(body.error, { code: 'ocsp_responder_check_failed', message: words, validation_errors: { url: [words] } })
  }
  ocsp.order()
  t.match((await add({ url: 'http://127.0.0.1:1/' })).body.error.message, /cannot be reached: .*nobody listens there/)
  t.match((await add({ url: 'http://no-such-host.invalid/' })).body.error.message, /cannot be reached/)
  t.match((await add({ url: 'file:///etc/passwd' })).body.error.code, 'invalid_url')

  const made = await add({ url: ocsp.url, cost_type: 'PAID' })
  t.match(made, { status: 201, body: { url: `${ocsp.url}/`, cost_type: 'PAID', has_certificate: false } })
  t.match(await add({ url: ocsp.url }), { status: 409, body: { error: { code: 'ocsp_responder_exists' } } })
  ocsp.order({ status: 'revoked' })
  t.match(await add({ url: `${ocsp.url}/second` }), { status: 201 }, 'what it says of the certificate is no reason')
  ocsp.order({ byCa: true })
  t.match(await api('PATCH', `/ocsp-responders/${made.body.id}`, { url: `${ocsp.url}/moved` }), { status: 200, body: { url: `${ocsp.url}/moved`, cost_type: 'PAID' } })

  // One that the operator names instead of the CA's own.
  const signer = stranger.ocsp
  ocsp.order({ signer })
  t.match((await add({ url: `${ocsp.url}/named` })).status, 400)
  const named = await add({ url: `${ocsp.url}/named`, certificate: base64(signer.certificate) })
  t.match(named, { status: 201, body: { has_certificate: true } })
  t.match(await api('GET', `/ocsp-responders/${named.body.id}/certificate`), { body: { hash: signer.certificate.sha256.toString('hex').toUpperCase() } })
  t.match((await api('PATCH', `/ocsp-responders/${named.body.id}`, { remove_certificate: true })).status, 400)
  ocsp.order()
  t.match(await api('PATCH', `/ocsp-responders/${named.body.id}`, { remove_certificate: true, cost_type: 'FREE' }), { status: 200, body: { has_certificate: false } })
  t.match(await add({ url: ocsp.url }, `/certification-services/${id}/ocsp-responders`), { status: 201 }, 'the top one knows what it issued below')
  t.same((await caEntries(core.store))[0]!.intermediates[0]!.ocsp.map(({ url, costType }) => [url, costType]), [
    [`${ocsp.url}/moved`, 'PAID'], [`${ocsp.url}/second`, undefined], [`${ocsp.url}/named`, 'FREE']
  ], 'in order of use')
  t.match(await api('DELETE', `/ocsp-responders/${made.body.id}`), { status: 204 })
  t.match(await api('GET', `/intermediate-cas/${issuing.id}/ocsp-responders`), { body: { length: 2 } })

  await ocsp.close()
  t.match(await add({ url: `${ocsp.url}/late`, ignore_warnings: true }), { status: 201 })
  const { state_after: state } = (await core.store.all<{ state_after: string }>("SELECT state_after FROM audit_event WHERE action = 'ocsp-responder.add' ORDER BY id")).at(-1)!
  t.match(JSON.parse(state), { ocsp_responder: { url: `${ocsp.url}/late` }, accepted_warnings: [/cannot be reached/] })
})

t.test('trap 10: a timestamping service stamps before it is approved', async (t) => {
  await using services = await open(t)
  const { api, core, tsa } = services
  const add = (body: object): ReturnType<typeof api<Made & Refused>> => api<Made & Refused>('POST', '/timestamping-services', body)
  const certificate = base64(pki.tsa.certificate)
  for (const [faults, words] of [
    [{ refused: true }, /refused/],
    [{ wrongImprint: true }, /other data/],
    [{ forged: true }, /not signed by an approved service/],
    [{ ageSeconds: 600 }, /clock differs/],
    [{ httpStatus: 500 }, /HTTP 500/],
    [{ garbage: true }, /cannot be read/]
  ] as const) {
    tsa.order(faults)
    t.match(await add({ url: tsa.url, certificate }), { status: 400, body: { error: { code: 'timestamping_service_check_failed', message: words } } })
  }
  tsa.order()
  t.match(await add({ url: tsa.url, certificate: base64(pki.ocsp.certificate) }), { status: 400, body: { error: { code: 'not_a_timestamping_certificate' } } })
  const made = await add({ url: tsa.url, certificate, cost_type: 'FREE' })
  t.match(made, { status: 201, body: { name: 'Timestamp service', url: `${tsa.url}/` } })
  t.match(await add({ url: tsa.url, certificate }), { status: 409, body: { error: { code: 'timestamping_service_exists' } } })
  t.match(await add({ url: tsa.url, certificate, name: 'Other' }), { status: 409 })
  t.match(await add({ url: `${tsa.url}/2`, certificate, name: 'Other' }), { status: 201 })
  t.match(await api('PATCH', `/timestamping-services/${made.body.id}`, { cost_type: 'PAID', url: `${tsa.url}/1` }), { status: 200, body: { cost_type: 'PAID', url: `${tsa.url}/1`, name: 'Timestamp service' } })
  t.match(await tsaEntries(core.store), [{ name: 'Timestamp service', costType: 'PAID' }, { name: 'Other' }])
  t.match(await api('DELETE', `/timestamping-services/${made.body.id}`), { status: 204 })
  const last = (await api<Made[]>('GET', '/timestamping-services')).body[0]!
  t.match(await api('DELETE', `/timestamping-services/${last.id}`), { status: 400, body: { error: { code: 'last_timestamping_service' } } })
  t.match(await api('GET', `/timestamping-services/${last.id}/certificate`), { body: { extended_key_usages: ['1.3.6.1.5.5.7.3.8'] } })
  await tsa.close()
  t.match(await add({ url: `${tsa.url}/3`, certificate, name: 'Third', ignore_warnings: true }), { status: 201 })
})
