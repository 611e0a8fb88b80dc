import { gzipSync } from 'node:zlib'
import t, { type Test } from 'tap'
import { SMALL_CLIENT } from '@trembita/testnet'
import { readLog } from '../network/logged.ts'
import { envelope, faultOf, http, type HttpCall, type HttpReply } from '../network/messages.ts'
import type { Answer } from '../network/service.ts'
import { startAgreed } from './agreed-network.ts'

t.setTimeout(120_000)
const agreed = await startAgreed(t)
const { network, service, consumer, provider, agree, decide, events } = agreed
const gateway = consumer.addresses.consumerHttp!

const call = async (code: string, { path = '', headers, ...rest }: HttpCall & { path?: string } = {}): Promise<HttpReply> =>
  await http(`${gateway}/r1/TEST/GOV/2002/registry/${code}${path}`, { ...rest, headers: { 'X-Road-Client': SMALL_CLIENT, ...headers } as Record<string, string> })
const soap = async (code: string, options: { header?: string, content?: string } = {}): Promise<HttpReply> => {
  const body = envelope({ id: 's1', service: `TEST/GOV/2002/registry/${code}/v1`, content: options.content }).replaceAll('p:lookup', `p:${code}`).replace('</e:Header>', `${options.header ?? ''}</e:Header>`)
  return await http(gateway, { method: 'POST', headers: { 'content-type': 'text/xml; charset=utf-8' }, body })
}
const answers = (type: string, body: string | Buffer, { status = 200, ...headers }: Record<string, string | number> = {}): Answer => (_received, response) => {
  response.writeHead(Number(status), { 'content-type': type, ...headers }).end(body)
}
const json = (value: unknown): Answer => answers('application/json', JSON.stringify(value))
const message = ({ text }: HttpReply): string => (JSON.parse(text) as { message: string }).message

/** An envelope in which a service answers `code`. */
const soapAnswer = (code: string, content: string): Answer => ({ body }, response) => {
  const answer = body.toString().replaceAll(`p:${code}`, `p:${code}Response`).replace(/<p:key>.*?<\/p:key>/, content)
  response.writeHead(200, { 'content-type': 'text/xml; charset=utf-8' }).end(answer)
}

const REST_FIELDS = { services: [{ code: 'strict', operations: [{ method: 'GET', path: '/persons/*', json: ['/name', '/codes/*/katottg'], xml: ['/person/name'], media: ['application/pdf'] }] }] }

t.test('TR-9b: without an agreement in force a call is refused before the service hears of it, and the fault says why', async (t) => {
  service.answer = json({ name: 'A' })
  const refused = async (because: RegExp, code = 'strict', options = {}): Promise<void> => {
    const before = service.received.length
    const reply = await call(code, { path: '/persons/1', ...options })
    t.equal(faultOf(reply), 'Server.ServerProxy.AgreementRequired')
    t.match(message(reply), because)
    t.equal(service.received.length, before, 'the service was not asked')
  }
  await refused(/^no agreement lets TEST\/GOV\/1001\/portal have SERVICE:TEST\/GOV\/2002\/registry\/strict$/)
  await agree({ id: 'FUTURE', from: '2098-01-01T00:00:00Z', ...REST_FIELDS })
  await refused(/^agreement FUTURE is not in force before 2098-01-01T00:00:00\.000Z$/)
  await agree({ id: 'A1', ...REST_FIELDS })
  t.match(await call('strict', { path: '/persons/1' }), { status: 200, text: '{"name":"A"}' })
  await decide('A1', 'suspend')
  await refused(/^agreement A1 is suspended$/)
  await decide('A1', 'resume')
  t.equal((await call('strict', { path: '/persons/1' })).status, 200, 'and goes on when it is resumed')
  await refused(/^agreement A1 does not cover this operation/, 'strict', { path: '/others/1' })
  await refused(/^agreement A1 does not cover this operation/, 'strict', { method: 'DELETE' })
  t.match(await soap('lookup'), { status: 200, text: /<faultcode>Server\.ServerProxy\.AgreementRequired<\/faultcode>/ })
  t.equal((await call('people')).status, 200, 'a service without the setting asks for nothing')
  t.same(events(), [], 'who was not let in was answered nothing, and leaves no event')
})

t.test('TR-9a: a purpose that the agreement does not name is refused; one that is not said is its only one', async (t) => {
  service.answer = json({ name: 'A' })
  const purposes = async (value: string | undefined, service = 'strict'): Promise<string> => {
    const reply = await call(service, { path: '/persons/1', headers: value === undefined ? {} : { 'Uxp-Purpose-Ids': value } })
    return faultOf(reply) || String(reply.status)
  }
  t.equal(await purposes(undefined), '200')
  t.equal(await purposes('P1'), '200')
  t.equal(await purposes('P2'), 'Server.ServerProxy.PurposeNotAllowed')
  t.equal(await purposes('P1,P2'), 'Server.ServerProxy.PurposeNotAllowed')
  const uxp = await http(`${gateway}/restapi/persons/1`, { headers: { 'Uxp-Client': SMALL_CLIENT, 'Uxp-Service': 'TEST/GOV/2002/registry/strict', 'Purpose-Id': 'P2' } })
  t.equal(faultOf(uxp), 'Server.ServerProxy.PurposeNotAllowed', 'Trembita\'s own dialect is held to it too')
  await agree({ id: 'SOAP', services: [{ code: 'find', version: 'v1', operations: [{ xml: ['/{urn:demo}findResponse/{urn:demo}name'] }] }, { code: 'lookup', version: 'v1', operations: [{ xml: ['/{urn:demo}lookupResponse/{urn:demo}name'] }] }], purposes: [{ code: 'P1', name: 'a', ground: 'b' }, { code: 'P2', name: 'c', ground: 'd' }] })
  service.answer = soapAnswer('find', '<p:name>A</p:name>')
  const purpose = (code: string): string => `<g:purpose xmlns:g="urn:trembita:agreement:1">${code}</g:purpose>`
  t.equal(faultOf(await soap('find')), 'Server.ServerProxy.PurposeNotAllowed')
  t.equal(faultOf(await soap('find', { header: purpose('P3') })), 'Server.ServerProxy.PurposeNotAllowed')
  const found = await soap('find', { header: purpose(' P2 ') })
  t.match(found.text, '<p:name>A</p:name>')
  t.match(found.text, 'P2 </g:purpose>', 'which the answer may give back')
})

t.test('UP-9b, TR-9b: what a REST answer holds outside the agreement is refused, or cut out before it is sealed, and recorded by place', async (t) => {
  const before = events().length
  service.answer = answers('application/json', '{"name": "Ім\'я", "rnokpp": "7000100119", "codes": [{"katottg": 1.10, "street": "X"}]}', { etag: '"7000100119"', 'x-kept': '1' })
  const refused = await call('strict', { path: '/persons/1' })
  t.equal(faultOf(refused), 'Server.ServerProxy.OutsideAgreement')
  t.equal(message(refused), 'the answer of the service holds what agreement A1 does not permit')
  t.notMatch(refused.text, '7000100119')

  await agree({ id: 'A2', services: [{ code: 'lenient', operations: [{ path: '/persons/*', json: ['/name', '/codes/*/katottg'], xml: ['/person/name'], media: ['application/pdf'] }] }] })
  const cut = await call('lenient', { path: '/persons/1' })
  t.match(cut, { status: 200, text: '{"name": "Ім\'я", "codes": [{"katottg": 1.10}]}' })
  t.equal(cut.headers.etag, undefined, 'and so is what would tell of it')
  t.equal(cut.headers['x-kept'], '1')
  t.match(events().slice(0, events().length - before), [
    { outcome: 'removed', agreements: ['A2/1'], places: ['/rnokpp', '/codes/*/street'], client: SMALL_CLIENT, service: 'TEST/GOV/2002/registry/lenient' },
    { outcome: 'refused', agreements: ['A1/1'], places: ['/rnokpp', '/codes/*/street'] }
  ])
  const lines = provider.lines.filter(({ msg }) => msg === 'answer of a service was outside its agreement')
  t.equal(lines.length, 2)
  t.notMatch(JSON.stringify([lines, events()]), /7000100119|Ім'я/, 'where, never what')

  service.answer = answers('application/xml', '<person><name>A</name><tax code="1"/></person>')
  t.equal(faultOf(await call('strict', { path: '/persons/1' })), 'Server.ServerProxy.OutsideAgreement')
  t.match(await call('lenient', { path: '/persons/1' }), { status: 200, text: '<person><name>A</name></person>' })
  service.answer = json('7000100119')
  t.equal(faultOf(await call('lenient', { path: '/persons/1' })), 'Server.ServerProxy.OutsideAgreement', 'nothing could be left')
})

t.test('TR-9b: what a SOAP answer holds outside the agreement is refused or cut out, in Body and Header alike', async (t) => {
  await decide('SOAP', 'end')
  const fields = (code: string): object => ({ code, version: 'v1', operations: [{ xml: [`/{urn:demo}${code}Response/{urn:demo}name`, '/{http://schemas.xmlsoap.org/soap/envelope/}Fault/detail/{urn:demo}code'], media: ['application/pdf'] }] })
  await agree({ id: 'SOAP2', services: [fields('find'), fields('lookup')] })
  service.answer = soapAnswer('lookup', '<p:name>A</p:name>')
  t.match((await soap('lookup')).text, '<p:name>A</p:name>')
  service.answer = soapAnswer('lookup', '<p:name>A</p:name><p:tax>7000100119</p:tax>')
  t.equal(faultOf(await soap('lookup')), 'Server.ServerProxy.OutsideAgreement')
  service.answer = soapAnswer('find', '<p:name>A</p:name><!-- 7000100119 --><p:tax>7000100119</p:tax>')
  const cut = await soap('find', { header: '<p:trace xmlns:p="urn:demo">7000100119</p:trace>' })
  t.match(cut.text, /<p:findResponse xmlns:p="urn:demo"><p:name>A<\/p:name><\/p:findResponse>/)
  t.notMatch(cut.text, '7000100119')
  t.match(cut.text, /<x:requestHash /, 'what the protocol needs stays')
  const body = '/{http://schemas.xmlsoap.org/soap/envelope/}Envelope/{http://schemas.xmlsoap.org/soap/envelope/}'
  t.same(events()[0]?.places, [`${body}Header/{urn:demo}trace`, `${body}Body/{urn:demo}findResponse/text()`, `${body}Body/{urn:demo}findResponse/{urn:demo}tax`])
})

t.test('a fault of a SOAP service passes with its words; its detail needs the agreement', async (t) => {
  const fault = (detail: string): Answer => answers('text/xml', '<e:Envelope xmlns:e="http://schemas.xmlsoap.org/soap/envelope/"><e:Body><e:Fault><faultcode>e:Server</faultcode><faultstring>closed</faultstring>' +
    `<detail>${detail}</detail></e:Fault></e:Body></e:Envelope>`, { status: 500 })
  service.answer = fault('<d:code xmlns:d="urn:demo">17</d:code>')
  t.match((await soap('lookup')).text, /<faultstring>closed<\/faultstring><detail><d:code xmlns:d="urn:demo">17<\/d:code>/)
  service.answer = fault('<d:person xmlns:d="urn:demo">7000100119</d:person>')
  t.equal(faultOf(await soap('lookup')), 'Server.ServerProxy.OutsideAgreement')
  t.match((await soap('find')).text, /<faultstring>closed<\/faultstring><detail><\/detail>/)
})

t.test('what cannot be looked through is refused, unless the agreement names its type', async (t) => {
  const before = events().length
  const outcome = async (answer: Answer, service2 = 'lenient'): Promise<string> => {
    service.answer = answer
    const reply = await call(service2, { path: '/persons/1' })
    return faultOf(reply) === '' ? String(reply.status) : message(reply).replace('the answer of the service cannot be held to the agreement: ', '')
  }
  t.equal(await outcome(answers('application/pdf', '%PDF')), '200')
  t.match(await outcome(answers('application/zip', 'PK')), /^its content type is neither JSON nor XML/)
  t.match(await outcome(answers('text/html', '<h1/>')), /^its content type/)
  t.match(await outcome(answers('multipart/mixed; boundary=b', '--b--')), /^its content type/)
  t.match(await outcome((_, response) => { response.end('{"name":1}') }), /^it has no content type$/)
  t.equal(await outcome(answers('application/json', gzipSync('{"name":1}'), { 'content-encoding': 'gzip' })), 'it is compressed')
  t.equal(await outcome(answers('application/json; charset=utf-16', Buffer.from('{"name":1}', 'utf16le'))), 'it is not UTF-8')
  t.match(await outcome(answers('application/json', '{"name":1,"name":2}')), /a member stands twice/)
  t.match(await outcome(answers('application/json', '\ufeff{"name":1}')), /no JSON/)
  t.match(await outcome(answers('application/json', '['.repeat(200))), /nested deeper/)
  t.match(await outcome(answers('application/xml', '<!DOCTYPE person><person/>')), /no XML/)
  t.equal(await outcome(answers('application/json', JSON.stringify({ name: 'a'.repeat(70_000) }))), 'it is larger than 65536 bytes')
  t.equal(await outcome(answers('application/pdf', Buffer.alloc(200_000))), '200', 'what is not looked through may be larger')
  t.equal(await outcome(answers('application/vnd.demo+json; charset="UTF-8"', '{"name":1}')), '200')
  t.equal(events().length - before, 11, 'each refusal is recorded')
  t.match(events()[0], { outcome: 'refused', reason: 'it is larger than 65536 bytes', places: [] })
})

t.test('attachments of a SOAP answer pass by the types that the agreement names', async (t) => {
  const withAttachment = (type: string): Answer => ({ body }, response) => {
    const answer = body.toString().replaceAll('p:lookup', 'p:lookupResponse').replace(/<p:key>.*?<\/p:key>/, '<p:name>A</p:name>')
    response.writeHead(200, { 'content-type': 'multipart/related; boundary=b; type="text/xml"' })
      .end(`--b\r\nContent-Type: text/xml; charset=utf-8\r\n\r\n${answer}\r\n--b\r\nContent-Type: ${type}\r\nContent-ID: <a>\r\n\r\nDATA\r\n--b--\r\n`)
  }
  service.answer = withAttachment('application/pdf')
  t.match((await soap('lookup')).text, /DATA/)
  service.answer = withAttachment('application/octet-stream')
  t.match(await soap('lookup'), { text: /OutsideAgreement[\s\S]*attachment of a type that the agreement does not name/ })
})

t.test('an answer may say that there is nothing, and an error may be told in words', async (t) => {
  const passes = async (answer: Answer, options = {}): Promise<HttpReply> => {
    service.answer = answer
    return await call('lenient', { path: '/persons/1', ...options })
  }
  t.match(await passes((_, response) => { response.writeHead(204).end() }), { status: 204 })
  t.match(await passes(json({ codes: [], name: null })), { status: 200, text: '{"codes":[],"name":null}' })
  t.match(await passes(json(null)), { status: 200, text: 'null' })
  t.match(await passes(answers('application/json', '')), { status: 200, text: '' })
  t.match(await passes((_, response) => { response.writeHead(200, { 'content-type': 'application/zip' }).end() }, { method: 'HEAD' }), { status: 200 })
  t.match(await passes(answers('application/problem+json', '{"type":"about:blank","title":"Not found","status":404,"code":"no-data","rnokpp":"7000100119"}', { status: 404 })),
    { status: 404, text: '{"type":"about:blank","title":"Not found","status":404,"code":"no-data"}' })
  t.match(await passes(answers('application/problem+json', '{"title":"7000100119","name":"A"}')), { status: 200, text: '{"name":"A"}' }, 'what is no error has no such members')
})

t.test('the service of such a call is asked for an unencoded answer, others as the client asked', async (t) => {
  service.answer = json({ name: 'A' })
  await call('lenient', { path: '/persons/1', headers: { 'Accept-Encoding': 'gzip' } })
  t.equal(service.received.at(-1)?.headers['accept-encoding'], 'identity')
  await call('people', { headers: { 'Accept-Encoding': 'gzip' } })
  t.equal(service.received.at(-1)?.headers['accept-encoding'], 'gzip')
})

t.test('what is sealed and logged is what was left, and each container verifies', async (t: Test) => {
  await provider.gateway.close()
  await consumer.gateway.close()
  for (const code of ['gwa', 'gwb']) {
    const logged = await readLog(network, code)
    t.ok(logged.length > 20)
    t.same(logged.filter(({ report }) => report.verdict !== 'verified').map(({ report }) => report.reason), [], code)
  }
})
