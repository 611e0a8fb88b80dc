import assert from 'node:assert/strict'
import { hash, randomBytes } from 'node:crypto'
import fc from 'fast-check'
import t from 'tap'
import { formatSoapFault, type Fault } from '../../src/fault/index.ts'
import { decodeProxyMessage, ProxyMessageEncoder, type DecodedProxyMessage, type DecodeOptions } from '../../src/proxymessage/index.ts'
import { chunked, sinks } from './sinks.ts'

const TOP = 'xtopAbCdEfGhIjKlMnOpQrStUvWxYzAbCd'
const ATT = 'xattAbCdEfGhIjKlMnOpQrStUvWxYzAbCd'
const CONTENT_TYPE = `multipart/mixed; charset=UTF-8; boundary=${TOP}`
const SOAP = '<e:Envelope xmlns:e="http://schemas.xmlsoap.org/soap/envelope/"><e:Body/></e:Envelope>'
const FAULT = formatSoapFault({ code: 'Server.ServerProxy.AccessDenied', string: 'no', detail: 'uuid' })

/** The sample of xroad-messages §2.5: a SOAP request with one attachment. */
const SOAP_REQUEST = [
  `--${TOP}`, 'content-type: application/ocsp-response', '', '<DER>',
  `--${TOP}`, 'content-type: text/xml; charset=UTF-8', 'Content-ID: <r>', 'Content-Transfer-Encoding: 8bit', '', SOAP,
  `--${TOP}`, `content-type: multipart/mixed; charset=UTF-8; boundary=${ATT}`, '',
  `--${ATT}`, 'content-type: application/octet-stream', 'Content-ID: <a1>', 'Content-Transfer-Encoding: base64', '', 'QUJD',
  `--${ATT}--`, '',
  `--${TOP}`, 'content-type: application/hash-chain-result', '', '<HashChainResult/>',
  `--${TOP}`, 'content-type: application/hash-chain', '', '<HashChain/>',
  `--${TOP}`, 'content-type: signature/bdoc-1.0/ts', '', '<asic:XAdESSignatures/>',
  `--${TOP}--`, ''
].join('\r\n')

function encoder (): ProxyMessageEncoder {
  return new ProxyMessageEncoder({ top: TOP, attachments: ATT })
}

function decode (text: string | Uint8Array, options: Partial<DecodeOptions<Buffer>> & { size?: number, contentType?: string | undefined } = {}): Promise<DecodedProxyMessage<Buffer>> {
  const bytes = typeof text === 'string' ? Buffer.from(text, 'latin1') : text
  return decodeProxyMessage(chunked(bytes, options.size ?? 1000), 'contentType' in options ? options.contentType : CONTENT_TYPE, { side: 'request', openBody: sinks().openBody, ...options })
}

const part = (type: string, body: string): string => `--${TOP}\r\ncontent-type: ${type}\r\n\r\n${body}\r\n`
const END = `--${TOP}--\r\n`
const OCSP = part('application/ocsp-response', 'o')
const SOAP_PART = part('text/xml', SOAP)
const REST = part('application/x-road-rest-request', 'GET')
const REST_ANSWER = part('application/x-road-rest-response', '200')
const BODY = part('application/x-road-rest-body', 'b')
const RESULT = part('application/hash-chain-result', 'r')
const CHAIN = part('application/hash-chain', 'c')
const SIGNATURE = part('signature/bdoc-1.0/ts', 's')
const ATTACHMENTS = part(`multipart/mixed; boundary=${ATT}`, `--${ATT}\r\ncontent-type: a/b\r\n\r\nx\r\n--${ATT}--`)
const FAULT_PART = part('text/xml; charset=UTF-8', FAULT.toString())

t.test('TR-2: the multipart of a SOAP request is written byte for byte as X-Road writes it', async (t) => {
  const e = encoder()
  t.equal(e.contentType, CONTENT_TYPE)
  t.equal(Buffer.concat([
    e.ocsp(Buffer.from('<DER>')), e.soap('text/xml; charset=UTF-8', [['Content-ID', '<r>'], ['Content-Transfer-Encoding', '8bit'], ['Content-Type', 'dropped']], Buffer.from(SOAP)),
    e.attachmentsStart(), e.attachmentStart('application/octet-stream', [['Content-ID', '<a1>'], ['Content-Transfer-Encoding', 'base64']]), Buffer.from('QUJD'), e.attachmentsEnd(),
    e.hashChainResult(Buffer.from('<HashChainResult/>')), e.hashChain(Buffer.from('<HashChain/>')), e.signature(Buffer.from('<asic:XAdESSignatures/>')), e.end()
  ]).toString(), SOAP_REQUEST)
  const random = new ProxyMessageEncoder()
  t.match(random.boundary, /^xtop[A-Za-z]{30}$/)
  t.not(random.boundary, new ProxyMessageEncoder().boundary)
  t.equal(new ProxyMessageEncoder({ top: 'T', attachments: 'A' }).end().toString(), '--T--\r\n')
  for (const [name, value] of [['a\r\nb', 'x'], ['a', 'x\r\n\r\n--T'], ['a', '\u0000'], ['', 'x'], ['a:', 'x']] as const) {
    t.throws(() => encoder().soap('text/xml', [[name, value]], Buffer.alloc(0)), { name: 'Fault' }, JSON.stringify([name, value]))
  }
  t.throws(() => encoder().attachmentStart('text/xml\r\nx: y', []), { name: 'Fault' })
})

t.test('trap 7: it is read back in any chunks: attachments raw, never decoded, each with its digest', async (t) => {
  for (const size of [1, 2, 3, 37, 64, 10_000]) {
    const { openBody } = sinks()
    const message = await decode(SOAP_REQUEST, { size, openBody })
    const head = { kind: 'soap', contentType: 'text/xml; charset=UTF-8', headers: [['Content-ID', '<r>'], ['Content-Transfer-Encoding', '8bit']], bytes: Buffer.from(SOAP), digest: hash('sha512', SOAP, 'buffer') }
    t.strictSame(message, {
      ocspResponses: [Buffer.from('<DER>')],
      head,
      attachments: [{
        contentType: 'application/octet-stream', headers: [['Content-ID', '<a1>'], ['Content-Transfer-Encoding', 'base64']], digest: hash('sha512', 'QUJD', 'buffer'), size: 4, body: Buffer.from('QUJD')
      }],
      parts: { signature: Buffer.from('<asic:XAdESSignatures/>'), hashChainResult: Buffer.from('<HashChainResult/>'), hashChain: Buffer.from('<HashChain/>') },
      fault: undefined
    }, `chunks of ${size}`)
  }
})

t.test('a REST message has a head and at most one body; an empty body part is not an absent one', async (t) => {
  const bare = await decode(OCSP + OCSP + REST + SIGNATURE + END)
  t.match(bare, { ocspResponses: { length: 2 }, head: { kind: 'rest', bytes: Buffer.from('GET'), digest: hash('sha512', 'GET', 'buffer') }, attachments: { length: 0 }, parts: { hashChain: undefined } })
  const empty = await decode(REST_ANSWER + part('application/x-road-rest-body', '') + RESULT + CHAIN + SIGNATURE + END, { side: 'response' })
  t.match(empty.attachments, [{ size: 0, digest: hash('sha512', '', 'buffer') }])
})

t.test('types are compared without regard to case, and SOAP may be XOP', async (t) => {
  t.match(await decode((OCSP + SOAP_PART + ATTACHMENTS + SIGNATURE + END).replaceAll(/content-type: [^;\r]*/g, (type) => type.toUpperCase())), { attachments: { length: 1 }, parts: {} })
  t.match(await decode(part('application/xop+xml; type="text/xml"', SOAP) + END), { head: { kind: 'soap' } })
  t.match(await decode(part('application/soap+xml', SOAP) + END, { soap12: true }), { head: { kind: 'soap' } })
})

t.test('absence of a part is no error of the multipart', async (t) => {
  t.match(await decode(END), { head: undefined, parts: undefined, fault: undefined })
  t.match(await decode(SOAP_PART + END), { head: { kind: 'soap' }, parts: undefined })
  t.match(await decode(SOAP_PART + RESULT + CHAIN + END), { parts: undefined })
  t.match(await decode(SOAP_PART + CHAIN + SIGNATURE + END), { parts: { hashChainResult: undefined } })
  t.match(await decode(SOAP_PART + part(`multipart/mixed; boundary=${ATT}`, `--${ATT}--`) + SIGNATURE + END), { attachments: { length: 0 } })
})

t.test('TR-4.6: parts out of order, of a wrong type or too many are refused', async (t) => {
  const cases: [string, string, 'request' | 'response', string][] = [
    ['InvalidContentType', 'signature first', 'request', SIGNATURE + SOAP_PART + END],
    ['InvalidContentType', 'body without head', 'request', OCSP + BODY + END],
    ['InvalidContentType', 'OCSP behind the head', 'request', SOAP_PART + OCSP + SIGNATURE + END],
    ['InvalidContentType', 'OCSP in a response', 'response', OCSP + SOAP_PART + SIGNATURE + END],
    ['InvalidContentType', 'two heads', 'request', SOAP_PART + SOAP_PART + SIGNATURE + END],
    ['InvalidContentType', 'SOAP and REST', 'request', SOAP_PART + REST + SIGNATURE + END],
    ['InvalidContentType', 'a REST response as request', 'request', REST_ANSWER + END],
    ['InvalidContentType', 'a REST request as response', 'response', REST + END],
    ['InvalidContentType', 'a REST body with SOAP', 'request', SOAP_PART + BODY + END],
    ['InvalidContentType', 'attachments with REST', 'request', REST + ATTACHMENTS + END],
    ['InvalidContentType', 'two bodies', 'request', REST + BODY + BODY + END],
    ['InvalidContentType', 'attachments twice', 'request', SOAP_PART + ATTACHMENTS + ATTACHMENTS + END],
    ['InvalidContentType', 'body behind the chain result', 'request', REST + RESULT + BODY + END],
    ['InvalidContentType', 'chain result behind the chain', 'request', REST + CHAIN + RESULT + SIGNATURE + END],
    ['InvalidContentType', 'two chains', 'request', REST + CHAIN + CHAIN + END],
    ['InvalidContentType', 'an unknown part', 'request', SOAP_PART + part('a/b', 'x') + END],
    ['InvalidContentType', 'a part without type', 'request', `--${TOP}\r\n\r\nx\r\n${END}`],
    ['InvalidContentType', 'an attachment without type', 'request', SOAP_PART + ATTACHMENTS.replace('content-type: a/b', 'x: y') + END],
    ['InvalidContentType', 'attachments without boundary', 'request', SOAP_PART + part('multipart/mixed', 'x') + END],
    ['InvalidContentType', 'attachments as multipart/related', 'request', SOAP_PART + ATTACHMENTS.replace('mixed', 'related') + END],
    ['InvalidContentType', 'a fault in a request', 'request', SOAP_PART + FAULT_PART + END],
    ['InvalidContentType', 'text/xml that is no fault in place of the signature', 'response', SOAP_PART + part('text/xml', SOAP) + END],
    ['InvalidMessage', 'text/xml that is no XML in place of the signature', 'response', SOAP_PART + part('text/xml', 'x') + END],
    ['InvalidMessage', 'something behind the signature', 'request', SOAP_PART + SIGNATURE + SIGNATURE + END],
    ['InvalidMessage', 'something behind a fault', 'response', FAULT_PART + SIGNATURE + END],
    ['MimeParsingFailed', 'attachments without end', 'request', SOAP_PART + ATTACHMENTS.replace(`--${ATT}--`, '') + SIGNATURE + END],
    ['MimeParsingFailed', 'attachments that are no multipart', 'request', SOAP_PART + part(`multipart/mixed; boundary=${ATT}`, 'x') + END]
  ]
  for (const [kind, why, side, text] of cases) await t.rejects(decode(text, { side }), { name: 'Fault', kind }, why)
})

t.test('TR-4.6: an outer type that is no multipart/mixed with a boundary is InvalidContentType', async (t) => {
  for (const contentType of [undefined, '', 'multipart/mixed', 'multipart/mixed; boundary=""', `multipart/related; boundary=${TOP}`, 'application/json', 'text/xml', `multipart/mixed; boundary=${TOP}; boundary=x`]) {
    await t.rejects(decode(SOAP_REQUEST, { contentType }), { name: 'Fault', kind: 'InvalidContentType' }, String(contentType))
  }
  await t.rejects(decode(SOAP_REQUEST, { side: 'response', contentType: 'text/plain' }), { name: 'Fault', kind: 'InvalidContentType' })
})

t.test('a fault comes plain, or in place of any part that was still to come', async (t) => {
  const fault = { fault: { fault: { code: 'Server.ServerProxy.AccessDenied', string: 'no', detail: 'uuid' }, bytes: FAULT }, parts: undefined }
  for (const contentType of ['text/xml;charset=utf-8', 'TEXT/XML']) t.match(await decode(FAULT, { side: 'response', contentType, size: 7 }), { ...fault, head: undefined })
  const onHead = (): void => { throw new Error('a fault is no head') }
  t.match(await decode(FAULT_PART + END, { side: 'response', onHead }), { ...fault, head: undefined })
  for (const before of [SOAP_PART, SOAP_PART + ATTACHMENTS, REST_ANSWER, REST_ANSWER + BODY, SOAP_PART + RESULT + CHAIN]) {
    const message = await decode(before + FAULT_PART + END, { side: 'response' })
    t.match(message, fault)
    t.ok(message.head)
  }
  for (const plain of ['', SOAP, 'Bad Gateway', '<a>']) await t.rejects(decode(plain, { side: 'response', contentType: 'text/xml' }), { name: 'Fault', kind: 'InvalidMessage' }, plain)
  const talk = '<e:Envelope xmlns:e="http://schemas.xmlsoap.org/soap/envelope/"><e:Body><about>Fault</about></e:Body></e:Envelope>'
  t.match(await decode(part('text/xml', talk) + END, { side: 'response' }), { fault: undefined, head: { kind: 'soap' } })
  t.match(await decode(part('text/xml', 'Fault <') + END, { side: 'response' }), { fault: undefined, head: { kind: 'soap' } }, 'what is no XML is for the reader of the message to refuse')
})

t.test('the head is judged before a body is read; a refusal there stops the source and drops the bodies', async (t) => {
  const { opened, openBody } = sinks()
  let pulled = 0
  let returned = false
  const bytes = Buffer.from(OCSP + REST + BODY)
  const source: AsyncIterable<Uint8Array> = {
    [Symbol.asyncIterator]: () => ({
      next: async () => { pulled++; return pulled === 1 ? { done: false, value: bytes } : { done: false, value: Buffer.alloc(1000) } },
      return: async () => { returned = true; return { done: true, value: undefined } }
    })
  }
  const refusal = new Error('access denied')
  await t.rejects(decodeProxyMessage(source, CONTENT_TYPE, {
    side: 'request',
    openBody,
    async onHead ({ head, ocspResponses }) {
      t.equal(opened.length, 0)
      t.equal(ocspResponses.length, 1)
      t.equal(head.kind, 'rest')
      await Promise.resolve()
      throw refusal
    }
  }), refusal)
  t.same([pulled, returned, opened.length], [1, true, 0])
})

t.test('TR-4.6: a source that breaks off is IOError, one that ends too early MimeParsingFailed, at any byte; no sink stays open', async (t) => {
  const text = Buffer.from(SOAP_REQUEST)
  const last = text.length - 2 // the line end behind the closing boundary says nothing
  for (let length = 0; length < last; length++) {
    const { opened, openBody } = sinks()
    await assert.rejects(decode(text.subarray(0, length), { openBody }), { name: 'Fault', kind: 'MimeParsingFailed' }, `${length} bytes`)
    assert.ok(opened.every(({ state }) => state === 'aborted'))
    async function * broken (): AsyncGenerator<Uint8Array, void> {
      yield text.subarray(0, length)
      throw new Error('socket hang up')
    }
    await assert.rejects(decodeProxyMessage(broken(), CONTENT_TYPE, { side: 'request', openBody }), { name: 'Fault', kind: 'IOError' }, `${length} bytes`)
    assert.ok(opened.every(({ state }) => state === 'aborted'))
  }
  t.pass(`${last} lengths`)
  await t.rejects(decodeProxyMessage((async function * () { throw new Error('x') })(), 'text/xml', { side: 'response', openBody: sinks().openBody }), { name: 'Fault', kind: 'IOError' })
})

t.test('a failing sink fails the message, and all sinks are told', async (t) => {
  const { opened, openBody } = sinks()
  const two = SOAP_PART + ATTACHMENTS.replace(`\r\n--${ATT}--`, `\r\n--${ATT}\r\ncontent-type: a/b\r\n\r\ny\r\n--${ATT}--`) + END
  const full = new Error('disk full')
  await t.rejects(decode(two, {
    openBody () {
      const sink = openBody()
      if (opened.length === 2) sink.write = () => { throw full }
      return sink
    }
  }), full)
  t.same(opened.map(({ state }) => state), ['aborted', 'aborted'])
})

t.test('every size and number has its limit', async (t) => {
  const over = { name: 'Fault', kind: 'InvalidMessage' }
  const big = 'x'.repeat(100)
  await t.rejects(decode(part('text/xml', big) + END, { limits: { headBytesMax: 99 } }), over)
  await t.rejects(decode(part('application/x-road-rest-request', big) + END, { limits: { headBytesMax: 99 } }), over)
  await t.rejects(decode(part('application/ocsp-response', big) + END, { limits: { ocspBytesMax: 99 } }), over)
  await t.rejects(decode(OCSP.repeat(17) + END), over)
  await t.rejects(decode(REST + part('application/x-road-rest-body', big) + END, { limits: { bodyBytesMax: 99 } }), over)
  for (const type of ['signature/bdoc-1.0/ts', 'application/hash-chain', 'application/hash-chain-result']) await t.rejects(decode(REST + part(type, big) + END, { limits: { signatureBytesMax: 99 } }), over, type)
  await t.rejects(decode(big, { side: 'response', contentType: 'text/xml', limits: { signatureBytesMax: 99 } }), over)
  const many = `--${ATT}\r\ncontent-type: a/b\r\n\r\nx\r\n`.repeat(1001)
  await t.rejects(decode(SOAP_PART + part(`multipart/mixed; boundary=${ATT}`, `${many}--${ATT}--`) + END, { size: 10_000 }), over)
  await t.rejects(decode(`--${TOP}\r\ncontent-type: text/xml\r\nx: ${'x'.repeat(20_000)}\r\n\r\n${SOAP}\r\n${END}`), { name: 'Fault', kind: 'MimeParsingFailed' })
  t.match(await decode(part('text/xml', big) + END, { limits: { headBytesMax: 100 } }), { head: { kind: 'soap' } })
})

t.test('the source waits while a sink is busy', async (t) => {
  let pulled = 0
  async function * source (): AsyncGenerator<Uint8Array, void> {
    pulled++
    yield Buffer.from(REST + `--${TOP}\r\ncontent-type: application/x-road-rest-body\r\n\r\n`)
    for (let i = 0; i < 3; i++) { pulled++; yield Buffer.from('0123456789') }
    yield Buffer.from(`\r\n${SIGNATURE}${END}`)
  }
  const busy = Promise.withResolvers<void>()
  const entered = Promise.withResolvers<void>()
  const decoding = decodeProxyMessage(source(), CONTENT_TYPE, {
    side: 'request',
    openBody: () => ({ write: () => { entered.resolve(); return busy.promise }, end: async () => 'whole', abort () {} })
  })
  await entered.promise
  await new Promise(setImmediate)
  t.equal(pulled, 2)
  busy.resolve()
  t.match((await decoding).attachments, [{ size: 30, body: 'whole' }])
})

t.test('a large body keeps no memory', async (t) => {
  const chunk = randomBytes(64 * 1024)
  const e = encoder()
  async function * source (): AsyncGenerator<Uint8Array, void> {
    yield e.restRequest(Buffer.from('GET'))
    yield e.restBodyStart()
    for (let i = 0; i < 2048; i++) yield chunk
    yield Buffer.concat([e.signature(Buffer.from('s')), e.end()])
  }
  const before = process.memoryUsage().arrayBuffers
  let most = 0
  let writes = 0
  const message = await decodeProxyMessage(source(), e.contentType, {
    side: 'request', openBody: () => ({ write () { if (++writes % 64 === 0) most = Math.max(most, process.memoryUsage().arrayBuffers - before) }, end: () => undefined, abort () {} })
  })
  t.equal(message.attachments[0]!.size, 128 * 1024 * 1024)
  t.ok(most < 16 * 1024 * 1024, `${most} bytes at most`)
})

t.test('what is encoded is decoded, whatever the bodies and the chunks', async (t) => {
  const bytes = fc.oneof(fc.uint8Array({ maxLength: 200 }), fc.array(fc.constantFrom('\r\n', '--', '\r', 'x', `\r\n--${TOP.slice(0, -1)}`, `--${ATT.slice(0, 9)}`)).map((parts) => Buffer.from(parts.join(''))))
  const headers = fc.uniqueArray(fc.tuple(fc.stringMatching(/^[A-Za-z-]{1,10}$/), fc.stringMatching(/^([!-~]([ -~]{0,10}[!-~])?)?$/)), { selector: ([name]) => name.toLowerCase(), maxLength: 3 })
    .filter((list) => list.every(([name]) => name.toLowerCase() !== 'content-type'))
  await fc.assert(fc.asyncProperty(fc.array(bytes, { maxLength: 3 }), bytes, headers, fc.array(fc.tuple(bytes, headers), { maxLength: 3 }), fc.boolean(), fc.integer({ min: 1, max: 300 }), async (ocsp, soap, soapHeaders, attachments, batch, size) => {
    const e = encoder()
    const pieces: Uint8Array[] = [...ocsp.map((der) => e.ocsp(der)), e.soap('text/xml', soapHeaders, soap)]
    if (attachments.length > 0) pieces.push(e.attachmentsStart(), ...attachments.flatMap(([body, list]) => [e.attachmentStart('a/b; c=d', list), body]), e.attachmentsEnd())
    if (batch) pieces.push(e.hashChainResult(Buffer.from('r')), e.hashChain(Buffer.from('c')))
    pieces.push(e.signature(Buffer.from('s')), e.end())
    const message = await decode(Buffer.concat(pieces), { size })
    assert.deepEqual(message.ocspResponses.map((der) => [...der]), ocsp.map((der) => [...der]))
    assert.ok(message.head?.kind === 'soap')
    assert.deepEqual([...message.head.bytes], [...soap])
    assert.deepEqual(message.head.headers, soapHeaders)
    assert.deepEqual(message.attachments.map(({ body, headers: list, digest }) => [[...body], list, digest]), attachments.map(([body, list]) => [[...body], list, hash('sha512', body, 'buffer')]))
    assert.equal(message.parts?.hashChain?.toString(), batch ? 'c' : undefined)
  }), { numRuns: 200 })
  t.pass('held for every sample')
})

t.test('any damage to a message gives a message or a fault, and never leaves a sink open', async (t) => {
  const whole = Buffer.from(SOAP_REQUEST)
  await fc.assert(fc.asyncProperty(fc.array(fc.tuple(fc.nat(whole.length - 1), fc.nat(255)), { minLength: 1, maxLength: 4 }), fc.constantFrom('request' as const, 'response' as const), fc.integer({ min: 1, max: 500 }), async (damage, side, size) => {
    const bytes = Buffer.from(whole)
    for (const [at, byte] of damage) bytes[at] = byte
    const { opened, openBody } = sinks()
    try {
      await decode(bytes, { side, size, openBody })
      assert.ok(opened.every(({ state }) => state === 'ended'))
    } catch (thrown) {
      assert.equal((thrown as Fault).name, 'Fault', String(thrown))
      assert.ok(opened.every(({ state }) => state === 'aborted'))
    }
  }), { numRuns: 500 })
  t.pass('held for every sample')
})
