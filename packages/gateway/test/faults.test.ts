import { readFile } from 'node:fs/promises'
import { connect } from 'node:net'
import { join } from 'node:path'
import t, { type Test } from 'tap'
import { createLogger, readConfigFile } from '@trembita/daemon'
import { readContainer, readZip, toContainer } from '@trembita/protocol/asic'
import { Fault, FAULT_KINDS, type FaultKind } from '@trembita/protocol/fault'
import { Certificate } from '@trembita/protocol/pki'
import { scratch } from '@trembita/testnet/verifiers'
import { readGatewayConfig, readServerConfSeed, SoftwareToken, startGateway } from '../src/index.ts'
import { FAULT_AS_REQUEST, post, RAW_REQUEST_CASES, rest, REST_REQUEST_CASES, SOAP_REQUEST_CASES, STREAMED_REQUEST_CASES, UXP_REQUEST_CASES } from './faults/client-request.ts'
import { CONSUMER_CASES } from './faults/consumer-state.ts'
import { checkCase, checkFaultForm, type FaultCase, type FaultNetwork } from './faults/fault-case.ts'
import { PEER_ANSWER_CASES, PEER_OCSP_CASES } from './faults/peer-answer.ts'
import { LARGE, PEER_REQUEST_CASES, restOf } from './faults/peer-request.ts'
import { PEER_SEAL_CASES } from './faults/peer-seal.ts'
import { faultPlan, serviceKey } from './faults/plan.ts'
import { SERVICE_CASES } from './faults/service-answer.ts'
import { InformationSystem } from './foreign/information-system.ts'
import { envelope } from './foreign/messages.ts'
import { ABROAD, call, ISLAND, PORTAL, REGISTRY, startNetwork } from './foreign/network.ts'

// Every fault that running gateways can give: its code, its form in each dialect, its log line, and that nothing is left of it.

t.setTimeout(110_000)
const echo = { status: 200, body: Buffer.from('ok') }
const locked = await InformationSystem.start({ key: serviceKey.privateKey.export({ type: 'pkcs8', format: 'pem' }) as string, cert: serviceKey.certificate.pem })
const started = await startNetwork({
  plan: (plan, system) => faultPlan(plan, system.url, locked.url),
  abroad: (message) => message.protocol === 'rest' ? echo : { envelope: message.head.body.toString().replaceAll('p:lookup', 'p:lookupResponse') },
  island: () => echo
}).catch(async (error: unknown) => {
  await locked[Symbol.asyncDispose]()
  throw error
})
t.teardown(async () => {
  await started[Symbol.asyncDispose]()
  await locked[Symbol.asyncDispose]()
})
const network: FaultNetwork = {
  ...started,
  async during (undo, work) {
    try {
      return await work()
    } finally {
      await undo()
    }
  }
}
const { abroad, island, consumer, provider, system } = network
await addServicesWithoutAddress()

/** Neither an administrator's file nor a console takes such addresses; a registry of services from elsewhere might hold them. */
async function addServicesWithoutAddress (): Promise<void> {
  const { folder } = network.federation.provisioned.gateways.find(({ code }) => code === 'gwb')!
  const seed = readServerConfSeed(readConfigFile(join(folder, 'serverconf.yaml')))
  const service = { timeoutSeconds: 3, verifyTls: true, completeHeader: true, endpoints: [] }
  provider.serverconf.apply({
    clients: seed.clients.map((client) => client.descriptions.length === 0
      ? client
      : {
          ...client,
          descriptions: [...client.descriptions, { type: 'WSDL' as const, url: `${system.url}/x?wsdl`, services: [{ ...service, code: 'nameless', url: '' }, { ...service, code: 'misspelt', url: 'not an address' }] }],
          rights: [...client.rights, ...['nameless', 'misspelt'].map((code) => ({ subject: `client:${PORTAL}`, service: code, method: '*', path: '**' }))]
        })
  })
}

const reached = new Set<string>()

/** After each refusal: the next good request is served, and no body is left lying. */
async function checkNothingIsLeft (t: Test): Promise<void> {
  const good = await rest(network, `/r1/${REGISTRY}/people`, { body: 'good' })
  t.equal(good.status, 200, `the next good request is served: ${good.text.slice(0, 200)}`)
  t.same(network.spooled(), [], 'no body is left in a spool')
}

function testAll (group: string, cases: readonly FaultCase[]): void {
  t.test(group, async (t) => {
    for (const one of cases) {
      await t.test(`${one.code}: ${one.title}`, async (t) => {
        const { code } = await checkCase(t, network, one)
        reached.add(code.split('.').at(-1)!)
        await checkNothingIsLeft(t)
      })
    }
  })
}

testAll('TR-4.3: a client\'s SOAP request that is wrong gets a SOAP fault of its own making', SOAP_REQUEST_CASES)
testAll('TR-4.3: a client\'s REST request that is wrong gets X-Road-Error', REST_REQUEST_CASES)
testAll('TR-4.3: a client\'s request of the Trembita dialect that is wrong gets Uxp-Fault headers and plain text', UXP_REQUEST_CASES)
testAll('TR-4.3: who is refused while still sending gets to see why', STREAMED_REQUEST_CASES)
testAll('TR-4.3: what is no HTTP request is refused', RAW_REQUEST_CASES)
testAll('TR-4.4: the consumer\'s gateway refuses for what it knows of client, provider and itself', CONSUMER_CASES)
testAll('TR-4.3: a peer\'s request that is wrong gets a plain SOAP fault', PEER_REQUEST_CASES)
testAll('TR-4.6: a peer\'s request whose seal is wrong in any way is refused', PEER_SEAL_CASES)
testAll('TR-4.3: a service that fails gives a fault of the provider\'s gateway', SERVICE_CASES)
testAll('TR-4.4: a provider\'s gateway without good OCSP responses is not spoken to', PEER_OCSP_CASES)
testAll('TR-4.6: a peer\'s answer that is wrong is refused', PEER_ANSWER_CASES)

t.test('TR-4.4: a gateway that shows a certificate which is not the provider\'s is not spoken to', async (t) => {
  await island[Symbol.asyncDispose]()
  await island.listen(() => echo, { auth: abroad.auth })
  const reply = await rest(network, `/r1/${ISLAND}/any`, { body: LARGE })
  const seen = checkFaultForm(t, reply)
  t.equal(seen.code, 'Server.ClientProxy.SslAuthenticationFailed')
  t.match(seen.string, /SUBSYSTEM:TEST\/GOV\/4004\/island/)
  t.notOk(island.requests.some(({ bytes }) => bytes.includes('xxxxxxxx')), 'and has seen no byte of the message')
  await checkNothingIsLeft(t)
})

t.test('a fault whose words would break out of a header stays in it', async (t) => {
  t.teardown(() => abroad.order())
  abroad.order({ fault: { where: 'plain', xml: `<e:Envelope xmlns:e="http://schemas.xmlsoap.org/soap/envelope/"><e:Body><e:Fault><faultcode>a&#13;&#10;X-Evil: 1Є${'z'.repeat(100_000)}</faultcode><faultstring>b&#13;&#10;X-Evil: 1</faultstring></e:Fault></e:Body></e:Envelope>` } })
  for (const [path, headers] of [[`/r1/${ABROAD}/x`, { 'X-Road-Client': PORTAL }], ['/restapi', { 'Uxp-Client': PORTAL, 'Uxp-Service': `${ABROAD}/x` }]] as const) {
    const reply = await call(consumer.addresses.consumerHttp!, path, { headers })
    t.equal(reply.status, 400)
    t.notOk('x-evil' in reply.headers)
    t.match(reply.headers['x-road-error'] ?? reply.headers['uxp-faultcode'], /^a/)
  }
  t.notOk(network.lines.some((line) => JSON.stringify(line).includes('zzzzzz')))
})

/** Reproducible numbers below `limit`. */
function * numbers (limit: number): Generator<number, never> {
  for (let state = 20_261_122; ; state = (Math.imul(state, 1_103_515_245) + 12_345) >>> 0) yield (state >>> 8) % limit
}

/** One change that no sender makes. */
function damaged (bytes: Buffer, random: Generator<number, never>): Buffer {
  const at = random.next().value % bytes.length
  const kind = random.next().value % 4
  if (kind === 0) return bytes.subarray(0, at)
  if (kind === 1) return Buffer.concat([bytes.subarray(0, at), bytes.subarray(at + 1 + random.next().value % 40)])
  if (kind === 2) return Buffer.concat([bytes.subarray(0, at), bytes.subarray(Math.max(0, at - 30), at), bytes.subarray(at)])
  const changed = Buffer.from(bytes)
  changed[at] = changed[at]! ^ (1 << (random.next().value % 8))
  return changed
}

t.test('TR-4.6: whatever is damaged on the way is refused, or is nothing that was sealed', async (t) => {
  t.teardown(() => abroad.order())
  const random = numbers(2 ** 24)
  const outcomes = { refused: 0, served: 0 }
  for (let n = 0; n < 150; n++) {
    const request = restOf(ABROAD, { body: Buffer.from('{"asked":1}'), method: 'PUT', path: '/exactly?this' })
    const before = system.requests.length
    const { fault, message } = await abroad.send(provider.addresses.messages!, request, { bytes: (bytes) => damaged(bytes, random) })
    outcomes[fault === undefined ? 'served' : 'refused']++
    if (fault !== undefined) t.match(fault.code, /^Server\.ServerProxy\./)
    else t.match(message!.body!.toString(), /"PUT","url":"\/people\/exactly\?this","bytes":11/)
    for (const { method, url, body } of system.requests.slice(before)) t.same([method, url, body.toString()], ['PUT', '/people/exactly?this', '{"asked":1}'], 'the service sees what was sealed')
  }
  t.ok(outcomes.refused > 120, JSON.stringify(outcomes))
  for (let n = 0; n < 150; n++) {
    abroad.order({ bytes: (bytes) => damaged(bytes, random) })
    const reply = await rest(network, `/r1/${ABROAD}/any`)
    if (reply.status === 200) t.equal(reply.text, 'ok')
    else t.match(reply.headers['x-road-error'], /^Server\.ClientProxy\./)
  }
  abroad.order()
  await checkNothingIsLeft(t)
})

t.test('a fault that a client sends as its request comes back as the client\'s', async (t) => {
  const reply = await post(network, FAULT_AS_REQUEST)
  t.same([reply.status, /<faultcode>([^<]*)/.exec(reply.text)?.[1]], [200, 'Client.soap:Own'])
  await checkNothingIsLeft(t)
})

t.test('a service\'s own fault reaches the client byte for byte, with status 200 or 500, and never the log', async (t) => {
  t.teardown(() => system.order())
  const own = FAULT_AS_REQUEST.replace('own<', 'Особа 3287300427 <'.replace('<', '&lt;&gt;<'))
  for (const status of [200, 500]) {
    system.order((_, response) => { response.writeHead(status, { 'Content-Type': 'text/xml' }).end(own) })
    const reply = await post(network, envelope({ client: PORTAL, service: `${REGISTRY}/lookup/v1` }))
    t.same([reply.status, reply.text], [200, own])
  }
  t.notOk(network.lines.some((line) => JSON.stringify(line).includes('3287300427')))
  system.order()
  await checkNothingIsLeft(t)
  reached.add('ServiceFailed')
})

t.test('an answer of a REST service with an error status is no fault', async (t) => {
  t.teardown(() => system.order())
  for (const status of [400, 404, 500, 503]) {
    system.order((_, response) => { response.writeHead(status, { 'Content-Type': 'text/plain' }).end('the service\'s own') })
    const reply = await rest(network, `/r1/${REGISTRY}/people`)
    t.same([reply.status, reply.headers['x-road-error'], reply.text], [status, undefined, 'the service\'s own'])
  }
})

t.test('who reads the answer only after all is sent gets to see why it was refused', async (t) => {
  const { hostname, port } = new URL(consumer.addresses.consumerHttp!)
  const socket = connect({ host: hostname, port: Number(port) })
  const chunk = Buffer.alloc(1024 * 1024, 'x')
  socket.pause()
  socket.write(`POST /r1/${REGISTRY}/people HTTP/1.1\r\nHost: a\r\nX-Road-Client: TEST/GOV/1001/nobody\r\nContent-Length: ${24 * chunk.length}\r\n\r\n`)
  for (let n = 0; n < 24; n++) await new Promise<void>((resolve, reject) => { socket.write(chunk, (error) => { error == null ? resolve() : reject(error) }) })
  const answer = await Array.fromAsync(socket as AsyncIterable<Buffer>)
  t.match(Buffer.concat(answer).toString(), /^HTTP\/1\.1 500 [\s\S]*Server\.ClientProxy\.UnknownMember/)
})

t.test('who goes away in the middle of a request leaves one log line and no body', async (t) => {
  const from = network.lines.length
  const { hostname, port } = new URL(consumer.addresses.consumerHttp!)
  const socket = connect({ host: hostname, port: Number(port) })
  socket.on('error', () => {})
  socket.write(`POST /r1/${REGISTRY}/people HTTP/1.1\r\nHost: a\r\nX-Road-Client: ${PORTAL}\r\nContent-Length: 9000000\r\n\r\n`)
  await new Promise<void>((resolve) => { socket.write(LARGE, () => { resolve() }) })
  await until(() => network.spooled().length > 0)
  socket.destroy()
  await t.rejects(abroad.send(provider.addresses.messages!, restOf(), { cut: true }), 'a peer too')
  await until(() => network.spooled().length === 0 && codes(from).length >= 2)
  t.same(codes(from).sort(), ['Server.ClientProxy.IOError', 'Server.ServerProxy.ServiceFailed.IOError'])
  await checkNothingIsLeft(t)
})

t.test('who goes away before the answer leaves nothing either', async (t) => {
  t.teardown(() => system.order())
  let answer = (): void => {}
  const asked = new Promise<void>((resolve) => {
    system.order((_, response) => {
      answer = () => { response.end(LARGE) }
      resolve()
    })
  })
  const { hostname, port } = new URL(consumer.addresses.consumerHttp!)
  const socket = connect({ host: hostname, port: Number(port) })
  socket.on('error', () => {})
  socket.write(`GET /r1/${REGISTRY}/people HTTP/1.1\r\nHost: a\r\nX-Road-Client: ${PORTAL}\r\n\r\n`)
  await asked
  const from = network.lines.length
  socket.destroy()
  answer()
  system.order()
  // Both gateways have ended the exchange when each has written its line; before that, nothing spooled says nothing.
  await until(() => network.lines.slice(from).filter(({ exchangeId }) => exchangeId !== undefined).length >= 2 && network.spooled().length === 0)
  await checkNothingIsLeft(t)
})

const codes = (from: number): string[] => network.lines.slice(from).flatMap(({ code }) => code ?? [])

async function until (holds: () => boolean): Promise<void> {
  for (let waited = 0; !holds(); waited += 20) {
    if (waited > 10_000) throw new Error('waited for too long')
    await new Promise((resolve) => { setTimeout(resolve, 20) })
  }
}

/** Faults that no exchange can give: those of a gateway's start, of its keys, and of stored containers. */
async function reaches (t: Test, kind: FaultKind, run: () => unknown): Promise<void> {
  try {
    await run()
    t.fail(`${kind} was expected`)
  } catch (thrown) {
    t.ok(thrown instanceof Fault, String(thrown))
    t.equal((thrown as Fault).kind, kind)
    reached.add(kind)
  }
}

t.test('a gateway does not start with a wrong PIN or an anchor that is none, nor takes a certificate without its key', async (t) => {
  const files = scratch()
  t.teardown(() => files.remove())
  const { configFile } = network.federation.provisioned.gateways[0]!
  const config = readGatewayConfig(configFile, {})
  const log = createLogger('gwa', 'silent')
  await reaches(t, 'PinIncorrect', async () => await startGateway({ ...config, pin: 'wrong' }, log))
  await reaches(t, 'MalformedGlobalConf', async () => await startGateway({ ...config, dataFolder: files.dir, anchor: Buffer.from('<a/>') }, log))
  const token = await SoftwareToken.open(files.path('token'), '1')
  await reaches(t, 'KeyNotFound', async () => await token.importCertificate(Certificate.parse(abroad.auth.certificate.der)))
})

t.test('a gateway without keys starts, and refuses exchanges with the fault that names what is missing', async (t) => {
  const files = scratch()
  const { configFile } = network.federation.provisioned.gateways[0]!
  const any = { host: '127.0.0.1', port: 0 }
  await using keyless = await startGateway({
    ...readGatewayConfig(configFile, {}), dataFolder: files.dir, listen: { consumerHttp: any, messages: any, ocsp: any, console: any }
  }, createLogger('gwa', 'silent'))
  t.teardown(() => files.remove())
  const reply = await call(keyless.addresses.consumerHttp!, `/r1/${REGISTRY}/people`, { headers: { 'X-Road-Client': PORTAL } })
  t.equal(checkFaultForm(t, reply).code, 'Server.ClientProxy.SslAuthenticationFailed')
})

t.test('each fault of a container is found in one that a running gateway gave', async (t) => {
  const queryId = crypto.randomUUID()
  await rest(network, `/r1/${REGISTRY}/people`, { headers: { 'X-Road-Id': queryId }, body: 'x' })
  await rest(network, `/r1/${REGISTRY}/people`, { headers: { 'X-Road-Id': queryId }, body: 'y' })
  const { body } = await call(consumer.addresses.consumerHttp!, `/asic?force&unique&requestOnly&queryId=${queryId}&xRoadInstance=TEST&memberClass=GOV&memberCode=1001&subsystemCode=portal`)
  await readContainer(body)
  const { entries } = await readZip(body, { entriesMax: 100, bytesMax: 1e8 })
  const stamped = new Map([['META-INF/timestamp.tst', Buffer.from('x')], ['ts-hashchainresult.xml', Buffer.from('x')], ['ts-hashchain.xml', Buffer.from('x')]])
  const changed = (...changes: readonly (readonly [string, Buffer | undefined])[]): Map<string, Buffer> => {
    const all = new Map([...entries, ...stamped])
    for (const [name, content] of changes) content === undefined ? all.delete(name) : all.set(name, content)
    return all
  }
  for (const [kind, name, content] of [
    ['AsicMimeTypeNotFound', 'mimetype'], ['AsicInvalidMimeType', 'mimetype', Buffer.from('application/zip')], ['AsicMessageNotFound', 'message.xml'], ['AsicSignatureNotFound', 'META-INF/signatures.xml'],
    ['AsicHashChainNotFound', 'sig-hashchain.xml'], ['AsicHashChainResultNotFound', 'sig-hashchainresult.xml'], ['AsicTimestampNotFound', 'META-INF/timestamp.tst']
  ] as const) await reaches(t, kind, () => toContainer(changed([name, content])))
})

t.test('every kind of fault is reached, and has its heading in docs/faults.md', async (t) => {
  // Signed by an algorithm that nobody here computes: only old containers of Trembita 1.x, which no gateway of ours makes.
  const elsewhere: Partial<Record<FaultKind, string>> = {
    UnsupportedSignAlgorithm: '../../protocol/test/asic/asic-s.test.ts',
    // Through running gateways too, which there hold calls to agreements.
    AgreementRequired: 'agreements/enforcement.test.ts',
    PurposeNotAllowed: 'agreements/enforcement.test.ts',
    OutsideAgreement: 'agreements/enforcement.test.ts',
    MalformedAgreement: '../../protocol/test/agreement/document.test.ts',
    AccessSuspended: 'suspension.test.ts'
  }
  for (const [kind, file] of Object.entries(elsewhere)) {
    t.match(await readFile(join(import.meta.dirname, file), 'utf8'), new RegExp(kind))
    reached.add(kind)
  }
  t.same([...FAULT_KINDS].filter((kind) => !reached.has(kind)), [], 'none is left out')
  const docs = await readFile(join(import.meta.dirname, '../../../docs/faults.md'), 'utf8')
  const sections = docs.split(/^(?=##+ )/m).filter((section) => section.startsWith('### ')).map((section) => [/^### (\S+)\n/.exec(section)?.[1], section] as const)
  t.same(sections.map(([kind]) => kind).sort(), [...FAULT_KINDS].sort())
  t.same(sections.filter(([, text]) => !/\*\*Who\*\*[\s\S]*\*\*why\*\*[\s\S]*\*\*Do\*\*/i.test(text)).map(([kind]) => kind), [], 'each says who, why, and what to do')
})
