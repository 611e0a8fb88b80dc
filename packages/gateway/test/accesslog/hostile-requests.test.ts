import t from 'tap'
import { gzipSync } from 'node:zlib'
import { parseAccessEvent } from '@trembita/protocol/accessevent'
import { checkSettings } from '../../src/accesslog/check-settings.ts'
import { compileSettings } from '../../src/accesslog/compile.ts'
import type { Unread } from '../../src/accesslog/find-persons.ts'
import { AccessLogKeys } from '../../src/accesslog/keys.ts'
import { makeEvents, type KeptEvent } from '../../src/accesslog/make-event.ts'
import type { PersonalDataInput } from '../../src/accesslog/settings.ts'
import type { ReceivedRequest } from '../../src/exchange/index.ts'
import type { Snapshot } from '../../src/globalconf/index.ts'
import { faultOf, rest, type HttpReply } from '../network/messages.ts'
import { PEOPLE_RULES, startWatched } from './watched-network.ts'

t.setTimeout(90_000)

const PERSON = '3000300007'
const RULES: PersonalDataInput = {
  ...PEOPLE_RULES,
  rules: [
    PEOPLE_RULES.rules![0]!,
    { id: 'ask', match: { method: 'POST', path: '/ask' }, subjects: [{ phase: 'request', select: 'json:/rnokpp', type: 'RNOKPP' }], onNoSubject: { ignore: 'questions about statistics name nobody' } }
  ]
}

t.test('whatever a requester calls the body of a request or its path, the person whom it names is told', async (t) => {
  const { network, centre, service } = await startWatched(t, RULES)
  const consumer = await network.embed('gwa')
  await network.embed('gwb')
  const url = consumer.addresses.consumerHttp!
  let asked = 0
  service.answer = (_received, response) => {
    asked += 1
    response.setHeader('content-type', 'application/json').end('{}')
  }
  const ask = async (body: string | Buffer, headers: Record<string, string>): Promise<HttpReply> => await rest(url, { method: 'POST', path: '/ask', headers, body })
  const plain = JSON.stringify({ rnokpp: PERSON })
  for (const type of ['text/plain', 'application/xml', 'application/octet-stream', 'multipart/form-data; boundary=x']) t.equal((await ask(plain, { 'content-type': type })).status, 200, type)
  await ask(`\ufeff${plain}`, { 'content-type': 'application/json' })
  for (const path of [`/persons//${PERSON}`, `/Persons/${PERSON}`, `/persons;a=1/${PERSON};b=2`]) await rest(url, { path })
  await rest(url, { path: `/persons/${PERSON}`, method: 'HEAD' })
  await centre.until((events) => events.length === 9)
  t.ok(centre.events.every(({ subject, occurredAt }) => subject?.index === centre.indexOf('RNOKPP', PERSON, 'REG', occurredAt.slice(0, 7))))

  asked = 0
  for (const [name, body, headers] of [
    ['compressed', gzipSync(plain), { 'content-type': 'application/json', 'content-encoding': 'gzip' }],
    ['a name twice', `{"rnokpp":"3000300001","rnokpp":"${PERSON}"}`, { 'content-type': 'application/json' }],
    ['UTF-16', Buffer.from(plain, 'utf16le'), { 'content-type': 'application/json; charset=utf-16le' }],
    ['a form', `rnokpp=${PERSON}`, { 'content-type': 'application/x-www-form-urlencoded' }],
    ['XML', `<a><rnokpp>${PERSON}</rnokpp></a>`, { 'content-type': 'application/json' }],
    ['padded', plain.padEnd(5 * 1024 * 1024 + 1), { 'content-type': 'application/json' }]
  ] as const) t.equal(faultOf(await ask(body, headers)), 'Server.ServerProxy.BadRequest', `${name}: a strict service does not hear of it`)
  t.equal(asked, 0)
  t.same(centre.complaints, [])
})

function eventsOf (sent: { readonly issue?: string, readonly party?: string, readonly purpose?: string, readonly id?: string }, { unread, nobody = false }: { readonly unread?: Unread, readonly nobody?: boolean } = {}): KeptEvent[] {
  const compiled = compileSettings(checkSettings({ rules: [RULES.rules![1]!], registry: { code: 'REG', name: { uk: 'Р' } } }, 'REST'), [])
  const provider = { instance: 'TEST', memberClass: 'GOV', memberCode: '2002', subsystemCode: 'registry' }
  const request = {
    protocol: 'rest',
    client: { instance: 'TEST', memberClass: 'GOV', memberCode: '1001', subsystemCode: 'И\u0306 портал' },
    service: { ...provider, serviceCode: 'people' },
    queryId: sent.id ?? 'q-1',
    requestId: ' \u0301',
    requestHash: `${'A'.repeat(86)}==`,
    message: { kind: 'rest', rest: { method: 'POST', servicePath: '/ask', headers: sent.purpose === undefined ? [] : [['Uxp-Purpose-Ids', sent.purpose]], issue: sent.issue, representedParty: sent.party === undefined ? undefined : { partyCode: sent.party } } }
  } as unknown as ReceivedRequest
  const snapshot = { agreements: { instance: 'TEST', agreements: [] }, memberName: () => 'Орган' } as unknown as Snapshot
  const all = nobody ? [] : [{ type: 'RNOKPP', id: `UA\u001fRNOKPP\u001f${PERSON}`, role: 'main', inAnswer: 0 }] as const
  return makeEvents({ request, snapshot, compiled, rule: compiled.rules[0]!, outcome: 'ok', at: new Date('2026-11-30T12:00:00.123Z'), keys: new AccessLogKeys(Buffer.alloc(32)) }, { all, unread })
}

t.test('nothing that a requester sends makes an event that the centre refuses, or carries a plain number there', async (t) => {
  const long = `${'п'.repeat(999)}😀`
  for (const sent of [{}, { party: ' 90000021 ' }, { party: PERSON }, { party: '7000100119' }, { issue: `case ${PERSON}` }, { issue: ' \u0301' }, { purpose: PERSON }, { purpose: long }, { id: PERSON }, { id: 'a\u0301\u0301b\u0007' }, { id: long }]) {
    const [{ event }] = eventsOf(sent) as [KeptEvent]
    const name = JSON.stringify(sent).slice(0, 60)
    t.doesNotThrow(() => parseAccessEvent(JSON.parse(JSON.stringify({ ...event, source: { component: 'LC', seq: 1, ...event.source }, subject: { ...event.subject, index: 'A'.repeat(43) } }))), name)
    t.notMatch(JSON.stringify(event), /3000300007|7000100119/, name)
  }
  t.match(eventsOf({ party: ' 90000021 ', issue: 'case 5' })[0], { event: { onBehalfOf: { code: '90000021' }, caseRef: 'case 5' } })
})

t.test('an exchange that names nobody may be left out; one that cannot be looked through may not', async (t) => {
  t.same(eventsOf({}, { nobody: true }), [])
  t.match(eventsOf({}, { nobody: true, unread: 'encoded' }), [{ event: { outcome: 'ok' } }])
})
