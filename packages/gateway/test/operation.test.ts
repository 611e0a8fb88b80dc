import t, { type Test } from 'tap'
import { randomUUID } from 'node:crypto'
import { Agent, createServer, request as httpRequest, type ServerResponse } from 'node:http'
import { connect, type AddressInfo } from 'node:net'
import { setTimeout as wait } from 'node:timers/promises'
import type { Clock } from '@trembita/daemon'
import { smallPlan, SMALL_CLIENT } from '@trembita/testnet'
import { closeIdle } from '../src/transport/index.ts'
import { envelope, faultOf, http, PEOPLE, rest, soap } from './network/messages.ts'
import { startNetwork, type LogLine } from './network/network.ts'
import { echo, startService } from './network/service.ts'

// What people who run a gateway see of it: traces, figures, health, log lines, and how it stops.

const service = await startService()
t.teardown(() => service.close())
const network = await startNetwork(t, smallPlan({ serviceUrl: service.url }))
/** A clock that a test may put forward. */
const clock: Clock & { shiftSeconds: number } = { shiftSeconds: 0, now: () => new Date(Date.now() + clock.shiftSeconds * 1000) }
const gwb = await network.embed('gwb')
const gwa = await network.embed('gwa', { clock })
const gateway = gwa.addresses.consumerHttp!
t.afterEach(() => { service.answer = echo })

t.test('the trace of a caller reaches the service, and a caller without one gets one', async (t) => {
  const traceId = '4bf92f3577b34da6a3ce929d0e0e4736'
  const headers = { traceparent: `00-${traceId}-00f067aa0ba902b7-01`, tracestate: 'congo=t61rcWkgMzE' }
  const ask = {
    REST: async (given: Record<string, string>) => await rest(gateway, { headers: given }),
    SOAP: async (given: Record<string, string>) => await soap(gateway, { id: randomUUID() }, { headers: given })
  }
  for (const [protocol, call] of Object.entries(ask)) {
    t.equal(faultOf(await call(headers)), '', protocol)
    const { rawHeaders, headers: seen } = service.received.at(-1)!
    t.match(seen.traceparent, new RegExp(`^00-${traceId}-[0-9a-f]{16}-01$`), 'the same trace')
    t.notMatch(seen.traceparent, '00f067aa0ba902b7', 'in a span of the gateway')
    t.equal(seen.tracestate, headers.tracestate)
    t.equal(rawHeaders.filter((name) => /^trace(parent|state)$/i.test(name)).length, 2, 'each once')
    for (const given of [{}, { traceparent: 'nonsense' }, { traceparent: `00-${'0'.repeat(32)}-00f067aa0ba902b7-01` }]) {
      await call(given as Record<string, string>)
      t.match(service.received.at(-1)!.headers.traceparent, /^00-(?!0{32})[0-9a-f]{32}-(?!0{16})[0-9a-f]{16}-0[01]$/)
    }
  }
})

async function metricsOf ({ addresses }: typeof gwa): Promise<(name: string, labels?: string) => number> {
  const text = await (await fetch(`${addresses.console}/metrics`)).text()
  return (name, labels = '') => Number(new RegExp(`^(?:trembita_)?${name}${labels === '' ? '' : `\\{${labels}\\}`} (.*)$`, 'm').exec(text)?.[1] ?? 0)
}

t.test('figures count each exchange by its outcome, and the time of each step', async (t) => {
  const before = [await metricsOf(gwa), await metricsOf(gwb)] as const
  for (let i = 0; i < 3; i++) await rest(gateway)
  await soap(gateway, { id: randomUUID() })
  await http(`${gateway}/r1/TEST/GOV/2002/registry/none`, { headers: { 'X-Road-Client': SMALL_CLIENT } })
  await soap(gateway, { id: randomUUID(), client: 'TEST/GOV/1001/nobody' })
  const after = [await metricsOf(gwa), await metricsOf(gwb)] as const
  const grown = (index: 0 | 1, name: string, labels?: string): number => after[index](name, labels) - before[index](name, labels)
  t.equal(grown(0, 'exchanges_total', 'side="consumer",protocol="rest",outcome="ok"'), 3)
  t.equal(grown(0, 'exchanges_total', 'side="consumer",protocol="soap",outcome="ok"'), 1)
  t.equal(grown(0, 'exchanges_total', 'side="consumer",protocol="rest",outcome="Relayed"'), 1)
  t.equal(grown(0, 'exchanges_total', 'side="consumer",protocol="soap",outcome="UnknownMember"'), 1)
  t.equal(grown(1, 'exchanges_total', 'side="provider",protocol="rest",outcome="ok"'), 3)
  t.equal(grown(1, 'exchanges_total', 'side="provider",protocol="rest",outcome="UnknownService"'), 1)
  t.equal(grown(1, 'exchange_duration_seconds_count', 'side="provider",protocol="rest"'), 4)
  for (const step of ['read', 'seal', 'log', 'exchange', 'verify']) t.ok(grown(0, 'exchange_step_seconds_total', `side="consumer",step="${step}"`) > 0, step)
  for (const step of ['read', 'verify', 'log', 'service', 'seal']) t.ok(grown(1, 'exchange_step_seconds_total', `side="provider",step="${step}"`) > 0, step)
  t.ok(after[0]('messagelog_append_duration_seconds_count') >= 8)
  t.ok(after[0]('process_resident_memory_bytes') > 0)
})

t.test('a gateway whose configuration has expired is not ready, says why, and refuses; it is ready again when it is not', async (t) => {
  /** Checks are not run at each question. */
  const ready = async (wanted: number): Promise<{ status: number, checks: { name: string, status: string, message?: string }[] }> => {
    for (let left = 50; ; left--) {
      const response = await fetch(`${gwa.addresses.console}/health/ready`)
      const { checks } = await response.json() as { checks: [] }
      if (response.status === wanted || left === 0) return { status: response.status, checks }
      await wait(100)
    }
  }
  t.equal((await ready(200)).status, 200)
  clock.shiftSeconds = 24 * 3600
  const { status, checks } = await ready(503)
  t.equal(status, 503)
  t.match(checks.find(({ name }) => name === 'global configuration'), { status: 'fail', message: /expired/ })
  t.equal((await fetch(`${gwa.addresses.console}/health/live`)).status, 200, 'a restart would not help')
  t.equal(faultOf(await rest(gateway)), 'Server.ClientProxy.OutdatedGlobalConf')
  clock.shiftSeconds = 0
  t.equal((await ready(200)).status, 200)
  t.equal(faultOf(await rest(gateway)), '')
})

t.test('TR-3: no log line and no figure holds what a message says or whom it is about, whatever goes wrong', async (t) => {
  const marks: string[] = []
  /** Something that could be a person's, and can be found again. */
  const mark = (): string => {
    const text = `pers0n${randomUUID().replaceAll('-', '')}`
    marks.push(text)
    return text
  }
  const personal = (): Record<string, string> => ({
    'X-Road-UserId': mark(), 'X-Road-Issue': mark(), 'X-Road-Represented-Party': `GOV/${mark()}`, Authorization: `Bearer ${mark()}`, Cookie: mark(), 'X-Own': mark()
  })
  const call = async (headers: Record<string, string> = {}): Promise<void> => {
    await rest(gateway, { method: 'POST', path: `/${mark()}?name=${mark()}`, headers: { ...personal(), ...headers }, body: mark() })
  }
  const ask = async (content = '', client?: string): Promise<void> => {
    await soap(gateway, { id: randomUUID(), client, userId: mark(), content: `<p:name>${mark()}</p:name>${content}` }, { headers: { SOAPAction: `"urn:${mark()}"` } })
  }
  const uxp = async (headers: Record<string, string> = {}): Promise<void> => {
    await http(`${gateway}/restapi/${mark()}?userId=${mark()}&queryId=1&x=${mark()}`, {
      method: 'POST', headers: { 'Uxp-Client': SMALL_CLIENT, 'Uxp-Service': 'TEST/GOV/2002/registry/people', 'Uxp-UserId': mark(), 'Uxp-Subject-Id': mark(), ...headers }, body: mark()
    })
  }
  const answers: ((response: ServerResponse, url: string) => void)[] = [
    (response, url) => { echo({ url, method: '', headers: { 'content-type': 'text/xml' }, rawHeaders: [], body: Buffer.from(envelope({ id: mark(), content: mark() })) }, response) },
    (response) => { response.writeHead(500, `Oops ${mark()}`, { 'content-type': 'text/xml', 'x-own': mark() }).end(`<e:Envelope xmlns:e="http://schemas.xmlsoap.org/soap/envelope/"><e:Body><e:Fault><faultcode>e:Server.NoSuchPerson</faultcode><faultstring>${mark()}</faultstring><detail>${mark()}</detail></e:Fault></e:Body></e:Envelope>`) },
    (response) => { response.writeHead(404, `No ${mark()}`, { 'content-type': `text/${mark()}` }).end(mark()) },
    (response) => { response.writeHead(200, { 'content-type': 'text/xml' }).end(`<${mark()}><broken attribute=${mark()}`) },
    (response) => { response.writeHead(200, { 'content-type': `multipart/related; boundary=${mark()}` }).end(mark()) },
    (response) => { response.writeHead(200, { 'content-length': 100_000, 'x-own': mark() }).write(mark(), () => { response.destroy() }) },
    (response) => { response.socket!.end(`HTTP/1.1 200 OK\r\n${mark()} broken\r\n\r\n`) }
  ]
  for (const answer of answers) {
    service.answer = ({ url }, response) => { answer(response, url) }
    await call()
    await ask()
    await uxp()
  }
  service.answer = echo
  await call({ 'X-Road-Client': 'TEST/GOV/1001/nobody' })
  await call({ 'X-Road-Client': `TEST/${mark()}/${mark()}%zz/x` })
  await call({ 'X-Road-Security-Server': mark() })
  await uxp({ 'Uxp-Client': mark() })
  await uxp({ 'Uxp-Service': mark() })
  await ask('', 'TEST/GOV/1001/nobody')
  await ask(`<p:${mark()} ${mark()}=`)
  await ask(`</p:lookup><p:${mark()}>${mark()}</p:${mark()}><p:lookup>`)
  await http(gateway, { method: 'POST', headers: { 'content-type': 'text/plain' }, body: mark() })
  await http(gateway, { method: 'POST', headers: { 'content-type': 'text/xml' }, body: `<!DOCTYPE ${mark()}><${mark()}>${mark()}` })
  await http(gateway, { method: 'POST', headers: { 'content-type': 'multipart/related; boundary=b' }, body: `--b\r\n${mark()}: ${mark()}\r\n\r\n${mark()}` })
  await http(`${gateway}/${mark()}?${mark()}`)
  await http(`${gateway}/signature?queryId=${mark()}&xRoadInstance=TEST&memberClass=GOV&memberCode=1001&subsystemCode=portal`)
  await http(`${gateway}/wsdl?serviceCode=${mark()}`)
  await raw(`GET /${mark()} HTTP/9.9\r\n${mark()}\r\n\r\n`)
  await raw(`POST ${PEOPLE}/${mark()} HTTP/1.1\r\nHost: x\r\nX-Road-Client: ${SMALL_CLIENT}\r\nContent-Length: 100000\r\n\r\n${mark()}`)
  await wait(50)

  const lines = [...gwa.lines, ...gwb.lines]
  t.ok(lines.length > 50, `${lines.length} lines`)
  // Identifiers of parties are no personal data; but here a mark stands in some, and a refusal may name what it did not know.
  const found = lines.flatMap((line) => marks.filter((text) => JSON.stringify(line).includes(text)).map((text) => ({ mark: marks.indexOf(text), line: JSON.stringify(line).slice(0, 600) })))
  t.same(found, [])
  for (const one of [gwa, gwb]) {
    const metrics = await (await fetch(`${one.addresses.console}/metrics`)).text()
    t.same(marks.filter((text) => metrics.includes(text)), [])
    t.same(one.lines.filter(({ level }) => level as number >= 50), [], 'nothing of this is an error of ours')
  }
  t.ok(failed(gwa.lines).every(({ exchangeId, code }) => /^[0-9a-f-]{36}$/.test(exchangeId as string) && typeof code === 'string'), 'each refusal has the id of its exchange and its code')
})

function failed (lines: readonly LogLine[]): LogLine[] {
  return lines.filter(({ part, level, exchangeId }) => part === 'consumer' && (level as number) >= 40 && exchangeId !== undefined)
}

/** Writes bytes, hears a moment, and goes away. */
async function raw (bytes: string): Promise<void> {
  await new Promise<void>((resolve) => {
    const { hostname, port } = new URL(gateway)
    const socket = connect(Number(port), hostname, () => {
      socket.write(bytes)
      setTimeout(() => { socket.destroy() }, 50)
    })
    socket.on('error', () => {}).once('close', () => { resolve() }).resume()
  })
}

t.test('SIGTERM finishes what is in flight, takes nothing new, and ends though others hold connections', { timeout: 60_000 }, async (t) => {
  const own = await startService()
  t.teardown(() => own.close())
  const processes = await startNetwork(t, smallPlan({ serviceUrl: own.url }))
  const running = { gwa: await processes.spawn('gwa'), gwb: await processes.spawn('gwb') }
  for (const victim of ['gwb', 'gwa'] as const) {
    const url = running.gwa.addresses.consumerHttp!
    using agent = keepAlive()
    for (let i = 0; i < 3; i++) t.equal(faultOf(await rest(url, { agent: agent.agent })), '')
    const answers: ServerResponse[] = []
    own.answer = (_received, response) => { answers.push(response) }
    const inFlight = [rest(url, { agent: agent.agent }), soap(url, { id: randomUUID() }, { agent: agent.agent }), rest(url, { method: 'POST', body: 'x', agent: agent.agent })]
    while (answers.length < inFlight.length) await wait(5)

    const stopped = running[victim].stop()
    while (running[victim].lines.every(({ msg }) => msg?.startsWith('stopping') !== true)) await wait(5)
    await wait(50)
    if (victim === 'gwa') await t.rejects(http(url), 'no new connection is taken')
    for (const [index, response] of answers.entries()) echo(own.received.at(index - answers.length)!, response)
    for (const reply of await Promise.all(inFlight)) t.equal(faultOf(reply), '', `${victim} stops, and what was in flight comes through`)
    const started = performance.now()
    t.equal(await stopped, 0)
    t.ok(performance.now() - started < 5000, `${victim} ended ${Math.round(performance.now() - started)} ms after its last exchange`)
    t.same(running[victim].lines.filter(({ level }) => level as number >= 50), [])
    own.answer = echo
    running[victim] = await processes.spawn(victim)
    t.equal(faultOf(await rest(running.gwa.addresses.consumerHttp!)), '', 'and it starts again')
  }
})

t.test('a connection is idle when its client is, not while the client waits for a slow service', async (t) => {
  const IDLE_MS = 100
  let answerAfterMs = 0
  const server = createServer((request, response) => {
    request.resume().once('end', () => { setTimeout(() => { response.end('late') }, answerAfterMs) })
  })
  closeIdle(server, IDLE_MS)
  await new Promise<void>((resolve) => { server.listen(0, '127.0.0.1', resolve) })
  t.teardown(() => { server.close() })
  const { port } = server.address() as AddressInfo
  const url = `http://127.0.0.1:${port}`
  answerAfterMs = 5 * IDLE_MS
  t.equal((await http(url, { method: 'POST', body: 'x' })).text, 'late')
  await t.rejects(halfSent(url), 'half a request is cut off')
  answerAfterMs = 0
  using agent = keepAlive()
  await http(url, { agent: agent.agent })
  await closes(t, port)
})

async function halfSent (url: string): Promise<void> {
  await new Promise<void>((resolve, reject) => {
    httpRequest(url, { method: 'POST', headers: { 'content-length': 10 } }, () => { resolve() }).once('error', reject).write('half')
  })
}

/** A connection on which nothing is asked is ended too. */
async function closes (t: Test, port: number): Promise<void> {
  await new Promise<void>((resolve) => { connect(port, '127.0.0.1').on('error', () => {}).once('close', () => { resolve() }).resume() })
  t.pass('who connects and says nothing is let go')
}

function keepAlive (): { agent: Agent } & Disposable {
  const agent = new Agent({ keepAlive: true })
  return { agent, [Symbol.dispose]: () => { agent.destroy() } }
}
