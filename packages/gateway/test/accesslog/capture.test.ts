import t from 'tap'
import { rest, soap, faultOf } from '../network/messages.ts'
import { startWatched } from './watched-network.ts'

t.test('an access is captured, reported through the exchange, and told as the person will read it (TR-5.3)', { timeout: 60_000 }, async (t) => {
  const { network, service, centre } = await startWatched(t)
  const consumer = await network.embed('gwa')
  const provider = await network.embed('gwb')
  const url = consumer.addresses.consumerHttp!
  service.answer = (received, response) => {
    response.setHeader('content-type', 'application/json')
    if (received.url === '/people/persons/3000300007') response.end('{"name":"A"}')
    else if (received.url.startsWith('/people/persons/')) response.writeHead(404).end('{}')
    else if (received.url === '/soap') response.setHeader('content-type', 'text/xml').end(received.body.toString().replaceAll(':lookup', ':lookupResponse').replace('</p:lookupResponse>', '<p:person code="3000300008"/></p:lookupResponse>'))
    else response.end(received.headers['x-answer'])
  }

  const started = performance.now()
  const reply = await rest(url, { path: '/persons/3000300007', headers: { 'X-Road-Id': 'm-1', 'X-Road-UserId': 'officer-77', 'X-Road-Issue': 'case 5', 'Uxp-Purpose-Ids': 'P1' } })
  t.match({ status: reply.status, text: reply.text }, { status: 200, text: '{"name":"A"}' }, 'the message itself is untouched')
  await centre.until((events) => events.length === 1)
  t.ok(performance.now() - started < 5000, 'told at once')
  const [event] = centre.events
  t.match(event, {
    source: { component: 'PDAMS_LC_T', seq: 1, capture: 'filter', ruleId: 'byCode' },
    exchange: { protocol: 'uxp-rest', messageId: 'm-1', service: 'TEST/GOV/2002/registry/people', direction: 'out' },
    subject: { idType: 'RNOKPP', role: 'main', index: centre.indexOf('RNOKPP', '3000300007', 'REG', event!.occurredAt.slice(0, 7)) },
    holder: { code: '2002', name: { uk: 'Registry Board' }, registry: 'REG' },
    recipient: { code: '1001', name: { uk: 'Consumer Board' }, system: 'TEST/GOV/1001/portal' },
    actor: { kind: 'person' },
    operation: 'retrieve',
    outcome: 'ok',
    data: { categories: ['identity'], special: false },
    purpose: { declarationId: 'P1', text: { uk: 'Призначення допомоги', en: 'Grant of aid' } },
    legalBasis: { citation: 'Постанова 5' },
    caseRef: 'case 5',
    visibility: { state: 'open' },
    notifyClass: 'digest'
  })
  t.match(event!.actor.handle, /^[a-z2-7]{16}$/, 'the official is a pseudonym')
  t.notMatch(JSON.stringify(event), /officer-77|3000300007/, 'no plain identifier is reported')

  await rest(url, { path: '/persons/3000300007/', headers: { 'X-Road-UserId': 'officer-77' } })
  await rest(url, { path: '/persons/3000300009' })
  const items = { items: [{ rnokpp: '3000300001', spouse: { rnokpp: 3000300002 } }, { rnokpp: '3000300001' }, { spouse: null }] }
  await rest(url, { method: 'POST', path: '/search', headers: { 'x-answer': JSON.stringify(items) } })
  await rest(url, { method: 'POST', path: '/search', headers: { 'x-answer': JSON.stringify({ items: Array.from({ length: 6 }, (_, i) => ({ rnokpp: `300030010${i}` })) }) } })
  await rest(url, { method: 'POST', path: '/search', headers: { 'x-answer': '{"items":[]}' } })
  await rest(url, { method: 'POST', path: '/search', headers: { 'x-answer': '{"items":[]}', 'Uxp-Subject-Id': '3000300003' } })
  await centre.until((events) => events.length === 8)
  const [, slash, missing, main, related, mass, nobody, empty] = centre.events
  t.equal(slash!.actor.handle, event!.actor.handle, 'the same official of the same agency has one handle')
  t.match(missing, { outcome: 'empty', actor: { kind: 'system' }, purpose: { declarationId: 'not-stated' } }, 'who asks for somebody and gets nothing is told of')
  t.match([main, related].map(({ subject, itemCount }: any) => [subject.role, itemCount]), [['main', 2], ['related', 1]], 'one event a person, whatever their number in the answer')
  t.match(mass, { mass: { flag: true, subjectCount: 6 } }, 'many persons are one event with their number')
  t.equal(mass!.subject, undefined)
  t.match(nobody, { outcome: 'empty', source: { ruleId: 'search' } })
  t.equal(nobody!.subject, undefined, 'an exchange that names nobody is an event without a person')
  t.match(empty, { outcome: 'empty', subject: { role: 'main' } })

  const refused = await rest(url, { path: '/../other/persons/3000300007' })
  t.equal(refused.headers['x-road-error'], 'Server.ServerProxy.AccessDenied')
  await centre.until((events) => events.length === 9)
  t.match(centre.events[8], { outcome: 'denied', exchange: { service: 'TEST/GOV/2002/registry/other' } }, 'a refused access to a named person is an event')

  const asked = await soap(url, { id: 's-1', userId: 'Офіцер', content: '<p:key>3000300007</p:key>' })
  t.equal(faultOf(asked), '')
  await centre.until((events) => events.length === 11)
  t.match(centre.events.slice(9).map(({ subject, notifyClass, holder }: any) => [subject.role, notifyClass, holder.registry]), [['main', 'immediate', 'REG'], ['related', 'immediate', 'REG']], 'SOAP: by elements and attributes; a special category at once')

  t.same(centre.complaints, [])
  t.equal(centre.keyRequests, 1, 'the key of the month is asked for once')
  t.match(centre.heartbeats[0], { component: 'PDAMS_LC_T', spoolDepth: 0 })
  const kept = await provider.gateway.carrier!.accesslog.list({ limit: 100 })
  t.match(kept.at(-1), { seq: 1, state: 'delivered', officer: 'officer-77', person: 'UA\u001fRNOKPP\u001f3000300007' }, 'plain identifiers are kept here, for the officer of data protection')
  t.notMatch(JSON.stringify(provider.lines), /officer-77|30003000/, 'and stand in no log')
})
