import { hash } from 'node:crypto'
import t from 'tap'
import { decodeSoapMultipart, SoapMultipartEncoder, type DecodedSoapMultipart, type SoapMultipartOptions } from '../../src/proxymessage/index.ts'
import { chunked, sinks } from './sinks.ts'

const CONTENT_TYPE = 'multipart/related; type="text/xml"; start="<r>"; boundary="IS1"'

function decode (text: string, contentType: string | undefined = CONTENT_TYPE, options: Partial<SoapMultipartOptions<Buffer>> = {}, size = 1000): Promise<DecodedSoapMultipart<Buffer>> {
  return decodeSoapMultipart(chunked(Buffer.from(text, 'latin1'), size), contentType, { openBody: sinks().openBody, ...options })
}

const MESSAGE = 'preamble\r\n--IS1\r\nContent-Type: text/xml; charset=UTF-8\r\nContent-ID: <r>\r\n\r\n<soap/>\r\n' +
  '--IS1\r\nContent-ID: <a1>\r\ncontent-type: application/pdf\r\nContent-Transfer-Encoding: base64\r\nX-Own: 1\r\nx-own: 2\r\n\r\nQUJD\r\nREVG\r\n' +
  '--IS1\r\nContent-Type: image/png\r\n\r\n\r\n--IS1--\r\nepilogue'

t.test('TR-2: the first part is the SOAP, later ones are attachments, raw and with their headers', async (t) => {
  for (const size of [1, 5, 1000]) {
    const message = await decode(MESSAGE, CONTENT_TYPE, {}, size)
    t.strictSame(message.soap, { contentType: 'text/xml; charset=UTF-8', headers: [['Content-ID', '<r>']], bytes: Buffer.from('<soap/>'), digest: hash('sha512', '<soap/>', 'buffer') })
    t.strictSame(message.attachments, [
      { contentType: 'application/pdf', headers: [['Content-ID', '<a1>'], ['Content-Transfer-Encoding', 'base64'], ['x-own', '2']], digest: hash('sha512', 'QUJD\r\nREVG', 'buffer'), size: 10, body: Buffer.from('QUJD\r\nREVG') },
      { contentType: 'image/png', headers: [], digest: hash('sha512', '', 'buffer'), size: 0, body: Buffer.alloc(0) }
    ])
  }
})

t.test('a message alone, MTOM and SOAP without attachments are read the same way', async (t) => {
  t.match(await decode('<soap/>', 'text/xml; charset=utf-8'), { soap: { contentType: 'text/xml; charset=utf-8', headers: [], bytes: Buffer.from('<soap/>') }, attachments: { length: 0 } })
  t.match(await decode('<soap/>', 'Application/XOP+XML'), { soap: {} })
  t.match(await decode('<soap/>', 'application/soap+xml; action="x"', { soap12: true }), { soap: {} })
  const mtom = MESSAGE.replace('Content-Type: text/xml; charset=UTF-8', 'Content-Type: application/xop+xml; type="text/xml"')
  t.match(await decode(mtom), { soap: { contentType: 'application/xop+xml; type="text/xml"' }, attachments: { length: 2 } })
  t.match(await decode('--IS1\r\nContent-Type: text/xml\r\n\r\n<soap/>\r\n--IS1--'), { attachments: { length: 0 } })
})

t.test('a nested multipart is walked into, and its nesting is lost', async (t) => {
  const nested = '--IS1\r\nContent-Type: text/xml\r\n\r\n<soap/>\r\n--IS1\r\nContent-Type: multipart/mixed; boundary=IN\r\n\r\n' +
    '--IN\r\nContent-Type: a/1\r\n\r\none\r\n--IN\r\nContent-Type: multipart/related; boundary=INN\r\n\r\n--INN\r\nContent-Type: a/2\r\n\r\ntwo\r\n--INN--\r\n\r\n--IN--\r\n\r\n' +
    '--IS1\r\nContent-Type: a/3\r\n\r\nthree\r\n--IS1--'
  for (const size of [1, 1000]) {
    const { attachments } = await decode(nested, CONTENT_TYPE, {}, size)
    t.same(attachments.map(({ contentType, body }) => [contentType, body.toString()]), [['a/1', 'one'], ['a/2', 'two'], ['a/3', 'three']])
  }
  const deep = (depth: number): string => depth === 0 ? 'x' : `--N${depth}\r\nContent-Type: multipart/mixed; boundary=N${depth - 1}\r\n\r\n${deep(depth - 1)}\r\n--N${depth}--`
  await t.rejects(decode(`--IS1\r\nContent-Type: text/xml\r\n\r\n<soap/>\r\n--IS1\r\nContent-Type: multipart/mixed; boundary=N9\r\n\r\n${deep(9)}\r\n--IS1--`), { name: 'Fault', kind: 'InvalidMessage' })
})

t.test('TR-4.6: what is no SOAP message with attachments gets its fault, and its bodies are dropped', async (t) => {
  const cases: [string, string, string, string | undefined][] = [
    ['MissingSoap', 'no part', '--IS1--', CONTENT_TYPE],
    ['InvalidContentType', 'first part no SOAP', MESSAGE.replace('text/xml; charset', 'text/plain; charset'), CONTENT_TYPE],
    ['InvalidContentType', 'first part SOAP 1.2', MESSAGE.replace('Content-Type: text/xml', 'Content-Type: application/soap+xml'), CONTENT_TYPE],
    ['InvalidContentType', 'attachment without type', MESSAGE.replace('content-type: application/pdf', 'x: y'), CONTENT_TYPE],
    ['InvalidContentType', 'first part without type', MESSAGE.replace('Content-Type: text/xml; charset=UTF-8\r\n', ''), CONTENT_TYPE],
    ['InvalidContentType', 'no boundary', MESSAGE, 'multipart/related'],
    ['InvalidContentType', 'another multipart', MESSAGE, 'multipart/mixed; boundary=IS1'],
    ['InvalidContentType', 'another type', '{}', 'application/json'],
    ['InvalidContentType', 'SOAP 1.2 not let in', '<soap/>', 'application/soap+xml'],
    ['InvalidContentType', 'no type', '<soap/>', ''],
    ['InvalidContentType', 'nested without boundary', MESSAGE.replace('image/png', 'multipart/mixed'), CONTENT_TYPE],
    ['MimeParsingFailed', 'cut', MESSAGE.slice(0, -20), CONTENT_TYPE],
    ['MimeParsingFailed', 'another boundary', MESSAGE, CONTENT_TYPE.replace('IS1', 'IS2')]
  ]
  for (const [kind, why, text, contentType] of cases) {
    const { opened, openBody } = sinks()
    await t.rejects(decode(text, contentType, { openBody }), { name: 'Fault', kind }, why)
    t.ok(opened.every(({ state }) => state === 'aborted'))
  }
  const limits = { headBytesMax: 6, attachmentsMax: 1000 }
  await t.rejects(decode(MESSAGE, CONTENT_TYPE, { limits }), { name: 'Fault', kind: 'InvalidMessage' })
  await t.rejects(decode('<soap/>', 'text/xml', { limits }), { name: 'Fault', kind: 'InvalidMessage' })
  await t.rejects(decode(MESSAGE, CONTENT_TYPE, { limits: { attachmentsMax: 1 } }), { name: 'Fault', kind: 'InvalidMessage' })
  const { opened, openBody } = sinks()
  await t.rejects(decode(MESSAGE, CONTENT_TYPE, { openBody, onSoap () { throw new Error('not registered') } }), { message: 'not registered' })
  t.equal(opened.length, 0, 'refused before a body was taken in')
})

t.test('trap 7: it is written again in the original boundary, content type first', async (t) => {
  const message = await decode(MESSAGE)
  const encoder = new SoapMultipartEncoder(CONTENT_TYPE)
  t.equal(encoder.contentType, CONTENT_TYPE)
  const bytes = Buffer.concat([encoder.soap(message.soap), ...message.attachments.flatMap(({ contentType, headers, body }) => [encoder.attachmentStart(contentType, headers), body]), encoder.end()])
  t.equal(bytes.toString(), '--IS1\r\ncontent-type: text/xml; charset=UTF-8\r\nContent-ID: <r>\r\n\r\n<soap/>\r\n' +
    '--IS1\r\ncontent-type: application/pdf\r\nContent-ID: <a1>\r\nContent-Transfer-Encoding: base64\r\nx-own: 2\r\n\r\nQUJD\r\nREVG\r\n--IS1\r\ncontent-type: image/png\r\n\r\n\r\n--IS1--\r\n')
  t.same(await decode(bytes.toString()), message)
  t.equal(new SoapMultipartEncoder(CONTENT_TYPE).end().toString(), '--IS1--\r\n')
  t.throws(() => new SoapMultipartEncoder('text/xml'), { name: 'Fault', kind: 'InvalidContentType' })
})
