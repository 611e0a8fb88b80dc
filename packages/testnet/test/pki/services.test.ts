import t from 'tap'
import { hash } from 'node:crypto'
import { readdirSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { encodeOcspRequest, encodeTimestampRequest, parseOcspResponse, parseTimestampResponse, verifyTimestamp } from '@trembita/protocol/pki'
import { answerOcsp, answerTimestamp, createTestPki, loadOrCreateTestPki, ocspResponseFor, startOcspResponder, startTimestamper } from '../../src/pki/index.ts'
import { scratch } from '../../src/verifiers/index.ts'

const member = { memberClass: 'GOV', memberCode: '00000001' }
const pki = await createTestPki()
const seal = await pki.issueSign({ member })
const request = encodeOcspRequest(seal.certificate, pki.intermediate.certificate)
const data = Buffer.from('data')
const query = encodeTimestampRequest(hash('sha512', data, 'buffer'), 'SHA-512', { certReq: true })

async function post (url: string, type: string, body: Uint8Array, signal?: AbortSignal): Promise<{ status: number, bytes: Buffer }> {
  const response = await fetch(url, { method: 'POST', headers: { 'content-type': type }, body: Buffer.from(body), ...(signal === undefined ? {} : { signal }) })
  return { status: response.status, bytes: Buffer.from(await response.arrayBuffer()) }
}

t.test('a PKI kept in a folder goes on after a restart with its keys and its register', async (t) => {
  const files = scratch()
  t.teardown(files.remove)
  const dir = files.path('pki')
  const first = await loadOrCreateTestPki(dir, { organization: 'Kept', ocspUrl: 'http://127.0.0.1:1' })
  const [kept, gone] = [await first.issueSign({ member }), await first.issueAuth({ owner: member, serverCode: 'SS1' })]
  first.revoke(gone.certificate)
  const second = await loadOrCreateTestPki(dir)
  t.equal(second.organization, 'Kept')
  t.equal(second.root.certificate, first.root.certificate)
  t.equal(second.tsa.certificate, first.tsa.certificate)
  const status = (certificate: typeof kept.certificate): string => parseOcspResponse(ocspResponseFor(second, certificate)).singles[0].status
  t.same([kept, gone].map(({ certificate }) => status(certificate)), ['good', 'revoked'])
  t.equal(status(second.intermediate.certificate), 'good', 'the issuing CA stands in the register of the top one')
  t.ok((await second.issueSign({ member })).certificate.isIssuedBy(first.intermediate.certificate))
  for (const name of readdirSync(dir).filter((file) => file.includes('.key.'))) t.equal(statSync(join(dir, name)).mode & 0o777, 0o600, name)
  writeFileSync(join(dir, 'state.json.new'), '{ half')
  t.equal((await loadOrCreateTestPki(dir)).organization, 'Kept', 'a write that was cut short is not looked at')
})

t.test('what the responder does not know, it says', async (t) => {
  const stranger = await createTestPki()
  const foreign = (await stranger.issueSign({ member })).certificate
  const status = (bytes: Buffer): string => {
    try {
      return parseOcspResponse(bytes).singles[0].status
    } catch (thrown) {
      return (thrown as Error).message
    }
  }
  t.match(status(answerOcsp(pki, encodeOcspRequest(foreign, stranger.intermediate.certificate))), 'unauthorized')
  t.equal(status(answerOcsp(pki, encodeOcspRequest(foreign, pki.intermediate.certificate))), 'unknown', 'a serial number never issued')
  t.match(status(answerOcsp(pki, Buffer.from('nonsense'))), 'malformedRequest')
  t.throws(() => ocspResponseFor(pki, foreign), /not issued by this PKI/)
})

t.test('the responder misbehaves on order, and behaves again', async (t) => {
  const responder = await startOcspResponder(pki)
  t.teardown(responder.close)
  const ask = async (signal?: AbortSignal): Promise<{ status: number, bytes: Buffer }> => await post(responder.url, 'application/ocsp-request', request, signal)
  t.match(responder.url, /^http:\/\/127\.0\.0\.1:\d+$/)
  responder.order({ httpStatus: 503 })
  t.equal((await ask()).status, 503)
  responder.order({ garbage: true })
  t.match((await ask()).bytes.toString(), '<html>')
  responder.order({ status: 'revoked' })
  t.equal(parseOcspResponse((await ask()).bytes).singles[0].status, 'revoked')
  responder.order({ ageSeconds: 7200 })
  t.ok(Date.now() - parseOcspResponse((await ask()).bytes).singles[0].thisUpdate.getTime() > 7_000_000)
  responder.order({ sha256CertId: true })
  t.equal(parseOcspResponse((await ask()).bytes).singles[0].certId.hashAlgorithm, '2.16.840.1.101.3.4.2.1')
  responder.order({ delayMs: 60_000 })
  await t.rejects(ask(AbortSignal.timeout(50)), { name: 'TimeoutError' })
  responder.order()
  t.equal(parseOcspResponse((await ask()).bytes).singles[0].status, 'good')
  t.equal(responder.requests, 7)
  t.equal((await post(responder.url, 'application/ocsp-request', Buffer.alloc(70_000))).status, 413)
  t.equal((await fetch(responder.url, { method: 'PUT', body: 'x' })).status, 405)
  t.equal((await fetch(responder.url)).status, 400)
})

t.test('the timestamp service misbehaves on order, and refuses what it does not do', async (t) => {
  const timestamper = await startTimestamper(pki)
  t.teardown(timestamper.close)
  const ask = async (body = query): Promise<Buffer> => (await post(timestamper.url, 'application/timestamp-query', body)).bytes
  const verdict = (bytes: Buffer): string => {
    try {
      return verifyTimestamp(parseTimestampResponse(bytes), data, [pki.tsa.certificate]).hash
    } catch (thrown) {
      return (thrown as { kind: string }).kind
    }
  }
  t.equal(verdict(await ask()), 'SHA-512')
  for (const [faults, expected] of [
    [{ refused: true }, 'TimestamperFailed'], [{ garbage: true }, 'TimestamperFailed'], [{ httpStatus: 500 }, 'TimestamperFailed'],
    [{ wrongImprint: true }, 'TimestampingFailed'], [{ forged: true }, 'TimestampingFailed'], [{ signer: pki.ocsp }, 'TimestampingFailed']
  ] as const) {
    timestamper.order(faults)
    t.equal(verdict(await ask()), expected, Object.keys(faults).join())
  }
  timestamper.order()
  t.equal(verdict(await ask(Buffer.from('nonsense'))), 'TimestamperFailed')
  t.equal(verdict(answerTimestamp(pki, Buffer.concat([query, Buffer.of(0)]))), 'TimestamperFailed')
  t.equal(verdict(answerTimestamp(pki, encodeTimestampRequest(data, 'SHA-512'))), 'TimestamperFailed', 'imprint of the wrong size')
  t.equal((await fetch(timestamper.url)).status, 405)
  t.equal((await post(timestamper.url, 'text/plain', query)).status, 415)
})

t.test('closing does not wait for a delayed answer, and a taken port is an error', async (t) => {
  const responder = await startOcspResponder(pki)
  responder.order({ delayMs: 60_000 })
  const asked = post(responder.url, 'application/ocsp-request', request)
  const refused = t.rejects(asked)
  while (responder.requests === 0) await new Promise((resolve) => setImmediate(resolve))
  await t.rejects(startOcspResponder(pki, { port: Number(new URL(responder.url).port) }), { code: 'EADDRINUSE' })
  await responder.close()
  await refused
})
