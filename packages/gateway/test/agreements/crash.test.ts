import { fileURLToPath } from 'node:url'
import { join } from 'node:path'
import t from 'tap'
import { SMALL_CLIENT } from '@trembita/testnet'
import { AgreementEvents } from '../../src/agreements/index.ts'
import { faultOf, http } from '../network/messages.ts'
import { startAgreed } from './agreed-network.ts'

t.setTimeout(120_000)

t.test('TR-9b: that an answer was outside its agreement is on disk before the answer leaves, whatever happens then', async (t) => {
  const { network, service, consumer, provider, agree } = await startAgreed(t)
  await agree({ id: 'A1', services: [{ code: 'lenient', operations: [{ json: ['/a'] }] }] })
  service.answer = (_, response) => { response.writeHead(200, { 'content-type': 'application/json' }).end('{"a":1,"tax":"7000100119"}') }
  await provider.gateway.close()
  // Steps of the provider: read, verify, log, service. It is gone when the service has answered and before anything is sealed.
  const program = { file: fileURLToPath(new URL('../network/kill-at-step.ts', import.meta.url)), args: ['provider', '4'] }
  const dying = await network.spawn('gwb', program)
  const reply = await http(`${consumer.addresses.consumerHttp!}/r1/TEST/GOV/2002/registry/lenient`, { headers: { 'X-Road-Client': SMALL_CLIENT } })
  t.match(faultOf(reply), /NetworkError|IOError/)
  t.match(await dying.ended, { signal: 'SIGKILL' })
  t.match(dying.lines.at(-1), { msg: 'killed', step: 'service' })
  const events = new AgreementEvents(join(network.planned('gwb').folder, 'data', 'agreement-events.db'), 1095)
  t.match(events.list({ limit: 10 }), [{ outcome: 'removed', places: ['/tax'], agreements: ['A1/1'] }])
  events.close()
})

t.test('events are kept as long as they are told, and read page by page', async (t) => {
  const events = new AgreementEvents(join(t.testdir(), 'events.db'), 30)
  const event = { requestId: 'r', client: 'c', service: 's', agreements: ['A/1'], purposes: [], outcome: 'refused' as const, reason: 'it is compressed', places: [] }
  for (let day = 1; day <= 3; day++) events.record({ ...event, at: new Date(`2026-01-0${day}T00:00:00Z`) })
  const [newest, ...older] = events.list({ limit: 2 })
  t.match(newest, { ...event, at: new Date('2026-01-03T00:00:00Z') })
  t.same(events.list({ limit: 10, before: older[0]!.id }).map(({ at }) => at.getUTCDate()), [1])
  events.close()
  const later = new AgreementEvents(join(t.testdirName, 'events.db'), 30)
  later.record({ ...event, at: new Date('2026-02-01T00:00:00Z') })
  t.same(later.list({ limit: 10 }).map(({ at }) => at.toISOString().slice(0, 10)), ['2026-02-01', '2026-01-03', '2026-01-02'], 'the first record of a process looks for what is too old')
  later.close()
})
