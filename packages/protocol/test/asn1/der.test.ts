import t from 'tap'
import fc from 'fast-check'
import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import {
  DER_CHILDREN_MAX, DER_DEPTH_MAX, DerError, DerNode, TAG, bitOctetsOf, bitStringOf, booleanOf, contextTag, derBitString, derBoolean, derContext, derElement, derEnumerated,
  derGeneralizedTime, derIa5, derInteger, derNull, derOctetString, derOfBer, derOid, derPrintable, derSequence, derSet, derTime, derUtf8, explicitOf, integerOf, nullOf, octetsOf,
  oidOf, readDer, sequenceOf, smallIntegerOf, stringOf, timeOf
} from '../../src/asn1/index.ts'
import { openssl, runTool, scratch, skipWithout } from '@trembita/testnet/verifiers'

const skip = await skipWithout('openssl')
const der = (hex: string): DerNode => readDer(Buffer.from(hex.replaceAll(' ', ''), 'hex'))

t.test('readDer refuses what is not one element in DER', async (t) => {
  for (const [hex, why] of [
    ['', 'nothing'], ['30', 'no length'], ['0201', 'no content'], ['3003 0201', 'cut inside'], ['0500 00', 'trailing byte'], ['0500 0500', 'two elements'],
    ['3080 0000', 'indefinite length'], ['0481 05 0102030405', 'long form of a short length'], [`048200ff ${'00'.repeat(255)}`, 'leading zero in the length'],
    ['0485 0000000001 00', 'length of five octets'], ['04ff', 'reserved length'], ['1f8101 00', 'tag of several bytes'], ['0000', 'end-of-contents mark'], ['0484 ffffffff', 'length beyond the bytes']
  ] as const) t.throws(() => der(hex), DerError, why)
  t.throws(() => readDer(Buffer.alloc(11), 10), DerError, 'over the size')
  t.throws(() => der('0400').children(), DerError, 'parts of a primitive')
  t.throws(() => der('3002 0201').children(), DerError, 'a part cut short')
  t.throws(() => der('3003 040000').children(), DerError, 'a tag without a length at the end')
})

t.test('depth and number of elements are bounded', async (t) => {
  let nested = derNull()
  for (let i = 0; i < DER_DEPTH_MAX + 2; i++) nested = derSequence(nested)
  const descend = (node: DerNode): number => node.constructed ? 1 + descend(node.children()[0] as DerNode) : 0
  t.throws(() => descend(readDer(nested)), DerError)
  t.throws(() => derOfBer(nested), DerError)
  const many = derSequence(...Array.from({ length: DER_CHILDREN_MAX + 1 }, () => derNull()))
  t.throws(() => readDer(many).children(), DerError)
  t.throws(() => derOfBer(many), DerError)
  t.throws(() => derOfBer(Buffer.concat([Buffer.from('3080', 'hex'), many.subarray(4), Buffer.alloc(2)])), DerError)
})

t.test('values that DER does not allow are refused', async (t) => {
  for (const [read, hex, why] of [
    [integerOf, '0200', 'empty'], [integerOf, '02020001', 'leading zero octet'], [integerOf, '0202ff80', 'leading ff octet'], [integerOf, '0401 01', 'another type'],
    [smallIntegerOf, '0201ff', 'negative'], [smallIntegerOf, '02050100000000', 'over 31 bits'],
    [booleanOf, '010101', 'true that is not ff'], [booleanOf, '0100', 'empty'], [booleanOf, '01020000', 'two octets'],
    [nullOf, '050100', 'NULL with content'],
    [bitStringOf, '0300', 'no count'], [bitStringOf, '030108', 'count of 8'], [bitStringOf, '030101', 'unused bits of nothing'], [bitStringOf, '03020101', 'unused bit set'], [bitOctetsOf, '03020102', 'not whole octets'],
    [oidOf, '0600', 'empty'], [oidOf, '06028001', 'leading 80'], [oidOf, '06032a8001', 'leading 80 in an arc'], [oidOf, '060188', 'cut arc'], [oidOf, '060c2affffffffffffffffffff7f', 'huge arc'], [oidOf, `0641${'01'.repeat(65)}`, 'too long'],
    [timeOf, '170b3234303130313030303030', 'no seconds'], [timeOf, `17${hexOf('240230000000Z')}`, '30 February'], [timeOf, `17${hexOf('240101250000Z')}`, 'hour 25'], [timeOf, `17${hexOf('240101000060Z')}`, 'second 60'],
    [timeOf, `17${hexOf('2401010000+0200')}`, 'offset'], [timeOf, `18${hexOf('20240101000000.500Z')}`, 'trailing zero in the fraction'], [timeOf, `18${hexOf('20240101000000')}`, 'no Z'], [timeOf, `18${hexOf('20240101000000,5Z')}`, 'comma'], [timeOf, '0400', 'no time'],
    [stringOf, '0c02c328', 'not UTF-8'], [stringOf, '130180', 'eighth bit'], [stringOf, '1e0141', 'odd BMPString'], [stringOf, '1c0400110000', 'beyond Unicode'], [stringOf, '1c03000041', 'odd UniversalString'], [stringOf, '0400', 'no string']
  ] as const) t.throws(() => read(der(hex)), DerError, `${read.name}: ${why}`)
})

function hexOf (text: string): string {
  return text.length.toString(16).padStart(2, '0') + Buffer.from(text, 'latin1').toString('hex')
}

t.test('values come out as they should', async (t) => {
  t.equal(integerOf(der('020200ff')), 255n)
  t.equal(integerOf(der('0201ff')), -1n)
  t.equal(smallIntegerOf(der('0a0106'), TAG.ENUMERATED), 6)
  t.equal(oidOf(der('06092a864886f70d01010b')), '1.2.840.113549.1.1.11')
  t.equal(oidOf(der('0603883703')), '2.999.3')
  t.equal(timeOf(der(`17${hexOf('500101000000Z')}`)).toISOString(), '1950-01-01T00:00:00.000Z')
  t.equal(timeOf(der(`17${hexOf('491231235959Z')}`)).toISOString(), '2049-12-31T23:59:59.000Z')
  t.equal(timeOf(der(`18${hexOf('20240229120000.1234Z')}`)).toISOString(), '2024-02-29T12:00:00.123Z')
  t.equal(timeOf(der(`18${hexOf('00500101000000Z')}`)).getUTCFullYear(), 50, 'not 1950')
  t.equal(stringOf(der('1e04041a0456')), 'Кі')
  t.equal(stringOf(der('1401e9')), 'é')
  t.equal(stringOf(der('1c040001f600')), '😀')
  t.same(bitStringOf(der('0302 05a0')), { bytes: Buffer.of(0xa0), unused: 5 })
})

t.test('what is written is read back', async (t) => {
  const options = { numRuns: 200 }
  fc.assert(fc.property(fc.bigInt({ min: -(2n ** 200n), max: 2n ** 200n }), (value) => assert.equal(integerOf(readDer(derInteger(value))), value)), options)
  fc.assert(fc.property(fc.tuple(fc.nat(1), fc.nat(39), fc.array(fc.nat(2 ** 31), { maxLength: 8 })), ([a, b, rest]) => {
    const oid = [a, b, ...rest].join('.')
    assert.equal(oidOf(readDer(derOid(oid))), oid)
  }), options)
  fc.assert(fc.property(fc.string({ unit: 'binary' }), (text) => assert.equal(stringOf(readDer(derUtf8(text))), Buffer.from(text).toString())), options)
  fc.assert(fc.property(fc.date({ min: new Date('1900-01-01'), max: new Date('9999-12-31'), noInvalidDate: true }), (date) => {
    const seconds = new Date(Math.floor(date.getTime() / 1000) * 1000)
    assert.deepEqual(timeOf(readDer(derTime(date))), seconds)
    assert.deepEqual(timeOf(readDer(derGeneralizedTime(date))), seconds)
    assert.deepEqual(timeOf(readDer(derGeneralizedTime(date, { milliseconds: true }))), date)
  }), options)
  for (const size of [0, 1, 127, 128, 255, 256, 65535, 65536]) {
    const bytes = Buffer.alloc(size, 7)
    assert.deepEqual(octetsOf(readDer(derOctetString(bytes))), bytes)
    t.same(bitOctetsOf(readDer(derBitString(bytes))), bytes)
  }
})

t.test('sets are sorted, printable text is checked, explicit tags hold one element', async (t) => {
  t.same(derSet(derInteger(2), derInteger(1)), derSet(derInteger(1), derInteger(2)))
  t.throws(() => derPrintable('Кіт'), DerError)
  t.throws(() => derOid('3.1'), DerError)
  t.throws(() => derOid('1.40'), DerError)
  t.throws(() => derOid('1'), DerError)
  t.equal(stringOf(readDer(derPrintable("A-1 '()+,./:=?"))), "A-1 '()+,./:=?")
  t.equal(stringOf(readDer(derIa5('a@b'))), 'a@b')
  t.throws(() => explicitOf(readDer(derContext(0, true, derNull(), derNull()))), DerError)
  t.equal(readDer(derContext(3, false)).tag, contextTag(3, false))
  const cursor = sequenceOf(readDer(derSequence(derBoolean(true), derNull())))
  t.equal(cursor.optional(TAG.INTEGER), undefined)
  t.throws(() => cursor.take(TAG.INTEGER), /expected tag 02, got 01/)
  t.equal(booleanOf(cursor.take()), true)
  t.throws(() => cursor.end(), DerError)
  cursor.take(TAG.NULL)
  cursor.end()
  t.throws(() => cursor.take(), DerError)
})

t.test('any bytes give a value or a DerError', async (t) => {
  const readers = [integerOf, smallIntegerOf, booleanOf, nullOf, octetsOf, bitStringOf, bitOctetsOf, oidOf, timeOf, stringOf, sequenceOf, explicitOf]
  function walk (node: DerNode): void {
    for (const read of readers) onlyDerError(() => read(node))
    if (node.constructed) onlyDerError(() => { for (const child of node.children()) walk(child) })
  }
  // raw bytes rarely get past the first length; generated elements do
  const element = fc.letrec<{ node: Buffer }>((tie) => ({
    node: fc.oneof({ maxDepth: 4 },
      fc.tuple(fc.integer({ min: 0, max: 255 }), fc.uint8Array({ maxLength: 20 })).map(([tag, content]) => derElement(tag, content)),
      fc.tuple(fc.constantFrom(0x30, 0x31, 0xa0, 0x24), fc.array(tie('node'), { maxLength: 4 })).map(([tag, parts]) => derElement(tag, ...parts)))
  })).node
  for (const bytes of [fc.uint8Array({ maxLength: 64 }), element]) {
    fc.assert(fc.property(bytes, (value) => {
      onlyDerError(() => walk(readDer(value)))
      onlyDerError(() => { assert.deepEqual(derOfBer(derOfBer(value)), derOfBer(value)) })
    }), { numRuns: 500 })
  }
  t.pass('no other error')
})

function onlyDerError (run: () => unknown): void {
  try {
    run()
  } catch (thrown) {
    if (!(thrown instanceof DerError)) throw thrown
  }
}

t.test('BER becomes DER, and DER stays as it is', async (t) => {
  const hex = (bytes: string): string => derOfBer(Buffer.from(bytes.replaceAll(' ', ''), 'hex')).toString('hex')
  t.equal(hex('3080 020101 0000'), '3003020101')
  t.equal(hex('3080 3080 0500 0000 0000'), '300430020500')
  t.equal(hex('2480 040101 04020203 0000'), '0403010203')
  t.equal(hex('2408 2403 040101 040102'), '04020102', 'pieces within pieces')
  t.equal(hex('3081 03 020101'), '3003020101', 'longer length than needed')
  t.equal(hex('24820000'), '0400')
  for (const bad of ['3080 020101', '3080 020101 00', '0480 0000', '3004 020101', '3003 020101 00', '2480 020101 0000', '3085 0000000000', '3080 1f0100 0000', '300200', '']) {
    t.throws(() => hex(bad), DerError, bad)
  }
})

t.test('openssl reads what we write, and what it streams in BER we make the DER that it means', { skip }, async (t) => {
  const files = scratch()
  t.teardown(files.remove)
  const value = derSequence(derInteger(-129), derOid('2.999.1'), derUtf8('Їжак'), derTime(new Date('2049-12-31T23:59:59Z')), derTime(new Date('2050-01-01T00:00:00Z')), derEnumerated(1), derBoolean(true), derBitString(Buffer.of(0xa0), 5))
  const { text } = await openssl('asn1parse', '-inform', 'DER', '-in', files.write('value.der', value))
  for (const piece of ['INTEGER           :-81', ':2.999.1', ':Їжак', ':491231235959Z', ':20500101000000Z', 'ENUMERATED        :01', 'BOOLEAN           :255']) t.match(text, piece)

  await openssl('req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', '-keyout', files.path('key.pem'), '-out', files.path('cert.pem'), '-subj', '/CN=ber')
  files.write('data', 'x'.repeat(5000))
  await runTool('openssl', ['cms', '-sign', '-binary', '-nodetach', '-stream', '-signer', 'cert.pem', '-inkey', 'key.pem', '-in', 'data', '-outform', 'DER', '-out', 'ber.cms'], { cwd: files.dir })
  const ber = readFileSync(files.path('ber.cms'))
  t.equal(ber[1], 0x80, 'openssl streamed indefinite lengths')
  const made = derOfBer(ber)
  readDer(made)
  t.same(derOfBer(made), made)
  files.write('der.cms', made)
  const verified = await runTool('openssl', ['cms', '-verify', '-inform', 'DER', '-in', 'der.cms', '-noverify', '-binary'], { cwd: files.dir })
  t.match(verified.text, /successful/i)
})
