import assert from 'node:assert/strict'
import fc from 'fast-check'
import t from 'tap'
import { parse as parseYaml } from 'yaml'
import type { Fault } from '../../src/fault/index.ts'
import { openApiFormat, readOpenApi, rewriteOpenApi } from '../../src/metadata/index.ts'

const YAML = `# a comment that stays
openapi: 3.0.3
info: {title: Реєстр осіб, version: '1.2'}
servers:
  - url: https://inner.example/base/v1?x=1   # inside
  - url: /relative
  - url: https://{host}/v2
paths:
  /people/{id}:
    parameters: []
    get: {operationId: getPerson, summary: One person, responses: {'200': {description: ok}}}
    delete: {responses: {'204': {description: gone}}}
  /files/{+rest}:
    put: {responses: {}}
  /star*/\\x:
    post: {responses: {}}
  x-own: {get: {}}
`
const JSON_TEXT = JSON.stringify({ openapi: '3.1.0', info: { title: 'T', version: '1' }, servers: [{ url: 'http://inner:8080/api', description: 'd' }], paths: { '/a': { get: { responses: {} }, trace: {} } } })

t.test('an OpenAPI document in YAML or JSON gives its servers and operations, paths as patterns of rights', async (t) => {
  t.same(readOpenApi(Buffer.from(YAML)), {
    version: '3.0.3',
    title: 'Реєстр осіб',
    apiVersion: '1.2',
    servers: ['https://inner.example/base/v1?x=1', '/relative', 'https://{host}/v2'],
    operations: [
      { method: 'GET', path: '/people/*', template: '/people/{id}', operationId: 'getPerson', summary: 'One person' },
      { method: 'DELETE', path: '/people/*', template: '/people/{id}', operationId: undefined, summary: undefined },
      { method: 'PUT', path: '/files/**', template: '/files/{+rest}', operationId: undefined, summary: undefined },
      { method: 'POST', path: '/star\\*/\\\\x', template: '/star*/\\x', operationId: undefined, summary: undefined }
    ]
  })
  t.match(readOpenApi(Buffer.from('\ufeff' + JSON_TEXT)), { version: '3.1.0', servers: ['http://inner:8080/api'], operations: [{ method: 'GET' }, { method: 'TRACE' }] })
  t.match(readOpenApi(Buffer.from('{"openapi":"3.0.0"}'), 'yaml'), { servers: { length: 0 }, operations: { length: 0 } })
})

t.test('getOpenAPI cuts servers to their path; comments and order of YAML stay', async (t) => {
  const yaml = rewriteOpenApi(Buffer.from(YAML)).toString()
  t.match(yaml, '# a comment that stays')
  t.match(yaml, '# inside')
  t.same(parseYaml(yaml).servers, [{ url: '/base/v1' }, { url: '/relative' }, { url: 'https://{host}/v2' }])
  t.same({ ...parseYaml(yaml), servers: 0 }, { ...parseYaml(YAML), servers: 0 })
  t.equal(rewriteOpenApi(Buffer.from(JSON_TEXT)).toString(), JSON_TEXT.replace('http://inner:8080/api', '/api'))
  t.equal(rewriteOpenApi(Buffer.from(JSON_TEXT.replace('/api', ''))).toString(), JSON_TEXT.replace('http://inner:8080/api', '/'))
  for (const servers of ['servers: []', 'servers: x', 'servers: [1, {url: 2}, {}]', '']) t.doesNotThrow(() => rewriteOpenApi(Buffer.from(`openapi: 3.0.0\n${servers}\n`)), servers)
})

t.test('the form of a description is told by its type, then by its path', async (t) => {
  t.equal(openApiFormat('application/json; charset=utf-8', 'http://x/api.yaml'), 'json')
  t.equal(openApiFormat('application/x-yaml', 'http://x/api.json'), 'yaml')
  t.equal(openApiFormat('text/plain', 'http://x/api.json?x=1'), 'json')
  t.equal(openApiFormat(undefined, 'http://x/api'), 'yaml')
  t.equal(openApiFormat(undefined, 'no url'), 'yaml')
})

t.test('hostile and foreign documents are refused, quickly', async (t) => {
  const started = process.cpuUsage()
  const lol = 'openapi: 3.0.0\na: &a [x,x,x,x,x,x,x,x,x,x]\n' + 'bcdefghij'.split('').map((c, i) => `${c}: &${c} [${`*${'abcdefghij'[i]},`.repeat(10)}]`).join('\n')
  const bad: [string, string | Buffer][] = [
    ['nothing', ''], ['a list', '[]'], ['text', 'openapi'], ['Swagger 2', 'swagger: "2.0"'], ['OpenAPI 4', 'openapi: 4.0.0'], ['a number', 'openapi: 3.0'], ['broken JSON', '{"openapi": "3.0.0"'], ['broken YAML', 'openapi: 3.0.0\n\ta: [}'],
    ['a key twice', 'openapi: 3.0.0\na: 1\na: 2'], ['a billion laughs', lol], ['itself', 'openapi: 3.0.0\na: &a [*a]\n'.repeat(1) + 'b: &b\n  - *c'], ['not UTF-8', Buffer.from([0x6f, 0xff])],
    ['over 10 MiB', Buffer.alloc(10 * 1024 * 1024 + 1, 0x20)], ['deep JSON', '{"openapi":"3.0.0","a":' + '['.repeat(200_000)], ['deep YAML', 'openapi: 3.0.0\na: ' + '['.repeat(20_000)], ['two documents', 'openapi: 3.0.0\n---\nopenapi: 3.0.0\n'],
    ['too many operations', JSON.stringify({ openapi: '3.0.0', paths: Object.fromEntries(Array.from({ length: 10_001 }, (_, i) => [`/${i}`, { get: {} }])) })]
  ]
  for (const [why, text] of bad) {
    t.throws(() => readOpenApi(Buffer.from(text)), { name: 'Fault', kind: 'InternalError' }, why)
    t.throws(() => rewriteOpenApi(Buffer.from(text)), { name: 'Fault', kind: 'InternalError' }, why)
  }
  t.ok(process.cpuUsage(started).user < 10e6)
  t.match(readOpenApi(Buffer.from('{"openapi":"3.0.0","paths":{"/__proto__":{"get":{}},"__proto__":{"/x":{"get":{}}}}}')), { operations: { length: 1 } })
})

t.test('any text gives a description or a fault', async (t) => {
  fc.assert(fc.property(fc.array(fc.constantFrom('openapi: 3.0.0\n', 'paths:\n', '  /a:\n', '    get: {}\n', '- ', '&a ', '*a ', ': ', '{', '}', '[', ']', '"', '\n', '? ', '!!x ', '| ', '<<: *a\n', 'servers:\n', '  - url: http://x/y\n'), { maxLength: 12 }), (tokens) => {
    for (const run of [readOpenApi, rewriteOpenApi]) {
      try { run(Buffer.from(tokens.join(''))) } catch (thrown) { assert.equal((thrown as Fault).name, 'Fault', String(thrown)) }
    }
  }), { numRuns: 1000 })
  t.pass('held for every sample')
})
