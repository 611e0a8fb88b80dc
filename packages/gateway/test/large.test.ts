import t, { type Test } from 'tap'
import { createHash, randomBytes, randomUUID } from 'node:crypto'
import { globSync, statSync } from 'node:fs'
import { createServer, request as httpRequest, type IncomingMessage, type RequestOptions, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { setTimeout as wait } from 'node:timers/promises'
import { readContainer, readZip, verifyContainer } from '@trembita/protocol/asic'
import { smallPlan, SMALL_CLIENT } from '@trembita/testnet'
import { configurationOf } from './network/logged.ts'
import { NO_PROC, watchMemory } from './network/memory.ts'
import { envelope, faultOf, http, PEOPLE, rest, type HttpReply } from './network/messages.ts'
import { startNetwork, type GatewayProcess, type Network } from './network/network.ts'
import { soapAnswerTo } from './network/service.ts'
import { blocks, digestOf, readTwoParts } from './network/stream.ts'

const MiB = 1024 * 1024
/** 1 GiB takes some 10 s each way on two idle cores; a busy machine may set less. */
const REST_BYTES = Number(process.env.TREMBITA_TEST_LARGE_BYTES ?? 1024 * MiB)
const ATTACHMENT_BYTES = Math.min(200 * MiB, REST_BYTES)
/** What a gateway may grow by, however large what it carries. */
const GROWTH_BYTES_MAX = 96 * MiB

interface Setting {
  readonly network: Network
  readonly url: string
  /** What the service got, told after each request. */
  readonly seen: { size: number, sha256: string, envelope?: string, contentType?: string | undefined, length?: string | undefined }[]
}

/** A service that takes and gives as much as is asked of it, holding none of it. */
async function startLargeService (t: Test, seen: Setting['seen']): Promise<string> {
  async function serve (request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { headers } = request
    if (request.url === '/soap' && headers['content-type']?.startsWith('multipart/related') === true) {
      const got = await readTwoParts(request, ATTACHMENT_BYTES)
      const soap = /<\?xml.*<\/e:Envelope>/s.exec(got.before)![0]
      seen.push({ size: ATTACHMENT_BYTES, sha256: got.sha256, envelope: soap, contentType: headers['content-type'] })
      const hash = createHash('sha256')
      response.writeHead(200, { 'content-type': MULTIPART })
      await pipeline(Readable.from(multipart(soapAnswerTo(soap), hash)), response)
      seen.push({ size: ATTACHMENT_BYTES, sha256: hash.digest('hex') })
      return
    }
    seen.push({ ...await digestOf(request), length: headers['content-length'] })
    const wanted = Number(/\?bytes=(\d+)/.exec(request.url ?? '')?.[1] ?? 0)
    const hash = createHash('sha256')
    await pipeline(Readable.from(blocks(wanted, hash), { objectMode: false }), response)
    seen.push({ size: wanted, sha256: hash.digest('hex') })
  }
  const server = createServer((request, response) => { serve(request, response).catch(() => { response.destroy() }) })
  await new Promise<void>((resolve) => { server.listen(0, '127.0.0.1', resolve) })
  t.teardown(() => {
    server.close()
    server.closeAllConnections()
  })
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`
}

const MULTIPART = 'multipart/related; type="text/xml"; start="<soap>"; boundary="frontier"'

function * multipart (soap: string, hash: ReturnType<typeof createHash>): Generator<Buffer, void> {
  yield Buffer.from(`--frontier\r\ncontent-type: text/xml; charset=utf-8\r\ncontent-id: <soap>\r\n\r\n${soap}\r\n--frontier\r\ncontent-type: application/octet-stream\r\ncontent-id: <large>\r\n\r\n`)
  yield * blocks(ATTACHMENT_BYTES, hash)
  yield Buffer.from('\r\n--frontier--\r\n')
}

interface Settings {
  readonly both?: object
  readonly consumer?: object
  readonly provider?: object
}

async function setUp (t: Test, { both = {}, consumer, provider }: Settings = {}): Promise<Setting> {
  const seen: Setting['seen'] = []
  const serviceUrl = await startLargeService(t, seen)
  const network = await startNetwork(t, smallPlan({ serviceUrl, settings: both, consumerSettings: consumer, providerSettings: provider }))
  await network.embed('gwb')
  const { addresses } = await network.embed('gwa')
  return { network, url: addresses.consumerHttp!, seen }
}

/** With gateways that are processes of their own, and have worked a little: code that has not run yet, and the room that V8 takes for young objects, would count as growth. */
async function setUpProcesses (t: Test, settings: object): Promise<Setting & { gateways: readonly GatewayProcess[] }> {
  const seen: Setting['seen'] = []
  const serviceUrl = await startLargeService(t, seen)
  const network = await startNetwork(t, smallPlan({ serviceUrl, settings }))
  const gateways = await Promise.all([network.spawn('gwa'), network.spawn('gwb')])
  const url = gateways[0]!.addresses.consumerHttp!
  for (const bytes of [70_000, 70_000, 2_000_000, 2_000_000, 2_000_000, 2_000_000]) {
    t.equal((await rest(url, { method: 'POST', path: `?bytes=${bytes}`, body: Buffer.alloc(bytes) })).status, 200)
  }
  seen.length = 0
  return { network, gateways, url, seen }
}

/** Sends a stream and leaves the answer unread. */
async function send (url: string, options: RequestOptions, body: Iterable<Buffer>): Promise<IncomingMessage> {
  return await new Promise((resolve, reject) => {
    const request = httpRequest(url, { agent: false, ...options })
    request.once('response', resolve).once('error', reject)
    pipeline(Readable.from(body, { objectMode: false }), request).catch(reject)
  })
}

function checkGrowth (t: Test, watched: readonly ReturnType<typeof watchMemory>[], bytesMax = GROWTH_BYTES_MAX): void {
  for (const [index, { grownBytes, restingBytes }] of watched.entries()) {
    const grown = grownBytes()
    t.ok(grown < bytesMax, `${index === 0 ? "the consumer's" : "the provider's"} gateway grew by ${mib(grown)} MiB from ${mib(restingBytes)}`)
  }
}

/** 10 MiB of a body, encrypted in chunks. */
const KEPT_BYTES_MAX = 10.1 * MiB

function largest ({ network }: Setting, code: string): number {
  const bodies = join(network.planned(code).folder, 'data', 'messagelog', 'bodies')
  return Math.max(0, ...globSync('*/*', { cwd: bodies }).map((name) => statSync(join(bodies, name), { throwIfNoEntry: false })?.size ?? 0))
}

const mib = (bytes: number): number => Math.round(bytes / MiB)
const headersOf = (id = randomUUID()): Record<string, string> => ({ 'X-Road-Client': SMALL_CLIENT, 'X-Road-Id': id })

t.test(`${mib(REST_BYTES)} MiB pass by REST and ${mib(ATTACHMENT_BYTES)} MiB as a SOAP attachment, both ways, and neither gateway grows by 96 MiB`, { timeout: 250_000, skip: NO_PROC }, async (t) => {
  const setting = await setUpProcesses(t, { messageLog: { truncatedBodyAllowed: true } })
  const { url, seen, gateways } = setting

  await t.test('REST, to the service', async (t) => {
    const watched = gateways.map(watchMemory)
    const hash = createHash('sha256')
    const response = await send(url + PEOPLE, { method: 'POST', headers: { ...headersOf(), 'content-length': REST_BYTES } }, blocks(REST_BYTES, hash))
    t.equal(response.statusCode, 200)
    response.resume()
    t.match(seen[0], { size: REST_BYTES, sha256: hash.digest('hex'), length: String(REST_BYTES) })
    checkGrowth(t, watched)
  })

  await t.test('REST, from the service', async (t) => {
    seen.length = 0
    const watched = gateways.map(watchMemory)
    const response = await send(`${url}${PEOPLE}?bytes=${REST_BYTES}`, { method: 'GET', headers: headersOf() }, [])
    t.equal(response.statusCode, 200)
    const got = await digestOf(response)
    t.same(got, seen[1])
    checkGrowth(t, watched)
  })

  await t.test('SOAP, both ways', async (t) => {
    seen.length = 0
    const watched = gateways.map(watchMemory)
    const hash = createHash('sha256')
    const id = randomUUID()
    const soap = envelope({ id })
    const response = await send(url, { method: 'POST', headers: { 'content-type': MULTIPART } }, multipart(soap, hash))
    const got = await readTwoParts(response, ATTACHMENT_BYTES)
    t.match(response.headers['content-type'], /^multipart\/related; type="text\/xml"; start="<soap>"; boundary="frontier"/)
    t.match(seen[0], { sha256: hash.digest('hex'), envelope: soap })
    t.equal(got.sha256, seen[1]?.sha256)
    t.match(got.before, '<p:lookupResponse')
    t.match(got.after, /^\r\n--frontier--/)
    checkGrowth(t, watched)

    // Attachments over the limit are no part of the record, as with X-Road's: the seal names their digests, and holds without them.
    const documents = await http(`${url}/signature?queryId=${id}&xRoadInstance=TEST&memberClass=GOV&memberCode=1001&subsystemCode=portal`)
    const conf = await configurationOf(setting.network, 'gwa')
    for (const bytes of (await readZip(documents.body, { entriesMax: 2, bytesMax: MiB })).entries.values()) {
      const report = verifyContainer(await readContainer(bytes), (instance) => conf.trustOf(instance))
      t.equal(report.verdict, 'verified', report.reason?.message ?? '')
      t.match(report.files, [{ name: 'message.xml', status: 'covered' }, { name: 'attachment1', status: 'absent', digest: { hex: /^[0-9a-f]{128}$/ } }])
    }
  })

  await t.test('signed documents, many of one query id', async (t) => {
    const COUNT = 8
    for (let i = 0; i < COUNT; i++) t.equal((await rest(url, { method: 'PUT', headers: { 'X-Road-Id': 'many' }, body: randomBytes(8 * MiB) })).status, 200)
    const watched = gateways.map(watchMemory)
    const { body, headers } = await http(`${url}/signature?queryId=many&xRoadInstance=TEST&memberClass=GOV&memberCode=1001&subsystemCode=portal`)
    t.match(headers, { 'content-type': 'application/zip', 'content-disposition': 'attachment; filename="many.zip"' })
    // A container is made in memory, a few times over until it is whole; but one after another, not all at once.
    checkGrowth(t, watched, 256 * MiB)
    const { entries } = await readZip(body, { entriesMax: 2 * COUNT, bytesMax: 9 * COUNT * MiB })
    t.equal(entries.size, 2 * COUNT)
    const [last] = [...entries].at(-1)!
    const newest = await http(`${url}/asic?unique&responseOnly&queryId=many&xRoadInstance=TEST&memberClass=GOV&memberCode=1001&subsystemCode=portal`)
    t.match(newest.headers['content-disposition'], last, 'unique gives the newest')
    t.ok(newest.body.equals(entries.get(last)!))
  })

  for (const code of ['gwa', 'gwb']) {
    // A body is let go after its last byte has left: give it a moment.
    for (let i = 0; i < 100 && largest(setting, code) > KEPT_BYTES_MAX; i++) await wait(50)
    t.ok(largest(setting, code) <= KEPT_BYTES_MAX, `${code} keeps of each body what may be logged and no more`)
  }
})

t.test('a REST body that the message log may not keep is refused before anything reaches the service, and before it is taken in', { timeout: 60_000 }, async (t) => {
  const LARGE = 12 * MiB
  const setting = await setUp(t)
  const { url, seen, network } = setting
  const refused = async (pending: Promise<IncomingMessage>): Promise<string> => faultOf(await replyOf(await pending))

  t.equal(await refused(send(url + PEOPLE, { method: 'POST', headers: { ...headersOf(), 'content-length': 1024 * MiB } }, [Buffer.alloc(1000)])),
    'Server.ClientProxy.LoggingFailed', 'by its Content-Length, of which next to nothing was sent')
  t.equal(await refused(send(url + PEOPLE, { method: 'POST', headers: headersOf() }, blocks(LARGE, createHash('sha256')))),
    'Server.ClientProxy.LoggingFailed', 'in the middle, when it is sent in chunks')
  t.equal(await refused(send(`${url}/restapi/x`, { method: 'POST', headers: { 'Uxp-Client': SMALL_CLIENT, 'Uxp-Service': 'TEST/GOV/2002/registry/people', 'content-length': LARGE } }, [])),
    'Server.ClientProxy.LoggingFailed', "in Trembita's dialect too")
  t.same(seen, [], 'the service was asked nothing')

  t.equal(await refused(send(`${url}${PEOPLE}?bytes=${LARGE}`, { headers: headersOf() }, [])), 'Server.ServerProxy.LoggingFailed', "an answer that the provider's log may not keep")
  t.equal(await refused(send(url + PEOPLE, { method: 'POST', headers: headersOf() }, blocks(10 * MiB, createHash('sha256')))), '', '10 MiB to the byte pass')
  for (const code of ['gwa', 'gwb']) {
    const files = globSync('*/*', { cwd: join(network.planned(code).folder, 'data', 'messagelog', 'bodies') })
    // What was refused is not kept: of all that came, one request of 10 MiB.
    t.equal(files.filter((name) => statSync(join(network.planned(code).folder, 'data', 'messagelog', 'bodies', name)).size > 1 * MiB).length, 1, code)
  }
})

t.test('each gateway has a limit of its own for what it logs', { timeout: 60_000 }, async (t) => {
  const small = await setUp(t, { provider: { messageLog: { bodyBytesMax: MiB } } })
  const refused = async (pending: Promise<IncomingMessage>): Promise<string> => faultOf(await replyOf(await pending))
  t.equal(await refused(send(small.url + PEOPLE, { method: 'POST', headers: headersOf() }, blocks(5 * MiB, createHash('sha256')))), 'Server.ServerProxy.LoggingFailed')
  t.same(small.seen, [], 'the service was asked nothing')
  t.equal(await refused(send(`${small.url}${PEOPLE}?bytes=${5 * MiB}`, { headers: headersOf() }, [])), 'Server.ServerProxy.LoggingFailed')

  const other = await setUp(t, { consumer: { messageLog: { bodyBytesMax: MiB } } })
  t.equal(await refused(send(`${other.url}${PEOPLE}?bytes=${5 * MiB}`, { headers: headersOf() }, [])), 'Server.ClientProxy.LoggingFailed', 'an answer too large for the consumer alone')

  const none = await setUp(t, { both: { messageLog: { bodyLogging: false } } })
  t.equal(await refused(send(`${none.url}${PEOPLE}?bytes=${12 * MiB}`, { method: 'PUT', headers: headersOf() }, blocks(12 * MiB, createHash('sha256')))), '', 'without body logging there is no limit')
})

async function replyOf (response: IncomingMessage): Promise<HttpReply> {
  const body = Buffer.concat(await Array.fromAsync(response as AsyncIterable<Buffer>))
  return { status: response.statusCode ?? 0, headers: response.headers, rawHeaders: response.rawHeaders, body, text: body.length > MiB ? '' : body.toString() }
}
