import fc from 'fast-check'
import t from 'tap'
import { BodyReader } from '../../src/accesslog/body-reader.ts'
import { readBodyValues, type Body } from '../../src/accesslog/body-values.ts'
import { checkSettings, SettingsError } from '../../src/accesslog/check-settings.ts'
import { AccessLogKeys } from '../../src/accesslog/keys.ts'
import { parseSelector, PathGraph } from '../../src/accesslog/selector.ts'
import { Unreadable } from '../../src/accesslog/unreadable.ts'

const graphOf = (...selectors: string[]): PathGraph => new PathGraph(selectors.map((text) => (parseSelector(text) as { path: readonly string[] }).path))
const bodyOf = (text: string | Buffer, kind: Body['kind'] = 'json'): Body => ({ bytes: Buffer.from(text), kind, charset: undefined })
const values = (text: string, ...selectors: string[]): unknown => readBodyValues(bodyOf(text), graphOf(...selectors))

t.test('JSON: values by pointers, any member and any number of levels', async (t) => {
  const text = '{"items":[{"id":"1","in":{"id":2}},{"id":null},{"id":{"id":"3"}}],"a/b":{"~c":"4"},"\\u0069d":"5","x":-1.5e3}'
  t.same(values(text, 'json:/items/*/id'), [[0, '1']])
  t.same(values(text, 'json:/**/id'), [[0, '1'], [0, '2'], [0, '3'], [0, '5']])
  t.same(values(text, 'json:/a~1b/~0c', 'json:/x', 'json:/*'), [[0, '4'], [2, '5'], [1, '-1.5e3'], [2, '-1.5e3']])
  t.same(values('"alone"', 'json:'), [[0, 'alone']])
  t.same(values('[[["1"]],"2"]', 'json:/**/*'), [[0, '1'], [0, '2']])
})

t.test('XML: values by element names, without Envelope and Header', async (t) => {
  const soap = '<e:Envelope xmlns:e="http://schemas.xmlsoap.org/soap/envelope/"><e:Header><id>0</id></e:Header><e:Body><a xmlns="urn:x"><id> 1<!-- --><![CDATA[2]]> </id><b code="3" xmlns=""><id>4</id></b></a></e:Body></e:Envelope>'
  const read = (...selectors: string[]): unknown => readBodyValues(bodyOf(soap, 'soap'), graphOf(...selectors))
  t.same(read('xml:/{urn:x}a/{urn:x}id', 'xml:/{urn:x}a/b/id'), [[0, ' 12 '], [1, '4']])
  t.same(read('xml:/**/id', 'xml:/*/b/@code'), [[1, '3'], [0, '4']])
  t.same(readBodyValues(bodyOf('<a><b>1</b></a>', 'document'), graphOf('xml:/a/b')), [[0, '1']])
})

t.test('what cannot be read in one way only is not read', async (t) => {
  for (const text of ['', '{', '{"a":1,"a":2}', '{"a":1}{}', '[01]', '{"a":"\\x"}', '{"a":tru}', '['.repeat(65) + ']'.repeat(65)]) {
    t.throws(() => values(text, 'json:/a'), Unreadable, text.slice(0, 20))
  }
  for (const text of ['<a>', '<!DOCTYPE a><a/>', '<a>&e;</a>', '<a>'.repeat(65) + '</a>'.repeat(65)]) t.throws(() => readBodyValues(bodyOf(text, 'document'), graphOf('xml:/a')), Unreadable, text.slice(0, 20))
  t.throws(() => readBodyValues(bodyOf(Buffer.of(0x22, 0xff, 0x22)), graphOf('json:')), Unreadable)
  fc.assert(fc.property(fc.uint8Array({ maxLength: 60 }), (bytes) => {
    for (const kind of ['json', 'document', 'soap'] as const) {
      try {
        readBodyValues({ bytes, kind, charset: undefined }, graphOf(kind === 'json' ? 'json:/**/a' : 'xml:/**/a'))
      } catch (thrown) {
        if (!(thrown instanceof Unreadable)) throw thrown
      }
    }
  }))
})

t.test('reads of JSON what its values are', async () => {
  fc.assert(fc.property(fc.json(), (text) => {
    const leaves: string[] = []
    JSON.parse(text, (_name, value: unknown) => { if (typeof value === 'string') leaves.push(value); return value })
    const found = readBodyValues(bodyOf(JSON.stringify(JSON.parse(text))), graphOf('json:/**/*', 'json:')).map(([, value]) => value)
    return leaves.every((leaf) => found.includes(leaf))
  }))
})

t.test('a large body is read in a thread of its own, alike', async (t) => {
  const reader = new BodyReader()
  t.teardown(() => reader.close())
  const text = JSON.stringify({ items: Array.from({ length: 20_000 }, (_, i) => ({ id: String(i), text: 'x'.repeat(50) })) })
  t.same(await reader.read(bodyOf(text), graphOf('json:/items/*/id')), values(text, 'json:/items/*/id'))
  await t.rejects(reader.read(bodyOf(text + '}'), graphOf('json:/items/*/id')), { name: 'Unreadable' })
})

t.test('a rule with a selector that finds nothing cannot be set', async (t) => {
  const problem = (select: string, more: object = {}, kind: 'REST' | 'SOAP' = 'REST'): Readonly<Record<string, string>> => {
    try {
      checkSettings({ rules: [{ id: 'r', subjects: [{ select, type: 'RNOKPP' }], ...more }] }, kind)
    } catch (thrown) {
      if (thrown instanceof SettingsError) return thrown.problems
      throw thrown
    }
    return {}
  }
  for (const wrong of ['a', 'json:a', 'json:/a~', 'json:/a/**', 'json:/**/**/a', 'xml:', 'xml:/a b', 'xml:/@a/b', 'header:a b', 'query:', 'path:code', 'cookie:a', `json:${'/a'.repeat(65)}`]) {
    t.ok(problem(wrong)['rules/0/subjects/0/select'], wrong)
  }
  t.same(problem('path:code', { match: { path: '/p/{code}' } }), {})
  t.ok(problem('json:/a', {}, 'SOAP')['rules/0/subjects/0/select'], 'SOAP has no JSON')
  t.ok(problem('xml:/a', { match: { path: '/a' } }, 'SOAP')['rules/0/match'])
  t.ok(problem('json:/a', { onNoSubject: { ignore: 'no' } })['rules/0/onNoSubject'])
})

t.test('keys: what is sealed opens by its name alone; an official is a pseudonym of his agency', async (t) => {
  const keys = new AccessLogKeys(Buffer.alloc(32, 7))
  const same = new AccessLogKeys(Buffer.alloc(32, 7))
  const sealed = keys.seal('one', Buffer.from('text'))
  t.equal(same.open('one', sealed).toString(), 'text')
  t.throws(() => keys.open('two', sealed))
  sealed[20]! ^= 1
  t.throws(() => keys.open('one', sealed))
  const agency = { instance: 'TEST', memberClass: 'GOV', memberCode: '1' }
  t.equal(keys.officerHandle(agency, 'a'), same.officerHandle(agency, ' a'))
  t.match(keys.officerHandle(agency, 'a'), /^[a-z2-7]{16}$/)
  t.not(keys.officerHandle(agency, 'a'), keys.officerHandle({ ...agency, memberCode: '2' }, 'a'))
})
