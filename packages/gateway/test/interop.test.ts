import { randomUUID, X509Certificate } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import t, { type Test } from 'tap'
import { checkSeal, fetchOcsp, formatFault, headerOf, piecesOf, readRestHead, restHeader, restRequestHash, sha512, type ForeignReply, type ReceivedMessage, type RequestOrders } from '@trembita/testnet/foreign-peer'
import { openssl, pem, runTool, scratch, skipWithout, xmlsecVerify } from '@trembita/testnet/verifiers'
import { asResponse } from './foreign/information-system.ts'
import { envelope, foreignRest, foreignSoap } from './foreign/messages.ts'
import { ABROAD, call, ISLAND, PORTAL, REGISTRY, startNetwork } from './foreign/network.ts'

// The other side of every exchange here is ForeignPeer: written from the facts of the wire, not from our code.

t.setTimeout(100_000)
const network = await startNetwork({
  abroad: (message) => message.protocol === 'rest'
    ? restEcho(message)
    : { envelope: asResponse(message.head.body.toString()), ...(message.attachments.length === 0 ? {} : multipartBack(message)) },
  island: (message) => message.protocol === 'rest' ? restEcho(message) : { envelope: asResponse(message.head.body.toString()) }
})
t.teardown(() => network[Symbol.asyncDispose]())
const { abroad, island, system, consumer, provider } = network
const messagePort = provider.addresses.messages!
const REST_SERVICE = `${REGISTRY}/people`
const SOAP_SERVICE = `${REGISTRY}/lookup/v1`
const XTOP = /^multipart\/mixed; charset=UTF-8; boundary=xtop[A-Za-z]{30}$/
const XATT = /^multipart\/mixed; charset=UTF-8; boundary=xatt[A-Za-z]{30}$/

function restEcho (message: ReceivedMessage) {
  return { status: 200, headers: [['Content-Type', 'text/plain'], ['X-Service', 'abroad']] as const, body: message.body ?? Buffer.from('nothing was sent') }
}

function multipartBack (message: ReceivedMessage) {
  return {
    originalContentType: 'multipart/related; type="text/xml"; boundary="=_back"',
    contentType: 'text/xml; charset=UTF-8',
    partHeaders: ['Content-ID: <back>'],
    attachments: message.attachments
  }
}

/** What a consumer's gateway checks of our answer, by the peer's own code and by xmlsec1. */
function checked (t: Test, reply: ForeignReply): ReceivedMessage {
  t.equal(reply.fault, undefined)
  t.equal(reply.status, 200)
  t.match(reply.contentType, XTOP)
  // Peers look these up in a case-sensitive map.
  t.ok(reply.headers.includes('x-hash-algorithm: SHA-512'))
  const message = reply.message!
  t.same(message.ocspResponses, [], 'answers carry no OCSP parts')
  const { certificate } = checkSeal(message.seal, message.pieces)
  t.match(certificate.subject, /serialNumber=2002/, 'sealed by the provider\'s member')
  return message
}

const types = (message: ReceivedMessage): string[] => message.parts.map(({ headers }) => headers[0]!.replace(/(xtop|xatt)[A-Za-z]{30}/, '$1…'))

t.test('TR-5.1: an X-Road peer gets REST answers, with and without body, and takes their hashes for its own', async (t) => {
  for (const body of [undefined, Buffer.from('{"b":1}'), Buffer.alloc(0)]) {
    const request = foreignRest({ client: ABROAD, service: REST_SERVICE, method: 'POST', path: '/a%20b?x=%D1%96', ...(body === undefined ? {} : { body }), headers: [['X-Any', ' spaced '], ['X-Any', 'Ґ']] })
    const message = checked(t, await abroad.send(messagePort, request))
    t.equal(message.protocol, 'rest')
    t.same(types(message), [
      'content-type: application/x-road-rest-response', 'content-type: application/x-road-rest-body',
      'content-type: application/hash-chain-result', 'content-type: application/hash-chain', 'content-type: signature/bdoc-1.0/ts'
    ])
    const head = readRestHead(message.head.body)
    t.same([head.first, head.second], ['200', 'OK'])
    t.same(head.headers.slice(-5).map(([name]) => name), ['x-road-id', 'x-road-client', 'x-road-service', 'x-road-request-id', 'x-road-request-hash'])
    t.equal(restHeader(head, 'x-road-request-hash'), restRequestHash(request.head, body), 'an empty body part counts, an absent one does not')
    t.equal(restHeader(head, 'x-road-request-id'), request.requestId)
    t.same(head.headers.filter(([name]) => name === 'X-Service').map(([, value]) => value), ['a', 'b'], 'repeated headers stay')
    t.same(JSON.parse(message.body!.toString()), { method: 'POST', url: '/people/a%20b?x=%D1%96', bytes: body?.length ?? 0 })
    t.equal(system.last.headers['x-any'], 'spaced, \xd2\x90')
  }
})

t.test('the trace that a peer\'s client stated reaches the service, though its gateway passes no trace', async (t) => {
  const traceId = '4bf92f3577b34da6a3ce929d0e0e4736'
  checked(t, await abroad.send(messagePort, foreignRest({ client: ABROAD, service: REST_SERVICE, headers: [['traceparent', `00-${traceId}-00f067aa0ba902b7-01`]] })))
  t.match(system.last.headers.traceparent, new RegExp(`^00-${traceId}-(?!00f067aa0ba902b7)[0-9a-f]{16}-01$`))
})

t.test('TR-5.1: an answer without content has no body part and a plain seal', async (t) => {
  const message = checked(t, await abroad.send(messagePort, foreignRest({ client: ABROAD, service: REST_SERVICE, method: 'DELETE', path: '/7' })))
  t.same(types(message), ['content-type: application/x-road-rest-response', 'content-type: signature/bdoc-1.0/ts'])
  t.equal(readRestHead(message.head.body).first, '204')
})

t.test('TR-5.1: an X-Road peer gets SOAP answers with the request\'s hash right behind the id', async (t) => {
  const request = foreignSoap({ client: ABROAD, service: SOAP_SERVICE }, { soapAction: '"urn:lookup#it"' })
  const reply = await abroad.send(messagePort, request)
  const message = checked(t, reply)
  t.ok(reply.headers.some((line) => /^x-original-content-type: text\/xml/i.test(line) && line.startsWith('x-original-content-type')))
  t.same(types(message), ['content-type: text/xml; charset=UTF-8', 'content-type: signature/bdoc-1.0/ts'])
  t.match(message.head.body.toString(), new RegExp(`</xro:id>\\s*<xro:requestHash algorithmId="http://www.w3.org/2001/04/xmlenc#sha512">${sha512(request.head).toString('base64').replace(/[+]/g, '\\+')}</xro:requestHash>`))
  t.ok(system.last.body.equals(request.head), 'the service gets the envelope byte for byte')
  t.equal(system.last.headers.soapaction, '"urn:lookup#it"')
  t.equal(system.last.headers['content-type'], 'text/xml; charset=UTF-8')
})

t.test('TR-5.1: attachments and MTOM of a peer reach the service in the boundary they came with, still encoded, and back', async (t) => {
  for (const type of ['text/xml; charset=UTF-8', 'application/xop+xml; charset=UTF-8; type="text/xml"']) {
    const attachments = [
      { headers: ['content-type: application/octet-stream', 'Content-ID: <a1>', 'Content-Transfer-Encoding: base64'], body: Buffer.from('QUJD\r\nREVG') },
      { headers: ['content-type: text/plain'], body: Buffer.from('--IS1\r\nalmost a boundary') }
    ]
    const request = foreignSoap({ client: ABROAD, service: SOAP_SERVICE }, {
      contentType: type, partHeaders: ['Content-ID: <root>'], attachments, originalContentType: 'multipart/related; type="text/xml"; start="<root>"; boundary="IS-1"'
    })
    const message = checked(t, await abroad.send(messagePort, request))
    t.equal(system.last.headers['content-type'], request.originalContentType)
    t.ok(system.last.body.includes(`--IS-1\r\ncontent-type: ${type}\r\nContent-ID: <root>\r\n\r\n${request.head.toString().slice(0, 20)}`))
    t.ok(system.last.body.includes('\r\nQUJD\r\nREVG\r\n--IS-1\r\n'))
    t.match(types(message)[1], /multipart\/mixed; charset=UTF-8; boundary=xatt…/)
    t.match(headerOf(message.parts[1]!.headers, 'content-type'), XATT)
    t.same(message.attachments.map(({ headers, body }) => [headers, body.toString()]), [
      [['content-type: application/octet-stream', 'Content-ID: <back-0>'], 'QUJD\r\nREVG'], [['content-type: text/plain', 'Content-ID: <back-1>'], '--IS1\r\nalmost a boundary']
    ])
    t.equal(types(message).length, 5, 'several pieces are sealed as a batch')
  }
})

const others = [[{ name: '/message.xml', digest: sha512('one') }], [{ name: '/message.xml', digest: sha512('two') }, { name: '/attachment1', digest: sha512('three') }]]
const seals: [string, RequestOrders['seal']][] = [
  ['RSA PKCS#1', { method: 'rsa' }], ['RSA-PSS', { method: 'rsa-pss' }], ['a batch of several messages', { together: others }], ['the shape of X-Road 8', { shape: 'x-road-8' }],
  ['the shape of X-Road 8 by RSA-PSS', { shape: 'x-road-8', method: 'rsa-pss' }]
]
const ecSeals: [string, RequestOrders['seal']][] = [
  ['ECDSA', { method: 'ecdsa' }], ['ECDSA with short numbers', { method: 'ecdsa-short' }], ['a batch by ECDSA', { together: others }], ['the shape of X-Road 8 by ECDSA', { shape: 'x-road-8' }]
]

for (const [peer, client, list] of [[abroad, ABROAD, seals], [island, ISLAND, ecSeals]] as const) {
  for (const [name, seal] of list) {
    t.test(`TR-5.1: requests and answers of a peer are taken with ${name}`, async (t) => {
      const attachments = [{ headers: ['content-type: a/b'], body: Buffer.from('1') }, { headers: ['content-type: a/b'], body: Buffer.from('2') }]
      for (const request of [
        foreignRest({ client, service: REST_SERVICE }),
        foreignRest({ client, service: REST_SERVICE, body: Buffer.from('x'.repeat(3000)) }),
        foreignSoap({ client, service: SOAP_SERVICE }),
        foreignSoap({ client, service: SOAP_SERVICE }, { attachments, originalContentType: 'multipart/related; boundary=b' })
      ]) checked(t, await peer.send(messagePort, request, { seal }))
      peer.order({ seal })
      t.teardown(() => peer.order())
      const rest = await call(consumer.addresses.consumerHttp!, `/r1/${client}/any`, { headers: { 'X-Road-Client': PORTAL }, body: 'ping' })
      t.same([rest.status, rest.text], [200, 'ping'])
      const soap = await call(consumer.addresses.consumerHttp!, '/', { headers: { 'Content-Type': 'text/xml' }, body: envelope({ client: PORTAL, service: `${client}/lookup` }) })
      t.match(soap.text, /lookupResponse/)
    })
  }
}

t.test('TR-5.1: our consumer side writes the request as X-Road 7 does', async (t) => {
  const sent = await call(consumer.addresses.consumerHttp!, `/r1/${ABROAD}/any/path?q=a%2Fb`, {
    headers: { 'X-Road-Client': PORTAL, 'X-Road-Id': 'q-77', 'X-Road-UserId': 'u', Accept: 'text/plain', 'User-Agent': 'tap', Expect: 'the-unexpected', 'x-road-request-id': 'forged' }, body: 'ping'
  })
  t.same([sent.status, sent.text, sent.headers['x-service']], [200, 'ping', 'abroad'])
  const received = abroad.requests.at(-1)!
  t.same([received.method, received.url, received.tls], ['POST', '/', 'TLSv1.2'])
  t.match(received.cipher, /^ECDHE-RSA-AES256-SHA384$/)
  t.match(received.headers.find(([name]) => name === 'content-type')?.[1], XTOP)
  const headers = new Map(received.headers)
  t.equal(headers.get('x-hash-algorithm'), 'SHA-512')
  t.match(headers.get('x-proxy-version'), /^7\.\d+\.\d+$/)
  t.equal(headers.get('x-road-message-type'), 'REST')
  t.equal(headers.get('x-original-content-type'), '')
  const requestId = headers.get('x-road-request-id')!
  t.match(requestId, /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/)
  t.notOk(received.headers.some(([name]) => /^expect$/i.test(name)))
  const message = received.message!
  const leaf = new X509Certificate(received.clientChain[0]!)
  t.equal(leaf.issuer, new X509Certificate(received.clientChain[1]!).subject, 'the intermediate CA is shown too')
  t.same(types(message), [
    'content-type: application/ocsp-response', 'content-type: application/ocsp-response', 'content-type: application/x-road-rest-request', 'content-type: application/x-road-rest-body',
    'content-type: application/hash-chain-result', 'content-type: application/hash-chain', 'content-type: signature/bdoc-1.0/ts'
  ])
  const head = readRestHead(message.head.body)
  t.same([head.first, head.second], ['POST', `/r1/${ABROAD}/any/path?q=a%2Fb`])
  t.same(head.headers.slice(0, 4), [['X-Road-Client', PORTAL], ['X-Road-Id', 'q-77'], ['X-Road-UserId', 'u'], ['Accept', 'text/plain']], 'order and case of the information system')
  t.same(head.headers.at(-1), ['x-road-request-id', requestId])
  t.equal(sent.headers['x-road-request-id'], requestId)
})

t.test('TR-5.1: our consumer side writes SOAP with attachments as X-Road 7 does', async (t) => {
  const soap = envelope({ client: PORTAL, service: `${ABROAD}/lookup` })
  const contentType = 'multipart/related; type="text/xml"; start="<r>"; boundary="IS 1"'
  const body = `preamble\r\n--IS 1\r\nContent-Type: text/xml; charset=UTF-8\r\nContent-ID: <r>\r\n\r\n${soap}\r\n--IS 1\r\nContent-ID: <a>\r\nContent-Type: image/png\r\nContent-Transfer-Encoding: base64\r\n\r\nQUJD\r\n--IS 1--\r\nepilogue`
  const reply = await call(consumer.addresses.consumerHttp!, '/cgi-bin/consumer_proxy', { headers: { 'Content-Type': contentType, SOAPAction: '"urn:x"' }, body })
  const received = abroad.requests.at(-1)!
  const headers = new Map(received.headers)
  t.equal(headers.get('x-original-content-type'), contentType)
  t.equal(headers.get('x-original-soapaction'), '"urn:x"')
  t.notOk(headers.has('x-road-message-type'))
  const message = received.message!
  t.ok(message.head.body.equals(Buffer.from(soap)))
  t.same(message.head.headers, ['content-type: text/xml; charset=UTF-8', 'Content-ID: <r>'])
  t.same(message.attachments.map((one) => [one.headers, one.body.toString()]), [[['content-type: image/png', 'Content-ID: <a>', 'Content-Transfer-Encoding: base64'], 'QUJD']])
  t.equal(reply.headers['content-type'], 'multipart/related; type="text/xml"; boundary="=_back"')
  t.ok(reply.text.startsWith('--=_back\r\ncontent-type: text/xml; charset=UTF-8\r\nContent-ID: <back>\r\n\r\n<?xml version="1.0" encoding="UTF-8"?>\n'), 'no preamble, the peer\'s boundary, content type first')
  t.ok(reply.text.endsWith('\r\n\r\nQUJD\r\n--=_back--\r\n'))
})

t.test('TR-5.2: xmlsec1 agrees on our seals, as the peer got them, and on the peer\'s own', { skip: await skipWithout('xmlsec1', '--version') }, async (t) => {
  const verify = async ({ seal, head }: ReceivedMessage): Promise<boolean> => {
    const { certificate } = checkSeal(seal, piecesOf(head.body, []))
    return (await xmlsecVerify(seal.signature, certificate.raw, seal.hashChainResult === undefined ? { '/message.xml': head.body } : { '/sig-hashchainresult.xml': seal.hashChainResult })).ok
  }
  await call(consumer.addresses.consumerHttp!, `/r1/${ABROAD}/any`, { headers: { 'X-Road-Client': PORTAL } })
  t.ok(await verify(abroad.requests.at(-1)!.message!), 'a request of ours')
  const answer = await abroad.send(messagePort, foreignRest({ client: ABROAD, service: REST_SERVICE, method: 'DELETE' }))
  t.ok(await verify(answer.message!), 'an answer of ours')
  let signature = ''
  const request = foreignRest({ client: ABROAD, service: REST_SERVICE })
  await abroad.send(messagePort, request, { seal: { after: (sealed) => { signature = sealed.signature; return sealed } } })
  t.match(signature, /[A-Za-z0-9+/]{76}&#13;\n/, 'the peer breaks base64 as Java does')
  t.ok((await xmlsecVerify(Buffer.from(signature), abroad.seal('GOV/3003').certificate.der, { '/message.xml': request.head })).ok, 'a request of the peer')
})

t.test('TR-5.2: openssl takes the OCSP responses that we send in requests, give on port 5577 and put into seals', { skip: await skipWithout('openssl') }, async (t) => {
  await call(consumer.addresses.consumerHttp!, `/r1/${ABROAD}/any`, { headers: { 'X-Road-Client': PORTAL } })
  const { message, clientChain } = abroad.requests.at(-1)!
  const seal = checkSeal(message!.seal, message!.pieces)
  const { serverChain } = await abroad.send(messagePort, foreignRest({ client: ABROAD, service: REST_SERVICE }))
  const given = await fetchOcsp(provider.addresses.ocsp!, serverChain)
  t.equal(given.length, serverChain.length)
  const { root, intermediate } = network.federation.provisioned.pki
  const files = scratch()
  t.teardown(() => files.remove())
  const ca = files.write('root.pem', root.certificate.pem)
  const verify = async (response: Buffer, certificate: Buffer, issuer: string): Promise<string> => (await openssl('ocsp', '-respin', files.write('response', response),
    '-issuer', files.write('issuer.pem', issuer), '-cert', files.write('subject.pem', pem('CERTIFICATE', certificate)), '-CAfile', ca)).text
  for (const [response, certificate, issuer] of [
    [message!.ocspResponses[0]!, clientChain[0]!, intermediate], [message!.ocspResponses[1]!, clientChain[1]!, root],
    [given[0]!, serverChain[0]!, intermediate], [given[1]!, serverChain[1]!, root], [seal.ocspResponses[0]!, seal.certificate.raw, intermediate]
  ] as const) t.match(await verify(response, certificate, issuer.certificate.pem), /Response verify OK[\s\S]*subject\.pem: good/)
  await t.rejects(fetchOcsp(provider.addresses.ocsp!, [serverChain[0]!, Buffer.from('unknown')]), /500/, 'nothing partial')
  await t.rejects(fetchOcsp(provider.addresses.ocsp!, []), /500/)
})

t.test('TR-4.3: each of a peer\'s three suites can be had, a TLS session may be taken up again, and Host is not looked at', async (t) => {
  for (const suite of ['ECDHE-RSA-AES256-SHA384', 'DHE-RSA-AES256-SHA256']) {
    const reply = await abroad.send(messagePort, foreignRest({ client: ABROAD, service: REST_SERVICE }), { ciphers: suite })
    t.same([reply.cipher, reply.protocol, reply.fault], [suite, 'TLSv1.2', undefined])
  }
  const reply = await island.send(consumer.addresses.messages!, foreignRest({ client: ISLAND, service: `${PORTAL}/none` }), { ciphers: 'ECDHE-ECDSA-AES256-SHA384' })
  t.same([reply.cipher, reply.fault?.code], ['ECDHE-ECDSA-AES256-SHA384', 'Server.ServerProxy.UnknownService'])
  const odd = await abroad.send(messagePort, foreignRest({ client: ABROAD, service: REST_SERVICE }), { headers: (lines) => lines.map((line) => line.replace('POST /', 'POST /any/path').replace('localhost:5500', 'elsewhere')) })
  t.equal(odd.fault, undefined)
  const resumed = await abroad.send(messagePort, foreignRest({ client: ABROAD, service: REST_SERVICE }), { session: odd.session })
  t.same([resumed.sessionReused, resumed.fault], [true, undefined])
})

t.test('TR-5.1: an X-Road peer is told of services, and gets the WSDL as an attachment with its address taken out', async (t) => {
  t.teardown(() => system.order())
  const wsdl = '<definitions xmlns="http://schemas.xmlsoap.org/wsdl/" xmlns:s="http://schemas.xmlsoap.org/wsdl/soap/"><!-- kept --><service name="a"><port name="b" binding="c"><s:address location="http://inside.example/"/></port></service></definitions>'
  const metaservice = (code: string, body: string): ReturnType<typeof foreignSoap> => foreignSoap({ client: ABROAD, service: `${REGISTRY}/${code}`, body })
  for (const list of ['listMethods', 'allowedMethods']) {
    const message = checked(t, await abroad.send(messagePort, metaservice(list, `<x:${list} xmlns:x="http://x-road.eu/xsd/xroad.xsd"/>`)))
    t.match(message.head.body.toString(), new RegExp(`<(\\w+):${list}Response[\\s\\S]*:serviceCode>lookup<[\\s\\S]*:serviceVersion>v1<`))
    const rest = checked(t, await abroad.send(messagePort, foreignRest({ client: ABROAD, service: `${REGISTRY}/${list}` })))
    t.same(JSON.parse(rest.body!.toString()).service.map((one: { service_code: string }) => one.service_code), ['people'])
  }
  system.order((_, response) => { response.writeHead(200, { 'Content-Type': 'text/xml' }).end(wsdl) })
  const asked = '<x:getWsdl xmlns:x="http://x-road.eu/xsd/xroad.xsd"><x:serviceCode>lookup</x:serviceCode><x:serviceVersion>v1</x:serviceVersion></x:getWsdl>'
  const reply = await abroad.send(messagePort, metaservice('getWsdl', asked))
  const message = checked(t, reply)
  t.ok(reply.headers.some((line) => /^x-original-content-type: multipart\/related; type="text\/xml"; charset=UTF-8; boundary=xroad\w+$/.test(line)))
  t.equal(message.attachments[0]!.body.toString(), wsdl.replace('http://inside.example/', 'http://example.org/xroad-endpoint'))
  t.match(message.head.body.toString(), /getWsdlResponse[\s\S]*:serviceCode>lookup</)
})

t.test('TR-5.1: exchanges run side by side with a peer that closes each connection', async (t) => {
  const replies = await Promise.all(Array.from({ length: 12 }, (_, n) => call(consumer.addresses.consumerHttp!, `/r1/${n % 2 === 0 ? ABROAD : ISLAND}/any`, { headers: { 'X-Road-Client': PORTAL }, body: `body ${n}` })))
  t.same(replies.map(({ status, text }) => [status, text]), replies.map((_, n) => [200, `body ${n}`]))
})

t.test('TR-5.1: faults of a 7.8 peer reach the client unchanged, whatever their spelling', async (t) => {
  t.teardown(() => abroad.order())
  for (const code of ['server.serverproxy.access_denied', 'Server.ServerProxy.AccessDenied', 'soap:Server']) {
    for (const where of ['plain', 'first', 'after head'] as const) {
      const xml = formatFault(code, 'Не дозволено <&>', 'c3a5f8e0-0000-4000-8000-000000000001')
      abroad.order({ fault: { xml, where } })
      const soap = await call(consumer.addresses.consumerHttp!, '/', { headers: { 'Content-Type': 'text/xml' }, body: envelope({ client: PORTAL, service: `${ABROAD}/lookup` }) })
      t.same([soap.status, soap.text], [200, xml], 'byte for byte')
      const rest = await call(consumer.addresses.consumerHttp!, `/r1/${ABROAD}/any`, { headers: { 'X-Road-Client': PORTAL } })
      t.same([rest.status, rest.headers['x-road-error']], [/^server/i.test(code) ? 500 : 400, code])
      t.same(JSON.parse(rest.text), { type: code, message: 'Не дозволено <&>', detail: 'c3a5f8e0-0000-4000-8000-000000000001' })
      const uxp = await call(consumer.addresses.consumerHttp!, '/restapi/p', { headers: { 'Uxp-Client': PORTAL, 'Uxp-Service': `${ABROAD}/any` } })
      t.same([uxp.headers['uxp-faultcode'], uxp.headers['uxp-faultdetail'], uxp.text], [code, 'c3a5f8e0-0000-4000-8000-000000000001', 'Не дозволено <&>'])
    }
  }
})

t.test('TR-4.5: what was exchanged with a peer lies in the log with a stamp that openssl verifies', { skip: await skipWithout('unzip', '-v') || await skipWithout('openssl') }, async (t) => {
  const files = scratch()
  t.teardown(() => files.remove())
  const queryId = randomUUID()
  await call(consumer.addresses.consumerHttp!, `/r1/${ABROAD}/any`, { headers: { 'X-Road-Client': PORTAL, 'X-Road-Id': queryId }, body: 'ping' })
  const container = await call(consumer.addresses.consumerHttp!, `/asic?force&unique&responseOnly&queryId=${queryId}&xRoadInstance=TEST&memberClass=GOV&memberCode=1001&subsystemCode=portal`)
  const zip = files.write('container.asice', container.body)
  const entry = async (name: string): Promise<Buffer | undefined> => {
    const { ok } = await runTool('unzip', ['-o', '-q', zip, name, '-d', files.dir])
    return ok ? await readFile(files.path(name)) : undefined
  }
  const signature = (await entry('META-INF/signatures.xml'))!.toString()
  const inside = /<xades:EncapsulatedTimeStamp[^>]*>([^<]*)</.exec(signature)?.[1]
  const value = /<ds:SignatureValue[^>]*>([^<]*)</.exec(signature)![1]!
  const [token, stamped] = inside === undefined
    ? [await entry('META-INF/timestamp.tst'), await entry('ts-hashchainresult.xml')]
    : [Buffer.from(inside, 'base64'), Buffer.from(value.replace(/&#13;/g, ''), 'base64')]
  const { root, intermediate } = network.federation.provisioned.pki
  const { text } = await openssl('ts', '-verify', '-token_in', '-in', files.write('token', token!), '-data', files.write('data', stamped!),
    '-CAfile', files.write('root.pem', root.certificate.pem), '-untrusted', files.write('issuing.pem', intermediate.certificate.pem))
  t.match(text, /Verification: OK/)
  const message = (await entry('message.xml'))!
  const attachment = (await entry('attachment1'))!
  const optional = async (name: string): Promise<Buffer | undefined> => await entry(name)
  const seal = { signature: Buffer.from(signature), hashChainResult: await optional('sig-hashchainresult.xml'), hashChain: await optional('sig-hashchain.xml') }
  const { certificate } = checkSeal(seal, piecesOf(message, [attachment]))
  t.ok(certificate.raw.equals(abroad.seal('GOV/3003').certificate.der), 'with the peer\'s own seal, as it came')
})
