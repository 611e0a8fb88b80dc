import t from 'tap'
import { rest } from '../network/messages.ts'
import { PEOPLE_RULES, startWatched } from './watched-network.ts'

const call = async (url: string, code: string, headers: Record<string, string> = {}) => await rest(url, { path: `/persons/${code}`, headers })
const codes = (count: number): string[] => Array.from({ length: count }, (_, i) => String(3_000_300_000 + i))

t.test('whatever the centre answers, each access reaches it once and in order', { timeout: 60_000 }, async (t) => {
  const { network, centre } = await startWatched(t)
  const { addresses } = await network.embed('gwa')
  const provider = await network.embed('gwb')
  const { outbox } = provider.gateway.carrier!.accesslog
  const url = addresses.consumerHttp!

  centre.down = true
  for (const code of codes(6)) await call(url, code)
  t.equal(centre.events.length, 0, 'strict services answer while the centre is down')
  t.equal(outbox.waiting, 6)
  centre.down = false
  centre.batchMax = 4
  outbox.reconsider()
  await centre.until((events) => events.length === 6)
  t.same(centre.events.map(({ source }) => source.seq), [1, 2, 3, 4, 5, 6], 'a batch that is too large is halved')

  centre.batchMax = 500
  centre.next = (response) => { response.writeHead(503, { 'retry-after': '0' }).end() }
  await call(url, '3000300010')
  await centre.until((events) => events.length === 7)
  centre.next = (response) => { response.end('{"ack') }
  await call(url, '3000300011')
  await centre.until((events) => events.length === 8)
  t.pass('told again after 503 and after half an answer')

  centre.forget(5)
  await call(url, '3000300012')
  await centre.until((events) => events.length === 9)
  t.same(centre.events.map(({ source }) => source.seq), [1, 2, 3, 4, 5, 6, 7, 8, 9], 'a centre that lost some says which it expects, and gets them again')

  centre.refuse = (event) => event.source.seq === 10 ? 'unknown-recipient' : undefined
  await call(url, '3000300013')
  await call(url, '3000300014')
  await centre.until((events) => events.length === 10)
  const [, refused] = await provider.gateway.carrier!.accesslog.list({ limit: 2 })
  t.match(refused, { seq: 10, state: 'quarantined', reason: 'unknown-recipient' }, 'what it refuses for good is set apart with its reason')
  t.match(await provider.gateway.carrier!.accesslog.health(), { status: 'warn', message: /refused by the centre/ })
  t.same(centre.complaints, [])
  t.ok(centre.keyRequests <= 2, 'keys are asked for once')
})

t.test('a strict service whose accesses cannot be kept does not answer, a lenient one does and counts them', { timeout: 60_000 }, async (t) => {
  for (const policy of ['strict', 'lenient'] as const) {
    const { network, centre, service } = await startWatched(t, { ...PEOPLE_RULES, policy }, { accessLog: { waitingMax: 2 } })
    centre.down = true
    const { addresses } = await network.embed('gwa')
    const provider = await network.embed('gwb')
    for (const code of codes(2)) t.equal((await call(addresses.consumerHttp!, code)).status, 200)
    t.match(await provider.gateway.carrier!.accesslog.health(), { status: 'fail', message: /full/ })
    const over = await call(addresses.consumerHttp!, '3000300009')
    if (policy === 'strict') t.match([over.status, over.headers['x-road-error'], over.text.includes('"method"')], [500, 'Server.ServerProxy.LoggingFailed', false], 'strict: the answer stays here')
    else t.match([over.status, over.text], [200, /"method"/], 'lenient: the answer leaves')
    t.equal(service.received.length, 3)
    const metrics = await (await fetch(`${provider.addresses.console}/metrics`)).text()
    t.match(metrics, /^trembita_access_exchanges_total\{service="TEST\/GOV\/2002\/registry\/people",rule="byCode",outcome="matched"\} 3$/m)
    t.match(metrics, policy === 'strict' ? /^trembita_access_events_lost_total 0$/m : /^trembita_access_events_lost_total 1$/m, 'counted')
  }
})

t.test('whoever is refused again and again does not silence a strict service', { timeout: 60_000 }, async (t) => {
  const { network, centre } = await startWatched(t, undefined, { accessLog: { waitingMax: 4 } })
  centre.down = true
  const { addresses } = await network.embed('gwa')
  const provider = await network.embed('gwb')
  for (let time = 0; time < 5; time++) t.equal((await rest(addresses.consumerHttp!, { path: '/../other/persons/3000300007' })).headers['x-road-error'], 'Server.ServerProxy.AccessDenied')
  t.equal((await provider.gateway.carrier!.accesslog.list({ limit: 10 })).length, 2, 'half of the spool is for what was given')
  for (const code of codes(2)) t.equal((await call(addresses.consumerHttp!, code)).status, 200)
  t.match(await (await fetch(`${provider.addresses.console}/metrics`)).text(), /^trembita_access_events_lost_total 3$/m, 'what was not kept is counted')
})

t.test('what stands on disk names nobody, and without the PIN nothing can be read', { timeout: 60_000 }, async (t) => {
  const { network, centre } = await startWatched(t)
  const { addresses } = await network.embed('gwa')
  const provider = await network.embed('gwb')
  await call(addresses.consumerHttp!, '3000300007', { 'X-Road-UserId': 'officer-77' })
  await centre.until((events) => events.length === 1)
  await provider.gateway.close()
  const { readdir, readFile } = await import('node:fs/promises')
  const { join } = await import('node:path')
  const folder = join(network.planned('gwb').folder, 'data', 'accesslog')
  for (const file of await readdir(folder)) {
    const bytes = await readFile(join(folder, file))
    t.notOk(bytes.includes('3000300007') || bytes.includes('officer-77'), file)
  }
})
