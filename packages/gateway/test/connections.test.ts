import t from 'tap'
import { spawn } from 'node:child_process'
import { generateKeyPairSync, randomUUID, X509Certificate } from 'node:crypto'
import { once } from 'node:events'
import { readFile } from 'node:fs/promises'
import { createServer as createTcpServer, type Server, type Socket } from 'node:net'
import { join } from 'node:path'
import { createServer as createTlsServer } from 'node:tls'
import { setTimeout as wait } from 'node:timers/promises'
import { readContainer, readZip } from '@trembita/protocol/asic'
import { parseSignature } from '@trembita/protocol/signature'
import { SMALL_CLIENT } from '@trembita/testnet'
import { createTestPki, type Issued } from '@trembita/testnet/pki'
import { openssl, scratch, skipWithout } from '@trembita/testnet/verifiers'
import { SoftwareToken } from '../src/index.ts'
import { faultOf, http, rest, soap, type HttpCall, type HttpReply } from './network/messages.ts'
import { startNetwork } from './network/network.ts'
import { ARCHIVE, GUEST, MANY, ownPlan, PROVEN_CLIENT, SHARED, TLS_CLIENT } from './network/own-plan.ts'
import { startService } from './network/service.ts'

const files = scratch()
t.teardown(() => { files.remove() })
/** Certificates of information systems: any will do, they are compared as they are. */
const outside = await createTestPki({ organization: 'Information systems' })
const known = await outside.issueTls({ names: ['known.test'] })
const stranger = await outside.issueTls({ names: ['stranger.test'] })

const service = await startService()
t.teardown(() => service.close())
const network = await startNetwork(t, ownPlan({ serviceUrl: service.url, clientCertificate: known.certificate.pem, settings: { transport: { connectTimeoutMs: 500 } } }))
const gwb = await network.embed('gwb')
const gwc = await network.embed('gwc')
const gwa = await network.embed('gwa')
const { consumerHttp, consumerHttps } = gwa.addresses as { consumerHttp: string, consumerHttps: string }

function pemOf ({ privateKey, certificate, chain }: Issued): { key: string, cert: string } {
  return { key: privateKey.export({ type: 'pkcs8', format: 'pem' }) as string, cert: [certificate, ...chain].map(({ pem }) => pem).join('') }
}

/** Connects by `openssl s_client` and gives what it prints: about the handshake, or, when bytes are sent, what comes back. */
async function sClient (address: string, args: readonly string[], bytes?: string): Promise<string> {
  const child = spawn('openssl', ['s_client', '-connect', address, ...(bytes === undefined ? [] : ['-quiet']), ...args], { stdio: ['pipe', 'pipe', 'pipe'] })
  child.stdin.on('error', () => {})
  if (bytes === undefined) child.stdin.end()
  else child.stdin.write(bytes)
  let text = ''
  for (const output of [child.stdout, child.stderr]) output.on('data', (chunk: Buffer) => { text += chunk.toString() })
  const timer = setTimeout(() => child.kill(), 10_000)
  await once(child, 'close')
  clearTimeout(timer)
  return text
}

async function served (code: { lines: { msg?: string, exchangeId?: unknown }[] }, id: string): Promise<boolean> {
  return code.lines.some(({ msg, exchangeId }) => msg === 'request served' && exchangeId === id)
}

t.test('information systems connect as their client says: HTTP, HTTPS, HTTPS with the registered certificate', async (t) => {
  const own = { key: await readFile(join(network.planned('gwa').folder, 'data', 'internal-tls.key')), cert: await readFile(join(network.planned('gwa').folder, 'data', 'internal-tls.crt')) }
  const plain = { rejectUnauthorized: false }
  const REFUSED = 'Server.ClientProxy.SslAuthenticationFailed'
  const cases: [string, string, HttpCall, string][] = [
    [SMALL_CLIENT, consumerHttp, {}, ''],
    [SMALL_CLIENT, consumerHttps, plain, ''],
    [SMALL_CLIENT, consumerHttps, { ...plain, ...pemOf(stranger) }, ''],
    [TLS_CLIENT, consumerHttp, {}, REFUSED],
    [TLS_CLIENT, consumerHttps, plain, ''],
    [TLS_CLIENT, consumerHttps, { ...plain, ...pemOf(stranger) }, ''],
    [PROVEN_CLIENT, consumerHttp, {}, REFUSED],
    [PROVEN_CLIENT, consumerHttps, plain, REFUSED],
    [PROVEN_CLIENT, consumerHttps, { ...plain, ...pemOf(stranger) }, REFUSED],
    [PROVEN_CLIENT, consumerHttps, { ...plain, ...pemOf(known) }, ''],
    [PROVEN_CLIENT, consumerHttps, { ...plain, ...own }, '']
  ]
  for (const [client, url, options, fault] of cases) {
    const what = `${client} by ${new URL(url).protocol} ${options.cert === undefined ? 'without certificate' : `as ${new X509Certificate(options.cert as string).subject.split('\n').at(-1)}`}`
    const asked = service.received.length
    t.equal(faultOf(await rest(url, { ...options, headers: { 'X-Road-Client': client } })), fault, `${what}, REST`)
    t.equal(faultOf(await soap(url, { id: randomUUID(), client }, options)), fault, `${what}, SOAP`)
    t.equal(service.received.length - asked, fault === '' ? 2 : 0)
    const documents = await http(`${url}/signature?queryId=none&xRoadInstance=TEST&memberClass=GOV&memberCode=1001&subsystemCode=${client.split('/')[3]}`, options)
    t.equal(documents.status, fault === '' ? 404 : 401, `${what}, signed documents`)
  }
})

t.test('HTTPS for information systems: its certificate names the address, TLS 1.2 and 1.3', { skip: await skipWithout('openssl') }, async (t) => {
  const address = consumerHttps.replace('https://', '')
  const certificate = files.write('internal.crt', await readFile(join(network.planned('gwa').folder, 'data', 'internal-tls.crt')))
  for (const version of ['-tls1_2', '-tls1_3']) {
    t.match(await sClient(address, [version, '-CAfile', certificate, '-verify_ip', '127.0.0.1', '-verify_return_error']), /Verification: OK/, version)
  }
  t.match(await sClient(address, ['-tls1_1', '-cipher', 'ALL:@SECLEVEL=0']), /Cipher is \(NONE\)/, 'nothing older')
  t.notMatch((await http(consumerHttps, { rejectUnauthorized: false })).rawHeaders.join(), /server/i, 'no Server header')
})

t.test('TR-4.3: the message port speaks TLS 1.2 with each suite of X-Road peers and 1.3, as openssl sees it', { skip: await skipWithout('openssl') }, async (t) => {
  const token = await SoftwareToken.open(join(network.planned('gwa').folder, 'data', 'token'), await network.pin('gwa'))
  const auth = token.keys().find(({ use }) => use === 'auth')!
  const cert = files.write('auth.crt', auth.certificates[0]!.pem)
  const key = files.write('auth.key', auth.privateKey.export({ type: 'pkcs8', format: 'pem' }))
  const root = files.write('root.crt', network.provisioned.pki.root.certificate.pem)
  const connect = async (port: string, ...args: string[]): Promise<string> => await sClient(port, ['-cert', cert, '-key', key, '-CAfile', root, ...args])
  const rsa = gwb.addresses.messages!
  for (const suite of ['ECDHE-RSA-AES256-SHA384', 'DHE-RSA-AES256-SHA256']) {
    const text = await connect(rsa, '-tls1_2', '-cipher', suite)
    t.match(text, new RegExp(`New, TLSv1.2, Cipher is ${suite}`))
    t.match(text, /Verification: OK/, 'the intermediate comes with the certificate')
    t.notMatch(text, /BEGIN CERTIFICATE[^]*BEGIN CERTIFICATE[^]*BEGIN CERTIFICATE/, 'the top CA does not')
  }
  t.match(await connect(gwc.addresses.messages!, '-tls1_2', '-cipher', 'ECDHE-ECDSA-AES256-SHA384'), /New, TLSv1.2, Cipher is ECDHE-ECDSA-AES256-SHA384/)
  t.match(await connect(rsa), /New, TLSv1.3, Cipher is TLS_AES_256_GCM_SHA384/, 'the best that both know')
  for (const [weak, ...args] of [['AES128-SHA', '-tls1_2', '-cipher', 'AES128-SHA:@SECLEVEL=0'], ['TLS 1.1', '-tls1_1', '-cipher', 'ALL:@SECLEVEL=0']] as const) {
    t.match(await connect(rsa, ...args), /Cipher is \(NONE\)/, `not ${weak}`)
  }
})

t.test('TR-4.4: who shows no certificate of a gateway is refused before anything of the message is read', { skip: await skipWithout('openssl') }, async (t) => {
  const selfSigned = generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey
  const key = files.write('self.key', selfSigned.export({ type: 'pkcs8', format: 'pem' }))
  await openssl('req', '-x509', '-new', '-key', key, '-subj', '/CN=gateway', '-days', '1', '-out', files.path('self.crt'))
  const nobody = await network.provisioned.pki.issueAuth({ owner: { memberClass: 'GOV', memberCode: '1001', name: 'Consumer Board' }, serverCode: 'gwa' })
  const credentials: [string, string[]][] = [
    ['no certificate', []],
    ['self-signed', ['-cert', files.path('self.crt'), '-key', key]],
    ['of an approved CA, registered for no gateway', ['-cert', files.write('nobody.crt', nobody.certificate.pem), '-key', files.write('nobody.key', pemOf(nobody).key)]],
    ['of somebody else', ['-cert', files.write('stranger.crt', stranger.certificate.pem), '-key', files.write('stranger.key', pemOf(stranger).key)]]
  ]
  for (const [name, args] of credentials) {
    // 10 MB are announced, of which next to nothing comes: the answer must not wait for it.
    const text = await sClient(gwb.addresses.messages!, args, 'POST / HTTP/1.1\r\nHost: x\r\nContent-Type: multipart/mixed; boundary=x\r\nx-hash-algorithm: SHA-512\r\nContent-Length: 10000000\r\n\r\n--x\r\n')
    t.match(text, /^HTTP\/1.1 200 OK/m, name)
    t.match(text, /<faultcode>Server.ServerProxy.SslAuthenticationFailed<\/faultcode>/, name)
  }
})

async function askShared (headers: Record<string, string> = {}): Promise<HttpReply> {
  return await http(`${consumerHttp}/r1/${SHARED}/people`, { headers: { 'X-Road-Client': SMALL_CLIENT, ...headers } })
}

t.test('a provider with several gateways: those that work are used, one that is named is the only one', async (t) => {
  const requestId = (reply: HttpReply): string => reply.headers['x-road-request-id'] as string
  const first = await askShared()
  t.equal(faultOf(first), '', 'one is down, one in maintenance, and nobody notices')

  for (const [code, gateway] of [['gwb', gwb], ['gwc', gwc]] as const) {
    const reply = await askShared({ 'X-Road-Security-Server': `TEST/GOV/2002/${code}` })
    t.equal(faultOf(reply), '')
    t.ok(await served(gateway, requestId(reply)), `${code} served what named it`)
  }
  t.equal(faultOf(await askShared({ 'X-Road-Security-Server': 'TEST/GOV/2002/gwm' })), 'Server.ClientProxy.MaintenanceMode')
  t.equal(faultOf(await askShared({ 'X-Road-Security-Server': 'TEST/GOV/2002/gwx' })), 'Server.ClientProxy.NetworkError', 'one that is named and down has no stand-in')
  t.equal(faultOf(await askShared({ 'X-Road-Security-Server': 'TEST/GOV/2002/none' })), 'Server.ClientProxy.InvalidSecurityServer')
  t.equal(faultOf(await askShared({ 'X-Road-Security-Server': 'TEST/GOV/1001/gwa' })), 'Server.ClientProxy.InvalidSecurityServer', 'one that does not serve the provider')
})

t.test('a gateway that takes connections and fails at them is passed over, each way it can fail', async (t) => {
  const { ports, auth } = network.provisioned.peers.find(({ code }) => code === 'gwx')!
  const plays: [string, () => Server][] = [
    ['hangs up', () => createTcpServer((socket) => { socket.destroy() })],
    ['says nothing', () => createTcpServer((socket) => { socket.on('error', () => {}) })],
    ['is no TLS', () => createTcpServer((socket) => { socket.on('error', () => {}).end('SSH-2.0-x\r\n') })],
    ['shows a certificate that is not registered', () => createTlsServer({ ...pemOf(stranger) }, (socket) => { socket.on('error', () => {}) })],
    ['shows its certificate, and has no OCSP response for it', () => createTlsServer({ ...pemOf(auth) }, (socket) => { socket.on('error', () => {}) })]
  ]
  const providers = MANY.values()
  for (const [how, play] of plays) {
    const sockets = new Set<Socket>()
    const server = play().on('connection', (socket: Socket) => { sockets.add(socket) })
    server.listen(ports.messages, '127.0.0.1')
    await once(server, 'listening')
    // Which one is tried first is chance, and the one that served is kept: so a provider each time.
    for (const provider of providers.take(6)) {
      t.equal(faultOf(await http(`${consumerHttp}/r1/${provider}/people`, { headers: { 'X-Road-Client': SMALL_CLIENT } })), '', how)
    }
    for (const socket of sockets) socket.destroy()
    await new Promise((resolve) => { server.close(resolve) })
  }
})

t.test('TR-12.3: members that share a gateway seal with their own keys, asking and answering', async (t) => {
  const cases = [
    { client: SMALL_CLIENT, service: 'TEST/GOV/2002/registry/people', seals: ['1001', '2002'] },
    { client: GUEST, service: `${ARCHIVE}/files`, seals: ['5005', '3003'] },
    { client: GUEST, service: 'TEST/GOV/2002/registry/people', seals: ['5005', '2002'] }
  ]
  const keys = new Map<string, string>()
  for (const { client, service, seals } of cases) {
    const id = randomUUID()
    t.equal(faultOf(await http(`${consumerHttp}/r1/${service}`, { headers: { 'X-Road-Client': client, 'X-Road-Id': id } })), '')
    const [, memberClass, memberCode, subsystemCode] = client.split('/')
    const reply = await http(`${consumerHttp}/signature?queryId=${id}&xRoadInstance=TEST&memberClass=${memberClass}&memberCode=${memberCode}&subsystemCode=${subsystemCode}`)
    const zip = await readZip(reply.body, { entriesMax: 10, bytesMax: 1_000_000 })
    const found: string[] = []
    for (const bytes of zip.entries.values()) {
      const { signature } = await readContainer(bytes)
      // Read by openssl, not by our own code: the profile has the member's code in serialNumber.
      const certificate = new X509Certificate(parseSignature(signature).keyCertificates[0]!)
      const code = /serialNumber=(.*)/.exec(certificate.subject)![1]!
      found.push(code)
      t.equal(keys.get(code) ?? certificate.fingerprint256, certificate.fingerprint256, 'a member has one key')
      keys.set(code, certificate.fingerprint256)
    }
    t.same(found, seals, `${client} asks ${service}`)
  }
  t.equal(new Set(keys.values()).size, 4, 'and no two members the same')
})

t.test('TR-4.5: a gateway whose certificate is revoked, or whose OCSP responses are too old, exchanges nothing; with good ones it does again', async (t) => {
  const { trust, provisioned } = network
  const ask = async (client = SMALL_CLIENT): Promise<string> => faultOf(await rest(consumerHttp, { headers: { 'X-Road-Client': client } }))

  trust.ocsp.order({ nextUpdateSeconds: 1 })
  await gwa.gateway.refresh()
  while (await ask() === '') await wait(100)
  t.pass('a response that says when it ends is good for nothing afterwards')
  trust.ocsp.order({ ageSeconds: 7200 })
  await gwa.gateway.refresh()
  t.equal(await ask(), 'Server.ClientProxy.SslAuthenticationFailed', 'nor one that is too old')
  trust.ocsp.order({ httpStatus: 500 })
  await gwa.gateway.refresh()
  t.equal(await ask(), 'Server.ClientProxy.SslAuthenticationFailed')
  trust.ocsp.order()
  await gwa.gateway.refresh()
  t.equal(await ask(), '', 'the responder is back')
  trust.ocsp.order({ garbage: true })
  await gwa.gateway.refresh()
  t.equal(await ask(), '', 'what is kept holds while the responder fails')
  trust.ocsp.order()

  const seal = gwa.gateway.token.keys().find(({ label }) => label === 'seal of GOV/5005')!.certificates[0]!
  t.equal(await ask(GUEST), '')
  provisioned.pki.revoke(seal)
  await gwa.gateway.refresh()
  t.equal(await ask(GUEST), 'Server.ClientProxy.CannotCreateSignature', 'a seal is not used once its revocation is known, however fresh the response before')
  t.equal(await ask(), '', 'which is nothing to the other members of the gateway')

  provisioned.pki.revoke(gwc.gateway.token.keys().find(({ use }) => use === 'auth')!.certificates[0]!)
  await gwc.gateway.refresh()
  t.equal(faultOf(await askShared({ 'X-Road-Security-Server': 'TEST/GOV/2002/gwc' })), '', 'a kept connection was checked')
  const { gateway, addresses } = gwc
  t.match(await (await fetch(`${addresses.console}/health/ready`)).json(), { status: 'fail' })
  await gateway.close()
})
