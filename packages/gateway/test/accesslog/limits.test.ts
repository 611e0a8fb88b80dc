import t from 'tap'
import { createHash } from 'node:crypto'
import { gzipSync } from 'node:zlib'
import { rest } from '../network/messages.ts'
import { PEOPLE_RULES, startWatched } from './watched-network.ts'

t.setTimeout(90_000)

t.test('what cannot be looked through travels untouched, and the request says whom it was about', async (t) => {
  const { network, centre, service } = await startWatched(t, { ...PEOPLE_RULES, visibility: [{ state: 'deferred', recipients: ['GOV/1001'], reason: 'CrimeInvestigationImpaired', reviewDays: 30 }] }, { messageLog: { bodyBytesMax: '20 MiB' } })
  const consumer = await network.embed('gwa')
  const provider = await network.embed('gwb')
  const url = consumer.addresses.consumerHttp!
  const large = Buffer.from(JSON.stringify({ items: Array.from({ length: 90_000 }, (_, i) => ({ rnokpp: String(3_000_000_000 + i), text: 'x'.repeat(40) })) }))
  const medium = Buffer.from(JSON.stringify({ items: Array.from({ length: 4 }, (_, i) => ({ rnokpp: String(3_000_000_000 + i), text: 'x'.repeat(500_000) })) }))
  const answers = new Map<string, { readonly body: Buffer, readonly headers: Record<string, string> }>([
    ['large', { body: large, headers: { 'content-type': 'application/json' } }],
    ['gzip', { body: gzipSync('{"items":[]}'), headers: { 'content-type': 'application/json', 'content-encoding': 'gzip' } }],
    ['pdf', { body: Buffer.from('%PDF'), headers: { 'content-type': 'application/pdf' } }],
    ['broken', { body: Buffer.from('{"items":[{"rnokpp":"3000300001","rnokpp":"3000300002"}]}'), headers: { 'content-type': 'application/json' } }],
    ['medium', { body: medium, headers: { 'content-type': 'application/json' } }]
  ])
  service.answer = (received, response) => {
    const { body, headers } = answers.get(String(received.headers['x-answer']))!
    response.writeHead(200, headers).end(body)
  }
  const sha256 = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex')
  for (const [name, { body }] of answers) {
    const reply = await rest(url, { method: 'POST', path: '/search', headers: { 'x-answer': name, 'Uxp-Subject-Id': '3000300009' } })
    t.equal(sha256(reply.body), sha256(body), `${name}: byte for byte`)
  }
  await centre.until((events) => events.length === 9)
  const [first, second, third, fourth, ...rows] = centre.events
  for (const event of [first, second, third, fourth]) t.match(event, { outcome: 'ok', subject: { index: centre.indexOf('RNOKPP', '3000300009', 'REG', event!.occurredAt.slice(0, 7)) } }, 'the request alone names the person')
  t.equal(rows.length, 5, 'two megabytes, spooled encrypted on disk, are looked through')
  t.match(first, { visibility: { state: 'deferred', reason: 'CrimeInvestigationImpaired' } }, 'accesses of this recipient are shown later')
  t.ok(Math.abs(Date.parse(first!.visibility.until!) - Date.parse(first!.recordedAt) - 30 * 86_400_000) < 1000)
  const metrics = await (await fetch(`${provider.addresses.console}/metrics`)).text()
  t.match(metrics, /^trembita_access_exchanges_total\{[^}]*rule="search",outcome="unread"\} 4$/m, 'what was not looked through is counted')
  t.same(centre.complaints, [])
})

t.test('an eight-digit code where a person is expected names a legal entity: nobody is told', async (t) => {
  const { network, centre } = await startWatched(t)
  const consumer = await network.embed('gwa')
  await network.embed('gwb')
  const url = consumer.addresses.consumerHttp!
  await rest(url, { path: '/persons/91000033' })
  await rest(url, { path: '/persons/12345' })
  await rest(url, { path: '/persons/3000300007' })
  await centre.until((events) => events.length === 2)
  t.match(centre.events.map(({ subject }) => subject === undefined), [true, false], 'what is no code of anybody is an event without a person')
})
