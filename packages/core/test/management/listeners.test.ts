import { createPrivateKey, X509Certificate } from 'node:crypto'
import { readFile, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import fc from 'fast-check'
import t, { type Test } from 'tap'
import { Agent, request } from 'undici'
import { createLogger, createMetrics, ManualClock } from '@trembita/daemon'
import { Fault, parseSoapFault } from '@trembita/protocol/fault'
import { MANAGEMENT_BYTES_MAX, parseManagementRequest, parseManagementResponse } from '@trembita/protocol/management'
import { readWsdl } from '@trembita/protocol/metadata'
import { openssl, runTool, scratch, skipWithout } from '@trembita/testnet/verifiers'
import {
  createManagementServer, createRegistrationServer, MANAGEMENT_PATH, managementServicesWsdl, openServiceTls, REGISTRATION_PATH,
  type ManagementServerDeps, type ManagementTrust, type VerifiedManagementRequest
} from '../../src/management/index.ts'
import { RateLimit } from '../../src/management/rate-limit.ts'
import { Refusal } from '../../src/refusal.ts'
import {
  authCertRegFields, CLIENT, CLIENT_XML, CONTENT_TYPE, createWorld, fourParts, letter, multipart, OWNER, PROVIDER, REQUESTS, SERVER_XML, sixParts, type Part
} from '../../../protocol/test/management/compose.ts'

const world = await createWorld()
const folder = t.testdir()
const tls = await openServiceTls(folder, ['localhost', '127.0.0.1'], new Date())
const anyone = new Agent({ connect: { rejectUnauthorized: false } })
t.teardown(() => anyone.close())

interface Answer { readonly status: number, readonly headers: Readonly<Record<string, string | string[] | undefined>>, readonly body: Buffer }

/** A listener with what it was told to do, and what it did. */
interface Listening {
  readonly url: string
  readonly handled: VerifiedManagementRequest[]
  readonly lines: Record<string, unknown>[]
  readonly clock: ManualClock
  metrics (): Promise<string>
  post (body: Buffer | string | AsyncIterable<Buffer>, contentType?: string, agent?: Agent): Promise<Answer>
}

type Given = Partial<ManagementServerDeps> & { readonly known?: Partial<ManagementTrust> | undefined }

async function listen (t: Test, kind: 'registration' | 'management', given: Given = {}): Promise<Listening> {
  const handled: VerifiedManagementRequest[] = []
  const lines: Record<string, unknown>[] = []
  const metrics = createMetrics('trembita')
  const clock = new ManualClock(new Date())
  const { trust, instance, provider } = world.context
  const deps: ManagementServerDeps = {
    tls,
    trust: () => ({ trust, instance, provider, valid: true, ...given.known }),
    handler: { handle: async (verified) => handled.push(verified) },
    clock,
    log: createLogger('core', 'debug', { write: (line: string) => { lines.push(JSON.parse(line) as Record<string, unknown>) } }),
    metrics,
    requestsPerMinute: 0,
    ...given
  }
  const app = kind === 'registration' ? createRegistrationServer(deps) : createManagementServer(deps)
  t.teardown(() => app.close())
  const url = await app.listen({ host: '127.0.0.1', port: 0 }) + (kind === 'registration' ? REGISTRATION_PATH : MANAGEMENT_PATH)
  return {
    url,
    handled,
    lines,
    clock,
    metrics: () => metrics.text(),
    post: (body, contentType = CONTENT_TYPE, agent = anyone) => send(url, { method: 'POST', body: body as Buffer, headers: contentType === '' ? {} : { 'content-type': contentType }, dispatcher: agent })
  }
}

async function send (url: string, options: Parameters<typeof request>[1]): Promise<Answer> {
  const answer = await request(url, { dispatcher: anyone, ...options })
  return { status: answer.statusCode, headers: answer.headers, body: Buffer.from(await answer.body.arrayBuffer()) }
}

/** Asserts a fault as X-Road's callers read it: HTTP 500, text/xml, a trace id that the log has too, nobody handled it. */
function refused (t: Test, listening: Listening, answer: Answer, code: string, because = code): void {
  t.equal(answer.status, 500, because)
  t.match(answer.headers['content-type'], /^text\/xml/)
  const fault = parseSoapFault(answer.body)
  t.equal(fault?.code, code, because)
  t.match(fault?.detail, /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/)
  t.ok(listening.lines.some((line) => line.detail === fault?.detail && line.code === code), 'the log has the same detail')
  t.same(listening.handled, [])
}

const regSoap = (rest = ''): Buffer => letter({ service: 'authCertReg', fields: authCertRegFields(world.auth.certificate.der, rest) })
const manage = (service: string): Part[] => fourParts(world, letter({ service, fields: REQUESTS[service]!.fields }), REQUESTS[service]!.by === 'owner' ? world.owner : world.client)

t.test('TR-3: a registration is verified, handed over whole, and answered with its id', async (t) => {
  const listening = await listen(t, 'registration')
  const soap = regSoap()
  const body = multipart(sixParts(world, soap))
  const answer = await listening.post((async function * () { for (let at = 0; at < body.length; at += 700) yield body.subarray(at, at + 700) })())
  t.equal(answer.status, 200)
  t.match(answer.headers['content-type'], /^text\/xml/)
  t.equal(parseManagementResponse(answer.body, parseManagementRequest(soap).header), 1)
  t.match(listening.handled, [{ request: { service: 'authCertReg', address: 'ss1.example.org' }, sender: OWNER, receivedBy: 'registration', origin: '127.0.0.1', contentType: CONTENT_TYPE }])
  t.ok(listening.handled[0]!.body.equals(body) && listening.handled[0]!.soap.equals(soap))
  t.match(await listening.metrics(), /trembita_management_requests_total\{listener="registration",service="authCertReg",result="accepted"\} 1/)
})

t.test('a dry run is handed over as such and answered with 0', async (t) => {
  const listening = await listen(t, 'registration', { handler: { handle: async ({ request }) => request.service === 'authCertReg' && request.dryRun === true ? 0 : 1 } })
  const soap = regSoap('<xroad:dryRun>true</xroad:dryRun>')
  t.equal(parseManagementResponse((await listening.post(multipart(sixParts(world, soap)))).body, parseManagementRequest(soap).header), 0)
})

t.test('every service behind the exchange is verified and handed over, the two plain ones too', async (t) => {
  const listening = await listen(t, 'management')
  for (const service of Object.keys(REQUESTS).filter((service) => REQUESTS[service]!.by !== undefined)) t.equal((await listening.post(multipart(manage(service)))).status, 200, service)
  const authCertDeletion = letter({ service: 'authCertDeletion', fields: `${SERVER_XML}<xroad:authCert>${world.auth.certificate.der.toString('base64')}</xroad:authCert>` })
  for (const soap of [authCertDeletion, letter({ service: 'clientDeletion', fields: SERVER_XML + CLIENT_XML })]) t.equal((await listening.post(soap, 'text/xml;charset=UTF-8')).status, 200)
  t.equal(listening.handled.length, 10)
  t.ok(listening.handled.every(({ receivedBy, sender }) => receivedBy === 'management' && sender.memberCode === OWNER.memberCode))
})

t.test('what does not verify is a fault, and nobody hears of it', async (t) => {
  const registration = await listen(t, 'registration')
  const parts = sixParts(world, regSoap())
  const with_ = (index: number, bytes: Uint8Array): Buffer => multipart(parts.map((part, at) => at === index ? [part[0], bytes] : part))
  refused(t, registration, await registration.post(with_(1, Buffer.from('bad'))), 'InvalidSignatureValue')
  refused(t, registration, await registration.post(with_(3, world.owner.certificate.der)), 'CertValidation')
  refused(t, registration, await registration.post(with_(5, Buffer.from('bad'))), 'IncorrectValidationInfo')
  refused(t, registration, await registration.post(multipart(parts.slice(0, 1))), 'InvalidRequest', 'the connection test of 7.8: SOAP alone')
  refused(t, registration, await registration.post(multipart(manage('clientReg'))), 'InvalidRequest', 'a service of the other listener')
  refused(t, registration, await registration.post(regSoap(), 'application/json'), 'InvalidContentType')
  refused(t, registration, await registration.post(regSoap(), 'not a type'), 'InvalidContentType')
  refused(t, registration, await registration.post(regSoap(), ''), 'InvalidContentType')
  refused(t, registration, await registration.post(''), 'MimeParsingFailed')
  refused(t, registration, await registration.post(Buffer.alloc(MANAGEMENT_BYTES_MAX + 1, 'x')), 'InvalidMessage', 'too large, by its length')
  refused(t, registration, await registration.post((async function * () { for (let i = 0; i < 11; i++) yield Buffer.alloc(10_000, 'x') })()), 'InvalidMessage', 'too large, without a length')
  const management = await listen(t, 'management')
  refused(t, management, await management.post(multipart(parts)), 'InvalidRequest')
  refused(t, management, await management.post(letter({ service: 'clientReg', fields: SERVER_XML + CLIENT_XML }), 'text/xml'), 'InvalidRequest')
  const log = JSON.stringify([...registration.lines, ...management.lines])
  for (const value of [OWNER.memberCode, CLIENT.memberCode, 'ss1.example.org', 'Портал']) t.notOk(log.includes(value), `${value} is not logged`)
  t.match(await registration.metrics(), /listener="registration",service="unknown",result="InvalidSignatureValue"\} 1/)
})

t.test('without a valid configuration of its own the core judges nothing', async (t) => {
  const expired = await listen(t, 'registration', { known: { valid: false } })
  refused(t, expired, await expired.post(multipart(sixParts(world, regSoap()))), 'OutdatedGlobalConf')
  const empty = await listen(t, 'management', { trust: async () => undefined })
  refused(t, empty, await empty.post(multipart(manage('clientReg'))), 'OutdatedGlobalConf')
  const elsewhere = await listen(t, 'management', { known: { provider: { ...PROVIDER, subsystemCode: 'other' } } })
  refused(t, elsewhere, await elsewhere.post(multipart(manage('clientReg'))), 'InvalidRequest')
})

t.test('the registry\'s refusal is told by its own code, a failure of ours by none', async (t) => {
  const failing = (thrown: Error): Given => ({ handler: { handle: async () => { throw thrown } } })
  const conflict = await listen(t, 'management', failing(new Refusal('conflict', 'management_request_exists', 'There is such a request already')))
  const told = await conflict.post(multipart(manage('clientReg')))
  refused(t, conflict, told, 'management_request_exists')
  t.equal(parseSoapFault(told.body)?.string, 'There is such a request already')
  const fault = await listen(t, 'management', failing(new Fault('InvalidRequest', 'not in this state')))
  refused(t, fault, await fault.post(multipart(manage('clientReg'))), 'InvalidRequest')
  const broken = await listen(t, 'management', failing(new Error('SELECT secret FROM table')))
  const hidden = await broken.post(multipart(manage('clientReg')))
  refused(t, broken, hidden, 'InternalError')
  t.notOk(hidden.body.includes('SELECT'))
  t.ok(broken.lines.some(({ level, err }) => level === 50 && JSON.stringify(err).includes('SELECT')), 'the log has it')
})

t.test('both listeners of a core count in one metric', async (t) => {
  const metrics = createMetrics('trembita')
  const [registration, management] = await Promise.all([listen(t, 'registration', { metrics }), listen(t, 'management', { metrics })])
  await registration.post('x')
  await management.post('x')
  t.match(await metrics.text(), /listener="registration",service="unknown",result="MimeParsingFailed"\} 1\n.*listener="management",.*\} 1/)
})

t.test('other methods and paths are plain HTTP refusals', async (t) => {
  const listening = await listen(t, 'registration')
  t.match(await send(listening.url, { method: 'GET' }), { status: 405, headers: { allow: 'POST' } })
  t.match(await send(listening.url, { method: 'PUT', body: 'x' }), { status: 405 })
  t.match(await send(new URL(MANAGEMENT_PATH, listening.url).href, { method: 'POST', body: 'x' }), { status: 404 })
  t.same(listening.handled, [])
})

t.test('ten requests a minute from one address, and others are not held up by it', async (t) => {
  const listening = await listen(t, 'registration', { requestsPerMinute: undefined })
  const from = (address: string): Agent => {
    const agent = new Agent({ connect: { rejectUnauthorized: false }, localAddress: address })
    t.teardown(() => agent.close())
    return agent
  }
  const neighbour = from('127.0.0.2')
  for (let i = 0; i < 10; i++) t.equal((await listening.post('x')).status, 500)
  const held = await listening.post(multipart(sixParts(world, regSoap())))
  t.match(held, { status: 429, headers: { 'retry-after': /^\d+$/ } })
  t.equal((await listening.post(multipart(sixParts(world, regSoap())), CONTENT_TYPE, neighbour)).status, 200)
  listening.clock.advance(61)
  t.equal((await listening.post(multipart(sixParts(world, regSoap())))).status, 200, 'after a minute')
  t.match(await listening.metrics(), /result="TooManyRequests"\} 1/)
})

t.test('an address is counted as what its owner cannot change', async (t) => {
  const clock = new ManualClock(new Date())
  const limit = new RateLimit(2, clock)
  const taken = (addresses: readonly string[]): (number | undefined)[] => addresses.map((address) => limit.take(address))
  t.same(taken(['192.0.2.1', '::ffff:192.0.2.1', '192.0.2.1', '192.0.2.2']), [undefined, undefined, 60, undefined])
  t.same(taken(['2001:db8::1', '2001:0db8:0:0:ffff::2', '2001:db8:0:0:1:2:3:4', '2001:db8:0:1::1', '::1']), [undefined, undefined, 60, undefined, undefined], 'an IPv6 network of one owner')
  clock.advance(59)
  t.equal(limit.take('192.0.2.1'), 1)
  clock.advance(1)
  t.equal(limit.take('192.0.2.1'), undefined)
  for (let i = 0; i < 20_000; i++) limit.take(`10.0.${i >> 8}.${i & 255}`)
  t.equal(limit.take('10.0.78.31'), undefined, 'a flood from everywhere forgets the oldest and goes on')
})

t.test('whatever bytes come, the answer is a fault and nobody hears of them', async (t) => {
  const listening = await listen(t, 'registration')
  const good = multipart(sixParts(world, regSoap()))
  const damaged = fc.tuple(fc.nat(good.length - 1), fc.uint8Array({ minLength: 1, maxLength: 8 })).map(([at, bytes]) => Buffer.concat([good.subarray(0, at), bytes, good.subarray(at)]))
  await fc.assert(fc.asyncProperty(fc.oneof(damaged, fc.uint8Array({ maxLength: 200 }).map((bytes) => Buffer.from(bytes))), async (body) => {
    // what is put before the first boundary, into a header or behind the last is no part of the request
    const { status } = await listening.post(body)
    if (status === 200) return listening.handled.pop()!.soap.equals(regSoap())
    return status === 500
  }), { numRuns: 60 })
  t.notOk(listening.lines.some(({ level }) => level === 50), 'none was a failure of ours')
})

t.test('the management services may be for one gateway\'s TLS certificate alone', async (t) => {
  const [gateway, other] = await Promise.all([world.pki.issueTls({ names: ['gateway'] }), world.pki.issueTls({ names: ['other'] })])
  const listening = await listen(t, 'management', { acceptedClients: () => [gateway.certificate.der] })
  const showing = ({ certificate, privateKey }: typeof gateway): Agent => {
    const agent = new Agent({ connect: { rejectUnauthorized: false, cert: certificate.pem, key: privateKey.export({ type: 'pkcs8', format: 'pem' }) as string } })
    t.teardown(() => agent.close())
    return agent
  }
  refused(t, listening, await listening.post(multipart(manage('clientReg'))), 'SslAuthenticationFailed', 'none shown')
  refused(t, listening, await listening.post(multipart(manage('clientReg')), CONTENT_TYPE, showing(other)), 'SslAuthenticationFailed', 'another shown')
  t.equal((await listening.post(multipart(manage('clientReg')), CONTENT_TYPE, showing(gateway))).status, 200)
})

t.test('the TLS certificate is made once, kept, and is what clients see', { skip: await skipWithout('openssl') }, async (t) => {
  t.same(await openServiceTls(folder, ['another'], new Date()), tls, 'the second time it is read')
  t.equal((await stat(join(folder, 'management-tls.key'))).mode & 0o777, 0o600)
  t.ok(new X509Certificate(tls.certificate).checkPrivateKey(createPrivateKey(tls.key)))
  const file = join(folder, 'management-tls.crt')
  t.match(await openssl('verify', '-purpose', 'sslserver', '-CAfile', file, file), { ok: true })
  t.match((await openssl('x509', '-in', file, '-noout', '-ext', 'subjectAltName')).text, /DNS:localhost, IP Address:127\.0\.0\.1/)
  const other = t.testdir({ six: {} })
  t.equal(new X509Certificate((await openServiceTls(join(other, 'six'), ['::1'], new Date())).certificate).subjectAltName, 'DNS:localhost')
  await openServiceTls(other, ['localhost'], new Date())
  await writeFile(join(other, 'management-tls.crt'), await readFile(file))
  await t.rejects(openServiceTls(other, ['localhost'], new Date()), /is not the certificate of/)
})

t.test('the WSDL describes every service, and its schema is that of the requests', { skip: await skipWithout('xmllint', '--version') }, async (t) => {
  const location = 'https://core.example.org:4002/managementservice/manage/'
  const wsdl = managementServicesWsdl(location)
  const { operations } = readWsdl(Buffer.from(wsdl))
  t.same(operations.map(({ serviceCode }) => serviceCode).sort(), [...Object.keys(REQUESTS), 'authCertDeletion', 'authCertReg'].sort())
  t.ok(operations.every((operation) => operation.location === location && operation.title !== undefined))
  const files = scratch()
  t.teardown(() => files.remove())
  const [identifiers, messages] = [...wsdl.matchAll(/<xs:schema .*?<\/xs:schema>/gs)].map(([schema]) =>
    schema.replace('<xs:schema ', '<xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema" xmlns:id="http://x-road.eu/xsd/identifiers" xmlns:xroad="http://x-road.eu/xsd/xroad.xsd" '))
  files.write('id.xsd', identifiers!)
  const schema = files.write('xroad.xsd', messages!.replace('<xs:import ', '<xs:import schemaLocation="id.xsd" '))
  for (const [service, { fields }] of Object.entries({ ...REQUESTS, authCertReg: { fields: authCertRegFields(world.auth.certificate.der, '<xroad:dryRun>true</xroad:dryRun>') } })) {
    const body = `<xroad:${service} xmlns:xroad="http://x-road.eu/xsd/xroad.xsd" xmlns:id="http://x-road.eu/xsd/identifiers">${fields}</xroad:${service}>`
    const { ok, text } = await runTool('xmllint', ['--noout', '--schema', schema, files.write('body.xml', body)])
    t.ok(ok, text)
  }
})
