import t from 'tap'
import { createHash, generateKeyPairSync, hash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { DAY_MS, createTestPki, plainSubject, timestampFor, type TimestampFaults } from '@trembita/testnet/pki'
import { runTool, scratch, skipWithout } from '@trembita/testnet/verifiers'
import { derInteger, derOfBer, derSequence } from '../../src/asn1/index.ts'
import {
  addCertificateToTimestamp, certificatesOfPem, encodeTimestampRequest, parseTimestampResponse, verifyTimestamp, type Certificate, type TimestampInfo
} from '../../src/pki/index.ts'

const skip = await skipWithout('openssl')
const pki = await createTestPki()
const data = Buffer.from('SignatureValue, decoded')
const trusted = [pki.root.certificate, pki.tsa.certificate]
const stamp = (faults?: TimestampFaults & { hash?: 'SHA-256' | 'SHA-384' | 'SHA-512', certReq?: boolean }): Buffer => timestampFor(pki, data, faults)
const verify = (token: Uint8Array, over: Uint8Array = data, by: readonly Certificate[] = trusted): TimestampInfo => verifyTimestamp(token, over, by)
const failed = (message = /./): { name: string, kind: string, message: RegExp } => ({ name: 'Fault', kind: 'TimestampingFailed', message })

t.test('TR-4.5: a timestamp says when its service saw which imprint', async (t) => {
  for (const name of ['SHA-256', 'SHA-384', 'SHA-512'] as const) {
    const info = verify(stamp({ hash: name }))
    t.equal(info.hash, name)
    t.same(info.imprint, hash(name.replace('-', ''), data, 'buffer'))
    t.equal(info.signer, pki.tsa.certificate)
    t.ok(Math.abs(info.genTime.getTime() - Date.now()) < 60_000)
    t.ok(info.serialNumber > 0n)
    t.equal(info.policy, '2.999.1')
  }
  t.not(verify(stamp()).serialNumber, verify(stamp()).serialNumber)
})

t.test('the signer is named by serial number or by key, and its certificate need not be inside', async (t) => {
  for (const signerBy of ['serial', 'key'] as const) {
    for (const certReq of [false, true]) t.equal(verify(stamp({ signerBy, certReq })).signer, pki.tsa.certificate, `${signerBy}, ${certReq}`)
  }
  t.equal(verify(stamp({ noSigningCertificate: true })).signer, pki.tsa.certificate, 'ESSCertID is checked where it is')
})

t.test('a timestamp over other data, by another signer, or changed, is refused', async (t) => {
  t.throws(() => verify(stamp(), Buffer.from('other')), failed(/other data/))
  t.throws(() => verify(stamp({ wrongImprint: true })), failed(/other data/))
  t.throws(() => verify(stamp({ forged: true })), failed(/approved service/))
  t.throws(() => verify(stamp({ signer: pki.ocsp })), failed(/approved service/))
  t.throws(() => verify(stamp({ certReq: true }), data, [pki.root.certificate, pki.intermediate.certificate]), failed(/approved service/), 'enclosed but not approved, though its CA is')
  t.throws(() => verify(stamp(), data, []), failed(/approved service/))
  t.throws(() => verify(stamp({ ageSeconds: 10 * 365 * 86400 })), failed(/not valid at the time/))
})

t.test('a second certificate of the same key and names does not pass for the one that signed', async (t) => {
  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
  const [one, two] = await Promise.all([1, 2].map(async () => await pki.issue('tsa', plainSubject('x', 'twice'), { key: { privateKey, publicKey } })))
  if (one === undefined || two === undefined) throw new Error('unreachable')
  t.equal(verify(stamp({ signer: one, signerBy: 'key' }), data, [one.certificate]).signer, one.certificate)
  t.throws(() => verify(stamp({ signer: one, signerBy: 'key' }), data, [two.certificate]), failed(/another certificate/))
})

t.test('TR-4.6: one flipped bit anywhere in a token is noticed, also where nobody signs', async (t) => {
  for (const [name, token] of [['bare', stamp()], ['by key', stamp({ signerBy: 'key' })], ['with its certificate', addCertificateToTimestamp(stamp(), pki.tsa.certificate)]] as const) {
    for (let i = 0; i < token.length; i++) {
      const bytes = Buffer.from(token)
      bytes[i] = (bytes[i] ?? 0) ^ (1 << (i % 8))
      try {
        verify(bytes)
        t.fail(`${name}: byte ${i}`)
      } catch (thrown) {
        if ((thrown as { kind?: string }).kind !== 'TimestampingFailed') throw thrown
      }
    }
    t.pass(`${name}: ${token.length} bytes`)
  }
})

t.test('certificates enclosed that are not of the signer are noticed', async (t) => {
  const { tsa, intermediate, root, ocsp } = pki
  const enclosing = (...certificates: Certificate[]): Buffer => certificates.reduce((token, certificate) => addCertificateToTimestamp(token, certificate), stamp())
  t.equal(verify(enclosing(tsa.certificate, intermediate.certificate, root.certificate)).signer, tsa.certificate)
  t.equal(verify(enclosing(intermediate.certificate)).signer, tsa.certificate)
  t.throws(() => verify(enclosing(tsa.certificate, ocsp.certificate)), failed(/not of its signer/))
  t.throws(() => verify(enclosing(tsa.certificate, root.certificate)), failed(/not of its signer/), 'nothing links the top CA to the signer')
})

t.test('the service\'s certificate is put into a token without it, once', async (t) => {
  const bare = stamp()
  const full = addCertificateToTimestamp(bare, pki.tsa.certificate)
  t.ok(full.includes(pki.tsa.certificate.der))
  t.notOk(bare.includes(pki.tsa.certificate.der))
  t.same(addCertificateToTimestamp(full, pki.tsa.certificate), full)
  t.same(verify(full), verify(bare))
  const more = addCertificateToTimestamp(full, pki.root.certificate)
  t.ok(more.includes(pki.tsa.certificate.der) && more.includes(pki.root.certificate.der))
  t.throws(() => addCertificateToTimestamp(Buffer.from('no token'), pki.tsa.certificate), failed())
})

t.test('requests are as X-Road sends them, and refusals are named', async (t) => {
  const imprint = createHash('sha512').update(data).digest()
  t.equal(encodeTimestampRequest(imprint, 'SHA-512').toString('hex'), `30560201013051300d0609608648016503040203050004 40${imprint.toString('hex')}`.replace(' ', ''))
  t.equal(encodeTimestampRequest(imprint.subarray(32), 'SHA-256', { certReq: true }).subarray(-3).toString('hex'), '0101ff')
  const refused = { name: 'Fault', kind: 'TimestamperFailed' }
  const answer = (status: number, ...token: Buffer[]): Buffer => derSequence(derSequence(derInteger(status)), ...token)
  for (const status of [2, 3, 4, 5]) t.throws(() => parseTimestampResponse(answer(status)), { ...refused, message: new RegExp(`status ${status}`) })
  t.same(parseTimestampResponse(answer(0, stamp())).length > 0, true)
  t.same(verify(parseTimestampResponse(answer(1, stamp()))).signer, pki.tsa.certificate, 'granted with modifications')
  for (const bytes of [Buffer.alloc(0), Buffer.from('<html>'), answer(0), answer(-1), answer(0, stamp(), stamp()), Buffer.alloc(300_000, 0x30)]) t.throws(() => parseTimestampResponse(bytes), refused)
})

t.test('openssl as the service: its stamps pass, also in BER, by RSA, RSA-PSS keys and P-384, with ESSCertID of either version', { skip }, async (t) => {
  const files = scratch()
  t.teardown(files.remove)
  const run = async (...args: string[]): Promise<void> => {
    const { ok, text } = await runTool('openssl', args, { cwd: files.dir })
    if (!ok) throw new Error(text)
  }
  for (const [keyKind, essHash] of [['rsa', 'sha1'], ['rsa', 'sha512'], ['ec', 'sha256'], ['ec384', 'sha384']] as const) {
    const { tsa, intermediate } = await createTestPki({ keyKind })
    files.write('tsa.pem', tsa.certificate.pem)
    files.write('tsa.key', tsa.privateKey.export({ format: 'pem', type: 'pkcs8' }))
    files.write('chain.pem', intermediate.certificate.pem)
    files.write('serial', '01\n')
    files.write('tsa.conf', `[tsa]\nserial=serial\nsigner_cert=tsa.pem\nsigner_key=tsa.key\ncerts=chain.pem\nsigner_digest=sha384\ndefault_policy=1.2.3\ndigests=sha256,sha512\naccuracy=millisecs:500\nordering=yes\ntsa_name=yes\ness_cert_id_chain=yes\ness_cert_id_alg=${essHash}\n`)
    for (const certReq of [false, true]) {
      files.write('query.tsq', encodeTimestampRequest(hash('sha512', data, 'buffer'), 'SHA-512', { certReq }))
      await run('ts', '-reply', '-config', 'tsa.conf', '-section', 'tsa', '-queryfile', 'query.tsq', '-out', 'reply.tsr')
      const reply = readFileSync(files.path('reply.tsr'))
      const token = parseTimestampResponse(reply)
      t.equal(verify(token, data, [tsa.certificate]).policy, '1.2.3', `${keyKind} ${essHash}`)
      t.same(derOfBer(token), token)
      const full = addCertificateToTimestamp(token, tsa.certificate)
      t.equal(verify(full, data, [tsa.certificate]).signer, tsa.certificate)
      // Bouncy Castle sends the outer elements with indefinite lengths: the same token so wrapped must come out equal
      t.same(parseTimestampResponse(Buffer.concat([Buffer.from('3080', 'hex'), derSequence(derInteger(0)), indefinite(token), Buffer.alloc(2)])), token)
      files.write('data', data)
      files.write('token.tst', full)
      const { text } = await runTool('openssl', ['ts', '-verify', '-data', 'data', '-in', 'token.tst', '-token_in', '-CAfile', 'chain.pem', '-partial_chain'], { cwd: files.dir })
      t.match(text, /Verification: OK/, 'with our certificate put in, openssl still agrees')
    }
  }
  const sha1 = Buffer.from(stamp())
  t.throws(() => verify(sha1, data, [certificatesOfPem(pki.ocsp.certificate.pem)[0] as Certificate]), failed())
})

/** The outer SEQUENCE in indefinite form. */
function indefinite (der: Buffer): Buffer {
  const header = (der[1] ?? 0) < 0x80 ? 2 : 2 + ((der[1] ?? 0) & 0x7f)
  return Buffer.concat([Buffer.from('3080', 'hex'), der.subarray(header), Buffer.alloc(2)])
}

t.test('a service whose certificate has run out stamps nothing more, but its old stamps stand', async (t) => {
  const now = Date.now()
  const old = await pki.issue('tsa', plainSubject('x', 'old'), { notBefore: new Date(now - 20 * DAY_MS), notAfter: new Date(now - 10 * DAY_MS) })
  t.throws(() => verify(stamp({ signer: old }), data, [old.certificate]), failed(/not valid at the time/))
  t.equal(verify(stamp({ signer: old, ageSeconds: 15 * 86400 }), data, [old.certificate]).signer, old.certificate)
})
