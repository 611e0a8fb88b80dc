import assert from 'node:assert/strict'
import { createHash, createPublicKey, sign, type KeyObject } from 'node:crypto'
import { readFileSync } from 'node:fs'
import fc from 'fast-check'
import t from 'tap'
import { createTestPki, type Issued } from '@trembita/testnet/pki'
import { openssl, scratch, skipWithout } from '@trembita/testnet/verifiers'
import {
  buildDirectory, checkExpiry, checkPart, CONFIGURATION_SIGNATURES, configurationSignature, digestByUri, DIRECTORY_BYTES_MAX, DIRECTORY_PARTS_MAX,
  parseDirectory, verifyDirectory, type DirectorySigner, type DirectoryToBuild
} from '../../src/globalconf/index.ts'

const skip = await skipWithout('openssl')
const malformed = { name: 'Fault', kind: 'MalformedGlobalConf' }
const unsigned = { name: 'Fault', kind: 'InvalidSignatureValue' }
const pki = await createTestPki()
const rsa = await pki.issueTls({ names: ['internalSigningKey'], keyType: 'rsa' })
const ec = await pki.issueTls({ names: ['internalSigningKey'], keyType: 'ec' })
const RSA_SHA512 = 'http://www.w3.org/2001/04/xmldsig-more#rsa-sha512'
const ECDSA_SHA512 = 'http://www.w3.org/2001/04/xmldsig-more#ecdsa-sha512'
const SHA512 = 'http://www.w3.org/2001/04/xmlenc#sha512'

function signerOf (key: Issued, uri: string): DirectorySigner {
  const algorithm = configurationSignature(uri)!
  return { certificate: key.certificate.der, algorithmUri: uri, sign: (data) => sign(algorithm.digest, data, algorithm.keyOptions(key.privateKey)) }
}

const SHARED = Buffer.from('<shared/>')
const INPUT: DirectoryToBuild = {
  version: 6,
  expireAt: new Date('2026-02-06T13:51:26.789Z'),
  parts: [
    { contentIdentifier: 'PRIVATE-PARAMETERS', instance: 'EE', location: '/V6/20260206134126123456789/private-params.xml', bytes: Buffer.from('<private/>') },
    { contentIdentifier: 'SHARED-PARAMETERS', instance: 'EE', location: '/V6/20260206134126123456789/shared-params.xml', bytes: SHARED }
  ],
  signer: signerOf(rsa, RSA_SHA512),
  boundaries: { outer: 'OUTER', inner: 'INNER' }
}
const built = await buildDirectory(INPUT)
const text = built.toString('latin1')
/** The directory with its text changed; signed anew only by the cases that say so. */
const changed = (from: string | RegExp, to: string, base = text): Buffer => {
  const result = base.replace(from, to)
  assert.notEqual(result, base, `${from} is not in the directory`)
  return Buffer.from(result, 'latin1')
}
const der = (key: Issued): Buffer[] => [key.certificate.der]

t.test('TR-4.3, trap 4: a directory has exactly the bytes of the layout', async (t) => {
  const hash = (bytes: string): string => createHash('sha512').update(bytes).digest('base64')
  const signed = [
    '--INNER', 'Expire-date: 2026-02-06T13:51:26Z', 'Version: 6', '',
    '--INNER', 'Content-type: application/octet-stream', 'Content-transfer-encoding: base64', "Content-identifier: PRIVATE-PARAMETERS; instance='EE'",
    'Content-location: /V6/20260206134126123456789/private-params.xml', `Hash-algorithm-id: ${SHA512}`, '', hash('<private/>'),
    '--INNER', 'Content-type: application/octet-stream', 'Content-transfer-encoding: base64', "Content-identifier: SHARED-PARAMETERS; instance='EE'",
    'Content-location: /V6/20260206134126123456789/shared-params.xml', `Hash-algorithm-id: ${SHA512}`, '', hash('<shared/>'),
    '--INNER--', ''
  ].join('\r\n')
  const certificateHash = createHash('sha512').update(rsa.certificate.der).digest('base64')
  const expected = [
    'Content-Type: multipart/related; charset=UTF-8; boundary=OUTER', '',
    '--OUTER', 'Content-Type: multipart/mixed; charset=UTF-8; boundary=INNER', '',
    `${signed}`,
    '--OUTER', 'Content-Type: application/octet-stream', 'Content-Transfer-Encoding: base64', `Signature-Algorithm-Id: ${RSA_SHA512}`,
    `Verification-certificate-hash: ${certificateHash}; hash-algorithm-id="${SHA512}"`, '',
    sign('sha512', Buffer.from(signed), rsa.privateKey).toString('base64'),
    '--OUTER--', ''
  ].join('\r\n')
  t.equal(text, expected)
  const directory = parseDirectory(built)
  t.equal(directory.signedBytes.toString(), signed)
  t.equal(directory.version, 6)
  t.same(directory.expireAt, new Date('2026-02-06T13:51:26Z'))
  t.same(directory.parts.map(({ contentIdentifier, instance, location }) => [contentIdentifier, instance, location]), INPUT.parts.map((part) => [part.contentIdentifier, part.instance, part.location]))
  verifyDirectory(directory, [...der(ec), ...der(rsa)])
  checkPart(directory.parts[1]!, SHARED)
  t.throws(() => checkPart(directory.parts[1]!, Buffer.from('<shared />')), malformed)
})

/** Cuts out what must be signed by a rule of its own, so as not to believe our parser. */
function signedRegion (directory: Buffer): Buffer {
  const start = directory.indexOf('--INNER')
  return directory.subarray(start, directory.indexOf('--INNER--') + '--INNER--\r\n'.length)
}

t.test('trap 4: openssl verifies RSA, RSA-PSS and ECDSA values over exactly these bytes, and over no other', { skip }, async (t) => {
  const files = scratch()
  t.teardown(() => files.remove())
  const pem = (key: KeyObject): string => createPublicKey(key).export({ type: 'spki', format: 'pem' }) as string
  for (const { uri, keyType, digest, saltLength, weak } of CONFIGURATION_SIGNATURES) {
    if (weak) continue
    const key = keyType === 'rsa' ? rsa : ec
    const directory = await buildDirectory({ ...INPUT, signer: signerOf(key, uri) })
    verifyDirectory(parseDirectory(directory), der(key))
    const region = signedRegion(directory)
    const options = saltLength === undefined ? [] : ['-sigopt', 'rsa_padding_mode:pss', '-sigopt', `rsa_pss_saltlen:${saltLength}`, '-sigopt', `rsa_mgf1_md:${digest}`]
    const check = async (bytes: Buffer): Promise<boolean> => (await openssl('dgst', `-${digest}`, '-verify', files.write('key.pem', pem(key.privateKey)),
      '-signature', files.write('value.bin', parseDirectory(directory).signature), ...options, files.write('signed.bin', bytes))).ok
    t.equal(await check(region), true, uri)
    t.equal(await check(Buffer.concat([region, Buffer.from('\r\n')])), false, 'one line break more is not what was signed')
    t.equal(await check(region.subarray(0, -2)), false, 'nor one less')
  }
})

t.test('a directory signed by openssl is accepted', { skip }, async (t) => {
  const files = scratch()
  t.teardown(() => files.remove())
  const key = files.write('key.pem', ec.privateKey.export({ type: 'pkcs8', format: 'pem' }) as string)
  const signer: DirectorySigner = {
    certificate: ec.certificate.der,
    algorithmUri: ECDSA_SHA512,
    sign: async (data) => {
      const result = await openssl('dgst', '-sha512', '-sign', key, '-out', files.path('value.bin'), files.write('data.bin', data))
      t.ok(result.ok, result.text)
      return readFileSync(files.path('value.bin'))
    }
  }
  verifyDirectory(parseDirectory(await buildDirectory({ ...INPUT, signer })), der(ec))
})

t.test('trap 4: a raw r‖s value is not an ECDSA signature here', async (t) => {
  const raw: DirectorySigner = { certificate: ec.certificate.der, algorithmUri: ECDSA_SHA512, sign: (data) => sign('sha512', data, { key: ec.privateKey, dsaEncoding: 'ieee-p1363' }) }
  const directory = parseDirectory(await buildDirectory({ ...INPUT, signer: raw }))
  t.throws(() => verifyDirectory(directory, der(ec)), unsigned)
})

t.test('trap 4: a value over one line break more is refused', async (t) => {
  const { sign: real } = INPUT.signer
  const directory = parseDirectory(await buildDirectory({ ...INPUT, signer: { ...INPUT.signer, sign: (data) => real(Buffer.concat([data, Buffer.from('\r\n')])) } }))
  t.throws(() => verifyDirectory(directory, der(rsa)), unsigned)
  const moved = changed('--INNER--\r\n', '--INNER--\r\n\r\n')
  t.throws(() => verifyDirectory(parseDirectory(moved), der(rsa)), unsigned)
  const shortened = changed('--INNER--\r\n', '--INNER--')
  t.throws(() => verifyDirectory(parseDirectory(shortened), der(rsa)), unsigned)
})

t.test('one flipped bit anywhere: refused, or not a word of what it says has changed', async () => {
  const original = parseDirectory(built)
  fc.assert(fc.property(fc.nat(built.length * 8 - 1), (bit) => {
    const bytes = Buffer.from(built)
    bytes[bit >> 3]! ^= 1 << (bit & 7)
    try {
      const directory = parseDirectory(bytes)
      verifyDirectory(directory, der(rsa))
      assert.deepEqual(directory.signedBytes, original.signedBytes)
      assert.deepEqual(directory.parts, original.parts)
    } catch (thrown) {
      assert.match((thrown as { kind: string }).kind, /^(MalformedGlobalConf|InvalidSignatureValue)$/, String(thrown))
    }
  }), { numRuns: 1000 })
})

t.test('any bytes give a directory or a fault', async () => {
  const fragments = ['Content-Type: multipart/related; boundary=OUTER', '\r\n', '\n', '--OUTER', '--OUTER--', '--INNER', '--INNER--', 'Content-Type: multipart/mixed; boundary=INNER', 'Expire-date: 2026-02-06T13:51:26Z', 'Version: 6', ': ', 'QUJD', "'", '"', ';']
  fc.assert(fc.property(fc.oneof(fc.uint8Array({ maxLength: 300 }), fc.array(fc.constantFrom(...fragments), { maxLength: 40 }).map((list) => Buffer.from(list.join('')))), (bytes) => {
    try {
      parseDirectory(bytes)
    } catch (thrown) {
      assert.equal((thrown as { kind: string }).kind, 'MalformedGlobalConf', String(thrown))
    }
  }), { numRuns: 500 })
})

t.test('line ends, quotes, header case and boundaries as the configuration proxy and older releases write them', async (t) => {
  const resigned = (bytes: Buffer): Buffer => {
    const value = sign('sha512', parseDirectory(bytes).signedBytes, rsa.privateKey).toString('base64')
    return Buffer.from(bytes.toString('latin1').replace(/[A-Za-z0-9+/=]+(?=\r?\n--OUTER--)/, value), 'latin1')
  }
  const variants: Record<string, Buffer> = {
    'bare line feeds all through': changed(/\r\n/g, '\n'),
    'a top header ended by two line feeds': changed('boundary=OUTER\r\n\r\n', 'boundary=OUTER\n\n'),
    'double quotes round the instance': changed(/'EE'/g, '"EE"'),
    'header names in other case': changed(/Content-identifier/g, 'CONTENT-IDENTIFIER'),
    'a quoted boundary and the type of the root': changed('charset=UTF-8; boundary=OUTER', 'type="multipart/mixed"; charset=UTF-8; boundary="OUTER"'),
    'a folded header': changed('; boundary=OUTER', ';\r\n boundary=OUTER'),
    'no closing inner delimiter': changed('--INNER--\r\n', ''),
    'text before the first delimiter': changed('\r\n\r\n--OUTER', '\r\n\r\nThis is a configuration.\r\n--OUTER'),
    'an expiry with milliseconds and an offset': changed('2026-02-06T13:51:26Z', '2026-02-06T15:51:26.500+02:00'),
    'two blank lines behind the first header': changed('Version: 6\r\n\r\n', 'Version: 6\r\n\r\n\r\n'),
    'an optional file name': changed('Content-location: /V6', 'Content-file-name: p.xml\r\nContent-location: /V6')
  }
  for (const [what, bytes] of Object.entries(variants)) {
    const directory = parseDirectory(resigned(bytes))
    t.doesNotThrow(() => verifyDirectory(directory, der(rsa)), what)
    t.equal(directory.parts.length, 2, what)
    t.equal(directory.parts[0]!.instance, 'EE', what)
  }
  t.equal(parseDirectory(variants['an expiry with milliseconds and an offset']!).expireAt.toISOString(), '2026-02-06T13:51:26.500Z')
  t.equal(parseDirectory(changed('Version: 6\r\n', '')).version, 2, 'without a version it is 2')
})

t.test('several instances may stand in one directory, in any order', async (t) => {
  const parts = [...INPUT.parts].reverse().concat({ contentIdentifier: 'SHARED-PARAMETERS', instance: 'FI', location: '/fi.xml', bytes: SHARED })
  t.same(parseDirectory(await buildDirectory({ ...INPUT, parts })).parts.map(({ instance }) => instance), ['EE', 'EE', 'FI'])
})

t.test('whatever is not the layout rejects the whole directory', async (t) => {
  const bad: Record<string, Buffer> = {
    nothing: Buffer.alloc(0),
    'no header': changed('Content-Type: multipart/related; charset=UTF-8; boundary=OUTER', ''),
    'another top type': changed('multipart/related', 'multipart/alternative'),
    'no boundary': changed('; boundary=OUTER', ''),
    'an overlong boundary': changed('boundary=OUTER', `boundary=${'x'.repeat(71)}`),
    'another inner type': changed('multipart/mixed', 'text/plain'),
    'no signature part': Buffer.from(text.slice(0, text.lastIndexOf('--OUTER\r\n')), 'latin1'),
    'a third outer part': changed('--OUTER--', '--OUTER\r\n\r\nx\r\n--OUTER--'),
    'an unknown version': changed('Version: 6', 'Version: 7'),
    'a version that is no number': changed('Version: 6', 'Version: six'),
    'two versions': changed('Version: 6', 'Version: 6\r\nVersion: 2'),
    'no expiry (trap 5)': changed(/Expire-date: .*\r\n/, ''),
    'an expiry without offset (trap 5)': changed('51:26Z', '51:26'),
    'an expiry on no day': changed('2026-02-06T', '2026-02-30T'),
    'another type of a part': changed('Content-type: application/octet-stream', 'Content-type: text/xml'),
    'a type in other case': changed('Content-type: application/octet-stream', 'Content-type: Application/octet-stream'),
    'another encoding of a part': changed('Content-transfer-encoding: base64', 'Content-transfer-encoding: binary'),
    'no location': changed(/Content-location: .*\r\n/, ''),
    'no digest algorithm': changed(/Hash-algorithm-id: .*\r\n/, ''),
    'parameters of no instance': changed("; instance='EE'", ''),
    'an instance that would leave its folder': changed("instance='EE'", "instance='..'"),
    'a wrapped hash': changed(/(Hash-algorithm-id: [^\r]*\r\n\r\n.{20})/, '$1\r\n'),
    'a part listed twice': changed('PRIVATE-PARAMETERS', 'SHARED-PARAMETERS'),
    'a header twice': changed('Content-location: /V6', 'Content-location: /x\r\nContent-location: /V6'),
    'a line that is no header': changed('Content-location: /V6', 'Content location\r\nContent-location: /V6'),
    'text between the parts and the end': changed('--INNER--\r\n', '--INNER--\r\nsmuggled\r\n'),
    'text before the first part': changed('--INNER\r\nExpire', 'smuggled\r\n--INNER\r\nExpire'),
    'no signature algorithm': changed(/Signature-Algorithm-Id: .*\r\n/, ''),
    'no certificate hash': changed(/Verification-certificate-hash: .*\r\n/, ''),
    'another encoding of the signature': changed('Content-Transfer-Encoding: base64', 'Content-Transfer-Encoding: 8bit')
  }
  for (const [what, bytes] of Object.entries(bad)) t.throws(() => parseDirectory(bytes), malformed, what)
  t.throws(() => parseDirectory(Buffer.alloc(DIRECTORY_BYTES_MAX + 1, 'a')), malformed, 'a directory beyond the limit')
  const crowd = Array.from({ length: DIRECTORY_PARTS_MAX + 1 }, (_, i) => ({ contentIdentifier: `X${i}`, instance: 'EE', location: '/x', bytes: SHARED }))
  t.throws(() => parseDirectory(Buffer.from('')), malformed)
  const directory = await buildDirectory({ ...INPUT, parts: crowd })
  t.throws(() => parseDirectory(directory), malformed, 'too many parts')
})

t.test('an inner boundary other than the signed one shows no other parts', async (t) => {
  for (const boundary of ['INNER--', 'INNE', 'OUTER', 'Content']) {
    t.throws(() => verifyDirectory(parseDirectory(changed('boundary=INNER', `boundary=${boundary}`)), der(rsa)), { name: 'Fault' }, boundary)
  }
})

t.test('keys that are not listed and algorithms that are weak or do not fit are refused', async (t) => {
  const directory = parseDirectory(built)
  t.throws(() => verifyDirectory(directory, []), unsigned, 'no key at all')
  t.throws(() => verifyDirectory(directory, der(ec)), unsigned, 'a key of someone else')
  t.throws(() => verifyDirectory(directory, [Buffer.from('no certificate')]), unsigned)
  for (const algorithm of ['http://www.w3.org/2000/09/xmldsig#rsa-sha1', ECDSA_SHA512, 'http://www.w3.org/2007/05/xmldsig-more#sha512-rsa-MGF1', 'none']) {
    t.throws(() => verifyDirectory(parseDirectory(changed(RSA_SHA512, algorithm)), der(rsa)), unsigned, algorithm)
  }
  t.equal(digestByUri('http://www.w3.org/2001/04/xmldsig-more#md5', SHARED), undefined)
  t.equal(digestByUri('http://www.w3.org/2000/09/xmldsig#sha1', SHARED), undefined)
  const md5 = parseDirectory(changed(SHA512, 'http://www.w3.org/2001/04/xmldsig-more#md5'))
  t.throws(() => checkPart(md5.parts[0]!, Buffer.from('<private/>')), malformed, 'a part hashed by MD5')
})

t.test('of a verification certificate only the key counts: an expired one verifies', async (t) => {
  const expired = await pki.issueTls({ names: ['internalSigningKey'], keyType: 'ec', notBefore: new Date('2001-01-01'), notAfter: new Date('2002-01-01') })
  const directory = parseDirectory(await buildDirectory({ ...INPUT, signer: signerOf(expired, ECDSA_SHA512) }))
  t.doesNotThrow(() => verifyDirectory(directory, der(expired)))
})

t.test('trap 5: a directory ends to the second', async (t) => {
  const directory = parseDirectory(built)
  t.doesNotThrow(() => checkExpiry(directory, new Date('2026-02-06T13:51:26Z')))
  t.throws(() => checkExpiry(directory, new Date('2026-02-06T13:51:26.001Z')), { name: 'Fault', kind: 'OutdatedGlobalConf' })
})

t.test('nothing that would break a line is written', async (t) => {
  const part = INPUT.parts[0]!
  for (const bad of [{ ...part, location: '/x\r\nEvil: yes' }, { ...part, instance: "E'E" }, { ...part, instance: '..' }, { ...part, hashUri: 'http://unknown' }]) {
    await t.rejects(buildDirectory({ ...INPUT, parts: [bad] }), malformed)
  }
})
