import { setImmediate } from 'node:timers/promises'
import t from 'tap'
import { elementRule, memberRule, type FieldRules } from '../../src/agreements/field-rules.ts'
import { AnswerReader } from '../../src/agreements/index.ts'
import { boundJson } from '../../src/agreements/json-bounds.ts'
import { boundXml } from '../../src/agreements/xml-bounds.ts'

const rules: FieldRules = { media: new Set(), json: [memberRule(['/items/*/name'])], xml: [elementRule(['/r/p/name'])] }
const reader = new AnswerReader()
t.teardown(() => reader.close())

const items = (count: number, more = ''): string => Array.from({ length: count }, (_, i) => `{"name":"Ім'я ${i}"${more}}`).join(',')
const json = (count: number, more?: string): Buffer => Buffer.from(`{"items":[${items(count, more)}]}`)

t.test('a large answer is looked through beside other work, with the same outcome', async (t) => {
  const [cut, whole] = [json(20_000, ',"tax":"7000100119"'), json(20_000)]
  const xml = Buffer.from(`<r>${'<p><name>A</name><tax>1</tax></p>'.repeat(20_000)}</r>`)
  const others = { turns: 0, wanted: true }
  const working = (async () => { for (; others.wanted; others.turns++) await setImmediate() })()
  const results = await Promise.all([reader.read(cut, 'json', rules), reader.read(whole, 'json', rules), reader.read(xml, 'document', rules)])
  others.wanted = false
  await working
  t.same(results[0], boundJson(cut, rules.json))
  t.equal(results[1].inside, whole, 'what is unchanged is the very buffer')
  t.same(results[2], boundXml(xml, rules.xml, 'document'))
  t.ok(others.turns > 3, 'and others had their turn meanwhile')
})

t.test('what cannot be read is told like that of a small answer, and the next one is read', async (t) => {
  const broken = Buffer.concat([json(20_000), Buffer.from('x')])
  await t.rejects(reader.read(broken, 'json', rules), { name: 'Unreadable', message: /something follows the value/ })
  const good = json(20_000)
  t.equal((await reader.read(good, 'json', rules)).inside, good)
})

t.test('who waits when the gateway closes is told so', async (t) => {
  const closing = new AnswerReader()
  const both = Promise.allSettled([closing.read(json(50_000), 'json', rules), closing.read(json(50_000), 'json', rules)])
  await closing.close()
  t.same((await both).map(({ status }) => status), ['rejected', 'rejected'])
})
