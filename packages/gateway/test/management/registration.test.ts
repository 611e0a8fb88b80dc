import type { RequestListener } from 'node:http'
import { createServer as createHttpsServer } from 'node:https'
import type { AddressInfo } from 'node:net'
import { createServer as createTcpServer } from 'node:net'
import { join } from 'node:path'
import t, { type Test } from 'tap'
import { createLogger, ManualClock } from '@trembita/daemon'
import { isSameServer } from '@trembita/protocol/identifiers'
import type { PrivateParameters } from '@trembita/protocol/globalconf'
import type { Certificate } from '@trembita/protocol/pki'
import { createTestPki, startOcspResponder, type Issued } from '@trembita/testnet/pki'
import { openssl, scratch, skipWithout } from '@trembita/testnet/verifiers'
import { openServiceTls } from '@trembita/core/management'
import { Refusal } from '../../../core/src/refusal.ts'
import { startGlobalConf, type GlobalConf } from '../../src/globalconf/index.ts'
import { ManagementClient } from '../../src/management/index.ts'
import { OcspKeeper } from '../../src/ocsp/index.ts'
import { Signer, SoftwareToken } from '../../src/signer/index.ts'
import { ConfigSource, partsOf, privateOf, sharedOf } from '../globalconf/source.ts'
import { startCoreListeners } from './core-listeners.ts'

// A gateway registers itself: over its own download of the configuration, its own token and OCSP responses, and real TLS.

const OWNER = { instance: 'ZZ', memberClass: 'GOV', memberCode: '1001' }
const SERVER = { ...OWNER, serverCode: 'gw1' }
const PROVIDER = { ...OWNER, memberCode: '0000', subsystemCode: 'management' }
const log = createLogger('gateway', 'silent')

const pki = await createTestPki()
const ocsp = await startOcspResponder(pki)
t.teardown(() => ocsp.close())
const core = await startCoreListeners(t)
const source = await ConfigSource.start()
t.teardown(() => source[Symbol.asyncDispose]())
const BASIC = 'ee.ria.xroad.common.certificateprofile.impl.BasicCertificateProfileInfoProvider'
const shared = sharedOf('ZZ', {
  approvedCas: [{
    name: 'CA',
    authenticationOnly: false,
    profileClass: BASIC,
    topCa: { certificate: pki.root.certificate.der, ocsp: [{ url: ocsp.url, certificate: pki.root.ocsp.certificate.der }] },
    intermediateCas: [{ certificate: pki.intermediate.certificate.der, ocsp: [{ url: ocsp.url, certificate: pki.intermediate.ocsp.certificate.der }] }]
  }]
})
const clock = new ManualClock(new Date())

/** Publishes and takes up the configuration; the service as given. */
async function configured (service: Partial<PrivateParameters['managementService']> = {}): Promise<void> {
  const managementService = { authCertRegServiceAddress: core.registrationUrl, authCertRegServiceCertificate: core.tls.certificate, providerId: PROVIDER, ...service }
  await source.publish({ parts: partsOf(shared, privateOf({ managementService })) })
  await globalconf.refresh()
}

const folder = t.testdir()
const managementService = { authCertRegServiceAddress: core.registrationUrl, authCertRegServiceCertificate: core.tls.certificate, providerId: PROVIDER }
await source.publish({ parts: partsOf(shared, privateOf({ managementService })) })
const globalconf: GlobalConf = await startGlobalConf({ anchor: source.anchor(), folder: join(folder, 'globalconf'), clock, log, refreshSeconds: 0 })
t.teardown(() => globalconf[Symbol.asyncDispose]())
const token = await SoftwareToken.open(join(folder, 'token'), '1234')
const keeper = new OcspKeeper({ folder: join(folder, 'ocsp'), clock, log })
await keeper.start()
const signer = new Signer({ token, globalconf, ocsp: keeper, clock, batchMax: 1 })
core.trust = () => ({ trust: globalconf.current().trustOf('ZZ')!, instance: 'ZZ', provider: PROVIDER, valid: true })
const clientDeps = { server: () => SERVER, globalconf, signer, clock, ask: async () => await Promise.reject(new Error('not through the exchange')) }
const client = new ManagementClient(clientDeps)
const impatient = new ManagementClient({ ...clientDeps, times: { connectTimeoutMs: 300, answerTimeoutMs: 300 } })

async function imported (use: 'auth' | 'sign', issued: Issued): Promise<Certificate> {
  await token.importKey(use, use, issued.privateKey, [])
  await token.importCertificate(issued.certificate, { status: 'saved', active: use === 'sign' })
  return issued.certificate
}
async function withOcsp (certificate: Certificate): Promise<Certificate> {
  await keeper.refresh(certificate, globalconf.current().trustOf('ZZ')!)
  signer.reconsider()
  return certificate
}

const auth = await imported('auth', await pki.issueAuth({ owner: OWNER, serverCode: 'gw1', keyType: 'ec' }))
const address = 'gw1.example.org'

async function refuses (t: Test, run: () => Promise<unknown>, code: string, message: RegExp = /./): Promise<void> {
  await t.rejects(run(), { name: 'Fault', code, message }, code)
}

t.test('without the owner\'s sign key, or its OCSP response, nothing is sent', async (t) => {
  await refuses(t, () => client.registerAuthCertificate({ certificate: auth, address }), 'Server.ClientProxy.CannotCreateSignature', /no signing certificate here/)
  const sign = await imported('sign', await pki.issueSign({ member: OWNER, keyType: 'rsa' }))
  await refuses(t, () => client.registerAuthCertificate({ certificate: auth, address }), 'Server.ClientProxy.CannotCreateSignature', /no fresh OCSP response/)
  await withOcsp(sign)
  const stranger = (await pki.issueAuth({ owner: OWNER, serverCode: 'gw1' })).certificate
  await refuses(t, () => client.registerAuthCertificate({ certificate: stranger, address }), 'Server.ClientProxy.CannotCreateSignature', /no authentication key with this certificate/)
  await refuses(t, () => client.registerAuthCertificate({ certificate: sign, address }), 'Server.ClientProxy.CannotCreateSignature', /no authentication key/)
  t.same(core.handled, [])
})

t.test('TR-3: a gateway registers a certificate that nobody knows yet, signed by its key and by the owner', { skip: await skipWithout('openssl') }, async (t) => {
  t.equal(await client.registerAuthCertificate({ certificate: auth, address }), 1)
  const [request] = core.handled
  t.match(request, { receivedBy: 'registration', sender: OWNER, request: { service: 'authCertReg', address, authCertificate: auth.der, dryRun: undefined } })
  t.ok(request?.request.service === 'authCertReg' && isSameServer(request.request.server, SERVER))
  const files = scratch()
  t.teardown(() => files.remove())
  for (const { algorithm, certificate, value, by } of request!.signatures) {
    t.match({ by, algorithm }, by === 'auth' ? { algorithm: 'SHA512withECDSA' } : { algorithm: 'SHA512withRSA' })
    const key = await openssl('x509', '-inform', 'DER', '-in', files.write('cert.der', certificate), '-noout', '-pubkey')
    const checked = await openssl('dgst', '-sha512', '-verify', files.write('key.pem', key.text), '-signature', files.write('sig', value), files.write('soap', request!.soap))
    t.ok(checked.ok, `openssl: ${by}: ${checked.text}`)
  }
})

t.test('a dry run is asked as such', async (t) => {
  core.handle = async ({ request }) => request.service === 'authCertReg' && request.dryRun === true ? 0 : 5
  t.equal(await client.registerAuthCertificate({ certificate: auth, address, dryRun: true }), 0)
  t.equal(await client.registerAuthCertificate({ certificate: auth }), 5, 'without an address: another certificate of a known gateway')
})

t.test('the core\'s refusal comes through as it is', async (t) => {
  core.handle = async () => { throw new Refusal('conflict', 'management_request_exists', 'There is such a request') }
  await refuses(t, () => client.registerAuthCertificate({ certificate: auth, address }), 'management_request_exists', /^There is such a request$/)
  core.handle = async () => 1
  const expired = await withOcsp(await imported('auth', await pki.issueAuth({ owner: OWNER, serverCode: 'gw1', notBefore: new Date(Date.now() - 7200_000), notAfter: new Date(Date.now() - 3600_000) })))
  await refuses(t, () => client.registerAuthCertificate({ certificate: expired, address }), 'CertValidation', /^authentication certificate: certificate has expired$/)
})

t.test('the service can be tested without registering anything', async (t) => {
  const before = core.handled.length
  await client.testRegistrationService()
  t.equal(core.handled.length, before)
})

/** An HTTPS server that answers as told, in place of the core. */
async function impostor (t: Test, tls: { key: string, cert: string }, answer: RequestListener): Promise<string> {
  const server = createHttpsServer(tls, answer)
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  t.teardown(() => {
    server.closeAllConnections()
    server.close()
  })
  return `https://127.0.0.1:${(server.address() as AddressInfo).port}/managementservice/`
}

t.test('nothing is sent to a server with another certificate than the configuration\'s, not even one of an approved CA', async (t) => {
  const other = await openServiceTls(t.testdir(), ['localhost'], new Date())
  const named = await pki.issueTls({ names: ['localhost'], keyType: 'ec' })
  for (const tls of [other, { cert: named.certificate.pem, key: named.privateKey.export({ type: 'pkcs8', format: 'pem' }) as string }]) {
    let asked = 0
    await configured({ authCertRegServiceAddress: await impostor(t, tls, (_request, response) => { asked++; response.end() }) })
    await refuses(t, () => client.registerAuthCertificate({ certificate: auth, address }), 'Server.ClientProxy.SslAuthenticationFailed', /not the one in the configuration/)
    t.equal(asked, 0)
  }
  await configured({ authCertRegServiceCertificate: undefined })
  await refuses(t, () => client.registerAuthCertificate({ certificate: auth, address }), 'Server.ClientProxy.SslAuthenticationFailed', /has no certificate/)
  await configured({ authCertRegServiceAddress: core.registrationUrl.replace('https:', 'http:') })
  await refuses(t, () => client.registerAuthCertificate({ certificate: auth, address }), 'Server.ClientProxy.MalformedGlobalConf', /no https URL/)
})

t.test('what is no answer of a registration service is told as such', async (t) => {
  const answers: readonly (readonly [RequestListener, string, RegExp?])[] = [
    [(_request, response) => { response.writeHead(429, { 'retry-after': '30' }).end('slow down') }, 'HttpError', /too many requests/],
    [(_request, response) => { response.writeHead(502, { 'content-type': 'text/html' }).end('<html>Bad gateway</html>') }, 'HttpError', /502/],
    [(_request, response) => { response.writeHead(500, { 'content-type': 'text/xml' }).end('<html/>') }, 'HttpError', /500/],
    [(_request, response) => { response.end('fine') }, 'InvalidSoap'],
    [(_request, response) => { response.end('x'.repeat(300_000)) }, 'InvalidMessage', /too large/],
    [(request) => { request.socket.destroy() }, 'NetworkError']
  ]
  for (const [answer, code, message] of answers) {
    await configured({ authCertRegServiceAddress: await impostor(t, core.tls, answer) })
    await refuses(t, () => client.registerAuthCertificate({ certificate: auth, address }), `Server.ClientProxy.${code}`, message)
  }
  await configured({ authCertRegServiceAddress: await impostor(t, core.tls, () => {}) })
  await refuses(t, () => impatient.registerAuthCertificate({ certificate: auth, address }), 'Server.ClientProxy.NetworkError', /in time/)
  await configured({ authCertRegServiceAddress: await impostor(t, core.tls, (_request, response) => { response.writeHead(404).end() }) })
  await refuses(t, () => client.testRegistrationService(), 'Server.ClientProxy.HttpError', /404/)
})

t.test('a service that does not listen, or does not answer in TLS, is a network error', async (t) => {
  const silent = createTcpServer()
  await new Promise<void>((resolve) => silent.listen(0, '127.0.0.1', resolve))
  const { port } = silent.address() as AddressInfo
  const sockets = new Set<{ destroy (): unknown }>()
  silent.on('connection', (socket) => sockets.add(socket))
  await configured({ authCertRegServiceAddress: `https://127.0.0.1:${port}/` })
  await refuses(t, () => impatient.registerAuthCertificate({ certificate: auth, address }), 'Server.ClientProxy.NetworkError', /in time/)
  for (const socket of sockets) socket.destroy()
  await new Promise((resolve) => silent.close(resolve))
  await refuses(t, () => client.registerAuthCertificate({ certificate: auth, address }), 'Server.ClientProxy.NetworkError')
})

t.test('the answer must be to this request', async (t) => {
  const echo: RequestListener = (request, response) => {
    const chunks: Buffer[] = []
    request.on('data', (chunk: Buffer) => chunks.push(chunk)).on('end', () => {
      const soap = /<\?xml.*<\/SOAP-ENV:Envelope>/s.exec(Buffer.concat(chunks).toString('latin1'))![0]
      const answer = soap.replaceAll('authCertReg>', 'authCertRegResponse>').replace('</xroad:authCertRegResponse>', '<xroad:requestId>8</xroad:requestId>$&')
      response.end(request.url === '/other' ? answer.replace(/<xroad:id>.*?</, '<xroad:id>another<') : answer)
    })
  }
  const url = await impostor(t, core.tls, echo)
  await configured({ authCertRegServiceAddress: url })
  t.equal(await client.registerAuthCertificate({ certificate: auth, address }), 8)
  await configured({ authCertRegServiceAddress: new URL('/other', url).href })
  await refuses(t, () => client.registerAuthCertificate({ certificate: auth, address }), 'Server.ClientProxy.InconsistentResponse')
})

t.test('nothing is registered by a configuration that is over', async (t) => {
  await configured()
  clock.advance(3600)
  await refuses(t, () => client.registerAuthCertificate({ certificate: auth, address }), 'Server.ClientProxy.OutdatedGlobalConf')
})
