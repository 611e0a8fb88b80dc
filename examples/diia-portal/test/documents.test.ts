import { execFileSync } from 'node:child_process'
import { createPublicKey, createVerify, X509Certificate } from 'node:crypto'
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import t, { type Test } from 'tap'
import { createTestPki } from '@trembita/testnet'
import { portalKeysIn, verifyDocument } from '../../business-cabinet/src/documents/verify-document.ts'
import { displacedAnswer, NO_RECORD, runPortal, Visitor } from './portal-under-test.ts'

const IDP = 'GOV/90000096/IDP/idpCertificate'

interface Copy {
  readonly header: { alg: string, kid: string, typ: string, x5c?: string[] }
  readonly payload: any
  readonly signed: string
  readonly signature: Buffer
}

function readCopy (jws: string): Copy {
  const [header = '', payload = '', signature = ''] = jws.split('.')
  const open = (part: string): any => JSON.parse(Buffer.from(part, 'base64url').toString('utf8'))
  return { header: open(header), payload: open(payload), signed: `${header}.${payload}`, signature: Buffer.from(signature, 'base64url') }
}

/** ECDSA-Sig-Value: what openssl reads, of the two numbers that JWS writes side by side. */
function toDer (signature: Buffer): Buffer {
  const number = (bytes: Buffer): Buffer => {
    let start = 0
    while (start < bytes.length - 1 && bytes[start] === 0) start++
    const short = bytes.subarray(start)
    const value = short[0]! >= 0x80 ? Buffer.concat([Buffer.from([0]), short]) : short
    return Buffer.concat([Buffer.from([2, value.length]), value])
  }
  const body = Buffer.concat([number(signature.subarray(0, 32)), number(signature.subarray(32))])
  return Buffer.concat([Buffer.from([0x30, body.length]), body])
}

/** By openssl, which has never seen our code. */
function opensslVerifies (t: Test, { signed, signature }: Copy, publicKeyPem: string): boolean {
  const folder = t.testdir()
  const file = (name: string, bytes: string | Buffer): string => {
    writeFileSync(join(folder, name), bytes)
    return join(folder, name)
  }
  try {
    const told = execFileSync('openssl', ['dgst', '-sha256', '-verify', file('key.pem', publicKeyPem), '-signature', file('signature', toDer(signature)), file('signed', signed)], { encoding: 'utf8', stdio: 'pipe' })
    return told.includes('Verified OK')
  } catch {
    return false
  }
}

t.test('copies of documents are sealed, and openssl verifies them by the published key and by the certificate (UP-8.1, UP-8.2, UP-8.3, UP-8.4, UP-8.5)', async (t) => {
  const pki = await createTestPki()
  const { privateKey, certificate, chain } = await pki.issueSign({ member: { memberClass: 'GOV', memberCode: '90000067' }, keyType: 'ec' })
  const folder = t.testdir()
  const pem = (raw: Uint8Array): string => new X509Certificate(raw).toString()
  writeFileSync(join(folder, 'seal.key'), privateKey.export({ type: 'pkcs8', format: 'pem' }))
  writeFileSync(join(folder, 'seal.pem'), [certificate, ...chain].map(({ der }) => pem(der)).join('\n'))
  const { portal, gateway } = await runPortal(t, { seal: { keyFile: join(folder, 'seal.key'), certificateFile: join(folder, 'seal.pem') } })
  gateway.services[IDP] = () => displacedAnswer('active')
  const person = await Visitor.signIn(portal, 'f08')
  const { keys: [jwk] } = await (await fetch(`${portal.servicesUrl}/jwks.json`)).json() as { keys: [any] }
  const publicKey = createPublicKey({ format: 'jwk', key: jwk }).export({ type: 'spki', format: 'pem' }).toString()

  for (const type of ['internal-passport', 'foreign-passport', 'taxpayer-card', 'displaced-certificate']) {
    const { status, text } = await person.post(`/documents/${type}/copy`)
    t.equal(status, 200, type)
    const copy = readCopy(text)
    t.match(copy.header, { alg: 'ES256', typ: 'diia-document+jwt', kid: jwk.kid })
    t.match(copy.payload, { iss: 'GOV/90000067/PORTAL', type, subject: { rnokpp: '7000800822', name: 'Яворська Ксенія Олегівна' }, source: { register: String } })
    t.ok(opensslVerifies(t, copy, publicKey), `${type}: openssl verifies it by the published key`)
    t.notOk(opensslVerifies(t, { ...copy, signed: copy.signed.replace(/.$/, (last) => last === 'A' ? 'B' : 'A') }, publicKey), `${type}: not with a letter changed`)
    const leaf = new X509Certificate(Buffer.from(copy.header.x5c![0]!, 'base64'))
    t.ok(createVerify('sha256').update(copy.signed).verify({ key: leaf.publicKey, dsaEncoding: 'ieee-p1363' }, copy.signature), 'by the certificate that goes along')
    writeFileSync(join(folder, 'root.pem'), pem(pki.root.certificate.der))
    writeFileSync(join(folder, 'leaf.pem'), leaf.toString())
    writeFileSync(join(folder, 'between.pem'), copy.header.x5c!.slice(1).map((one) => new X509Certificate(Buffer.from(one, 'base64')).toString()).join('\n'))
    t.match(execFileSync('openssl', ['verify', '-CAfile', join(folder, 'root.pem'), '-untrusted', join(folder, 'between.pem'), join(folder, 'leaf.pem')], { encoding: 'utf8' }), /OK/)
  }

  const income = readCopy((await (await Visitor.signIn(portal, 'f01')).post('/documents/income-sources/copy')).text)
  t.ok(opensslVerifies(t, income, publicKey))
  t.match(income.payload, { type: 'income-sources', subject: { rnokpp: '7000100119' }, source: { register: /./, exchangeId: String }, data: { sources: [{ agent: String, periods: [{ year: String, quarter: String, accrued: /^\d/, taxCharged: /^\d/, levyCharged: /^\d/ }] }] } })
})

t.test('an outage is shown as an outage, absence as absence, a cancelled certificate as cancelled (UP-8.5, UP-8.6, UP-12)', async (t) => {
  const { portal, gateway } = await runPortal(t)
  const person = await Visitor.signIn(portal, 'f01')
  t.match((await person.get('/documents/displaced-certificate')).text, /тимчасово недоступний[\s\S]*не означає, що документа немає[\s\S]*Server\.ServerProxy\.ServiceFailed/)
  gateway.services[IDP] = () => ({ status: 403, body: {}, fault: 'Server.ServerProxy.AccessDenied' })
  t.match((await person.get('/documents/displaced-certificate')).text, /реєстр відмовив[\s\S]*AccessDenied/)
  gateway.services[IDP] = () => NO_RECORD
  t.match((await person.get('/documents/displaced-certificate')).text, /немає запису[\s\S]*запису про вас немає/)
  gateway.services[IDP] = () => displacedAnswer('cancelled')
  t.match((await person.get('/documents/displaced-certificate')).text, /скасовано[\s\S]*0305-5000000001/)
  gateway.services[IDP] = () => ({ status: 200, body: { outcome: 'DISCREPANCY', data: null, missing: [], discrepancies: [{ field: '/familyName', kind: 'ASSERTED_MISMATCH' }], source: { register: 'IDP', asOf: '2026-11-30T08:00:00Z' } } })
  t.match((await person.get('/documents/displaced-certificate')).text, /дані суперечливі/)
  gateway.services[IDP] = () => ({ status: 200, body: { surprise: true } })
  t.match((await person.get('/documents/displaced-certificate')).text, /answer-not-understood/)
  gateway.taxUrl = undefined
  const { status, text } = await person.get('/documents')
  t.equal(status, 200, 'the other documents are there')
  t.match(text, /Паспорт громадянина[\s\S]*999\d{6}/)
  t.equal((await person.get('/documents/driving-licence')).status, 404)
  t.equal((await (await Visitor.signIn(portal, 'f05')).get('/documents/foreign-passport')).text.includes('немає запису'), true)
  t.match(await (await fetch(`${portal.url}/documents`, { redirect: 'manual' })).status, 401, 'nobody sees documents without a sign-in')
})

t.test('who has no number sees what is theirs, and is told why the rest is not (UP-7d, DO-4)', async (t) => {
  const { portal } = await runPortal(t)
  const person = await Visitor.signIn(portal, 'f13')
  t.match((await person.get('/')).text, /У ваших даних немає РНОКПП/)
  t.match((await person.get('/documents/internal-passport')).text, /ЯЯ000001/)
  for (const path of ['/share', '/offers', '/services/cabinet', '/services/office']) {
    const { status, text } = await person.get(path)
    t.equal(status, 403, path)
    t.match(text, /Потрібен РНОКПП[\s\S]*пункт 7[\s\S]*пункт 4/)
  }
  t.match((await person.get('/offers?lang=en')).text, /A taxpayer&#39;s number is needed/)
  const owner = await fetch(`${portal.url}/services/office`, { redirect: 'manual', headers: { accept: 'text/html' } })
  t.equal(owner.status, 303, 'and nobody passes without a sign-in')
})

t.test('the cabinet takes the copies by the published keys, and no other person\'s (UP-3.2, UP-8.3)', async (t) => {
  const { folder, portal } = await runPortal(t)
  const { text } = await (await Visitor.signIn(portal, 'f01')).post('/documents/taxpayer-card/copy')
  const keys = portalKeysIn(join(folder, 'jwks.json'))
  t.match(verifyDocument(text, 'taxpayer-card', '7000100119', keys, new Date()), { type: 'taxpayer-card', data: { rnokpp: '7000100119' } })
  t.equal(verifyDocument(text, 'taxpayer-card', '7000200223', keys, new Date()), 'FOREIGN_DOCUMENT')
  t.equal(verifyDocument(text, 'taxpayer-card', '7000100119', keys, new Date(Date.now() + 31 * 86_400_000)), 'EXPIRED')
})

t.test('the keys of the portal are its own and stay', async (t) => {
  const { folder, portal } = await runPortal(t)
  const { keys: [jwk] } = JSON.parse(readFileSync(join(folder, 'jwks.json'), 'utf8'))
  t.match(await (await fetch(`${portal.url}/jwks.json`)).json(), { keys: [jwk] })
  t.notOk('d' in jwk, 'the private part is not among them')
  t.match((await Visitor.signIn(portal, 'f01', 'high').then((visitor) => visitor.get('/'))).text, /Рівень довіри входу: високий/)
})
