import assert from 'node:assert/strict'
import fc from 'fast-check'
import t from 'tap'
import {
  type Agreement, isFree, parseAgreement, parseAgreementList, parseElementPath, parseJsonPointer, writeAgreement, writeAgreementList
} from '../../src/agreement/index.ts'
import { Fault } from '../../src/fault/index.ts'
import { refuses } from '../faults.ts'
import { AGREEMENT, LISTED } from './samples.ts'

const KIND = 'MalformedAgreement'

t.test('a document is read as it was written, and written as it was read', async (t) => {
  const bytes = writeAgreement(AGREEMENT)
  t.same(parseAgreement(bytes), AGREEMENT)
  t.same(writeAgreement(parseAgreement(bytes)), bytes)
  t.ok(isFree(AGREEMENT))
  t.match(bytes.toString(), '<consumer instance="TEST" class="GOV" member="00000001" subsystem="portal"/>')
})

t.test('one content has one document: any other way to write it is refused', async (t) => {
  const text = writeAgreement(AGREEMENT).toString()
  const others: Record<string, string> = {
    'another indentation': text.replace('\n  <number>', '\n   <number>'),
    'a line break at the end': text + '\n',
    'no line break at the end': text.slice(0, -1),
    'line breaks of Windows': text.replaceAll('\n', '\r\n'),
    'a byte order mark': '\ufeff' + text,
    'a comment': text.replace('<number>', '<!-- x --><number>'),
    'a processing instruction': text.replace('<number>', '<?x y?><number>'),
    'a comment behind the root': text + '<!-- x -->',
    CDATA: text.replace('P2', 'P2').replace('<name>Another purpose</name>', '<name><![CDATA[Another purpose]]></name>'),
    'a character reference': text.replace('Another', '&#65;nother'),
    'single quotes': text.replace('version="1"', "version='1'"),
    'attributes in another order': text.replace(/id="([^"]*)" version="1"/, 'version="1" id="$1"'),
    'a prefix': text.replace('xmlns=', 'xmlns:a=').replaceAll(/<(\/?)(?=\w)/g, '<$1a:'),
    'a superfluous declaration': text.replace('<number>', '<number xmlns:b="urn:b">'),
    'another version of XML': text.replace('version="1.0"', 'version="1.1"'),
    'a version with a zero': text.replace('version="1"', 'version="01"'),
    'a time with fractions': text.replace('00:00:00Z', '00:00:00.000Z'),
    'an empty element written in full': text.replace(/<price ([^>]*)\/>/, '<price $1></price>')
  }
  for (const [what, other] of Object.entries(others)) {
    t.not(other, text, what)
    refuses(t, () => parseAgreement(Buffer.from(other)), KIND, what)
  }
})

t.test('what no agreement may say is neither written nor read', async (t) => {
  const text = writeAgreement(AGREEMENT).toString()
  const [purpose] = AGREEMENT.purposes
  const [service] = AGREEMENT.services
  const [operation] = service!.operations
  const withOperation = (changes: object): Partial<Agreement> => ({ services: [{ code: 'x', operations: [{ ...operation!, ...changes }] }] })
  const wrong: Record<string, Partial<Agreement>> = {
    'an id with a slash': { id: 'a/b' },
    'no id': { id: '' },
    'version 0': { version: 0 },
    'half a version': { version: 1.5 },
    'a number in two lines': { number: 'a\nb' },
    'a number with a space before it': { number: ' a' },
    'a character that XML cannot hold': { number: 'a\ufffe' },
    'half of a surrogate pair': { number: 'a\ud800' },
    'a day that there is not': { date: '2026-02-30' },
    'a member in place of a subsystem': { consumer: { instance: 'T', memberClass: 'G', memberCode: '1' } },
    'an empty member code': { provider: { ...AGREEMENT.provider, memberCode: '' } },
    'a term that ends before it begins': { term: { from: AGREEMENT.term.until, until: AGREEMENT.term.from } },
    'a term of milliseconds': { term: { ...AGREEMENT.term, from: new Date('2026-02-01T00:00:00.001Z') } },
    'an invalid instant': { term: { ...AGREEMENT.term, from: new Date(NaN) } },
    'a price with a comma': { price: { amount: '0,00', currency: 'UAH' } },
    'a negative price': { price: { amount: '-1.00', currency: 'UAH' } },
    'a price without pennies': { price: { amount: '1', currency: 'UAH' } },
    'a price with a leading zero': { price: { amount: '01.00', currency: 'UAH' } },
    'a currency of two letters': { price: { amount: '1.00', currency: 'UA' } },
    'no purpose': { purposes: [] },
    'a purpose twice': { purposes: [purpose!, purpose!] },
    'a purpose without ground': { purposes: [{ ...purpose!, ground: '' }] },
    'a purpose code with a comma': { purposes: [{ ...purpose!, code: 'a,b' }] },
    'a purpose code that clients send for none': { purposes: [{ ...purpose!, code: '""' }] },
    'too many purposes': { purposes: Array.from({ length: 101 }, (_, i) => ({ ...purpose!, code: `p${i}` })) },
    'no service': { services: [] },
    'a service twice': { services: [service!, service!] },
    'a service without operations': { services: [{ code: 'x', operations: [] }] },
    'an operation twice': { services: [{ code: 'x', operations: [operation!, operation!] }] },
    'a method in small letters': withOperation({ method: 'get' }),
    'a path without a slash': withOperation({ path: 'x' }),
    'a media type of capitals': withOperation({ media: ['Text/Plain'] }),
    'any media type': withOperation({ media: ['*/*'] }),
    'a pointer without a slash': withOperation({ json: ['name'] }),
    'a pointer with a bad escape': withOperation({ json: ['/a~2'] }),
    'a pointer twice': withOperation({ json: ['/a', '/a'] }),
    'a pointer with a control character': withOperation({ json: ['/a\u0000'] }),
    'an element path without a slash': withOperation({ xml: ['a'] }),
    'an empty element path': withOperation({ xml: [''] }),
    'an attribute alone': withOperation({ xml: ['/@a'] }),
    'an attribute above an element': withOperation({ xml: ['/a/@b/c'] }),
    'a brace left open': withOperation({ xml: ['/{urn:x'] }),
    'a step that is no name': withOperation({ xml: ['/a/1b'] }),
    'a prefix in a path': withOperation({ xml: ['/p:a'] })
  }
  for (const [what, change] of Object.entries(wrong)) refuses(t, () => writeAgreement({ ...AGREEMENT, ...change }), KIND, what)
  const changed: Record<string, [RegExp | string, string]> = {
    'another root': [/agreement:1/, 'agreement:2'],
    'an unknown element': ['<number>', '<more/><number>'],
    'an unknown attribute': ['<price ', '<price paid="no" '],
    'a missing element': [/<date>.*<\/date>\n/, ''],
    'an element twice': [/(<date>.*<\/date>)/, '$1$1'],
    'elements in another order': [/(<number>.*<\/number>)\s*(<date>.*<\/date>)/, '$2$1'],
    'text between elements': ['<number>', 'x<number>'],
    'a document type': ['<agreement ', '<!DOCTYPE agreement><agreement '],
    'a child in a value': [/<date>/, '<date><b/>'],
    'an element of another namespace': ['<number>', '<number xmlns="urn:b">'],
    'a missing attribute': [/ currency="UAH"/, '']
  }
  for (const [what, [pattern, replacement]] of Object.entries(changed)) {
    const other = text.replace(pattern, replacement)
    t.not(other, text, what)
    refuses(t, () => parseAgreement(Buffer.from(other)), KIND, what)
  }
  refuses(t, () => parseAgreement(Buffer.from([0x3c, 0xff])), KIND, 'bytes that are not UTF-8')
  refuses(t, () => parseAgreement(Buffer.alloc(1024 * 1024 + 1, 0x20)), KIND, 'a document that is too large')
})

t.test('any change of bytes gives a refusal or another agreement, never a failure of another kind', async (t) => {
  const bytes = writeAgreement(AGREEMENT)
  fc.assert(fc.property(fc.nat(bytes.length - 1), fc.integer({ min: 1, max: 255 }), (at, difference) => {
    const changed = Buffer.from(bytes)
    changed[at]! ^= difference
    try {
      assert.deepEqual(writeAgreement(parseAgreement(changed)), changed)
      assert.notDeepEqual(parseAgreement(changed), AGREEMENT)
    } catch (thrown) {
      if (!(thrown instanceof Fault && thrown.kind === KIND)) throw thrown
    }
  }), { numRuns: 300 })
  t.pass()
})

t.test('pointers and element paths are taken apart', async (t) => {
  t.same(parseJsonPointer(''), [])
  t.same(parseJsonPointer('/a~1b/~01/*/'), ['a/b', '~1', '*', ''])
  t.same(parseElementPath('/{urn:a/b?c}x/*/y/@{urn:d}z'), [
    { kind: 'element', ns: 'urn:a/b?c', local: 'x' }, { kind: 'any' }, { kind: 'element', ns: '', local: 'y' }, { kind: 'attribute', ns: 'urn:d', local: 'z' }
  ])
  refuses(t, () => parseJsonPointer('/a'.repeat(65)), KIND)
  refuses(t, () => parseElementPath('/a'.repeat(65)), KIND)
  refuses(t, () => parseElementPath('/' + 'a'.repeat(1024)), KIND)
})

t.test('the list of agreements is read as it was written', async (t) => {
  const list = { instance: 'TEST', agreements: [LISTED, { ...LISTED, version: 2, state: 'suspended' as const }, { ...LISTED, id: 'B', state: 'ended' as const }] }
  t.same(parseAgreementList(writeAgreementList(list)), list)
  t.same(parseAgreementList(writeAgreementList({ instance: 'A&B', agreements: [] })), { instance: 'A&B', agreements: [] })
})

t.test('a list that is not as it should be is refused whole', async (t) => {
  const list = { instance: 'TEST', agreements: [LISTED] }
  const text = writeAgreementList(list).toString()
  const changed: Record<string, [RegExp | string, string]> = {
    'another root': ['agreements:1', 'agreements:2'],
    'an unknown element': ['<agreement ', '<other/><agreement '],
    'an unknown attribute': [' id=', ' paid="no" id='],
    'an unknown state': ['inForce', 'perhaps'],
    'a short digest': ['abab', 'ab'],
    'a version in another form': ['version="1" s', 'version="1e0" s'],
    'text between agreements': ['\n<agreement ', '\nx<agreement '],
    'a pointer without a slash': ['<json>/name', '<json>name'],
    'a term without an end': [/ until="[^"]*"/, ''],
    'no instance': [' instance="TEST">', '>'],
    'a document type': ['<agreements ', '<!DOCTYPE a><agreements ']
  }
  for (const [what, [pattern, replacement]] of Object.entries(changed)) {
    const other = text.replace(pattern, replacement)
    t.not(other, text, what)
    refuses(t, () => parseAgreementList(Buffer.from(other)), KIND, what)
  }
  refuses(t, () => writeAgreementList({ instance: 'TEST', agreements: [LISTED, LISTED] }), KIND, 'one twice')
  refuses(t, () => writeAgreementList({ instance: 'TEST', agreements: [{ ...LISTED, containerHash: 'x' }] }), KIND, 'what a reader would refuse')
})
