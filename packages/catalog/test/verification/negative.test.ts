import t from 'tap'
import { toApiModel, type JsonObject } from '../../src/description/index.ts'
import { negativeCases } from '../../src/verification/negative-cases.ts'
import { toJUnit, type RunReport } from '../../src/verification/index.ts'

const DOCUMENT: JsonObject = {
  openapi: '3.1.0',
  info: { title: 'Реєстр', version: '1' },
  components: { schemas: { Question: { type: 'object', required: ['rnokpp', 'year'], properties: { rnokpp: { type: 'string', pattern: '^\\d{10}$', maxLength: 10 }, year: { type: 'integer', maximum: 2100 }, kind: { type: 'string', enum: ['A', 'B'] } } } } },
  paths: { '/by-code': { post: { 'x-safe': true, parameters: [{ name: 'lang', in: 'query', required: true, schema: { type: 'string', enum: ['uk'] } }], requestBody: { required: true, content: { 'application/json': { schema: { $ref: '#/components/schemas/Question' } } } }, responses: { 200: { description: 'ok' } } } } }
}
const RIGHT = { name: 'right', expect: 'data' as const, parameters: { lang: 'uk' }, body: { rnokpp: '7000100119', year: 2020, kind: 'A' } }

t.test('wrong requests are made of a right one, each wrong in one way, every kind before the second of any (IP-1.5)', async (t) => {
  const [operation] = toApiModel(DOCUMENT).operations
  const cases = negativeCases(DOCUMENT, operation!, RIGHT)
  t.ok(cases.length <= 12, 'no load')
  const kinds = new Set(cases.map(({ kind }) => kind))
  t.same([...kinds].sort(), ['malformed', 'missingRequired', 'outOfRange', 'tooLong', 'unknownValue', 'wrongCheckDigit', 'wrongMediaType', 'wrongPattern', 'wrongType'])
  t.match(cases.find(({ kind }) => kind === 'wrongCheckDigit')?.sample.body, { rnokpp: '7000100110', year: 2020 })
  for (const { sample, raw } of cases) {
    const differs = [JSON.stringify(sample.parameters) !== JSON.stringify(RIGHT.parameters), JSON.stringify(sample.body) !== JSON.stringify(RIGHT.body), raw !== undefined]
    t.equal(differs.filter(Boolean).length, 1, 'in one place')
  }
  t.same(RIGHT.body, { rnokpp: '7000100119', year: 2020, kind: 'A' }, 'the right one stays')
})

t.test('a run reads as JUnit XML, whatever stands in it', async (t) => {
  const report: RunReport = {
    id: 'r', interfaceName: 'A & <B>', version: '1.0.0', versionId: 'v', tuple: '', state: 'failed', startedAt: '2026-11-30T00:00:00Z', endedAt: '2026-11-30T00:00:02Z', steps: { done: 2, total: 2 }, sealed: false, checks: [{ code: 'CF-3', verdict: 'fail', service: 'T/GOV/1/s/a', place: '/a/b', observed: 'string "x" \u0001', messageId: 'm-1' }, { code: 'RE-4', verdict: 'notApplicable' }, { code: 'ID-1', verdict: 'pass' }]
  }
  const xml = toJUnit(report)
  t.match(xml, '<testsuites name="A &amp; &lt;B&gt; 1.0.0" tests="3" failures="1" time="2.000">')
  t.match(xml, /<failure message="string &quot;x&quot; \?" type="CF-3">[\s\S]*message: m-1/)
  t.match(xml, '<skipped/>')
})
