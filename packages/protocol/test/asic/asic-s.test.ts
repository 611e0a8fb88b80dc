import { readFileSync } from 'node:fs'
import { timestampFor, createTestPki, ocspResponseFor } from '@trembita/testnet/pki'
import { openssl, scratch, skipWithout } from '@trembita/testnet/verifiers'
import t from 'tap'
import { ASICS_TYPE, toSimpleContainer, verifySimpleContainer } from '../../src/asic/index.ts'
import {
  contextTag, derContext, derElement, derInteger, derNull, derOctetString, derOid, derSequence, derSet,
  explicitOf, readDer, sequenceOf, TAG
} from '../../src/asn1/index.ts'
import { OID } from '../../src/pki/index.ts'
import { SOAP, trustOf } from '../containers.ts'
import { refuses } from '../faults.ts'
import { createSealer, MEMBER, type Sealer } from '../sealing.ts'
import { pem } from '../tools.ts'

const pki = await createTestPki()
const skip = await skipWithout('openssl')
const container = (signature: Buffer, data = SOAP, name = 'message.xml', more: readonly [string, Buffer][] = []) =>
  toSimpleContainer(new Map([['mimetype', Buffer.from(ASICS_TYPE)], [name, data], ['META-INF/signature.p7s', signature], ...more]))

/** A CAdES-BES signature by openssl, made CAdES-X Long by adding stamp and revocation values. */
async function cades (by: Sealer, data: Buffer, options: { stamp?: boolean, revocation?: boolean, pss?: boolean } = {}): Promise<Buffer> {
  const folder = scratch()
  try {
    const key = folder.write('key.pem', by.privateKey.export({ type: 'pkcs8', format: 'pem' }))
    const certificate = folder.write('certificate.pem', pem('CERTIFICATE', by.key.certificate.der))
    const out = folder.path('signature.p7s')
    const { ok, text } = await openssl('cms', '-sign', '-binary', '-cades', '-md', 'sha512', '-in', folder.write('data', data), '-signer', certificate, '-inkey', key,
      ...(options.pss === true ? ['-keyopt', 'rsa_padding_mode:pss', '-keyopt', 'rsa_pss_saltlen:64'] : []), '-outform', 'DER', '-out', out)
    if (!ok) throw new Error(text)
    return withUnsigned(readFileSync(out), by, options)
  } finally {
    folder.remove()
  }
}

function withUnsigned (der: Buffer, by: Sealer, { stamp = true, revocation = true }: { stamp?: boolean, revocation?: boolean }): Buffer {
  const data = sequenceOf(explicitOf(readDer(der).children()[1]!))
  const head = [data.take(), data.take(), data.take(), data.take(contextTag(0))].map((node) => node.raw)
  const fields = data.take(TAG.SET).children()[0]!.children()
  const attribute = (type: string, value: Uint8Array): Buffer => derSequence(derOid(type), derSet(value))
  const basic = by.key.ocspResponses.map((response) => {
    const [, bytes] = explicitOf(readDer(response).children()[1]!).children()
    return bytes!.content
  })
  const unsigned = [
    ...(stamp ? [attribute('1.2.840.113549.1.9.16.2.14', timestampFor(by.pki, fields[5]!.content))] : []),
    ...(revocation ? [attribute('1.2.840.113549.1.9.16.2.24', derSequence(derContext(1, true, derSequence(...basic))))] : [])
  ]
  const signer = derSequence(...fields.map((node) => node.raw), ...(unsigned.length > 0 ? [derContext(1, true, ...unsigned)] : []))
  return derSequence(derOid(OID.signedData), derContext(0, true, derSequence(...head, derSet(signer))))
}

t.test('verifies a CAdES signature by RSA or ECDSA with stamp and revocation values', { skip }, async (t) => {
  for (const options of [{ keyKind: 'ec' }, { keyKind: 'rsa' }, { keyKind: 'rsa', below: true }, { keyKind: 'rsa', pss: true }] as const) {
    const by = await createSealer({ pki, ...options })
    const signature = await cades(by, SOAP, { pss: 'pss' in options })
    const report = verifySimpleContainer(container(signature), trustOf(by))
    if ('below' in options) {
      t.match(report, { verdict: 'failed', reason: { code: /CannotCreateCertPath/ } }, 'the intermediate is not enclosed')
      continue
    }
    t.same(report.reason, undefined)
    t.match(report, { verdict: 'verified', format: 'ASiC-S', signer: MEMBER, timestamp: { kind: 'single' }, files: [{ name: 'message.xml', status: 'covered' }] })
    t.match(report.algorithm, options.keyKind === 'ec' ? 'SHA512withECDSA' : 'pss' in options ? 'SHA512withRSAandMGF1' : 'SHA512withRSA')
    t.ok(report.signingTime instanceof Date)
  }
})

t.test('a REST body as `attachment1` is judged for the instance that is given', { skip }, async (t) => {
  const by = await createSealer({ pki })
  const body = Buffer.from('{}')
  const rest = container(await cades(by, body), body, 'attachment1')
  t.match(verifySimpleContainer(rest, trustOf(by), { instance: 'TEST' }), { verdict: 'verified', signer: MEMBER, message: undefined })
  t.match(verifySimpleContainer(rest, trustOf(by)), { verdict: 'undecided' })
})

t.test('what is changed, missing or of somebody else fails', { skip }, async (t) => {
  const by = await createSealer({ pki })
  const signature = await cades(by, SOAP)
  const verdict = (made: ReturnType<typeof container>, trust = trustOf(by)) => verifySimpleContainer(made, trust)
  t.match(verdict(container(signature, Buffer.from(SOAP.toString().replace('Ключ', 'Ключі')))), { verdict: 'failed', reason: { code: 'SignatureVerification.InvalidSignatureValue' } }, 'another message')
  t.match(verdict(container(signature, SOAP, 'message.xml', [['other.txt', Buffer.from('x')]])), { verdict: 'failed', reason: { message: /other\.txt/ } }, 'a stranger')
  t.match(verdict(container(await cades(by, SOAP, { stamp: false }))), { verdict: 'failed', reason: { code: 'AsicTimestampNotFound' } })
  t.match(verifySimpleContainer(container(await cades(by, SOAP, { stamp: false })), trustOf(by), { at: by.now }), { verdict: 'verified' })
  t.match(verdict(container(await cades(by, SOAP, { revocation: false }))), { verdict: 'failed', reason: { code: /CertValidation/ } })
  t.match(verdict(container(signature), () => undefined), { verdict: 'undecided' })
  const other = await createSealer({ pki, memberCode: '00000007' })
  t.match(verdict(container(await cades(other, SOAP))), { verdict: 'failed', reason: { code: /IncorrectCertificate/ } }, 'sealed by another member')
  const auth = await pki.issueSign({ member: MEMBER, profile: 'auth' })
  const byAuth: Sealer = { ...by, privateKey: auth.privateKey, key: { ...by.key, certificate: auth.certificate, ocspResponses: [ocspResponseFor(pki, auth.certificate)] } }
  t.match(verdict(container(await cades(byAuth, SOAP))), { verdict: 'failed', reason: { code: /IncorrectCertificate/ } }, 'not a seal')
  const passed: number[] = []
  for (let i = 0; i < signature.length; i += 3) {
    const flipped = Buffer.from(signature)
    flipped[i]! ^= 1 + (i * 37) % 255
    if (verdict(container(flipped)).verdict === 'verified') passed.push(i)
  }
  t.ok(passed.length < 10, `of ${Math.ceil(signature.length / 3)} changed bytes only ones without meaning pass (${passed.length})`)
})

t.test('the algorithms of Trembita 1.x are named and not judged', async (t) => {
  const by = await createSealer({ pki })
  const root = '1.2.804.2.1.1.1.1'
  const attributes = [derSequence(derOid(OID.contentType), derSet(derOid('1.2.840.113549.1.7.1'))), derSequence(derOid(OID.messageDigest), derSet(derOctetString(Buffer.alloc(32))))]
  const signer = (digest: string, algorithm: string): Buffer => derSequence(
    derInteger(1), derSequence(by.key.certificate.issuer.raw, derInteger(by.key.certificate.serialNumber)), derSequence(derOid(digest), derNull()),
    derContext(0, true, ...attributes), derSequence(derOid(algorithm)), derOctetString(Buffer.alloc(64)))
  const made = (digest: string, algorithm: string): Buffer => derSequence(derOid(OID.signedData), derContext(0, true, derSequence(
    derInteger(1), derSet(derSequence(derOid(digest))), derSequence(derOid('1.2.840.113549.1.7.1')), derElement(contextTag(0), by.key.certificate.der), derSet(signer(digest, algorithm)))))
  const report = verifySimpleContainer(container(made(`${root}.2.1`, `${root}.3.1.1`)), trustOf(by))
  t.match(report, { verdict: 'undecided', algorithm: 'DSTU 4145-2002 with GOST 34.311-95', reason: { code: 'UnsupportedSignAlgorithm', message: /DSTU 4145-2002/ } })
  t.match(report.message, { id: '6d0f8f2e-63a7-4a43-8f6a-0f6a54a9a001' }, 'and the message is still shown')
  t.ok(report.certificate?.equals(by.key.certificate))
  t.equal(verifySimpleContainer(container(made(`${root}.2.2.1`, `${root}.3.1.1`)), trustOf(by)).algorithm, 'DSTU 4145-2002 with DSTU 7564:2014 (Kupyna)')
  t.match(verifySimpleContainer(container(made(OID.sha256, '1.2.3.4')), trustOf(by)), { verdict: 'undecided', algorithm: 'algorithm 1.2.3.4 with algorithm 2.16.840.1.101.3.4.2.1' })
})

t.test('a container without its parts, and a signature that is none, are refused', async (t) => {
  const entries = new Map([['mimetype', Buffer.from(ASICS_TYPE)], ['message.xml', SOAP], ['META-INF/signature.p7s', Buffer.from('x')]])
  const without = (name: string) => new Map([...entries].filter(([other]) => other !== name))
  refuses(t, () => toSimpleContainer(without('mimetype')), 'AsicMimeTypeNotFound')
  refuses(t, () => toSimpleContainer(new Map(entries).set('mimetype', Buffer.from('application/zip'))), 'AsicInvalidMimeType')
  refuses(t, () => toSimpleContainer(without('META-INF/signature.p7s')), 'AsicSignatureNotFound')
  refuses(t, () => toSimpleContainer(without('message.xml')), 'AsicMessageNotFound')
  t.match(verifySimpleContainer(toSimpleContainer(entries), () => undefined), { verdict: 'failed', reason: { code: /MalformedSignature/ } })
})
