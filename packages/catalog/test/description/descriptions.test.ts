import t from 'tap'
import fc from 'fast-check'
import { Checker, externalReferences, hashesOfOpenApi, hashesOfWsdl, lintOpenApi, publicOpenApi, readOpenApiDocument, toApiModel } from '../../src/description/index.ts'

const OPENAPI = { openapi: '3.0.3', info: { title: 'Реєстр', version: '1' }, servers: [{ url: 'http://10.0.0.5:8080/x' }], paths: { '/a/{id}': { get: { summary: 'Запис', parameters: [{ name: 'id', in: 'path', required: true, schema: { type: 'string' }, example: '1' }], responses: { 200: { description: 'ok', content: { 'application/json': { schema: { type: 'object', required: ['n'], properties: { n: { type: 'integer', nullable: true } } } } } } } } } } }
const bytes = (value: unknown): Buffer => Buffer.from(JSON.stringify(value))

t.test('a contract keeps its hash when only addresses, order and instants change, and no other change is missed', async (t) => {
  const before = hashesOfOpenApi(bytes(OPENAPI))
  t.equal(hashesOfOpenApi(bytes({ ...OPENAPI, servers: [] })).canonicalHash, before.canonicalHash)
  t.not(hashesOfOpenApi(bytes({ ...OPENAPI, servers: [] })).documentHash, before.documentHash)
  t.equal(hashesOfOpenApi(bytes(Object.fromEntries(Object.entries(OPENAPI).reverse()))).documentHash, before.documentHash)
  const dated = (at: string): Buffer => bytes({ ...OPENAPI, info: { ...OPENAPI.info, description: `generated ${at}`, 'x-generated-at': at } })
  t.same(hashesOfOpenApi(dated('2026-01-01T10:00:00Z')), hashesOfOpenApi(dated('2027-01-01T10:00:00Z')))
  const text = JSON.stringify(OPENAPI)
  t.not(hashesOfOpenApi(Buffer.from(text.replace('integer', 'string'))).canonicalHash, before.canonicalHash)
  const wsdl = (location: string, comment: string): Buffer => Buffer.from(`<d:definitions xmlns:d="http://schemas.xmlsoap.org/wsdl/" xmlns:s="http://schemas.xmlsoap.org/wsdl/soap/"><!-- ${comment} --><d:service name="S"><d:port name="P"><s:address location="${location}"/></d:port></d:service></d:definitions>`)
  t.equal(hashesOfWsdl(wsdl('http://a/', 'x')).canonicalHash, hashesOfWsdl(wsdl('http://b/', 'y')).canonicalHash)
})

t.test('hostile descriptions are refused by words, within bounds', async (t) => {
  t.throws(() => readOpenApiDocument(Buffer.alloc(3 * 1024 * 1024, 32)), { name: 'DescriptionError', message: /larger/ })
  t.throws(() => readOpenApiDocument(Buffer.from(`openapi: 3.0.0\nx: ${'['.repeat(100)}${']'.repeat(100)}`)), { name: 'DescriptionError', message: /nested/ })
  const laughs = ['a: &a [x,x,x,x,x,x,x,x,x]', ...'bcdefgh'.split('').map((name, index) => `${name}: &${name} [${Array(9).fill(`*${'abcdefgh'[index]!}`).join(',')}]`)].join('\n')
  t.throws(() => readOpenApiDocument(Buffer.from(`openapi: 3.0.0\n${laughs}`)), { name: 'DescriptionError' })
  t.same(externalReferences({ a: { $ref: 'http://169.254.169.254/' }, b: { $ref: '#/x' } }), [{ place: '/a', reference: 'http://169.254.169.254/' }])
  fc.assert(fc.property(fc.uint8Array({ maxLength: 200 }), (random) => {
    try {
      readOpenApiDocument(random)
    } catch (error) {
      return (error as Error).name === 'DescriptionError'
    }
    return true
  }))
})

t.test('a pattern that runs for ever is a finding, not a standstill', async (t) => {
  await using checker = new Checker(1500)
  const evil = structuredClone(OPENAPI) as any
  evil.paths['/a/{id}'].get.responses[200].content['application/json'].schema.properties.n = { type: 'string', pattern: '^(a+)+$' }
  t.same(await checker.openOpenApi(bytes(evil)), [])
  const pointer = '/paths/~1a~1{id}/get/responses/200/content/application~1json/schema'
  t.match(await checker.validateJson(pointer, { n: `${'a'.repeat(40)}!` }), [{ message: /longer than/ }])
})

t.test('answers are held to OpenAPI 3.0 as it means its schemas', async (t) => {
  await using checker = new Checker()
  t.same(await checker.openOpenApi(bytes(OPENAPI)), [])
  const pointer = '/paths/~1a~1{id}/get/responses/200/content/application~1json/schema'
  t.same(await checker.validateJson(pointer, { n: null }), [], 'nullable')
  t.match(await checker.validateJson(pointer, { n: 'secret' }), [{ place: '/n', message: 'must be integer,null' }])
  t.match(await checker.validateJson(pointer, {}), [{ place: '/n', message: 'is missing' }])
})

t.test('what everybody reads has no address, and rules have their numbers (IP-3.2)', async (t) => {
  t.notOk(JSON.stringify(publicOpenApi(bytes(OPENAPI), 'T/GOV/1/s/a')).includes('10.0.0.5'))
  const rules = lintOpenApi(OPENAPI, toApiModel(OPENAPI)).map(({ rule }) => rule)
  t.ok(['LR-02', 'LR-03', 'LR-06', 'LR-08'].every((rule) => rules.includes(rule)), rules.join(' '))
})

t.test('a description is read in time that grows with its length, whatever stands in it', { timeout: 30_000 }, async (t) => {
  const read = (text: string): void => { hashesOfOpenApi(Buffer.from(text)) }
  const started = performance.now()
  read(JSON.stringify({ openapi: '3.0.3', description: `${' '.repeat(1_000_000)}x` }))
  read(`openapi: 3.0.3\n${Array.from({ length: 40_000 }, (_, i) => `k${i}: 1\n`).join('')}`)
  t.ok(performance.now() - started < 15_000, 'a million blanks, forty thousand keys')
  t.throws(() => { read('openapi: 3.0.3\nx: {a: 1, b: {c: 1, c: 2}}') }, /must be unique/)
  t.throws(() => { read(`openapi: 3.0.3\nx:\n${'- a\n'.repeat(131_072)}`) }, /give it as JSON/)
  const withBlanks = (end: string): string => hashesOfOpenApi(Buffer.from(JSON.stringify({ openapi: '3.0.3', info: { description: `a${end}\nb\tc${end}` } }))).canonicalHash
  t.equal(withBlanks(' \t '), withBlanks(''), 'blanks at the end of a line are nothing')
})
