import t from 'tap'
import { readFileSync } from 'node:fs'
import { createTestPki, ocspResponseFor, plainSubject, trustStoreOfPki, type OcspFaults, type TestPki, type TrustStoreOptions } from '@trembita/testnet/pki'
import { runTool, scratch, skipWithout } from '@trembita/testnet/verifiers'
import { OCSP_RESPONSES_MAX, buildPath, encodeOcspRequest, parseOcspResponse, verifyOcsp, type Certificate, type CertificationAuthority, type OcspInfo, type TrustStore } from '../../src/pki/index.ts'

const skip = await skipWithout('openssl')
const pki = await createTestPki()
const stranger = await createTestPki({ organization: pki.organization })
const seal = (await pki.issueSign({ member: { memberClass: 'GOV', memberCode: '1' } })).certificate
const at = new Date()
const trust = trustStoreOfPki(pki)
const anchor = trust.authorities[1] as CertificationAuthority
const hour = 3_600_000

interface Expected { name: string, kind: string, stages: string[], message: RegExp }
const fault = (kind: string, message = /./): Expected => ({ name: 'Fault', kind, stages: ['InvalidCertPath'], message })
const incorrect = (message: RegExp): Expected => fault('IncorrectValidationInfo', message)

/** Verifies one response about the seal, which its issuing CA anchors. */
function verify (response: Uint8Array, in_: TrustStore = trust, when = at): OcspInfo {
  return verifyOcsp([response], [seal], in_.authorities.find(({ certificate }) => certificate.equals(anchor.certificate)) as CertificationAuthority, in_, when)[0] as OcspInfo
}

const respond = (faults?: OcspFaults): Buffer => ocspResponseFor(pki, seal, faults)
const trusting = (options: TrustStoreOptions, of: TestPki = pki): TrustStore => trustStoreOfPki(of, options)

t.test('a good response says when, and who said it', async (t) => {
  const info = verify(respond({ nextUpdateSeconds: 600 }))
  t.equal(info.status, 'good')
  t.equal(info.responder, pki.ocsp.certificate)
  t.equal(info.subjectSerial, seal.serialNumber)
  t.equal((info.nextUpdate?.getTime() ?? 0) - info.thisUpdate.getTime(), 600_000)
  t.same(info.producedAt, info.thisUpdate)
})

t.test('every certificate of the path needs its own response, in any order, among others', async (t) => {
  const top = trusting({ topOnly: true })
  const found = buildPath(seal, [pki.intermediate.certificate], top, at)
  const [leaf, above] = [respond(), ocspResponseFor(pki, pki.intermediate.certificate)]
  const other = ocspResponseFor(pki, pki.tsa.certificate)
  const infos = verifyOcsp([other, above, leaf], found.path, found.anchor, top, at)
  t.same(infos.map(({ subjectSerial }) => subjectSerial), [seal.serialNumber, pki.intermediate.certificate.serialNumber])
  t.throws(() => verifyOcsp([leaf], found.path, found.anchor, top, at), fault('CertValidation', /no OCSP response/))
  t.throws(() => verifyOcsp([above], found.path, found.anchor, top, at), fault('CertValidation'))
  t.throws(() => verifyOcsp([], found.path, found.anchor, top, at), fault('CertValidation'))
  t.throws(() => verifyOcsp(Array(OCSP_RESPONSES_MAX + 1).fill(leaf), found.path, found.anchor, top, at), fault('IncorrectValidationInfo'))
})

t.test('rule 1: the CertID is that of the certificate and its issuer, by SHA-1 alone', async (t) => {
  t.throws(() => verify(respond({ sha256CertId: true })), fault('CertValidation', /no OCSP response/))
  t.throws(() => verify(ocspResponseFor(pki, pki.tsa.certificate)), fault('CertValidation'))
  // the same serial number below another CA of the same name: the key's hash tells them apart
  const request = encodeOcspRequest(seal, stranger.intermediate.certificate)
  t.notSame(request, encodeOcspRequest(seal, pki.intermediate.certificate))
  t.match(parseOcspResponse(respond()).singles[0].certId.hashAlgorithm, '1.3.14.3.2.26')
})

t.test('rule 2: the signer is found by name or by key, in the configuration or in the response', async (t) => {
  for (const responderBy of ['name', 'key'] as const) {
    t.equal(verify(respond({ responderBy })).responder, pki.ocsp.certificate, `enclosed, by ${responderBy}`)
    t.throws(() => verify(respond({ responderBy, noCertificate: true })), incorrect(/not known/), `nowhere, by ${responderBy}`)
    t.equal(verify(respond({ responderBy, noCertificate: true }), trusting({ configuredResponders: true })).responder, pki.ocsp.certificate, `configured, by ${responderBy}`)
    t.equal(verify(respond({ responderBy, byCa: true })).responder, pki.intermediate.certificate, `the CA itself, by ${responderBy}`)
  }
})

t.test('rule 3: the signer is the CA, its configured responder, or one that it appointed', async (t) => {
  t.throws(() => verify(respond({ signer: pki.tsa })), incorrect(/may answer/), 'of the same CA, without the purpose')
  t.throws(() => verify(respond({ signer: pki.root.ocsp })), incorrect(/may answer/), 'responder of the CA above')
  t.throws(() => verify(respond({ signer: stranger.ocsp })), incorrect(/may answer/), 'responder of a CA of the same name')
  t.throws(() => verify(respond({ signer: pki.root })), incorrect(/may answer/), 'the CA above')
  t.throws(() => verify(respond({ forged: true })), incorrect(/may answer/), 'signature of another key')
  t.throws(() => verify(respond({ signer: pki.root.ocsp }), trusting({ configuredResponders: true })), incorrect(/may answer/), 'configured for another CA')
  const withStranger: TrustStore = {
    ...trust,
    authorities: trust.authorities.map((authority) => authority === anchor ? { ...authority, ocspResponders: [{ url: 'http://127.0.0.1:1', certificate: stranger.ocsp.certificate }] } : authority)
  }
  t.equal(verify(respond({ signer: stranger.ocsp, noCertificate: true }), withStranger).responder, stranger.ocsp.certificate, 'configured for this CA, whoever issued it')
})

t.test('an appointed responder whose certificate has run out is not believed', async (t) => {
  const old = await pki.issue('ocsp', plainSubject('x', 'old'), { notBefore: new Date(at.getTime() - 2 * hour), notAfter: new Date(at.getTime() - hour) })
  t.throws(() => verify(respond({ signer: old })), incorrect(/responder is not valid/))
  t.equal(verify(respond({ signer: old, ageSeconds: 5400 }), trust, new Date(at.getTime() - 1.4 * hour)).responder, old.certificate, 'at a time within its validity it is')
})

t.test('rule 4: thisUpdate is not older than the configuration allows', async (t) => {
  t.equal(verify(respond({ ageSeconds: 3590 })).status, 'good')
  t.throws(() => verify(respond({ ageSeconds: 3700 })), incorrect(/too old/))
  t.throws(() => verify(respond({ ageSeconds: 120 }), trusting({ ocspFreshnessSeconds: 60 })), incorrect(/too old/))
  const kept = respond()
  verify(kept)
  t.throws(() => verify(kept, trust, new Date(at.getTime() + 1.1 * hour)), incorrect(/too old/), 'also when its signature was found good before')
  t.equal(verify(respond({ ageSeconds: -300 })).status, 'good', 'a clock ahead of ours is let pass, as X-Road does')
})

t.test('rule 5: nextUpdate, where it is asked for', async (t) => {
  const superseded = respond({ ageSeconds: 600, nextUpdateSeconds: 300 })
  t.throws(() => verify(superseded), incorrect(/superseded/))
  t.equal(verify(superseded, trusting({ verifyNextUpdate: false })).status, 'good')
})

t.test('rule 6: the status is good', async (t) => {
  t.throws(() => verify(respond({ status: 'revoked' })), fault('CertValidation', /revoked/))
  t.throws(() => verify(respond({ status: 'unknown' })), fault('CertValidation', /unknown/))
  const gone = await pki.issueSign({ member: { memberClass: 'GOV', memberCode: '2' } })
  pki.revoke(gone.certificate)
  t.equal(parseOcspResponse(ocspResponseFor(pki, gone.certificate)).singles[0].status, 'revoked')
  t.type(parseOcspResponse(ocspResponseFor(pki, gone.certificate)).singles[0].revokedAt, Date)
  t.throws(() => pki.revoke(stranger.tsa.certificate), /not issued by this PKI/)
})

t.test('a response once verified is verified anew under another configuration', async (t) => {
  const response = respond({ noCertificate: true })
  t.equal(verify(response, trusting({ configuredResponders: true })).status, 'good')
  t.throws(() => verify(response), incorrect(/not known/))
})

t.test('answers that are none are refused', async (t) => {
  for (const [status, name] of [[1, 'malformedRequest'], [2, 'internalError'], [3, 'tryLater'], [5, 'sigRequired'], [6, 'unauthorized'], [9, '9']] as const) {
    t.throws(() => parseOcspResponse(Buffer.from([0x30, 3, 0x0a, 1, status])), { name: 'Fault', kind: 'IncorrectValidationInfo', message: new RegExp(name) })
  }
  const good = respond()
  for (const [bytes, why] of [
    [Buffer.alloc(0), 'nothing'], [Buffer.from('<html>'), 'a page'], [Buffer.from('30030a0100', 'hex'), 'success without bytes'], [Buffer.concat([good, Buffer.of(0)]), 'a byte more'], [good.subarray(1), 'a byte less'],
    [Buffer.alloc(200_000, 0x30), 'too long']
  ] as const) t.throws(() => verify(bytes), incorrect(/cannot be read/), why)
})

t.test('RSA, RSA-PSS and P-384 responders are believed', async (t) => {
  for (const [keyKind, pss] of [['rsa', false], ['rsa', true], ['ec384', false]] as const) {
    const other = await createTestPki({ keyKind })
    const { certificate } = await other.issueSign({ member: { memberClass: 'GOV', memberCode: '1' }, pss })
    const its = trustStoreOfPki(other)
    const { path, anchor: ca } = buildPath(certificate, [], its, at)
    t.equal(verifyOcsp([ocspResponseFor(other, certificate, { pss })], path, ca, its, at)[0]?.status, 'good', `${keyKind} ${pss ? 'PSS' : ''}`)
  }
})

t.test('TR-4.6: one flipped bit anywhere in a response is noticed, also where nobody signs', async (t) => {
  for (const [name, good, its] of [
    ['delegated', respond(), trust], ['by key', respond({ responderBy: 'key' }), trust], ['by the CA', respond({ byCa: true }), trust],
    ['configured and enclosed', respond(), trusting({ configuredResponders: true })]
  ] as const) {
    t.equal(verify(good, its).status, 'good')
    for (let i = 0; i < good.length; i++) {
      const bytes = Buffer.from(good)
      bytes[i] = (bytes[i] ?? 0) ^ (1 << (i % 8))
      try {
        verify(bytes, its)
        t.fail(`${name}: byte ${i}`)
      } catch (thrown) {
        if (!['IncorrectValidationInfo', 'CertValidation'].includes((thrown as { kind?: string }).kind ?? '')) throw thrown
      }
    }
  }
})

t.test('a responder that is not ours: openssl answers our request, and we believe it as we should', { skip }, async (t) => {
  const files = scratch()
  t.teardown(files.remove)
  const hex = (certificate: Certificate): string => certificate.serialNumber.toString(16).toUpperCase()
  files.write('index.txt', `V\t400101000000Z\t\t${hex(seal)}\tunknown\t/CN=x\nR\t400101000000Z\t250101000000Z,keyCompromise\t${hex(pki.tsa.certificate)}\tunknown\t/CN=y\n`)
  files.write('ca.pem', pki.intermediate.certificate.pem)
  files.write('signer.pem', pki.ocsp.certificate.pem)
  files.write('signer.key', pki.ocsp.privateKey.export({ format: 'pem', type: 'pkcs8' }))
  async function ask (subject: Certificate, ...more: string[]): Promise<Buffer> {
    files.write('request.der', encodeOcspRequest(subject, pki.intermediate.certificate))
    const { ok, text } = await runTool('openssl', [
      'ocsp', '-index', 'index.txt', '-CA', 'ca.pem', '-rsigner', 'signer.pem', '-rkey', 'signer.key', '-reqin', 'request.der', '-respout', 'response.der', ...more
    ], { cwd: files.dir })
    if (!ok) throw new Error(text)
    return readFileSync(files.path('response.der'))
  }
  for (const more of [['-ndays', '1'], ['-resp_key_id'], ['-nmin', '5']]) t.equal(verify(await ask(seal, ...more)).status, 'good', more.join(' '))
  t.throws(() => verify(readFileSync(files.path('request.der'))), incorrect(/cannot be read/))
  t.equal(parseOcspResponse(await ask(pki.tsa.certificate)).singles[0].status, 'revoked')
  const unknown = await pki.issueSign({ member: { memberClass: 'GOV', memberCode: '3' } })
  t.equal(parseOcspResponse(await ask(unknown.certificate)).singles[0].status, 'unknown')
  const bare = await ask(seal, '-resp_no_certs')
  t.throws(() => verify(bare), incorrect(/not known/))
  t.equal(verify(bare, trusting({ configuredResponders: true })).status, 'good')
})
