import { join } from 'node:path'
import { writeFileSync } from 'node:fs'
import t from 'tap'
import { timestampFor } from '@trembita/testnet/pki'
import { pem, runTool, scratch, skipWithout, xmlsecVerify } from '@trembita/testnet/verifiers'
import {
  addSeal, AGREEMENT_ENTRY, type AgreementContainer, joinSeals, readAgreementContainer, sealAgreement, SEAL_ENTRY, toAgreementContainer, verifyAgreementContainer,
  writeAgreement, writeAgreementContainer
} from '../../src/agreement/index.ts'
import { addTimestampToSignature, readZip, signatureValueOf, writeZip } from '../../src/asic/index.ts'
import { writeSharedParameters, writeVerificationConf } from '../../src/globalconf/index.ts'
import { addCertificateToTimestamp } from '../../src/pki/index.ts'
import { main } from '../../src/verify/index.ts'
import { trustOf } from '../containers.ts'
import { refuses, rejects } from '../faults.ts'
import { createSealer, type Sealer } from '../sealing.ts'
import { AGREEMENT } from './samples.ts'

const consumer = await createSealer()
const provider = await createSealer({ pki: consumer.pki, memberCode: '00000002', keyKind: 'rsa' })
const trust = trustOf(consumer)
const document = writeAgreement(AGREEMENT)

async function sealBy (sealer: Sealer, bytes: Buffer = document, stamped = true): Promise<Buffer> {
  const signature = await sealAgreement(sealer.key, bytes, sealer.now)
  return stamped ? addTimestampToSignature(signature, addCertificateToTimestamp(timestampFor(sealer.pki, signatureValueOf(signature)), sealer.pki.tsa.certificate)) : signature
}

const seals = { consumer: await sealBy(consumer), provider: await sealBy(provider) }
const whole: AgreementContainer = { document, seals }
const bytes = await writeAgreementContainer(whole, consumer.now)

t.test('UP-9b: both sides seal one document, each with its own key, and the container tells who and when', async (t) => {
  const report = verifyAgreementContainer(await readAgreementContainer(bytes), trust)
  t.equal(report.verdict, 'verified', report.reason?.message ?? '')
  t.same(report.agreement, AGREEMENT)
  t.same(report.seals.map(({ side, signer }) => `${side} ${signer?.memberCode}`), ['consumer 00000001', 'provider 00000002'])
  for (const seal of report.seals) {
    t.equal(seal.ocsp[0]?.status, 'good')
    t.equal(seal.judgedAt?.getTime(), seal.timestamp?.genTime.getTime())
    t.same(seal.files, [{ name: 'agreement.xml', status: 'covered' }])
  }
})

t.test('seals are added one after the other, and changing nothing of the first', async (t) => {
  const first = addSeal({ document, seals: {} }, 'consumer', seals.consumer)
  const both = addSeal(first, 'provider', seals.provider)
  t.same(both, whole)
  t.same(await writeAgreementContainer(both, consumer.now), bytes, 'and the container is the same whichever way it came together')
  const joined = joinSeals({ document, seals: { provider: seals.provider } }, { document, seals: { consumer: seals.consumer } })
  t.same(joined, whole)
  t.same(joinSeals(whole, whole), whole)
  refuses(t, () => addSeal(both, 'provider', seals.provider), 'MalformedAgreement', 'a side seals once')
  const half = verifyAgreementContainer({ ...first, strangers: [] }, trust)
  t.equal(half.verdict, 'failed')
  t.match(half.reason, { code: 'AsicSignatureNotFound', message: 'container has no seal of the provider' })
  t.equal(verifyAgreementContainer({ ...first, strangers: [] }, trust, { required: ['consumer'] }).verdict, 'verified')
})

t.test('a document that differs by one byte is refused', async (t) => {
  const other = Buffer.from(document.toString().replace('Another purpose', 'Another Purpose'))
  t.equal(other.length, document.length)
  refuses(t, () => addSeal({ document: other, seals: {} }, 'consumer', seals.consumer), 'InvalidSignatureValue')
  refuses(t, () => joinSeals(whole, { document: other, seals: {} }), 'MalformedAgreement')
  t.match(verifyAgreementContainer({ document: other, seals, strangers: [] }, trust), { verdict: 'failed', reason: { code: 'SignatureVerification.InvalidSignatureValue' } })
  for (const at of [5, 60, 300, document.length - 2]) {
    const flipped = Buffer.from(document)
    flipped[at]! ^= 1
    t.equal(verifyAgreementContainer({ document: flipped, seals, strangers: [] }, trust).verdict, 'failed', `byte ${at}`)
  }
})

t.test('a seal of the wrong member, of a stranger or of a changed text fails', async (t) => {
  const verdict = (changed: Partial<AgreementContainer['seals']>): unknown => verifyAgreementContainer({ document, seals: { ...seals, ...changed }, strangers: [] }, trust).reason?.code
  t.equal(verdict({ consumer: seals.provider }), 'SignatureVerification.IncorrectCertificate', 'the provider cannot seal for the consumer')
  t.equal(verdict({ consumer: Buffer.from(seals.consumer.toString().replace('text/xml', 'text/xmk')) }), 'SignatureVerification.InvalidSignatureValue')
  t.equal(verdict({ consumer: Buffer.from('<x/>') }), 'SignatureVerification.MalformedSignature')
  const stranger = await createSealer()
  t.match(verdict({ consumer: await sealBy(stranger) }), /^(SignatureVerification\.CannotCreateCertPath|TimestampingFailed)/)
  t.match(verifyAgreementContainer({ ...whole, strangers: [] }, () => undefined), { verdict: 'undecided', reason: { code: 'UnknownMember' } })
})

t.test('a seal without a time stamp is judged only for an instant that is given', async (t) => {
  const container = { document, seals: { ...seals, consumer: await sealBy(consumer, document, false) }, strangers: [] }
  t.match(verifyAgreementContainer(container, trust), { verdict: 'failed', reason: { code: 'AsicTimestampNotFound' } })
  const judged = verifyAgreementContainer(container, trust, { unstampedAt: consumer.now })
  t.equal(judged.verdict, 'verified')
  t.same(judged.seals.map(({ timestamp }) => timestamp?.kind), [undefined, 'single'], 'the other is judged at its own')
  t.equal(verifyAgreementContainer(container, trust, { unstampedAt: new Date('2040-01-01T00:00:00Z') }).verdict, 'failed')
})

t.test('a container with more, less or other than it should hold is refused', async (t) => {
  const { entries } = await readZip(bytes, { entriesMax: 20, bytesMax: 1e7 })
  const changed = (name: string, content?: string): ReadonlyMap<string, Buffer> => {
    const all = new Map(entries)
    if (content === undefined) all.delete(name)
    else all.set(name, Buffer.from(content))
    return all
  }
  refuses(t, () => toAgreementContainer(changed('mimetype')), 'AsicMimeTypeNotFound')
  refuses(t, () => toAgreementContainer(changed('mimetype', 'application/zip')), 'AsicInvalidMimeType')
  refuses(t, () => toAgreementContainer(changed(AGREEMENT_ENTRY)), 'MalformedAgreement')
  refuses(t, () => toAgreementContainer(changed('META-INF/manifest.xml', '<x/>')), 'MalformedAgreement')
  t.equal(verifyAgreementContainer(toAgreementContainer(changed('META-INF/manifest.xml')), trust).verdict, 'verified', 'a manifest proves nothing and may be missing')
  t.match(verifyAgreementContainer(toAgreementContainer(changed('annex.pdf', 'x')), trust), { verdict: 'failed', reason: { message: 'nothing vouches for annex.pdf' } })
  t.match(verifyAgreementContainer(toAgreementContainer(changed(AGREEMENT_ENTRY, '<x/>')), trust), { verdict: 'failed', reason: { code: 'MalformedAgreement' }, seals: [] })
  await rejects(t, () => readAgreementContainer(Buffer.from('PK')), 'InvalidMessage')
  await rejects(t, () => readAgreementContainer(bytes.subarray(0, -40)), 'InvalidMessage')
})

t.test('xmlsec1 verifies each signature value and its digests, and unzip the container', { skip: await skipWithout('xmlsec1', '--version') }, async (t) => {
  for (const [side, { issued }] of [['consumer', consumer], ['provider', provider]] as const) {
    const good = await xmlsecVerify(seals[side], issued.certificate.der, { '/agreement.xml': document })
    t.ok(good.ok, `${side}: ${good.text}`)
    t.notOk((await xmlsecVerify(seals[side], issued.certificate.der, { '/agreement.xml': Buffer.concat([document, Buffer.from('\n')]) })).ok, 'and not over one byte more')
  }
  const folder = scratch()
  t.teardown(() => { folder.remove() })
  const file = folder.write('agreement.asice', bytes)
  const unzipped = await runTool('unzip', ['-t', file])
  t.match(unzipped.text, 'No errors detected')
  t.equal(bytes.subarray(30, 38).toString(), 'mimetype', 'known by its first bytes')
  const extracted = await runTool('unzip', ['-p', file, AGREEMENT_ENTRY])
  t.equal(extracted.text, document.toString())
  t.match((await runTool('unzip', ['-l', file])).text, SEAL_ENTRY.provider)
})

t.test('openssl verifies a seal by nothing but its certificate and the canonical text that xmlsec1 shows', { skip: await skipWithout('openssl') }, async (t) => {
  const folder = scratch()
  t.teardown(() => { folder.remove() })
  const signature = folder.write('signatures.xml', seals.provider)
  const certificate = folder.write('provider.pem', pem('CERTIFICATE', provider.issued.certificate.der))
  const shown = await runTool('xmlsec1', ['--verify', '--store-signatures', '--print-debug', '--pubkey-cert-pem', certificate, '--id-attr:Id', 'SignedProperties', '--url-map:/agreement.xml', folder.write('agreement.xml', document), signature])
  const signedInfo = /== PreSigned data - start buffer:\n([\s\S]*?)\n== PreSigned data - end buffer/.exec(shown.text)?.[1]
  t.ok(signedInfo, shown.text.slice(0, 200))
  const key = folder.path('key.pem')
  writeFileSync(key, (await runTool('openssl', ['x509', '-in', certificate, '-pubkey', '-noout'])).text)
  const verified = await runTool('openssl', ['dgst', '-sha512', '-verify', key, '-signature', folder.write('value', signatureValueOf(seals.provider)), folder.write('signed-info', signedInfo ?? '')])
  t.match(verified.text, 'Verified OK')
  const digest = await runTool('openssl', ['dgst', '-sha512', '-binary', '-out', folder.path('digest'), folder.path('agreement.xml')])
  t.ok(digest.ok)
  t.match(signedInfo, (await runTool('openssl', ['base64', '-A', '-in', folder.path('digest')])).text.trim(), 'and the digest is that of the document')
})

t.test('trembita-verify tells both seals, whose and when, and fails when one is missing', async (t) => {
  const folder = scratch()
  t.teardown(() => { folder.remove() })
  const conf = await trustFile(folder.dir)
  const run = async (name: string, content: Uint8Array, ...more: string[]): Promise<{ code: number, out: string }> => {
    let out = ''
    const code = await main([folder.write(name, content), '--trust', conf, ...more], { out: (text) => { out += text }, err: (text) => { out += text }, now: () => consumer.now })
    return { code, out }
  }
  const good = await run('agreement.asice', bytes)
  t.equal(good.code, 0, good.out)
  t.match(good.out, /AGR-688-TAX version 1, number 12\/2026-ІВ of 2026-01-31/)
  t.match(good.out, /seal of the\s+consumer\n\s+sealed by\s+TEST\/GOV\/00000001\n/)
  t.match(good.out, /seal of the\s+provider\n\s+sealed by\s+TEST\/GOV\/00000002\n/)
  const json = JSON.parse((await run('agreement.asice', bytes, '--json')).out) as { containers: { agreement: object, signer: string }[] }
  t.match(json.containers, [{ agreement: { side: 'consumer', id: 'AGR-688-TAX' }, signer: 'TEST/GOV/00000001' }, { agreement: { side: 'provider' }, signer: 'TEST/GOV/00000002' }])

  const half = await run('half.asice', await writeAgreementContainer({ document, seals: { consumer: seals.consumer } }, consumer.now))
  t.equal(half.code, 1)
  t.match(half.out, /container has no seal of the provider/)
  const strange = await run('strange.asice', await writeZip([...(await readZip(bytes, { entriesMax: 20, bytesMax: 1e7 })).entries].map(([name, bytes]) => ({ name, bytes })).concat({ name: 'x', bytes: Buffer.from('x') }), { at: consumer.now }))
  t.equal(strange.code, 1)
  t.match(strange.out, /nothing vouches for x/)
  const several = await run('several.zip', await writeZip([{ name: 'a.asice', bytes }, { name: 'b.asice', bytes }], { at: consumer.now }))
  t.equal(several.code, 0)
  t.match(several.out, /several\.zip: VERIFIED, 4 containers/)
})

/** As /verificationconf gives it. */
async function trustFile (folder: string): Promise<string> {
  const { pki, trust } = consumer
  const shared = writeSharedParameters(6, {
    instance: trust.instance,
    sources: [{ address: '127.0.0.1', internalCertificates: [pki.root.certificate.der], externalCertificates: [pki.root.certificate.der] }],
    approvedCas: [{
      name: 'Test',
      authenticationOnly: false,
      topCa: { certificate: pki.root.certificate.der, ocsp: [{ url: 'http://ocsp.example/', certificate: pki.root.ocsp.certificate.der }] },
      intermediateCas: [{ certificate: pki.intermediate.certificate.der, ocsp: [{ url: 'http://ocsp.example/', certificate: pki.intermediate.ocsp.certificate.der }] }],
      profileClass: trust.authorities[0]!.profileClass
    }],
    approvedTsas: [{ name: 'TSA', url: 'http://tsa.example/', certificate: pki.tsa.certificate.der }],
    members: [],
    servers: [],
    globalGroups: [],
    memberClasses: [],
    ocspFreshnessSeconds: 3600
  })
  const files = writeVerificationConf(trust.instance, [{ instance: trust.instance, version: 6, bytes: shared }])
  const path = join(folder, 'verificationconf.zip')
  writeFileSync(path, await writeZip([...files].map(([name, bytes]) => ({ name, bytes })), { at: consumer.now }))
  return path
}
