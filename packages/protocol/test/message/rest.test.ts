import assert from 'node:assert/strict'
import fc from 'fast-check'
import t from 'tap'
import { runTool, scratch, skipWithout } from '@trembita/testnet/verifiers'
import type { Fault } from '../../src/fault/index.ts'
import {
  checkRestAnswer, checkSoapAction, contentTypeOf, boundaryOf, createRestRequest, createRestResponse, parseRestRequest, parseRestResponse, restRequestHash,
  REST_METHODS, STRIPPED_HEADERS, textOfWire, toRawHeaders, type RestRequestInput
} from '../../src/message/index.ts'

const refused = { name: 'Fault', kind: 'InternalError' }

function input (changes: Partial<RestRequestInput> = {}): RestRequestInput {
  return {
    method: 'POST',
    target: '/r1/ZZ/GOV/2002/registry/people/v1/find?name=a%20b',
    rawHeaders: ['X-Road-Client', 'ZZ/GOV/1001/portal', 'Content-Type', 'application/json', 'Accept', '*/*'],
    requestId: '1b9c6f7e-8c1b-4a2e-9d52-0c1f6e3f8a10',
    newId: () => 'ZZ-5f0e',
    ...changes
  }
}

/** The sample of xroad-messages §2.5.1, byte for byte. */
const HEAD = 'POST\r\n' +
  '/r1/ZZ/GOV/2002/registry/people/v1/find?name=a%20b\r\n' +
  'X-Road-Client:ZZ/GOV/1001/portal\r\n' +
  'Content-Type:application/json\r\n' +
  'Accept:*/*\r\n' +
  'x-road-request-id:1b9c6f7e-8c1b-4a2e-9d52-0c1f6e3f8a10\r\n' +
  'x-road-id:ZZ-5f0e\r\n'

const ANSWER_HEAD = '200\r\n' +
  'OK\r\n' +
  'Content-Type:application/json\r\n' +
  'Date:Thu, 05 Feb 2026 10:00:00 GMT\r\n' +
  'x-road-id:ZZ-5f0e\r\n' +
  'x-road-client:ZZ/GOV/1001/portal\r\n' +
  'x-road-service:ZZ/GOV/2002/registry/people\r\n' +
  'x-road-request-id:1b9c6f7e-8c1b-4a2e-9d52-0c1f6e3f8a10\r\n' +
  'x-road-request-hash:HASH\r\n'

t.test('trap 8: the head of a request is written without space behind the colon, without blank line, ids last and in lower case', async (t) => {
  const { request, bytes } = createRestRequest(input())
  t.equal(bytes.toString(), HEAD)
  t.same(parseRestRequest(bytes), request)
  t.match(request, {
    method: 'POST',
    servicePath: '/v1/find',
    query: 'name=a%20b',
    client: { instance: 'ZZ', memberClass: 'GOV', memberCode: '1001', subsystemCode: 'portal' },
    service: { instance: 'ZZ', memberClass: 'GOV', memberCode: '2002', subsystemCode: 'registry', serviceCode: 'people' },
    id: 'ZZ-5f0e'
  })
})

t.test('an id of the client is kept, the last of several counts, an empty one is replaced', async (t) => {
  const withId = (...ids: string[]): string => createRestRequest(input({ rawHeaders: [...input().rawHeaders, ...ids.flatMap((id) => ['X-ROAD-ID', id])] })).bytes.toString()
  t.equal(withId('mine'), HEAD.replace('x-road-request-id', 'X-ROAD-ID:mine\r\nx-road-request-id').replace('x-road-id:ZZ-5f0e\r\n', ''))
  t.match(parseRestRequest(Buffer.from(withId('a', 'b'))), { id: 'b' })
  t.equal(withId(''), HEAD)
})

t.test('hop-by-hop headers and ids of the gateway are dropped; all else keeps order, case and repetition', async (t) => {
  const dropped = [...STRIPPED_HEADERS, 'X-Road-Request-Id', 'x-road-request-hash', 'EXPECT'].flatMap((name) => [name.replace(/^./, (c) => c.toUpperCase()), 'x'])
  t.equal(createRestRequest(input({ rawHeaders: [...dropped, ...input().rawHeaders, ...dropped] })).bytes.toString(), HEAD)
  const kept = ['Cookie', 'a=1', 'cookie', 'b=2', 'Authorization', 'Bearer x', 'Cache-Control', 'no-store', 'Accept-Encoding', 'gzip', 'X-Empty', '', 'X-Tab', 'a\tb']
  const { bytes } = createRestRequest(input({ rawHeaders: [...kept, 'X-Road-Client', 'ZZ/GOV/1'] }))
  t.match(bytes.toString(), 'Cookie:a=1\r\ncookie:b=2\r\nAuthorization:Bearer x\r\nCache-Control:no-store\r\nAccept-Encoding:gzip\r\nX-Empty:\r\nX-Tab:a\tb\r\nX-Road-Client:')
})

t.test('X-Road headers are read, whatever their case', async (t) => {
  const { request } = createRestRequest(input({
    rawHeaders: ['x-ROAD-client', 'ZZ/GOV/1/first', 'X-Road-Client', 'ZZ/GOV/1/%D0%84', 'X-Road-UserId', 'u', 'X-Road-Issue', 'i', 'X-Road-Security-Server', 'ZZ/GOV/2002/gw', 'X-Road-Represented-Party', 'COM/77']
  }))
  t.match(request, { client: { subsystemCode: 'Є' }, userId: 'u', issue: 'i', securityServer: { serverCode: 'gw' }, representedParty: { partyClass: 'COM', partyCode: '77' } })
})

t.test('path and query stay raw, whatever they hold', async (t) => {
  const cases: [string, string, string | undefined][] = [
    ['', '', undefined], ['/', '/', undefined], ['?', '', ''], ['/a//b/', '/a//b/', undefined], ['/a%2Fb/../c?x=/r1/&y=?', '/a%2Fb/../c', 'x=/r1/&y=?'], ['/%D0%84', '/%D0%84', undefined]
  ]
  for (const [tail, servicePath, query] of cases) {
    const { request, bytes } = createRestRequest(input({ target: `/r1/ZZ/GOV/2002/registry/peo%20ple${tail}` }))
    t.match(request, { servicePath, query, service: { serviceCode: 'peo ple' } }, tail)
    t.same(parseRestRequest(bytes), request)
  }
})

t.test('TR-4.6: a request that cannot be read is refused as X-Road refuses it', async (t) => {
  const bad: [string, Partial<RestRequestInput>][] = [
    ['version 2', { target: '/r2/ZZ/GOV/2002/registry/people' }],
    ['too few parts', { target: '/r1/ZZ/GOV/2002/registry' }],
    ['an empty part', { target: '/r1/ZZ/GOV//registry/people' }],
    ['a bad escape', { target: '/r1/ZZ/GOV/2002/registry/peo%2' }],
    ['a space', { target: '/r1/ZZ/GOV/2002/registry/people/a b' }],
    ['a line end', { target: '/r1/ZZ/GOV/2002/registry/people/a\r\nb' }],
    ['an unknown method', { method: 'CONNECT' }],
    ['a method in lower case', { method: 'get' }],
    ['a client of two parts', { rawHeaders: ['X-Road-Client', 'ZZ/GOV'] }],
    ['a client of five', { rawHeaders: ['X-Road-Client', 'ZZ/GOV/1/s/x'] }],
    ['a server of three', { rawHeaders: [...input().rawHeaders, 'X-Road-Security-Server', 'ZZ/GOV/1'] }],
    ['a party of three', { rawHeaders: [...input().rawHeaders, 'X-Road-Represented-Party', 'a/b/c'] }],
    ['a name with a line end', { rawHeaders: [...input().rawHeaders, 'a\r\nb', 'x'] }],
    ['a value with a line end', { rawHeaders: [...input().rawHeaders, 'a', 'x\r\nx-road-id:evil'] }],
    ['a made id with a line end', { newId: () => 'a\nb' }]
  ]
  for (const [why, changes] of bad) t.throws(() => createRestRequest(input(changes)), refused, why)
  t.throws(() => createRestRequest(input({ rawHeaders: [] })), { name: 'Fault', kind: 'InvalidClientIdentifier' })
  for (const method of REST_METHODS) t.equal(createRestRequest(input({ method })).request.method, method)
})

t.test('a head of a peer: lines may end in any way, but nothing else may differ from the form', async (t) => {
  const expected = parseRestRequest(Buffer.from(HEAD))
  for (const end of ['\n', '\r']) t.same(parseRestRequest(Buffer.from(HEAD.replaceAll('\r\n', end))), expected)
  t.same(parseRestRequest(Buffer.from(HEAD.slice(0, -2))), expected, 'last line without end')
  const bad: [string, string | Buffer][] = [
    ['nothing', ''], ['one line', 'GET\r\n'], ['an empty line', HEAD.replace('Accept', '\r\nAccept')], ['a blank line at the end', HEAD + '\r\n'],
    ['a line without colon', HEAD.replace('Accept:*/*', 'Accept')], ['no name', HEAD.replace('Accept', '')], ['a space in a name', HEAD.replace('Accept', 'Acc ept')],
    ['a control character', HEAD.replace('*/*', 'a\u0000b')], ['another verb', HEAD.replace('POST', 'BREW')], ['a verb with a space', HEAD.replace('POST', 'POST ')],
    ['no id', HEAD.replace(/x-road-id.*\r\n/, '')], ['an empty id', HEAD.replace('ZZ-5f0e', '')], ['no request id', HEAD.replace(/x-road-request-id.*\r\n/, '')],
    ['not UTF-8', Buffer.concat([Buffer.from(HEAD), Buffer.from([0x61, 0x3a, 0xff])])], ['over the limit', HEAD + `a:${'x'.repeat(300_000)}\r\n`],
    ['an absolute URI', HEAD.replace('/r1/', 'http://x/r1/')], ['an authority', HEAD.replace('/r1/', '//r1/')], ['a client that starts with a space', HEAD.replace(':ZZ/GOV/1001', ': ZZ/GOV/1001')],
    ...['|', '{', '}', '^', '`', '"', '<', '>', '\\', ' ', '%zz', '%4', '\u0085'].map((c): [string, string] => [`raw ${JSON.stringify(c)} in the path`, HEAD.replace('find', `fi${c}nd`)]),
    ...[...STRIPPED_HEADERS].map((name): [string, string] => [`header ${name}`, HEAD.replace('Accept', name.toUpperCase())])
  ]
  for (const [why, head] of bad) t.throws(() => parseRestRequest(Buffer.from(head)), refused, why)
  t.throws(() => parseRestRequest(Buffer.from(HEAD.replace('X-Road-Client', 'Y-Road-Client'))), { name: 'Fault', kind: 'InvalidClientIdentifier' })
  t.match(parseRestRequest(Buffer.from(HEAD.replace('find', 'Їжак'))), { servicePath: '/v1/Їжак' }, 'Java\'s URI lets other letters pass')
})

t.test('the head of a response: headers of the service, then five lines in their order', async (t) => {
  const { request } = createRestRequest(input())
  const rawHeaders = ['Content-Type', 'application/json', 'Server', 'x', 'Transfer-Encoding', 'chunked', 'X-Road-Id', 'forged', 'x-road-client', 'forged', 'X-Road-Request-Id', 'forged',
    'X-Road-Request-Hash', 'forged', 'Content-Length', '7', 'Date', 'Thu, 05 Feb 2026 10:00:00 GMT']
  const { response, bytes } = createRestResponse({ status: 200, reason: 'OK', rawHeaders, request, requestHash: 'HASH' })
  t.equal(bytes.toString(), ANSWER_HEAD)
  t.same(parseRestResponse(bytes), response)
  checkRestAnswer(request, response, 'HASH')
  const own = createRestResponse({ status: 404, reason: '', rawHeaders: ['X-Road-Service', 'ZZ/GOV/9/x/y'], request, requestHash: 'HASH' })
  t.equal(own.bytes.toString().split('\r\n')[1], '')
  t.equal(parseRestResponse(own.bytes).service.memberCode, '2002', 'the service\'s own line survives, the last one counts')
  t.throws(() => createRestResponse({ status: 200, reason: 'a\r\nb', rawHeaders: [], request, requestHash: 'HASH' }), refused)
  t.throws(() => createRestResponse({ status: 200, reason: '', rawHeaders: ['a', 'b\nc'], request, requestHash: 'HASH' }), refused)
})

t.test('TR-4.6: a response that lacks or changes an id is refused', async (t) => {
  const { request } = createRestRequest(input())
  for (const name of ['x-road-id', 'x-road-client', 'x-road-service', 'x-road-request-id', 'x-road-request-hash']) {
    t.throws(() => parseRestResponse(Buffer.from(ANSWER_HEAD.replace(new RegExp(`${name}:.*\r\n`), ''))), refused, `without ${name}`)
    t.throws(() => parseRestResponse(Buffer.from(ANSWER_HEAD.replace(new RegExp(`${name}:.*\r\n`), `${name}:\r\n`))), refused, `empty ${name}`)
  }
  for (const bad of ['0', '99', '1000', '2OO', ' 200', '']) t.throws(() => parseRestResponse(Buffer.from(ANSWER_HEAD.replace('200', bad))), refused, `status ${bad}`)
  t.throws(() => parseRestResponse(Buffer.from(ANSWER_HEAD.replace('registry/people', 'registry'))), refused, 'a service of four parts')
  const changes: [string, string][] = [['x-road-id:ZZ-5f0e', 'x-road-id:ZZ-5f0f'], ['1001/portal', '1001'], ['registry/people', 'registry/People'], ['1b9c6f7e', '1b9c6f7f'], ['HASH', 'HASI']]
  for (const [from, to] of changes) {
    t.throws(() => checkRestAnswer(request, parseRestResponse(Buffer.from(ANSWER_HEAD.replace(from, to))), 'HASH'), { name: 'Fault', kind: 'InconsistentResponse' }, to)
  }
})

t.test('trap 9: the request hash joins raw digests, and an empty body part is not an absent one; as openssl computes it', { skip: await skipWithout('openssl') }, async (t) => {
  const files = scratch()
  t.teardown(() => files.remove())
  const sha512 = async (bytes: Uint8Array): Promise<Buffer> => Buffer.from((await runTool('openssl', ['dgst', '-sha512', '-r', files.write('x', bytes)])).text.slice(0, 128), 'hex')
  const head = Buffer.from(HEAD)
  const headHash = await sha512(head)
  t.equal(restRequestHash(head), headHash.toString('base64'))
  for (const body of ['', '{"a":1}']) {
    const bodyHash = await sha512(Buffer.from(body))
    t.equal(restRequestHash(head, bodyHash), (await sha512(Buffer.concat([headHash, bodyHash]))).toString('base64'))
  }
})

t.test('text beyond ASCII keeps its bytes from wire to head to wire', async (t) => {
  const wire = Buffer.from('Ґедзь').toString('latin1')
  t.equal(textOfWire(wire), 'Ґедзь')
  t.equal(textOfWire('caf\u00e9'), 'café', 'not UTF-8: read as ISO-8859-1')
  const { request, bytes } = createRestRequest(input({ rawHeaders: ['X-Road-Client', 'ZZ/GOV/1', 'X-Road-UserId', wire] }))
  t.equal(request.userId, 'Ґедзь')
  t.ok(bytes.includes('X-Road-UserId:Ґедзь\r\n'))
  t.same(toRawHeaders(parseRestRequest(bytes).headers).slice(0, 4), ['X-Road-Client', 'ZZ/GOV/1', 'X-Road-UserId', wire])
})

t.test('any headers make a head that reads the same, and any bytes give a head or a fault', async (t) => {
  const name = fc.stringMatching(/^[!#$%&'*+\-.^_`|~0-9A-Za-z]{1,12}$/).filter((s) => !/^x-road-/i.test(s))
  const value = fc.string({ unit: 'binary' }).map((s) => Buffer.from(s).toString('latin1')).filter((s) => !/[\u0000-\u0008\u000a-\u001f\u007f]/.test(s))
  fc.assert(fc.property(fc.array(fc.tuple(name, value)), fc.stringMatching(/^(\/[a-zA-Z0-9%]{0,2}[a-z]*){0,4}(\?[a-z=&/?]*)?$/).filter((s) => !/%(?![0-9a-fA-F]{2})/.test(s)), (headers, tail) => {
    const { request, bytes } = createRestRequest(input({ target: `/r1/ZZ/GOV/2002/registry/people${tail}`, rawHeaders: [...headers.flat(), 'X-Road-Client', 'ZZ/GOV/1'] }))
    assert.deepEqual(parseRestRequest(bytes), request)
  }))
  const read = (bytes: Uint8Array): void => {
    for (const parse of [parseRestRequest, parseRestResponse]) {
      try { parse(bytes) } catch (thrown) { assert.equal((thrown as Fault).name, 'Fault', String(thrown)) }
    }
  }
  fc.assert(fc.property(fc.uint8Array(), read))
  for (const head of [HEAD, ANSWER_HEAD]) {
    for (let length = 0; length < head.length; length++) read(Buffer.from(head.slice(0, length)))
    fc.assert(fc.property(fc.nat(head.length - 1), fc.nat(255), (at, byte) => {
      const damaged = Buffer.from(head)
      damaged[at] = byte
      read(damaged)
    }), { numRuns: 500 })
  }
  t.pass('held for every sample')
})

t.test('SOAPAction is missing, empty, or a quoted URI reference', async (t) => {
  for (const good of [undefined, '', '""', '"urn:x#y"', '"http://a/b?c=%20"', '"lookup"']) t.doesNotThrow(() => checkSoapAction(good))
  for (const bad of ['"', 'lookup', 'urn:x', '"a b"', '"a', 'a"', '"a"b"', '"%2"', "'x'", '"<a>"']) t.throws(() => checkSoapAction(bad), { name: 'Fault', kind: 'InvalidSoapAction' }, bad)
})

t.test('a Content-Type is taken apart: type in lower case, quoted values, no parameter twice', async (t) => {
  const media = contentTypeOf('Multipart/Related; type="text/xml"; START="<a;\\"b>"; boundary=IS1 ;')
  t.equal(media.type, 'multipart/related')
  t.same([...media.parameters], [['type', 'text/xml'], ['start', '<a;"b>'], ['boundary', 'IS1']])
  t.equal(contentTypeOf(undefined).type, '')
  t.equal(contentTypeOf(' text/xml').type, 'text/xml')
  t.equal(contentTypeOf('text/xml;').type, 'text/xml')
  t.equal(boundaryOf(contentTypeOf('multipart/mixed;boundary="a b:=?c"')), 'a b:=?c')
  const bad = ['a/b; boundary=x; Boundary=y', 'a/b; boundary', 'a/b; boundary="x', 'a/b; =x', 'a/b; charset=utf-8 boundary=x', `a/b; x=${'y'.repeat(5000)}`]
  for (const header of bad) t.throws(() => contentTypeOf(header), { name: 'Fault', kind: 'InvalidContentType' }, header.slice(0, 40))
  for (const header of ['a/b', 'a/b; boundary=', 'a/b; boundary=""', 'a/b; boundary="x "', `a/b; boundary=${'x'.repeat(201)}`, 'a/b; boundary="\u0456"']) {
    t.throws(() => boundaryOf(contentTypeOf(header)), { name: 'Fault', kind: 'InvalidContentType' }, header.slice(0, 40))
  }
})
