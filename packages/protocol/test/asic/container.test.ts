import { hash } from 'node:crypto'
import { openssl, runTool, scratch, skipWithout } from '@trembita/testnet/verifiers'
import { createTestPki, timestampFor, trustStoreOfPki } from '@trembita/testnet/pki'
import t from 'tap'
import {
  ASICE_TYPE, containerFileName, type ContainerParts, CONTAINER_LIMITS, ENTRY, escapeFileName, readContainer, readSealedMessage, readZip, toContainer,
  verifyContainer, writeContainer
} from '../../src/asic/index.ts'
import { addTimestampToSignature, MESSAGE, SIG_CHAIN_RESULT, signatureValueOf, timestampTree } from '../../src/signature/index.ts'
import { containersOf, REST, REST_ANSWER, sealRecords, SOAP, stampRecords, trustOf } from '../containers.ts'
import { rejects } from '../faults.ts'
import { createSealer, MEMBER } from '../sealing.ts'
import { pem, xmlsecVerify } from '../tools.ts'

const body = Buffer.from('{"name":"Їжак"}')
const pki = await createTestPki()
const sealer = await createSealer({ pki, keyKind: 'rsa', below: true })
const trust = trustOf(sealer)
const [single] = await containersOf(sealer, [{ message: SOAP }])
const batch = await containersOf(sealer, [{ message: SOAP }, { message: REST, attachments: [body] }, { message: REST_ANSWER }])
const entriesOf = async (bytes: Uint8Array): Promise<Map<string, Buffer>> => new Map((await readZip(bytes, CONTAINER_LIMITS)).entries)
const verify = (entries: ReadonlyMap<string, Buffer>, options: Parameters<typeof verifyContainer>[2] = {}) => verifyContainer(toContainer(entries), trust, options)

t.test('TR-4.6: a container proves signer, time and every file in it, stamped alone or in a batch', async (t) => {
  const report = verify(await entriesOf(single!))
  t.equal(report.verdict, 'verified')
  t.equal(report.reason, undefined)
  t.same(report.signer, MEMBER)
  t.equal(report.algorithm, 'SHA512withRSA')
  t.equal(report.timestamp?.kind, 'single')
  t.equal(report.judgedAt, report.timestamp?.genTime)
  t.same(report.files, [{ name: 'message.xml', status: 'covered' }])
  t.same(report.ocsp.map((answer) => answer.status), ['good', 'good'])
  t.match(report.message, { protocol: 'soap', direction: 'request', id: '6d0f8f2e-63a7-4a43-8f6a-0f6a54a9a001' })

  const reports = await Promise.all(batch.map(async (bytes) => verify(await entriesOf(bytes))))
  t.same(reports.map((r) => [r.verdict, r.timestamp?.kind, r.message?.protocol, r.message?.direction, r.files.map((f) => `${f.name} ${f.status}`)]), [
    ['verified', 'batch', 'soap', 'request', ['message.xml covered']],
    ['verified', 'batch', 'rest', 'request', ['message.xml covered', 'attachment1 covered']],
    ['verified', 'batch', 'rest', 'response', ['message.xml covered']]
  ])
  t.equal(new Set(reports.map((r) => r.timestamp?.serialNumber)).size, 1, 'one stamp for all')
})

t.test('messages sealed together by one signature verify each from its own container', async (t) => {
  const together = await containersOf(sealer, [{ message: SOAP }, { message: REST, attachments: [body] }], true)
  for (const bytes of together) t.equal(verify(await entriesOf(bytes)).verdict, 'verified')
})

t.test('the ZIP is what ETSI EN 319 162-1 and X-Road ask for', async (t) => {
  const { entries, comment } = await readZip(batch[1]!, CONTAINER_LIMITS)
  t.equal(comment, `mimetype=${ASICE_TYPE}`)
  t.same([...entries.keys()], [
    'mimetype', 'message.xml', 'META-INF/signatures.xml', 'sig-hashchainresult.xml', 'sig-hashchain.xml', 'ts-hashchainresult.xml', 'ts-hashchain.xml',
    'META-INF/manifest.xml', 'META-INF/ASiCManifest.xml', 'META-INF/timestamp.tst', 'attachment1'
  ])
  t.equal(batch[1]!.subarray(30, 38 + ASICE_TYPE.length).toString(), `mimetype${ASICE_TYPE}`, 'mimetype stored first, without extra field')
  t.same(entries.get('attachment1'), body)
  t.match(entries.get(ENTRY.manifest)!.toString(), /full-path="message\.xml"[^]*full-path="attachment1"\/>\n<\/manifest:manifest>/)
  t.ok(entries.get(ENTRY.asicManifest)!.toString().includes(hash('sha512', entries.get(ENTRY.tsChainResult)!, 'base64')))
  t.same([...(await entriesOf(single!)).keys()], ['mimetype', 'message.xml', 'META-INF/signatures.xml', 'META-INF/manifest.xml'])
})

t.test('unzip finds nothing wrong with it', { skip: await skipWithout('unzip', '-v') }, async (t) => {
  const folder = scratch()
  t.teardown(() => folder.remove())
  const { ok, text } = await runTool('unzip', ['-t', folder.write('container.asice', batch[1]!)])
  t.ok(ok, text)
  t.match(text, /No errors detected/)
})

t.test('TR-4.6: xmlsec1 verifies the signature in a container, stamped or not', { skip: await skipWithout('xmlsec1', '--version') }, async (t) => {
  const alone = await entriesOf(single!)
  const chained = await entriesOf(batch[1]!)
  const der = sealer.key.certificate.der
  const one = await xmlsecVerify(alone.get(ENTRY.signature)!, der, { [MESSAGE]: alone.get(ENTRY.message)! })
  t.ok(one.ok, one.text)
  const other = await xmlsecVerify(chained.get(ENTRY.signature)!, der, { [SIG_CHAIN_RESULT]: chained.get(ENTRY.sigChainResult)! })
  t.ok(other.ok, other.text)
})

t.test('TR-4.5: openssl ts verifies the stamps of both kinds', { skip: await skipWithout('openssl') }, async (t) => {
  const folder = scratch()
  t.teardown(() => folder.remove())
  const ca = folder.write('ca.pem', [pki.root.certificate, pki.intermediate.certificate].map((certificate) => pem('CERTIFICATE', certificate.der)).join(''))
  const chained = await entriesOf(batch[1]!)
  const alone = toContainer(await entriesOf(single!))
  const token = Buffer.from(/<xades:EncapsulatedTimeStamp>([^<]*)/.exec(alone.signature.toString())![1]!, 'base64')
  for (const [name, tst, data] of [['batch', chained.get(ENTRY.timestamp)!, chained.get(ENTRY.tsChainResult)!], ['single', token, signatureValueOf(alone.signature)]] as const) {
    const { ok, text } = await openssl('ts', '-verify', '-token_in', '-in', folder.write(`${name}.tst`, tst), '-data', folder.write(`${name}.data`, data), '-CAfile', ca)
    t.ok(ok, text)
  }
})

t.test('TR-4.6: one changed byte in any entry makes the container fail, with a reason', async (t) => {
  for (const bytes of [single!, batch[1]!]) {
    const entries = await entriesOf(bytes)
    for (const [name, content] of entries) {
      const passed: number[] = []
      // every byte of a seal is tried beside the seal (signature/seal.test.ts)
      for (let i = 0; i < content.length; i += name === ENTRY.signature ? 7 : 1) {
        const flipped = Buffer.from(content)
        flipped[i]! ^= i % 4 === 0 ? 1 : 1 + (i * 37) % 255
        try {
          const { verdict, reason } = verify(new Map(entries).set(name, flipped))
          if (verdict !== 'failed' || !reason?.message) passed.push(i)
        } catch (thrown) {
          if ((thrown as Error).name !== 'Fault') throw thrown
        }
      }
      t.same(passed, [], name)
    }
  }
})

t.test('an entry that is missing, exchanged or added makes the container fail', async (t) => {
  const entries = await entriesOf(batch[1]!)
  const other = await entriesOf(batch[0]!)
  const failing = (change: (all: Map<string, Buffer>) => void) => {
    const all = new Map(entries)
    change(all)
    return verify(all)
  }
  t.match(failing((all) => all.set('attachment2', body)), { verdict: 'failed', reason: { code: /HashChainUnusedInputs/ } }, 'an attachment slipped in')
  t.match(failing((all) => all.set('attachment1', Buffer.from('{}'))), { verdict: 'failed', reason: { code: /InvalidHashChainRef/ } }, 'another attachment')
  t.match(failing((all) => all.set('notes.txt', body)), { verdict: 'failed', reason: { code: 'InvalidReference', message: /notes\.txt/ } }, 'a stranger')
  t.match(failing((all) => all.set(ENTRY.message, SOAP)), { verdict: 'failed' }, 'another message')
  t.match(failing((all) => all.set(ENTRY.signature, other.get(ENTRY.signature)!)), { verdict: 'failed', reason: { code: /TimestampingFailed/ } }, 'signature of another')
  t.match(failing((all) => all.set(ENTRY.tsChain, other.get(ENTRY.tsChain)!)), { verdict: 'failed' }, 'chain of another')
  for (const [name, code] of [
    [ENTRY.mimetype, 'AsicMimeTypeNotFound'], [ENTRY.message, 'AsicMessageNotFound'], [ENTRY.signature, 'AsicSignatureNotFound'], [ENTRY.sigChain, 'AsicHashChainNotFound'],
    [ENTRY.sigChainResult, 'AsicHashChainResultNotFound'], [ENTRY.tsChain, 'AsicHashChainNotFound'], [ENTRY.timestamp, 'AsicTimestampNotFound']
  ] as const) {
    await rejects(t, async () => failing((all) => all.delete(name)), code)
  }
  const unstamped = failing((all) => [ENTRY.timestamp, ENTRY.tsChain, ENTRY.tsChainResult, ENTRY.asicManifest].forEach((name) => all.delete(name)))
  t.match(unstamped, { verdict: 'failed', reason: { code: 'AsicTimestampNotFound' } })
  t.match(failing((all) => all.delete(ENTRY.manifest)), { verdict: 'verified' }, 'the manifest proves nothing')
})

t.test('attachments that were not kept are named with the digest that was sealed', async (t) => {
  const entries = await entriesOf(batch[1]!)
  entries.delete('attachment1')
  entries.delete(ENTRY.manifest)
  const report = verify(entries)
  t.equal(report.verdict, 'verified')
  t.same(report.files, [{ name: 'message.xml', status: 'covered' }, { name: 'attachment1', status: 'absent', digest: { method: 'SHA-512', hex: hash('sha512', body, 'hex') } }])
})

t.test('the stamp must be of an approved service, over this signature, and there once', async (t) => {
  const records = [{ message: SOAP }]
  const sealed = await sealRecords(sealer, records)
  const value = signatureValueOf(sealed[0]!.signature)
  const stampedBy = async (token: Buffer) => verify(await entriesOf(await writeContainer({ ...sealed[0]!, message: SOAP, attachments: [], signature: addTimestampToSignature(sealed[0]!.signature, token), at: sealer.now })))
  const stranger = await createTestPki({ organization: 'Stranger' })
  t.match(await stampedBy(timestampFor(pki, value)), { verdict: 'verified' })
  t.match(await stampedBy(timestampFor(stranger, value)), { verdict: 'failed', reason: { code: /TimestampingFailed/ } })
  t.match(await stampedBy(timestampFor(pki, value, { forged: true })), { verdict: 'failed' })
  t.match(await stampedBy(timestampFor(pki, Buffer.from('other'))), { verdict: 'failed' })
  t.match(await stampedBy(timestampFor(pki, value, { ageSeconds: -7200 })), { verdict: 'failed', reason: { code: /SignatureVerification/ } }, 'certificates are judged for the time of the stamp')
  const tree = timestampTree([hash('sha512', sealed[0]!.signature, 'buffer'), Buffer.alloc(64)])
  const timestamp = { kind: 'batch', token: timestampFor(pki, tree.result), hashChainResult: tree.result, hashChain: tree.chain(0) } as const
  const twice: ContainerParts = { message: SOAP, attachments: [], signature: addTimestampToSignature(sealed[0]!.signature, timestampFor(pki, value)), timestamp, at: sealer.now }
  t.match(verify(await entriesOf(await writeContainer(twice))), { verdict: 'failed' })
  const services = { ...sealer.trust, timestampers: [] }
  t.match(verifyContainer(await readContainer(single!), () => services), { verdict: 'failed' })
  t.match(verifyContainer(await readContainer(single!), () => services, { timestampers: [pki.tsa.certificate] }), { verdict: 'verified' }, 'services of another instance')
})

t.test('a container without a stamp is judged only for a time that is given', async (t) => {
  const [sealed] = await sealRecords(sealer, [{ message: SOAP }])
  const bare = await readContainer(await writeContainer({ ...sealed!, message: SOAP, attachments: [], at: sealer.now }))
  t.match(verifyContainer(bare, trust), { verdict: 'failed', reason: { code: 'AsicTimestampNotFound' } })
  t.match(verifyContainer(bare, trust, { at: sealer.now }), { verdict: 'verified', timestamp: undefined, judgedAt: sealer.now })
})

t.test('without trust for the instance of the signer there is no verdict', async (t) => {
  t.match(verifyContainer(await readContainer(single!), () => undefined), { verdict: 'undecided', reason: { code: 'UnknownMember', message: /instance TEST/ } })
  const changed = (await entriesOf(single!)).set(ENTRY.message, Buffer.from(SOAP.toString().replace('>portal<', '>Portal<')))
  t.match(verifyContainer(toContainer(changed), () => undefined), { verdict: 'failed' }, 'but a changed message is bad whoever is trusted')
  t.match(verifyContainer(await readContainer(single!), () => trustStoreOfPki(sealer.pki, { topOnly: true, ocspFreshnessSeconds: 0 })), { verdict: 'failed' })
})

t.test('the sealed message names its signer: the client of a request, the provider of a response', async (t) => {
  t.same(readSealedMessage(SOAP).signer, MEMBER)
  t.same(readSealedMessage(REST).signer, MEMBER)
  t.same(readSealedMessage(REST_ANSWER).signer, MEMBER)
  t.equal(readSealedMessage(Buffer.concat([Buffer.from('\ufeff \n'), SOAP.subarray(SOAP.indexOf('<e:'))])).protocol, 'soap', 'with byte order mark and space')
  for (const bytes of ['', 'x', '<a/>', 'GET\r\n/r1\r\n']) t.throws(() => readSealedMessage(Buffer.from(bytes)), { name: 'Fault', kind: 'InvalidMessage' })
  const stamped = stampRecords(sealer, [{ message: Buffer.from('<a/>') }], await sealRecords(sealer, [{ message: Buffer.from('<a/>') }]))
  t.match(verifyContainer(await readContainer(await writeContainer(stamped[0]!)), trust), { verdict: 'failed', reason: { code: 'InvalidMessage' } })
})

t.test('file names are escaped as a form does it, cut, and carry the record number in base 32', async (t) => {
  t.equal(containerFileName('id 1/ї*', 'request', 1000n), 'id+1%2F%D1%97*-request-v8.asice')
  t.equal(containerFileName('a', 'response', 31), 'a-response-v.asice')
  t.equal(escapeFileName("~!'()"), '%7E%21%27%28%29')
  t.equal(escapeFileName('x'.repeat(300)).length, 226)
  t.doesNotThrow(() => escapeFileName('\ud800'))
})
