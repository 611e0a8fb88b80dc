import t from 'tap'
import { createHash, randomBytes, randomUUID, X509Certificate } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { METHODS, type ServerResponse } from 'node:http'
import { connect, createServer as createTcpServer, type AddressInfo } from 'node:net'
import { join } from 'node:path'
import type { TLSSocket } from 'node:tls'
import { gunzipSync, gzipSync } from 'node:zlib'
import { smallPlan, SMALL_CLIENT, SMALL_PROVIDER } from '@trembita/testnet'
import { createTestPki } from '@trembita/testnet/pki'
import { envelope, faultOf, http, PEOPLE, rest, soap } from './network/messages.ts'
import { startNetwork } from './network/network.ts'
import { echo, soapAnswerTo, startService, type TestService } from './network/service.ts'

/*
 * What stands between an information system and a service must not show: here both ends speak HTTP in every way they may,
 * and what arrives is compared with what was sent.
 */

const outside = await createTestPki({ organization: 'Information systems' })
const known = await outside.issueTls({ names: ['127.0.0.1'] })
const wrong = await outside.issueTls({ names: ['127.0.0.1'] })
const tlsOf = ({ privateKey, certificate }: typeof known): object => ({ key: privateKey.export({ type: 'pkcs8', format: 'pem' }), cert: certificate.pem, requestCert: true, rejectUnauthorized: false })

const service = await startService()
const registered = await startService(tlsOf(known))
const unregistered = await startService(tlsOf(wrong))
for (const one of [service, registered, unregistered]) t.teardown(() => one.close())
/** Takes connections and answers with whatever the test gives. */
let bytesOfGarbage: (request: string) => string | undefined = () => undefined
const garbage = createTcpServer((socket) => {
  socket.on('error', () => {}).on('data', (chunk) => {
    const answer = bytesOfGarbage(chunk.toString('latin1'))
    if (answer === undefined) socket.resetAndDestroy()
    else socket.end(answer, 'latin1')
  })
})
await new Promise<void>((resolve) => { garbage.listen(0, '127.0.0.1', resolve) })
t.teardown(() => garbage.close())

const network = await startNetwork(t, withServices())
const { addresses: { consumerHttp: gateway = '' } } = await network.embed('gwa')
await network.embed('gwb')

function withServices (): ReturnType<typeof smallPlan> {
  const plan = smallPlan({ serviceUrl: service.url })
  const rest = (code: string, url: string, verifyTls?: boolean): object => ({ type: 'REST', url: `${url}/${code}`, services: [{ code, url: `${url}/${code}`, timeoutSeconds: 5, ...(verifyTls === undefined ? {} : { verifyTls }) }] })
  const more = [
    rest('pinned', registered.url), rest('unpinned', unregistered.url), rest('lax', unregistered.url, false), rest('garbage', `http://127.0.0.1:${(garbage.address() as AddressInfo).port}`)
  ]
  return {
    ...plan,
    gateways: plan.gateways.map((one) => one.code === 'gwa'
      ? one
      : {
          ...one,
          serverConf: {
            clients: one.serverConf.clients.map((client) => {
              const { id, descriptions = [], rights = [] } = client as { id: string, descriptions?: object[], rights?: object[] }
              if (id !== SMALL_PROVIDER) return client
              return {
                id,
                certificates: [known.certificate.pem],
                descriptions: [...descriptions, ...more],
                rights: [...rights, ...['pinned', 'unpinned', 'lax', 'garbage'].map((service) => ({ subject: `client:${SMALL_CLIENT}`, service }))]
              }
            })
          }
        })
  }
}

/** What stands in a header, as Node gives it: a character for each byte. */
const UTF8 = Buffer.from('Їжак').toString('latin1')
const CLIENT = { 'X-Road-Client': SMALL_CLIENT }
const last = (of: TestService = service): TestService['received'][number] => of.received.at(-1)!
function answering (answer: (response: ServerResponse) => void): void {
  service.answer = (_received, response) => { answer(response) }
}
t.afterEach(() => { service.answer = echo })

t.test('TR-4.7: every verb passes, with its body where X-Road passes one', async (t) => {
  for (const method of ['GET', 'HEAD', 'DELETE', 'OPTIONS', 'TRACE', 'POST', 'PUT', 'PATCH']) {
    const hasBody = ['POST', 'PUT', 'PATCH'].includes(method)
    const reply = await rest(gateway, { method, path: '/a', ...(hasBody ? { body: 'x=1', headers: { 'content-type': 'application/x-www-form-urlencoded' } } : {}) })
    t.equal(reply.status, 200, method)
    t.match(last(), { method, url: '/people/a', body: { length: hasBody ? 3 : 0 } })
    t.equal(reply.body.length === 0, method === 'HEAD')
  }
  t.equal((await rest(gateway, { method: 'DELETE', headers: { 'content-length': 5 }, body: 'extra' })).status, 200)
  t.equal(last().body.length, 0, 'peers do not pass on a body of DELETE')
  for (const method of METHODS.filter((one) => ['PROPFIND', 'SEARCH', 'PURGE'].includes(one))) {
    t.equal(faultOf(await rest(gateway, { method })), 'Server.ClientProxy.InternalError', method)
  }
})

t.test('TR-4.7: path and query pass byte for byte', async (t) => {
  for (const path of ['', '/', '/a%2Fb/%D0%B0//x;p=1?q=a+b&c=%20&empty', "/~!$&'()*,;=:@-._?a=1?b=/?&#".slice(0, -1), '/%25%2e%41', `/${'x'.repeat(8000)}`]) {
    t.equal((await rest(gateway, { path })).status, 200)
    t.equal(last().url, `/people${path}`)
  }
})

t.test('TR-4.7: headers pass in order and case, twice where they came twice, hop by hop ones do not', async (t) => {
  answering((response) => {
    response.sendDate = false
    response.writeHead(201, ['Set-Cookie', 'a=1', 'X-One', '1', 'set-cookie', 'b=2', 'X-Text', UTF8, 'X-ONE', '2', 'Server', 'secret/1.0', 'Date', 'Mon, 01 Jan 2024 00:00:00 GMT'])
    response.end('x')
  })
  const reply = await rest(gateway, {
    headers: ['Host', 'x', 'X-Road-Client', SMALL_CLIENT, 'X-Two', 'a', 'Accept', 'text/plain', 'x-two', 'b', 'Cookie', 'c=1', 'Authorization', 'Bearer abc', 'X-Text', UTF8, 'User-Agent', 'mine', 'TE', 'trailers', 'X-Empty', '']
  } as never)
  const sent = last().rawHeaders
  const from = sent.indexOf('X-Two')
  t.same(sent.slice(from, from + 14), ['X-Two', 'a', 'Accept', 'text/plain', 'x-two', 'b', 'Cookie', 'c=1', 'Authorization', 'Bearer abc', 'X-Text', UTF8, 'X-Empty', ''])
  t.notOk(sent.some((text) => /^(user-agent|te)$/i.test(text)), 'what is for one hop stays there')
  t.equal(reply.status, 201)
  const got = reply.rawHeaders
  t.same(got.slice(0, 10), ['Set-Cookie', 'a=1', 'X-One', '1', 'set-cookie', 'b=2', 'X-Text', UTF8, 'X-ONE', '2'])
  t.notOk(got.includes('secret/1.0'))
  t.equal(reply.headers.date, 'Mon, 01 Jan 2024 00:00:00 GMT', "the service's date, not the gateway's")
})

t.test('TR-4.4: a client cannot tell a service another caller than the one that was verified', async (t) => {
  answering((response) => { response.end('x') })
  const forged = 'TEST/GOV/9999/police'
  const reply = await rest(gateway, {
    headers: ['Host', 'x', 'X-Road-Client', forged, 'Uxp-Client', forged, 'Uxp-Service', 'TEST/GOV/2002/registry/other', 'Uxp-Transaction-Id', 'mine', 'X-Road-Client', SMALL_CLIENT]
  } as never)
  t.equal(reply.status, 200, 'of several clients the last counts')
  const { headers, rawHeaders } = last()
  t.equal(headers['x-road-client'], SMALL_CLIENT)
  t.equal(headers['uxp-client'], SMALL_CLIENT)
  t.equal(headers['uxp-service'], `${SMALL_PROVIDER}/people`)
  t.equal(headers['uxp-transaction-id'], reply.headers['x-road-request-id'])
  t.notOk(rawHeaders.some((text) => text.includes('9999')))
  await http(`${gateway}/restapi/x`, { headers: ['Host', 'x', 'Uxp-Client', SMALL_CLIENT, 'Uxp-Service', `${SMALL_PROVIDER}/people/`] } as never)
  t.match(last().headers, { 'uxp-client': SMALL_CLIENT, 'uxp-service': `${SMALL_PROVIDER}/people`, 'x-road-client': SMALL_CLIENT }, "and the dialect's own stand as they were")
})

t.test('TR-4.7: any status passes as it is, redirects are not followed, bodies stay as encoded', async (t) => {
  for (const status of [200, 202, 301, 302, 307, 400, 401, 403, 404, 409, 418, 422, 429, 500, 502, 503, 599]) {
    answering((response) => { response.writeHead(status, { location: 'http://127.0.0.1:1/elsewhere' }).end(`status ${status}`) })
    const reply = await rest(gateway)
    t.same([reply.status, reply.text, reply.headers.location, faultOf(reply)], [status, `status ${status}`, 'http://127.0.0.1:1/elsewhere', ''])
  }
  for (const status of [204, 304]) {
    answering((response) => { response.writeHead(status).end() })
    const reply = await rest(gateway)
    t.same([reply.status, reply.body.length, faultOf(reply)], [status, 0, ''])
  }
  const text = 'стиснене '.repeat(10_000)
  answering((response) => { response.writeHead(200, { 'content-encoding': 'gzip', 'content-type': 'text/plain; charset=utf-8' }).end(gzipSync(text)) })
  const zipped = await rest(gateway)
  t.equal(zipped.headers['content-encoding'], 'gzip')
  t.equal(gunzipSync(zipped.body).toString(), text)
  answering((response) => {
    response.writeEarlyHints({ link: '</style.css>; rel=preload' })
    response.end('after 103')
  })
  t.equal((await rest(gateway)).text, 'after 103')
})

t.test('TR-4.7: bodies pass whole: none, empty, chunked, of known length, megabytes of bytes', async (t) => {
  for (const size of [0, 1, 65_535, 65_536, 1_048_576, 1_048_577, 5_000_000]) {
    const [up, down] = [randomBytes(size), randomBytes(size)]
    answering((response) => {
      if (size % 2 === 0) response.setHeader('content-length', size)
      else response.flushHeaders()
      response.end(down)
    })
    const reply = await rest(gateway, { method: 'POST', body: up, headers: size % 2 === 0 ? {} : { 'transfer-encoding': 'chunked' } })
    t.equal(last().body.compare(up), 0, `${size} bytes up`)
    t.equal(reply.body.compare(down), 0, `${size} bytes down`)
    t.equal(reply.headers['content-length'], String(size))
  }
})

/** Writes bytes to the gateway and gives all that comes back until it has matched, or the connection has ended. */
async function raw (bytes: string, until = /$^/, and?: { after: RegExp, send: string }): Promise<string> {
  return await new Promise((resolve, reject) => {
    const { hostname, port } = new URL(gateway)
    const socket = connect(Number(port), hostname)
    let text = ''
    let more = and
    socket.on('data', (chunk) => {
      text += chunk.toString('latin1')
      if (more?.after.test(text) === true) {
        socket.write(more.send)
        more = undefined
      }
      if (until.test(text)) socket.destroy()
    }).once('close', () => { resolve(text) }).once('error', reject)
    socket.write(bytes)
  })
}

t.test('TR-4.7: the less usual forms of HTTP: Expect, absolute targets, HTTP/1.0, pipelining', async (t) => {
  const expecting = await raw(`POST ${PEOPLE}/expect HTTP/1.1\r\nHost: x\r\nX-Road-Client: ${SMALL_CLIENT}\r\nExpect: 100-continue\r\nContent-Length: 5\r\n\r\n`, /"size":5/, { after: /100 Continue\r\n\r\n/, send: 'hello' })
  t.match(expecting, /^HTTP\/1.1 100 Continue\r\n\r\nHTTP\/1.1 200 OK/)
  t.equal(last().headers.expect, undefined)
  t.match(await raw(`GET http://registry.example:8080${PEOPLE}/absolute?a=1 HTTP/1.1\r\nHost: x\r\nX-Road-Client: ${SMALL_CLIENT}\r\n\r\n`, /"url"/), /^HTTP\/1.1 200 OK/)
  t.equal(last().url, '/people/absolute?a=1')
  const old = await raw(`GET ${PEOPLE}/old HTTP/1.0\r\nX-Road-Client: ${SMALL_CLIENT}\r\n\r\n`)
  t.match(old, /^HTTP\/1.1 200 OK/)
  t.notMatch(old, /transfer-encoding/i, 'a client of HTTP/1.0 knows no chunks')
  const get = (path: string): string => `GET ${PEOPLE}/${path} HTTP/1.1\r\nHost: x\r\nX-Road-Client: ${SMALL_CLIENT}\r\n\r\n`
  const both = await raw(get('first') + get('second'), /"url":"\/people\/second"/)
  t.ok(both.indexOf('/people/first"') < both.indexOf('/people/second"'), 'answers in the order of the questions')
  t.match(await raw(`POST ${PEOPLE} HTTP/1.1\r\nHost: x\r\nX-Road-Client: ${SMALL_CLIENT}\r\nTransfer-Encoding: chunked\r\n\r\n3;ext=1\r\nabc\r\n0\r\nTrailer: x\r\n\r\n`, /"size":3/), /200 OK/)
})

t.test('a service that breaks HTTP gives a fault, and the next exchange works', async (t) => {
  const ask = async (method = 'GET'): Promise<string> => faultOf(await http(`${gateway}/r1/${SMALL_PROVIDER}/garbage`, { method, headers: CLIENT, ...(method === 'POST' ? { body: randomBytes(500_000) } : {}) }))
  const cases: [string, (request: string) => string | undefined, RegExp][] = [
    ['resets the connection', () => undefined, /^Server\.ServerProxy\.(NetworkError|IOError)$/],
    ['says nothing and hangs up', () => '', /^Server\.ServerProxy\.(NetworkError|IOError)$/],
    ['speaks something else', () => 'SSH-2.0-x\r\n', /^Server\.ServerProxy\.(NetworkError|IOError)$/],
    ['sends half a head', () => 'HTTP/1.1 200 OK\r\nContent-', /^Server\.ServerProxy\.(NetworkError|IOError)$/],
    ['sends less than it announced', () => 'HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nabc', /^Server\.ServerProxy\.IOError$/],
    ['ends in the middle of a chunk', () => 'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nabc', /^Server\.ServerProxy\.IOError$/],
    ['sends chunks that are none', () => 'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\nabc\r\n0\r\n\r\n', /^Server\.ServerProxy\.IOError$/],
    ['sends a head without end', () => `HTTP/1.1 200 OK\r\nX: ${'x'.repeat(300_000)}\r\n\r\n`, /^Server\.ServerProxy\.(NetworkError|IOError)$/]
  ]
  for (const [what, answer, fault] of cases) {
    bytesOfGarbage = answer
    t.match(await ask(), fault, what)
  }
  bytesOfGarbage = () => 'HTTP/1.1 200 OK\r\n\r\nuntil the end'
  t.equal((await http(`${gateway}/r1/${SMALL_PROVIDER}/garbage`, { headers: CLIENT })).text, 'until the end', 'a body that ends with the connection is one')
  bytesOfGarbage = () => 'HTTP/1.1 413 Too Large\r\nContent-Length: 2\r\n\r\nno'
  const early = await http(`${gateway}/r1/${SMALL_PROVIDER}/garbage`, { method: 'POST', headers: CLIENT, body: randomBytes(5_000_000) })
  t.match([early.status, faultOf(early)], [/^(413|500)$/, /^(Server\.ServerProxy\.(NetworkError|IOError))?$/], 'an answer before the request was read is an answer, or a fault, but no hang')
  t.equal((await rest(gateway)).status, 200)
})

t.test('TR-4.4: a service by HTTPS shows a registered certificate, unless that is switched off, and is shown the gateway\'s own', async (t) => {
  const ask = async (code: string): Promise<string> => faultOf(await http(`${gateway}/r1/${SMALL_PROVIDER}/${code}`, { headers: CLIENT }))
  const shown: string[] = []
  registered.server.on('secureConnection', (socket: TLSSocket) => { shown.push(new X509Certificate(socket.getPeerCertificate().raw).fingerprint256) })
  t.equal(await ask('pinned'), '')
  t.same(shown, [new X509Certificate(await readFile(join(network.planned('gwb').folder, 'data', 'internal-tls.crt'))).fingerprint256])
  t.equal(await ask('unpinned'), 'Server.ServerProxy.SslAuthenticationFailed')
  t.equal(unregistered.received.length, 0, 'nothing was sent to it')
  t.equal(await ask('lax'), '')
  t.equal(await ask('unpinned'), 'Server.ServerProxy.SslAuthenticationFailed', 'a connection that was not checked is not used where checking is on')
})

interface Part { readonly headers: readonly string[], readonly body: Buffer }

function multipart (boundary: string, parts: readonly Part[]): Buffer {
  return Buffer.concat([
    ...parts.flatMap(({ headers, body }) => [Buffer.from(`--${boundary}\r\n${headers.join('\r\n')}\r\n\r\n`, 'latin1'), body, Buffer.from('\r\n')]),
    Buffer.from(`--${boundary}--\r\n`)
  ])
}

/** Takes a multipart apart by its boundary alone. */
function partsIn (body: Buffer, boundary: string): { headers: string[], body: Buffer }[] {
  const text = body.toString('latin1')
  return text.split(new RegExp(`(?:^|\\r\\n)--${boundary}(?:\\r\\n|--)`)).slice(1, -1).map((part) => {
    const end = part.indexOf('\r\n\r\n')
    return { headers: part.slice(0, end).split('\r\n').map((line) => line.replace(/^[^:]*/, (name) => name.toLowerCase()).replace(/:\s*/, ': ')).sort(), body: Buffer.from(part.slice(end + 4), 'latin1') }
  })
}

const FORMS: [string, string, string][] = [
  ['SOAP with attachments', 'multipart/related; type="text/xml"; start="<root>"; boundary="=_b1"', 'text/xml; charset=UTF-8'],
  ['MTOM', 'Multipart/Related; boundary=uuid:abc-1; type="application/xop+xml"; start="<root>"; start-info="text/xml"', 'application/xop+xml; charset=UTF-8; type="text/xml"']
]
for (const [name, contentType, rootType] of FORMS) {
  t.test(`TR-4.7: ${name}: parts keep order, headers and raw bytes, both ways`, async (t) => {
    const boundary = /boundary="?([^";]+)/.exec(contentType)![1]!
    const include = '<x:Include xmlns:x="http://www.w3.org/2004/08/xop/include" href="cid:two"/>'
    const parts = (root: string): Part[] => [
      { headers: [`content-type: ${rootType}`, 'content-id: <root>', 'content-transfer-encoding: 8bit'], body: Buffer.from(root) },
      { headers: ['content-type: application/pdf; name="a b.pdf"', 'content-transfer-encoding: base64', 'content-id: <one>'], body: Buffer.from(randomBytes(3000).toString('base64').replace(/.{76}/g, '$&\r\n')) },
      { headers: ['content-type: application/octet-stream', 'content-id: <two>', 'content-disposition: attachment; filename="\u00fc.bin"', 'x-own: 1'], body: randomBytes(200_000) },
      { headers: ['content-type: text/plain', 'content-id: <empty>'], body: Buffer.alloc(0) },
      { headers: ['content-type: text/plain', 'content-id: <dashes>'], body: Buffer.from(`\r\n--${boundary.slice(0, -1)}\r\n--\r\n`) }
    ]
    const request = parts(envelope({ id: randomUUID(), content: include }))
    const answer = parts(soapAnswerTo(request[0]!.body.toString()))
    let received: { type: string | undefined, action: string | undefined, body: Buffer } | undefined
    service.answer = ({ headers, body }, response) => {
      received = { type: headers['content-type'], action: headers.soapaction as string, body }
      response.writeHead(200, { 'content-type': contentType }).end(multipart(boundary, answer))
    }
    const reply = await soap(gateway, { id: '' }, { headers: { 'content-type': contentType, SOAPAction: '"urn:demo#lookup"' }, body: multipart(boundary, request) })
    t.equal(faultOf(reply), '')
    t.equal(received?.type, contentType)
    t.equal(received?.action, '"urn:demo#lookup"')
    t.same(digests(partsIn(received!.body, boundary)), digests(sorted(request)), 'as the service got them')
    t.equal(reply.headers['content-type']?.startsWith(contentType), true)
    const [root, ...attachments] = partsIn(reply.body, boundary)
    t.same(digests(attachments), digests(sorted(answer).slice(1)), 'as the client got them')
    t.match(root!.body.toString(), include)
    t.match(root!.body.toString(), /<\/x:id>\s*<x:requestHash algorithmId="http:\/\/www.w3.org\/2001\/04\/xmlenc#sha512">/)
  })
}

function sorted (parts: readonly Part[]): Part[] {
  return parts.map(({ headers, body }) => ({ headers: [...headers].sort(), body }))
}

function digests (parts: readonly Part[]): object[] {
  return parts.map(({ headers, body }) => ({ headers, size: body.length, sha256: createHash('sha256').update(body).digest('hex') }))
}

t.test('TR-4.7: SOAP passes to any path, in any content type that is SOAP, and comes back as text/xml', async (t) => {
  for (const type of ['text/xml', 'text/xml; charset=utf-8', 'Text/XML;charset="UTF-8"', 'application/soap+xml; charset=utf-8']) {
    const reply = await soap(`${gateway}/any/path?x`, { id: randomUUID() }, { headers: { 'content-type': type } })
    t.equal(faultOf(reply), '', type)
    t.match(reply.headers['content-type'], /^text\/xml; ?charset=utf-8$/i)
    t.equal(last().url, '/soap')
  }
  for (const [label, encoding] of [['UTF-16', 'utf16le'], ['windows-1251', undefined]] as const) {
    const text = envelope({ id: randomUUID(), content: '<p:key>Їжак</p:key>' }).replace('UTF-8', label)
    const body = encoding === undefined ? Buffer.from([...text].map((char) => ({ Ї: 0xaf, ж: 0xe6, а: 0xe0, к: 0xea })[char] ?? char.charCodeAt(0))) : Buffer.concat([Buffer.from([0xff, 0xfe]), Buffer.from(text, encoding)])
    service.answer = ({ body: got }, response) => {
      t.equal(got.compare(body), 0, `${label} reaches the service as it came`)
      response.writeHead(200, { 'content-type': 'text/xml; charset=utf-8' }).end(soapAnswerTo(text.replace(label, 'UTF-8')))
    }
    const reply = await soap(gateway, { id: '' }, { headers: { 'content-type': `text/xml; charset=${label}` }, body })
    t.equal(faultOf(reply), '', label)
    t.match(reply.text, 'Їжак')
  }
})
