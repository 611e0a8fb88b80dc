import assert from 'node:assert/strict'
import { createHash, createHmac, generateKeyPairSync } from 'node:crypto'
import fc from 'fast-check'
import t from 'tap'
import {
  canonicalEvent, dpvOperation, epochOf, eventCommitment, eventHash, LEAF_KIND, leafData, MalformedAccessEvent, normaliseSubjectId, openSubjectKey, OPERATIONS, parseAccessEvent,
  parseVisibilityChange, sealSubjectKey, subjectIndex, type AccessEvent
} from '../../src/accessevent/index.ts'

const INDEX = Buffer.alloc(32, 5).toString('base64url')

const event: AccessEvent = {
  schema: 'monitor.event/1',
  eventId: '019acc5b-1f00-7abc-9def-0123456789ab',
  source: { component: 'PDAMS_LC_03', seq: 1, capture: 'filter', ruleId: 'by-code', ruleVersion: '1' },
  occurredAt: '2026-11-30T09:00:00.000Z',
  recordedAt: '2026-11-30T09:00:00.004Z',
  exchange: { protocol: 'xroad-rest', messageId: 'q-1', service: 'SEVDEIR-DEMO/GOV/90000038/EDR/subjectByCode', direction: 'out' },
  subject: { index: INDEX, idType: 'RNOKPP', keyEpoch: '2026-11', role: 'main' },
  holder: { code: '90000038', name: { uk: 'Мін\'юст' }, registry: 'EDR' },
  recipient: { code: '90000050', name: { uk: 'Офіс', en: 'Office' }, system: 'CABINET' },
  onBehalfOf: { code: '91000017' },
  actor: { kind: 'person', handle: 'K7QX', role: 'реєстратор', unit: 'відділ' },
  operation: 'query',
  outcome: 'ok',
  itemCount: 1,
  data: { categories: ['identity', 'business'], special: false },
  purpose: { declarationId: 'AGR-688-EDR', text: { uk: 'Приєднання', en: 'Joining' }, dpv: 'https://w3id.org/dpv#ServiceProvision' },
  legalBasis: { dpv: 'https://w3id.org/dpv/legal/eu/gdpr#A6-1-e-public-interest', citation: 'постанова № 688' },
  caseRef: 'case-7',
  emergency: { flag: true, justification: 'загроза життю' },
  visibility: { state: 'deferred', reason: 'CrimeInvestigationImpaired', until: '2027-05-01T00:00:00.000Z' },
  notifyClass: 'immediate',
  retainUntil: '2029-11-30'
}

function withChange (path: string, value: unknown): Record<string, unknown> {
  const copy = structuredClone(event) as unknown as Record<string, unknown>
  const names = path.split('.')
  const last = names.pop()!
  const parent = names.reduce<Record<string, unknown>>((at, name) => at[name] as Record<string, unknown>, copy)
  if (value === undefined) delete parent[last]
  else parent[last] = value
  return copy
}

t.test('an event is read as it is written, whatever the order of its members', async (t) => {
  t.same(parseAccessEvent(JSON.parse(JSON.stringify(event))), event)
  const reversed = Object.fromEntries(Object.entries(event).reverse())
  t.ok(canonicalEvent(parseAccessEvent(reversed)).equals(canonicalEvent(event)))
  const { subject: _subject, ...mass } = event
  t.match(parseAccessEvent({ ...mass, mass: { flag: true, batchId: 'b-1', subjectCount: 5000 } }), { mass: { subjectCount: 5000 } })
  t.equal(parseAccessEvent(mass).subject, undefined, 'nobody was found')
})

t.test('every field is checked, and what is refused is named without being repeated', async (t) => {
  const bad: [string, unknown, string?][] = [
    ['schema', 'monitor.event/2'], ['eventId', '019acc5b-1f00-4abc-9def-0123456789ab'], ['eventId', event.eventId.toUpperCase()], ['source', null], ['source.component', ''], ['source.component', 'x'.repeat(257)],
    ['source.seq', 0], ['source.seq', 1.5], ['source.seq', '1'], ['source.seq', 2 ** 53], ['source.capture', 'other'], ['source.ruleId', undefined], ['source.ruleVersion', undefined],
    ['occurredAt', '2026-11-30T09:00:00Z'], ['occurredAt', '2026-11-31T09:00:00.000Z'], ['occurredAt', '2026-11-30T11:00:00.000+02:00'], ['recordedAt', 5], ['exchange.protocol', 'http'],
    ['exchange.messageId', undefined], ['exchange.service', undefined], ['exchange.service', 'a/b'], ['exchange.requestHash', 'AAAA'], ['exchange.direction', 'both'], ['subject.index', undefined], ['subject.index', '7000100119'],
    ['subject.index', `${INDEX}=`], ['subject.idType', 'NAME'], ['subject.keyEpoch', '2026-13'], ['subject.keyEpoch', '2026-10'], ['subject.role', 'other'], ['holder.code', 'a\u0000b'], ['holder.name', 'Мін\'юст', 'holder.name'],
    ['holder.name.uk', ' '], ['holder.registry', undefined], ['recipient.name.en', null], ['recipient.system', undefined], ['onBehalfOf.code', ''], ['actor.kind', 'robot'], ['actor.handle', undefined], ['operation', 'screen'],
    ['outcome', 'fine'], ['itemCount', -1], ['data.categories', 'identity'], ['data.categories', ['a', 'a']], ['data.categories', Array.from({ length: 51 }, (_, i) => `c${i}`)], ['data.special', 'no'], ['purpose.declarationId', undefined],
    ['purpose.text.uk', 'x'.repeat(1001)], ['purpose.text.uk', '\ud800'], ['purpose.dpv', 'javascript:alert(1)'], ['legalBasis.citation', undefined], ['caseRef', ''], ['emergency.flag', false], ['emergency.justification', undefined],
    ['visibility.state', 'lifted'], ['visibility.state', 'hidden'], ['visibility.reason', undefined], ['visibility.until', undefined], ['visibility.until', '2028-01-01T00:00:00.000Z'], ['visibility.until', '2026-11-30T09:00:00.004Z'],
    ['visibility.state', 'open'], ['notifyClass', 'sometimes'], ['retainUntil', '2029-02-30'], ['rnokpp', '7000100119', 'event'], ['subject.plain', '7000100119', 'subject'], ['purpose.text.de', 'x', 'purpose.text']
  ]
  for (const [path, value, field = path] of bad) {
    let thrown: unknown
    try {
      parseAccessEvent(withChange(path, value))
    } catch (error) {
      thrown = error
    }
    t.ok(thrown instanceof MalformedAccessEvent, `${path}: ${JSON.stringify(value)?.slice(0, 40)}`)
    t.equal((thrown as MalformedAccessEvent).field.split('.')[0], field.split('.')[0], path)
    t.notMatch((thrown as Error).message, /7000100119/)
  }
  t.throws(() => parseAccessEvent({ ...event, mass: { flag: true, batchId: 'b', subjectCount: 2 } }), { name: 'MalformedAccessEvent', field: 'subject' })
  const long = 'слово '.repeat(160)
  t.throws(() => parseAccessEvent({ ...event, data: { special: false, categories: Array.from({ length: 50 }, (_, i) => `${'к'.repeat(250)}${i}`) }, legalBasis: { citation: long } }), { name: 'MalformedAccessEvent', field: 'event' }, 'too large as a whole')
})

t.test('whatever JSON says is an event or refused by our own error', async () => {
  fc.assert(fc.property(fc.oneof(fc.jsonValue(), fc.tuple(fc.constantFrom(...Object.keys(event)), fc.jsonValue()).map(([name, value]) => ({ ...event, [name]: value }))), (value) => {
    try {
      parseAccessEvent(value)
      return true
    } catch (error) {
      return error instanceof MalformedAccessEvent
    }
  }))
})

t.test('canonical bytes are RFC 8785 without local bookkeeping, and the leaf commits to them', async (t) => {
  const bytes = canonicalEvent(event).toString('utf8')
  t.ok(bytes.startsWith('{"actor":{"handle":"K7QX","kind":"person","role":"реєстратор","unit":"відділ"},"caseRef":"case-7","data":{"categories":["identity","business"],"special":false},'))
  for (const name of ['visibility', 'notifyClass', 'retainUntil', ' ":']) t.notOk(bytes.includes(name), name)
  t.ok(eventHash({ ...event, notifyClass: 'none', visibility: { state: 'open' }, retainUntil: '2030-01-01' }).equals(eventHash(event)))
  t.notOk(eventHash({ ...event, itemCount: 2 }).equals(eventHash(event)))
  const salt = Buffer.alloc(32, 9)
  const expected = createHash('sha256').update(Buffer.concat([Buffer.from('monitor.leaf.v1'), Buffer.of(0), salt, Buffer.from(bytes)])).digest()
  t.ok(eventCommitment(salt, canonicalEvent(event)).equals(expected))
  t.ok(leafData(LEAF_KIND.event, expected).equals(Buffer.concat([Buffer.of(1), expected])))
  t.throws(() => eventCommitment(Buffer.alloc(31), canonicalEvent(event)), RangeError)
})

t.test('one person has one index in a register and a month, however the identifier is spelled', async (t) => {
  t.equal(normaliseSubjectId('RNOKPP', '7000100119'), 'UA\u001fRNOKPP\u001f7000100119')
  t.equal(normaliseSubjectId('RNOKPP', ' 70001 00119 '), normaliseSubjectId('RNOKPP', '７０００１００１１９'), 'wide digits')
  t.equal(normaliseSubjectId('UNZR', '20910415-00017'), 'UA\u001fUNZR\u001f2091041500017')
  t.equal(normaliseSubjectId('PASSPORT', 'яя 000001'), 'UA\u001fPASSPORT\u001fЯЯ000001')
  for (const [type, text] of [['RNOKPP', '700010011'], ['RNOKPP', '70001001191'], ['RNOKPP', ''], ['UNZR', '7000100119'], ['PASSPORT', 'Я000001'], ['RNOKPP', '0'.repeat(41)]] as const) {
    t.throws(() => normaliseSubjectId(type, text), { name: 'InvalidSubjectId' }, text)
  }
  const key = Buffer.alloc(32, 1)
  t.equal(subjectIndex(key, normaliseSubjectId('RNOKPP', '7000100119')), createHmac('sha256', key).update('UA\x1fRNOKPP\x1f7000100119').digest('base64url'))
  t.equal(epochOf(event.occurredAt), '2026-11')
})

t.test('a key is sealed to one component, and opens for nobody else', async (t) => {
  const { privateKey, publicKey } = generateKeyPairSync('x25519')
  const raw = Buffer.from(publicKey.export({ format: 'jwk' }).x!, 'base64url')
  const key = Buffer.alloc(32, 3)
  const sealed = sealSubjectKey(key, raw)
  t.equal(Buffer.from(sealed, 'base64url').length, 92)
  t.ok(openSubjectKey(sealed, privateKey).equals(key))
  t.throws(() => openSubjectKey(sealed, generateKeyPairSync('x25519').privateKey), RangeError)
  for (const at of [0, 33, 50, 91]) {
    const bytes = Buffer.from(sealed, 'base64url')
    bytes[at]! ^= 1
    t.throws(() => openSubjectKey(bytes.toString('base64url'), privateKey), RangeError, `byte ${at}`)
  }
  t.throws(() => sealSubjectKey(key, Buffer.alloc(32)), RangeError, 'a point of small order')
  t.throws(() => sealSubjectKey(key, Buffer.alloc(31)), RangeError)
})

t.test('a change of visibility that hides has a reason and a day of review within a year', async (t) => {
  const change = { changeId: '6a1d2c3e-0f4b-4a5c-8d6e-7f8091a2b3c4', selector: { eventId: event.eventId }, newState: 'deferred', reason: 'DefenceImpaired', reviewAt: '2027-01-01T00:00:00.000Z', setBy: 'oversight', at: '2026-11-30T10:00:00.000Z' }
  assert.deepEqual(parseVisibilityChange(change), change)
  for (const changed of [{ reason: undefined }, { reviewAt: undefined }, { reviewAt: '2028-01-01T00:00:00.000Z' }, { newState: 'lifted' }, { selector: {} }, { selector: { recipient: '1' } }, { setBy: '' }, { more: 1 }]) {
    t.throws(() => parseVisibilityChange(JSON.parse(JSON.stringify({ ...change, ...changed }))), { name: 'MalformedAccessEvent' }, JSON.stringify(changed))
  }
})

t.test('each operation has a DPV term, and screening is none of them', async (t) => {
  t.same(OPERATIONS.map(dpvOperation).filter((iri) => !/^https:\/\/w3id\.org\/dpv#[A-Z]/.test(iri)), [])
  t.equal(dpvOperation('disclose'), 'https://w3id.org/dpv#DiscloseByTransmission')
})
