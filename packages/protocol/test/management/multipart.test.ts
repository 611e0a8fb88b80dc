import { generateKeyPairSync, type KeyObject } from 'node:crypto'
import fc from 'fast-check'
import t from 'tap'
import { openssl, scratch, skipWithout } from '@trembita/testnet/verifiers'
import { Fault } from '../../src/fault/index.ts'
import {
  checkRequestSignature, MANAGEMENT_BYTES_MAX, readManagementMessage, signRequest, writeAuthCertReg, writeSignedRequest, writeUnsignedRequest, type ManagementMessage
} from '../../src/management/index.ts'
import { refuses } from '../faults.ts'
import { BOUNDARY, CONTENT_TYPE, multipart, signed, type Part } from './compose.ts'

const SOAP = Buffer.from('<a>\r\n--not the boundary\n</a>')
const SIX: readonly Part[] = [
  ['content-type:text/xml; charset=UTF-8', SOAP],
  ['content-type:application/octet-stream\r\nsignature-algorithm-id: SHA512withRSA', Buffer.from('first')],
  ['content-type:application/octet-stream\r\nsignature-algorithm-id: SHA512withECDSA', Buffer.from('second')],
  ['content-type:application/octet-stream', Buffer.from([0, 13, 10, 255])],
  ['content-type:application/octet-stream', Buffer.from('owner')],
  ['content-type:application/octet-stream', Buffer.from('ocsp\r\n')]
]
const READ: ManagementMessage = {
  soap: SOAP,
  charset: 'UTF-8',
  parts: [
    { signatureAlgorithm: 'SHA512withRSA', bytes: Buffer.from('first') }, { signatureAlgorithm: 'SHA512withECDSA', bytes: Buffer.from('second') },
    { signatureAlgorithm: undefined, bytes: Buffer.from([0, 13, 10, 255]) }, { signatureAlgorithm: undefined, bytes: Buffer.from('owner') }, { signatureAlgorithm: undefined, bytes: Buffer.from('ocsp\r\n') }
  ]
}
const read = (parts: readonly Part[]): ManagementMessage => readManagementMessage(CONTENT_TYPE, multipart(parts))
const replaced = (index: number, part: Part): Part[] => SIX.map((one, at) => at === index ? part : one)

t.test('the form that security servers send is read byte for byte', async (t) => {
  t.same(read(SIX), READ)
})

t.test('our own is that form: header spellings, boundary, line ends', async (t) => {
  const { contentType, body } = writeAuthCertReg({
    soap: SOAP,
    authSignature: { algorithm: 'SHA512withRSA', value: Buffer.from('first') },
    ownerSignature: { algorithm: 'SHA512withECDSA', value: Buffer.from('second') },
    authCertificate: READ.parts[2]!.bytes,
    ownerCertificate: READ.parts[3]!.bytes,
    ownerOcspResponse: READ.parts[4]!.bytes
  })
  const boundary = /^multipart\/related; type="application\/octet-stream"; charset=UTF-8; boundary=(xroad[a-z]{30})$/.exec(contentType)![1]!
  t.equal(body.toString('latin1'), multipart(SIX, boundary).toString('latin1'))
  t.same(readManagementMessage(contentType, body), READ)

  const four = writeSignedRequest(SOAP, { signature: { algorithm: 'SHA512withRSA', value: Buffer.from('sig') }, certificate: Buffer.from('cert'), ocspResponse: Buffer.from('ocsp') })
  const jetty = /boundary=(jetty[a-z]{30})$/.exec(four.contentType)![1]!
  const octets = 'Content-Type: application/octet-stream'
  t.equal(four.body.toString(), multipart([
    ['Content-Type: text/xml; charset=UTF-8', SOAP], [`${octets}\r\nsignature-algorithm-id: SHA512withRSA`, Buffer.from('sig')], [octets, Buffer.from('cert')], [octets, Buffer.from('ocsp')]
  ], jetty).toString())
  const alone = writeUnsignedRequest(SOAP)
  t.same(readManagementMessage(alone.contentType, alone.body), { soap: SOAP, charset: 'UTF-8', parts: [] })
})

t.test('any other legal form says the same', async (t) => {
  const own = (contentType: string, body: Buffer): ManagementMessage => readManagementMessage(contentType, body)
  t.same(own(`Multipart/Related; boundary="${BOUNDARY}"`, multipart(SIX)), READ, 'quoted boundary, no other parameters')
  const odd = "a'b(c)+_,-./:=? d"
  t.same(own(`multipart/related;boundary="${odd}";start=x`, multipart(SIX, odd)), READ, 'a boundary of all characters')
  t.same(own(CONTENT_TYPE, Buffer.concat([Buffer.from('preamble\r\n'), multipart(SIX), Buffer.from('epilogue')])), READ, 'text around the parts')
  t.same(own(CONTENT_TYPE, Buffer.from(multipart(SIX).toString('latin1').replaceAll(`--${BOUNDARY}\r\n`, `--${BOUNDARY} \t\r\n`), 'latin1')), READ, 'blanks behind the boundary')
  t.same(read([
    ['CONTENT-TYPE :\tTEXT/XML;\r\n  charset="UTF-8"\r\nContent-ID: <1>', SOAP],
    ['Signature-Algorithm-ID:SHA512withRSA\r\nContent-Type: application/octet-stream; name=x\r\nContent-Transfer-Encoding: binary', Buffer.from('first')],
    ['signature-algorithm-id:   SHA512withECDSA  \r\nContent-Transfer-Encoding: BASE64', Buffer.from('c2Vj\r\nb25k\r\n')],
    ['', READ.parts[2]!.bytes], ['content-type: application/pkix-cert', Buffer.from('owner')], ['content-type: application/ocsp-response\r\ncontent-transfer-encoding: 8bit', Buffer.from('ocsp\r\n')]
  ]), READ, 'headers in other case, order, folding; base64; other types')
  t.same(own('text/xml;charset=utf-8', SOAP), { soap: SOAP, charset: 'utf-8', parts: [] }, 'SOAP alone')
})

t.test('what is no such message is refused', async (t) => {
  const body = multipart(SIX)
  refuses(t, () => readManagementMessage(undefined, body), 'InvalidContentType')
  refuses(t, () => readManagementMessage('application/json', body), 'InvalidContentType')
  refuses(t, () => readManagementMessage('multipart/related', body), 'InvalidContentType', 'no boundary')
  refuses(t, () => readManagementMessage('multipart/related; boundary=a; boundary=b', body), 'InvalidContentType', 'two boundaries')
  refuses(t, () => readManagementMessage('multipart/related; boundary=other', body), 'MimeParsingFailed', 'another boundary')
  refuses(t, () => readManagementMessage(CONTENT_TYPE, body.subarray(0, -6)), 'MimeParsingFailed', 'not closed')
  refuses(t, () => readManagementMessage(CONTENT_TYPE, Buffer.from(`--${BOUNDARY}--\r\n`)), 'MissingSoap')
  refuses(t, () => readManagementMessage(CONTENT_TYPE, Buffer.alloc(MANAGEMENT_BYTES_MAX + 1)), 'InvalidMessage')
  refuses(t, () => read(replaced(0, ['content-type: application/octet-stream', SOAP])), 'InvalidContentType', 'first part no SOAP')
  refuses(t, () => read(replaced(0, ['content-type: text/xml\r\ncontent-transfer-encoding: base64', SOAP])), 'InvalidContentType', 'signed bytes in disguise')
  refuses(t, () => read([...SIX, SIX[5]!]), 'InvalidMessage', 'seven parts')
  refuses(t, () => read(replaced(3, ['content-transfer-encoding: base64', Buffer.from('!')])), 'MimeParsingFailed')
  refuses(t, () => read(replaced(3, ['content-transfer-encoding: quoted-printable', Buffer.from('=00')])), 'MimeParsingFailed')
  refuses(t, () => read(replaced(1, [`signature-algorithm-id: ${'x'.repeat(100)}`, Buffer.from('first')])), 'InvalidMessage')
  refuses(t, () => read(replaced(1, [`a: ${'x'.repeat(5000)}`, Buffer.from('first')])), 'MimeParsingFailed')
  refuses(t, () => read(replaced(1, ['no colon', Buffer.from('first')])), 'MimeParsingFailed')
})

t.test('any bytes are a message or a fault, and every message comes back as it was', async () => {
  const good = multipart(SIX)
  const damaged = fc.tuple(fc.nat(good.length - 1), fc.uint8Array({ maxLength: 8 }), fc.nat(8)).map(([at, bytes, cut]) => Buffer.concat([good.subarray(0, at), bytes, good.subarray(at + cut)]))
  fc.assert(fc.property(damaged, (bytes) => {
    try {
      readManagementMessage(CONTENT_TYPE, bytes)
    } catch (thrown) {
      if (!(thrown instanceof Fault)) throw thrown
    }
  }), { numRuns: 400 })
  const bytes = fc.uint8Array({ maxLength: 60 })
  fc.assert(fc.property(bytes, bytes, bytes, bytes, (soap, value, certificate, ocspResponse) => {
    const written = writeSignedRequest(soap, { signature: { algorithm: 'SHA512withRSA', value }, certificate, ocspResponse })
    const message = readManagementMessage(written.contentType, written.body)
    return [message.soap, ...message.parts.map(({ bytes }) => bytes)].every((found, index) => found.equals(Buffer.from([soap, value, certificate, ocspResponse][index]!)))
  }))
})

const rsa = generateKeyPairSync('rsa', { modulusLength: 2048 })
const ec = generateKeyPairSync('ec', { namedCurve: 'P-256' })
const DATA = Buffer.from('what is signed')

t.test('every algorithm of the table verifies by its JCA name, in any case', async (t) => {
  for (const digest of ['256', '384', '512']) {
    for (const name of [`SHA${digest}withRSA`, `SHA${digest}withRSAandMGF1`, `SHA${digest}WITHRSAANDMGF1`]) checkRequestSignature(name, rsa.publicKey, DATA, signed(name, rsa.privateKey, DATA))
    checkRequestSignature(`SHA${digest}withECDSA`, ec.publicKey, DATA, signed(`SHA${digest}withECDSA`, ec.privateKey, DATA))
  }
  checkRequestSignature('SHA224withECDSA', ec.publicKey, DATA, signed('SHA224withECDSA', ec.privateKey, DATA))
  t.pass()
})

t.test('a signature by another key, name, encoding or over other bytes is none; weak ones never are', async (t) => {
  const value = signed('SHA512withRSA', rsa.privateKey, DATA)
  const short = generateKeyPairSync('rsa', { modulusLength: 1024 })
  const wrong: readonly (readonly [string, KeyObject, Buffer, Uint8Array?])[] = [
    ['SHA512withRSA', rsa.publicKey, value, Buffer.from('other')], ['SHA256withRSA', rsa.publicKey, value], ['SHA512withRSAandMGF1', rsa.publicKey, value], ['SHA512withECDSA', rsa.publicKey, value],
    ['SHA512withRSA', ec.publicKey, value], ['SHA512withRSA', rsa.publicKey, value.subarray(1)], ['SHA512withRSA', rsa.publicKey, Buffer.alloc(0)], ['SHA512withRSAandMGF1', rsa.publicKey, Buffer.alloc(3)],
    ['http://www.w3.org/2001/04/xmldsig-more#rsa-sha512', rsa.publicKey, value], ['', rsa.publicKey, value], ['SHA1withRSA', rsa.publicKey, signed('SHA1withRSA', rsa.privateKey, DATA)],
    ['SHA1withECDSA', ec.publicKey, signed('SHA1withECDSA', ec.privateKey, DATA)], ['SHA512withRSA', short.publicKey, signed('SHA512withRSA', short.privateKey, DATA)],
    ['SHA512withECDSA', ec.publicKey, Buffer.alloc(64, 1)]
  ]
  for (const [algorithm, key, bytes, data] of wrong) refuses(t, () => checkRequestSignature(algorithm, key, data ?? DATA, bytes), 'InvalidSignatureValue', algorithm)
})

t.test('openssl verifies what our keys sign, over exactly the first part', { skip: await skipWithout('openssl') }, async (t) => {
  const folder = scratch()
  t.teardown(() => folder.remove())
  for (const [name, key] of Object.entries({ rsa, ec })) {
    const { algorithm, value } = await signRequest(key.privateKey, SOAP)
    t.equal(algorithm, name === 'rsa' ? 'SHA512withRSA' : 'SHA512withECDSA')
    const written = writeSignedRequest(SOAP, { signature: { algorithm, value }, certificate: Buffer.of(1), ocspResponse: Buffer.of(2) })
    const body = written.body.toString('latin1')
    const from = body.indexOf('\r\n\r\n') + 4
    const [part, signature] = [body.slice(from, body.indexOf('\r\n--jetty', from)), value]
    const files = [folder.write('key.pem', key.publicKey.export({ type: 'spki', format: 'pem' }) as string), folder.write('sig', signature), folder.write('part', Buffer.from(part, 'latin1'))] as const
    const { ok, text } = await openssl('dgst', '-sha512', '-verify', files[0], '-signature', files[1], files[2])
    t.ok(ok, text)
  }
})
