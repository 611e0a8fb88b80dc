import t, { type Test } from 'tap'
import { randomBytes, randomUUID } from 'node:crypto'
import { Agent, request as httpRequest } from 'node:http'
import { fileURLToPath } from 'node:url'
import { setTimeout as wait } from 'node:timers/promises'
import { smallPlan, SMALL_CLIENT } from '@trembita/testnet'
import { bodiesOf, readLog, type Logged } from './network/logged.ts'
import { envelope, faultOf, http, PEOPLE, rest, soap } from './network/messages.ts'
import { startNetwork, type GatewayProcess, type Network } from './network/network.ts'
import { echo, startService, type TestService } from './network/service.ts'

/*
 * Gateways are processes of their own here and die by kill -9. What their callers were told is kept by this process, and so
 * is what the information system was asked; afterwards both logs are read as an outsider would.
 */

const KILL_AT_STEP = fileURLToPath(new URL('network/kill-at-step.ts', import.meta.url))
/** In the order of docs/exchange.md; `log` is there twice. */
const STEPS = {
  consumer: ['read', 'seal', 'log', 'exchange', 'verify', 'log', 'reply'],
  provider: ['read', 'verify', 'log', 'service', 'seal', 'log', 'reply']
}
const GATEWAY_OF = { consumer: 'gwa', provider: 'gwb' } as const

/** What the outside knows. */
class Told {
  /** Exchanges that their callers saw succeed, by id. */
  readonly succeeded = new Set<string>()
  failed = 0
}

interface Setting {
  readonly network: Network
  readonly service: TestService
  readonly running: Map<string, GatewayProcess>
  readonly told: Told
}

async function setUp (t: Test, settings: object = {}): Promise<Setting> {
  const service = await startService()
  t.teardown(() => service.close())
  const plan = smallPlan({ serviceUrl: service.url, settings: { messageLog: { timestampIntervalSeconds: 1, ...settings } } })
  const network = await startNetwork(t, plan)
  return { network, service, running: new Map(), told: new Told() }
}

async function start ({ network, running }: Setting, code: string, killAt?: { side: string, count: number }): Promise<GatewayProcess> {
  const gateway = await network.spawn(code, killAt === undefined ? undefined : { file: KILL_AT_STEP, args: [killAt.side, String(killAt.count)] })
  running.set(code, gateway)
  return gateway
}

async function stopAll ({ running }: Setting): Promise<void> {
  for (const gateway of running.values()) await gateway.stop()
  running.clear()
}

/** Small and large, REST and SOAP, with and without attachments: each kind of record and of body file. */
const KINDS = [
  async (url: string, id: string, agent: Agent) => await rest(url, { agent, path: '/1', headers: { 'X-Road-Id': id } }),
  async (url: string, id: string, agent: Agent) => await rest(url, { agent, method: 'POST', path: '/2', headers: { 'X-Road-Id': id }, body: randomBytes(3000) }),
  async (url: string, id: string, agent: Agent) => await rest(url, { agent, method: 'PUT', path: '/3', headers: { 'X-Road-Id': id }, body: randomBytes(150_000) }),
  async (url: string, id: string, agent: Agent) => await soap(url, { id }, { agent }),
  async (url: string, id: string, agent: Agent) => await soap(url, { id }, {
    agent,
    headers: { 'content-type': 'multipart/related; type="text/xml"; boundary=b' },
    body: Buffer.concat([
      Buffer.from(`--b\r\ncontent-type: text/xml; charset=utf-8\r\n\r\n${envelope({ id })}\r\n--b\r\ncontent-type: application/octet-stream\r\ncontent-id: <a>\r\n\r\n`),
      randomBytes(90_000), Buffer.from('\r\n--b--\r\n')
    ])
  })
]

/** One exchange; noted as succeeded only when its caller has the whole answer. */
async function exchange (setting: Setting, kind: number, agent: Agent): Promise<boolean> {
  const id = randomUUID()
  const url = setting.running.get('gwa')!.addresses.consumerHttp!
  try {
    const reply = await KINDS[kind % KINDS.length]!(url, id, agent)
    if (reply.status === 200 && faultOf(reply) === '') {
      setting.told.succeeded.add(id)
      return true
    }
  } catch {
    // the gateway of the caller died
  }
  setting.told.failed++
  return false
}

/** The information system of these tests answers SOAP with a larger body now and then, so that answers have files too. */
function answerLarge (service: TestService): void {
  let count = 0
  service.answer = (received, response) => {
    if (received.url.startsWith('/people') && ++count % 3 === 0) response.end(randomBytes(100_000))
    else echo(received, response)
  }
}

/** Reads both logs and holds them to what was told. */
async function checkLogs (t: Test, { network, service, told }: Setting): Promise<void> {
  const consumer = await readLog(network, 'gwa')
  const provider = await readLog(network, 'gwb')
  for (const [name, records] of [['consumer', consumer], ['provider', provider]] as const) {
    const broken = records.filter(({ completeness, report }) => completeness !== 'whole' || report.verdict !== 'verified' || report.files.some(({ status }) => status !== 'covered'))
    t.same(broken.map(({ id, report }) => ({ id, reason: report.reason, files: report.files })), [], `each of ${records.length} records of the ${name} is whole and verifies`)
  }
  const ids = (records: Logged[], direction: string): Set<string> => new Set(records.filter((record) => record.direction === direction).map(({ queryId }) => queryId))
  const missing = (of: Iterable<string>, among: Set<string>): string[] => [...of].filter((id) => !among.has(id))
  t.same(missing(told.succeeded, ids(consumer, 'request')), [], `each of ${told.succeeded.size} successes has its request in the consumer's log`)
  t.same(missing(told.succeeded, ids(consumer, 'response')), [], 'and its answer')
  t.same(missing(told.succeeded, ids(provider, 'request')), [], "and its request in the provider's log")
  t.same(missing(told.succeeded, ids(provider, 'response')), [], 'and its answer')
  const asked = service.received.map(({ headers, body }) => headers['x-road-id'] as string | undefined ?? /<x:id>(.*?)</.exec(body.toString())![1]!)
  t.same(missing(asked, ids(provider, 'request')), [], 'the information system was asked nothing that the log of the provider does not show')
  t.same(missing(asked, ids(consumer, 'request')), [], 'nor that the log of the consumer does not show')
  t.same(missing(ids(consumer, 'response'), ids(provider, 'response')), [], 'no answer reached the consumer that the provider had not logged')
  for (const code of ['gwa', 'gwb']) {
    const { files, owned } = bodiesOf(network, code)
    t.same(files, owned, `each body that ${code} keeps belongs to a record, and each record has its bodies`)
  }
}

t.test('TR-4.6: kill -9 at each step of the flow loses no exchange that its caller saw succeed', { timeout: 110_000 }, async (t) => {
  const setting = await setUp(t)
  answerLarge(setting.service)
  await start(setting, 'gwb')
  let round = 0
  for (const side of ['consumer', 'provider'] as const) {
    if (side === 'provider') await start(setting, 'gwa')
    const steps = STEPS[side]
    for (const [index, step] of steps.entries()) {
      // Two exchanges come through, the third dies in the middle; each step meets every kind of message in turn.
      await setting.running.get(GATEWAY_OF[side])?.kill()
      const gateway = await start(setting, GATEWAY_OF[side], { side, count: 2 * steps.length + index + 1 })
      using agent = keepAlive()
      const outcomes: boolean[] = []
      for (let i = 0; i < 3; i++) outcomes.push(await exchange(setting, round++, agent.agent))
      const end = await gateway.ended
      t.equal(end.signal, 'SIGKILL')
      t.equal(gateway.lines.find(({ msg }) => msg === 'killed')?.step, step, `${side} died after ${step}`)
      t.same(outcomes.slice(0, 2), [true, true], 'what went before succeeded')
      if (step !== 'reply') t.notOk(outcomes[2], 'the caller of the third was not told that it succeeded')
    }
  }
  await setting.running.get('gwb')!.kill()
  await start(setting, 'gwb')
  using agent = keepAlive()
  t.ok(await exchange(setting, 0, agent.agent), 'both work again')
  const id = [...setting.told.succeeded].at(-1)!
  const served = await http(`${setting.running.get('gwa')!.addresses.consumerHttp}/signature?queryId=${id}&xRoadInstance=TEST&memberClass=GOV&memberCode=1001&subsystemCode=portal`)
  t.match({ status: served.status, type: served.headers['content-type'] }, { status: 200, type: 'application/zip' }, 'and serve what they logged')
  await stopAll(setting)
  await checkLogs(t, setting)
})

t.test('TR-4.6: kill -9 of either gateway or both at any moment under load loses no exchange that its caller saw succeed', { timeout: 110_000 }, async (t) => {
  const setting = await setUp(t)
  answerLarge(setting.service)
  await Promise.all([start(setting, 'gwa'), start(setting, 'gwb')])
  for (const victims of [['gwa'], ['gwb'], ['gwa', 'gwb'], ['gwa'], ['gwb'], ['gwa', 'gwb']]) {
    const stop = new AbortController()
    using agent = keepAlive()
    const load = Array.from({ length: 8 }, async (_, caller) => {
      for (let i = caller; !stop.signal.aborted; i++) await exchange(setting, i, agent.agent)
    })
    // In the middle of the load, however quick the machine is.
    const enough = setting.told.succeeded.size + 8
    while (setting.told.succeeded.size < enough) await wait(10)
    await wait(Math.random() * 100)
    await Promise.all(victims.map((code) => setting.running.get(code)!.kill()))
    stop.abort()
    await Promise.all(load)
    await Promise.all(victims.map((code) => start(setting, code)))
  }
  t.ok(setting.told.succeeded.size > 40, `${setting.told.succeeded.size} exchanges succeeded, ${setting.told.failed} did not`)
  await stopAll(setting)
  await checkLogs(t, setting)
})

t.test('TR-4.6: kill -9 while a body comes in, while the service works, while the stamp is awaited, and while the answer goes out', { timeout: 110_000 }, async (t) => {
  const setting = await setUp(t, { timestampImmediately: true })
  const { service, network } = setting
  await Promise.all([start(setting, 'gwa'), start(setting, 'gwb')])
  const url = (): string => setting.running.get('gwa')!.addresses.consumerHttp!
  async function replace (...codes: string[]): Promise<void> {
    await Promise.all(codes.map((code) => setting.running.get(code)!.kill()))
    await Promise.all(codes.map((code) => start(setting, code)))
  }
  const failed = async (pending: Promise<unknown>): Promise<boolean> => await pending.then((reply) => faultOf(reply as never) !== '', () => true)

  const half = httpRequest(url() + PEOPLE, { method: 'POST', headers: { 'X-Road-Client': SMALL_CLIENT, 'X-Road-Id': randomUUID(), 'content-length': 10_000_000 } })
  const broken = new Promise((resolve) => { half.once('error', resolve) })
  half.write(randomBytes(5_000_000))
  while (bodiesOf(network, 'gwa').files.length === 0) await wait(5)
  await replace('gwa')
  t.ok(await broken, 'a caller whose gateway dies with half its body is told nothing')

  for (const victims of [['gwb'], ['gwa'], ['gwa', 'gwb']]) {
    const asked = new Promise<void>((resolve) => {
      service.answer = () => { resolve() }
    })
    const pending = failed(rest(url(), { method: 'POST', headers: { 'X-Road-Id': randomUUID() }, body: randomBytes(100_000) }))
    await asked
    await replace(...victims)
    t.ok(await pending, `a service that works when ${victims.join(' and ')} dies: the caller sees no success`)
  }

  service.answer = echo
  for (const victim of ['gwa', 'gwb']) {
    network.trust.timestamps.order({ delayMs: 20_000 })
    const before = network.trust.timestamps.requests
    const pending = failed(rest(url(), { headers: { 'X-Road-Id': randomUUID() } }))
    while (network.trust.timestamps.requests === before) await wait(5)
    network.trust.timestamps.order()
    await replace(...(victim === 'gwa' ? ['gwa'] : ['gwa', 'gwb']))
    t.ok(await pending, 'an exchange that waits for its stamp has not succeeded yet')
  }

  service.answer = (_received, response) => { response.end(randomBytes(8_000_000)) }
  const id = randomUUID()
  await new Promise<void>((resolve, reject) => {
    httpRequest(url() + PEOPLE, { headers: { 'X-Road-Client': SMALL_CLIENT, 'X-Road-Id': id } }, (response) => {
      response.once('data', () => {
        // From the first byte of the answer on, its caller may act on it.
        setting.told.succeeded.add(id)
        response.once('close', resolve).on('error', () => {})
        setting.running.get('gwa')!.child.kill('SIGKILL')
        setting.running.get('gwb')!.child.kill('SIGKILL')
      })
    }).once('error', reject).end()
  })
  await replace('gwa', 'gwb')
  await stopAll(setting)
  await checkLogs(t, setting)
})

function keepAlive (): { agent: Agent } & Disposable {
  const agent = new Agent({ keepAlive: true })
  return { agent, [Symbol.dispose]: () => { agent.destroy() } }
}
