import t from 'tap'
import { createTestPki, issueBelow, ocspResponseFor, sealSubject, trustStoreOfPki, type Issued } from '@trembita/testnet/pki'
import { pem } from '@trembita/testnet/verifiers'
import { readManagementMessage, verifyAuthCertReg, verifyManagementRequest, type ManagementContext, type VerifiedRequest } from '../../src/management/index.ts'
import { refuses } from '../faults.ts'
import {
  algorithmOf, authCertRegFields, CLIENT, CLIENT_XML, CONTENT_TYPE, createWorld, fourParts, identifier, letter, member, multipart, OWNER, REQUESTS, SERVER, SERVER_XML, signed, sixParts,
  type Letter, type Part
} from './compose.ts'

const world = await createWorld()
const { pki, auth, owner, client, context } = world
const stranger = await createTestPki({ organization: pki.organization })
const HOUR = 3_600_000

const regSoap = (fields = authCertRegFields(auth.certificate.der), rest: Partial<Letter> = {}): Buffer => letter({ service: 'authCertReg', fields, ...rest })
const register = (parts: readonly Part[], within: Partial<ManagementContext> = {}): VerifiedRequest =>
  verifyAuthCertReg(readManagementMessage(CONTENT_TYPE, multipart(parts)), { ...context, ...within })
/** The six parts with one changed. */
function changed (index: number, part: Uint8Array | Part | undefined, soap = regSoap()): Part[] {
  const parts = sixParts(world, soap)
  if (part === undefined) parts.splice(index)
  else parts[index] = part instanceof Uint8Array ? [parts[index]![0], part] : part
  return parts
}
/** With another certificate of the owner, its signature and its OCSP response. */
function ownedBy (issued: Issued, ocsp = ocspResponseFor(pki, issued.certificate)): Part[] {
  return sixParts({ ...world, owner: issued }, regSoap(), ocsp)
}
async function withAuth (issued: Issued): Promise<Part[]> {
  return sixParts({ ...world, auth: issued }, regSoap(authCertRegFields(issued.certificate.der)))
}

t.test('a registration of another implementation is verified, and says who signed what', async (t) => {
  const soap = regSoap()
  const ocspResponse = ocspResponseFor(pki, owner.certificate)
  const verified = register(sixParts(world, soap, ocspResponse))
  t.same(verified.request, { service: 'authCertReg', server: SERVER, address: 'ss1.example.org', authCertificate: auth.certificate.der, dryRun: undefined })
  t.same(verified.sender, OWNER)
  t.ok(verified.soap.equals(soap))
  t.match(verified.signatures, [
    { by: 'auth', algorithm: 'SHA512withECDSA', certificate: auth.certificate.der, ocspResponse: undefined, member: undefined },
    { by: 'owner', algorithm: 'SHA512withECDSA', certificate: owner.certificate.der, ocspResponse, member: OWNER }
  ])
})

t.test('RSA keys, PSS, a dry run, no address, CAs of one name', async (t) => {
  const rsa = await createWorld('rsa')
  const soap = letter({ service: 'authCertReg', fields: authCertRegFields(rsa.auth.certificate.der, '<xroad:dryRun>true</xroad:dryRun>', '') })
  const verify = (parts: readonly Part[]): VerifiedRequest => verifyAuthCertReg(readManagementMessage(CONTENT_TYPE, multipart(parts)), rsa.context)
  t.match(verify(sixParts(rsa, soap)).request, { dryRun: true, address: undefined })
  const parts = sixParts(rsa, soap)
  parts[1] = ['signature-algorithm-id: SHA256withRSAandMGF1', signed('SHA256withRSAandMGF1', rsa.auth.privateKey, soap)]
  t.equal(verify(parts).signatures[0]!.algorithm, 'SHA256withRSAandMGF1')
  const both = trustStoreOfPki(pki)
  const namesake = trustStoreOfPki(stranger)
  t.ok(register(sixParts(world, regSoap()), { trust: { ...both, authorities: [...namesake.authorities, ...both.authorities], findCa: namesake.findCa } }), 'a CA that changed keys stands twice under one name')
})

t.test('§4.3 1: the service is authCertReg, and its SOAP is read first', async (t) => {
  refuses(t, () => register(changed(0, letter({ service: 'clientReg', fields: SERVER_XML + CLIENT_XML }))), 'InvalidRequest')
  refuses(t, () => register(changed(0, letter({ service: 'nothing', fields: '' }))), 'InvalidRequest')
  refuses(t, () => register(changed(0, Buffer.from('nonsense'))), 'InvalidSoap')
})

t.test('§4.3 2: all six parts are there, the signatures with their algorithms', async (t) => {
  for (let index = 1; index < 6; index++) {
    t.throws(() => register(changed(index, undefined)), { kind: 'InvalidRequest', message: /is missing$/ }, `part ${index + 1}`)
    t.throws(() => register(changed(index, Buffer.alloc(0))), { kind: 'InvalidRequest', message: /is missing$/ }, `part ${index + 1} is empty`)
  }
  for (const index of [1, 2]) {
    const [, value] = sixParts(world, regSoap())[index]!
    t.throws(() => register(changed(index, ['content-type: application/octet-stream', value])), { kind: 'InvalidRequest', message: /algorithm is not named$/ })
  }
  t.throws(() => verifyAuthCertReg(readManagementMessage('text/xml', regSoap()), context), { kind: 'InvalidRequest', message: 'signature of the authentication key is missing' })
  const test = regSoap(`${SERVER_XML}<xroad:authCert></xroad:authCert><xroad:dryRun>true</xroad:dryRun>`)
  t.throws(() => register(sixParts(world, test).slice(0, 1)), { kind: 'InvalidRequest', message: 'signature of the authentication key is missing' }, 'the connection test of 7.8')
  t.throws(() => register(sixParts(world, test)), { kind: 'CertValidation', message: /not the one of the request/ })
})

t.test('§4.3 3: the authentication certificate is of an approved CA, valid, and for authentication', async (t) => {
  const at = context.at.getTime()
  const issue = { owner: OWNER, serverCode: 'ss1' }
  const refusesAuth = async (issued: Issued, because: RegExp, kind = 'CertValidation'): Promise<void> => {
    const parts = await withAuth(issued)
    t.throws(() => register(parts), { kind, stages: [], message: because }, String(because))
  }
  await refusesAuth(await stranger.issueAuth(issue), /^authentication certificate: certificate was not issued by an approved/)
  await refusesAuth(await pki.issueAuth({ ...issue, notAfter: new Date(at - HOUR), notBefore: new Date(at - 2 * HOUR) }), /expired/)
  await refusesAuth(await pki.issueAuth({ ...issue, notBefore: new Date(at + HOUR) }), /not valid yet/)
  await refusesAuth(await pki.issueSign({ member: OWNER }), /key usage is not authentication/)
  t.throws(() => register(changed(3, Buffer.from('not DER'))), { kind: 'IncorrectCertificate', message: /cannot be read/ })
  t.throws(() => register(changed(3, Buffer.from(pem('CERTIFICATE', auth.certificate.der)))), { kind: 'IncorrectCertificate', message: 'authentication certificate: expected DER, found PEM' })
  t.throws(() => register(changed(3, Buffer.concat([auth.certificate.der, Buffer.of(0)]))), { kind: 'IncorrectCertificate', message: /cannot be read/ }, 'bytes behind the DER')
  const revoked = await pki.issueAuth(issue)
  pki.revoke(revoked.certificate)
  t.ok(register(await withAuth(revoked)), 'no OCSP is asked for it')
})

t.test('§4.3 4 and 6: both signatures are over the exact bytes, by the certified keys', async (t) => {
  const soap = regSoap()
  const other = Buffer.from(soap.toString().replace('</SOAP-ENV:Envelope>', '\n</SOAP-ENV:Envelope>'))
  refuses(t, () => register(changed(0, other)), 'InvalidSignatureValue', 'one line break more')
  for (const [index, wrong] of [[1, owner], [2, auth]] as const) {
    refuses(t, () => register(changed(index, signed(algorithmOf(wrong), wrong.privateKey, soap))), 'InvalidSignatureValue', `part ${index + 1} by another key`)
    const [headers, value] = sixParts(world, soap)[index]!
    const flipped = Buffer.from(value)
    flipped[20]! ^= 1
    refuses(t, () => register(changed(index, flipped)), 'InvalidSignatureValue', 'one bit')
    refuses(t, () => register(changed(index, [headers.replace('SHA512', 'SHA1'), value])), 'InvalidSignatureValue', 'a weak algorithm')
  }
})

t.test('§4.3 5: the owner\'s certificate is a seal\'s, with a good and fresh OCSP response', async (t) => {
  const at = context.at.getTime()
  const seal = { member: OWNER }
  t.throws(() => register(ownedBy(auth)), { kind: 'CertValidation', message: /^sign certificate: its key usage is not signing/ })
  const foreign = await stranger.issueSign(seal)
  t.throws(() => register(ownedBy(foreign, ocspResponseFor(stranger, foreign.certificate))), { kind: 'CertValidation', stages: [], message: /not issued by an approved/ })
  const old = await pki.issueSign({ ...seal, notBefore: new Date(at - 2 * HOUR), notAfter: new Date(at - HOUR) })
  t.throws(() => register(ownedBy(old)), { kind: 'CertValidation', message: /expired/ })
  const below = { certificate: await issueBelow(owner, sealSubject(OWNER), context.at), privateKey: owner.privateKey, chain: [] }
  t.throws(() => register(ownedBy(below, ocspResponseFor(pki, owner.certificate))), { kind: 'CertValidation', message: /not issued by an approved/ }, 'issued by a leaf')
  const revoked = await pki.issueSign(seal)
  pki.revoke(revoked.certificate)
  t.throws(() => register(ownedBy(revoked)), { kind: 'CertValidation', stages: [], message: 'sign certificate: OCSP status of a certificate is revoked' })
  refuses(t, () => register(changed(5, ocspResponseFor(pki, client.certificate))), 'CertValidation', 'about another certificate')
  refuses(t, () => register(changed(5, ocspResponseFor(pki, owner.certificate, { status: 'unknown' }))), 'CertValidation')
  refuses(t, () => register(changed(5, ocspResponseFor(pki, owner.certificate, { sha256CertId: true }))), 'CertValidation', 'CertID by SHA-256')
  refuses(t, () => register(changed(5, ocspResponseFor(pki, owner.certificate, { ageSeconds: 4000 }))), 'IncorrectValidationInfo', 'older than an hour')
  refuses(t, () => register(changed(5, ocspResponseFor(pki, owner.certificate, { forged: true }))), 'IncorrectValidationInfo')
  refuses(t, () => register(changed(5, Buffer.from('nonsense'))), 'IncorrectValidationInfo')
  const authorities = context.trust.authorities.map((authority) => ({ ...authority, authenticationOnly: true }))
  const trust = { ...context.trust, authorities, findCa: (name: { equals (other: unknown): boolean }) => authorities.find(({ certificate }) => name.equals(certificate.subject)) } as ManagementContext['trust']
  t.throws(() => register(sixParts(world, regSoap()), { trust }), { kind: 'CertValidation', message: /approved for authentication only/ })
})

t.test('§4.3 7: the request is for the management services of this instance', async (t) => {
  const elsewhere = regSoap(undefined, { provider: { ...member(CLIENT), subsystemCode: 'management' } })
  refuses(t, () => register(sixParts(world, elsewhere)), 'InvalidRequest')
  refuses(t, () => register(sixParts(world, regSoap()), { provider: { ...OWNER } }), 'InvalidRequest')
  const abroad = regSoap(undefined, { client: identifier('client', 'MEMBER', { ...member(OWNER), xRoadInstance: 'OTHER' }) })
  t.throws(() => register(sixParts(world, abroad)), { kind: 'InvalidRequest', message: /not addressed/ })
})

t.test('§4.3 8: what the request says of itself holds together', async (t) => {
  const fields = authCertRegFields(auth.certificate.der)
  const server = (parts: Record<string, string>): string => fields.replace(SERVER_XML, identifier('server', 'SERVER', { ...member(OWNER), serverCode: 'ss1', ...parts }))
  for (const bad of ['a:b', 'a;b', 'a/b', 'a%b', 'a\\b', 'a\u0085b', '\ufeffa', 'a\u200bb', 'x'.repeat(256), '  ', 'a&#9;b']) {
    refuses(t, () => register(sixParts(world, regSoap(server({ serverCode: bad })))), 'InvalidClientIdentifier', JSON.stringify(bad))
  }
  const refusesAs = (soap: Buffer, because: RegExp): void => { t.throws(() => register(sixParts(world, soap)), { kind: 'InvalidRequest', message: because }, String(because)) }
  refusesAs(regSoap(undefined, { client: identifier('client', 'MEMBER', member(CLIENT)) }), /sender is not the owner/)
  refusesAs(regSoap(undefined, { client: identifier('client', 'SUBSYSTEM', { ...member(OWNER), subsystemCode: 'a' }) }), /sender is not the owner/)
  refusesAs(regSoap(server({ memberCode: '2002' })), /sender is not the owner/)
  t.throws(() => register(sixParts(world, regSoap(authCertRegFields(owner.certificate.der)))), { kind: 'CertValidation', message: /attached authentication certificate is not the one/ })
  refusesAs(regSoap(authCertRegFields(auth.certificate.der, '', '<xroad:address>http://x</xroad:address>')), /^address/)
  refusesAs(regSoap(authCertRegFields(auth.certificate.der, '', '<xroad:address></xroad:address>')), /^address/)
  t.throws(() => register(ownedBy(client)), { kind: 'InvalidRequest', message: /not that of the member/ })
  const nobody = await pki.issue('sign', [{ CN: ['nobody'] }])
  t.throws(() => register(ownedBy(nobody)), { kind: 'IncorrectCertificate', message: /businessCategory/ }, 'a seal without a member')
})

t.test('the first failure is told: the order is that of the list', async (t) => {
  const soap = Buffer.from('nonsense')
  const bad = sixParts(world, regSoap(undefined, { client: identifier('client', 'MEMBER', member(CLIENT)) }))
  bad[2] = [bad[2]![0], Buffer.from('bad')]
  refuses(t, () => register(bad), 'InvalidSignatureValue', 'signature of the owner before what the request says')
  bad[5] = [bad[5]![0], Buffer.from('bad')]
  refuses(t, () => register(bad), 'IncorrectValidationInfo', 'OCSP before it')
  bad[1] = [bad[1]![0], Buffer.from('bad')]
  refuses(t, () => register(bad), 'InvalidSignatureValue', 'signature of the authentication key before it')
  bad[3] = [bad[3]![0], Buffer.from('bad')]
  refuses(t, () => register(bad), 'IncorrectCertificate', 'its certificate before it')
  refuses(t, () => register(bad.slice(0, 5)), 'InvalidRequest', 'all parts before it')
  bad[0] = [bad[0]![0], soap]
  refuses(t, () => register(bad.slice(0, 5)), 'InvalidSoap', 'the SOAP before all')
})

const manage = (parts: readonly Part[], within: Partial<ManagementContext> = {}): VerifiedRequest =>
  verifyManagementRequest(readManagementMessage(CONTENT_TYPE, multipart(parts)), { ...context, ...within })
const plain = (soap: Buffer): VerifiedRequest => verifyManagementRequest(readManagementMessage('text/xml; charset=UTF-8', soap), context)
/** A signed request with other fields, signed by whoever must. */
const signedWith = (service: string, fields: string, by = REQUESTS[service]!.by): Part[] => fourParts(world, letter({ service, fields }), by === 'owner' ? owner : client)

t.test('§4.4: the services behind the exchange are verified with the signature of the one who must agree', async (t) => {
  for (const [service, { fields, by }] of Object.entries(REQUESTS)) {
    if (by === undefined) continue
    const verified = manage(signedWith(service, fields))
    t.equal(verified.request.service, service)
    t.same(verified.sender, OWNER)
    t.match(verified.signatures, [{ by: 'owner', member: by === 'owner' ? OWNER : CLIENT }])
    const wrong = signedWith(service, fields, by === 'owner' ? 'client' : 'owner')
    t.throws(() => manage(wrong), { kind: 'InvalidRequest', message: /not that of the member/ }, `${service} by another member`)
    t.throws(() => plain(letter({ service, fields })), { kind: 'InvalidRequest', message: /is missing/ }, `${service} without a signature`)
  }
})

t.test('§4.4: the two that only take away need none', async (t) => {
  const deletion = letter({ service: 'authCertDeletion', fields: `${SERVER_XML}<xroad:authCert>${auth.certificate.der.toString('base64')}</xroad:authCert>` })
  t.match(plain(deletion), { request: { service: 'authCertDeletion', authCertificate: auth.certificate.der }, sender: OWNER, signatures: [] })
  t.match(plain(letter({ service: 'clientDeletion', ...REQUESTS.clientDeletion! })), { request: { service: 'clientDeletion' }, signatures: [] })
  t.match(manage([['content-type: text/xml', deletion]]), { request: { service: 'authCertDeletion' } }, 'in a multipart too')
  refuses(t, () => manage(fourParts(world, deletion, owner)), 'InvalidRequest', 'with parts that mean nothing')
  const stolen = letter({ service: 'clientDeletion', ...REQUESTS.clientDeletion!, client: identifier('client', 'MEMBER', member(CLIENT)) })
  t.throws(() => plain(stolen), { kind: 'InvalidRequest', message: /sender is not the owner/ })
  for (const der of [Buffer.alloc(0), Buffer.from('no certificate')]) {
    refuses(t, () => plain(letter({ service: 'authCertDeletion', fields: `${SERVER_XML}<xroad:authCert>${der.toString('base64')}</xroad:authCert>` })), 'IncorrectCertificate')
  }
  refuses(t, () => plain(letter({ service: 'clientDeletion', ...REQUESTS.clientDeletion!, provider: member(OWNER) })), 'InvalidRequest')
})

t.test('§4.4: signature, certificate and OCSP are checked as at registration', async (t) => {
  const { fields } = REQUESTS.clientReg!
  const soap = letter({ service: 'clientReg', fields })
  const change = (index: number, bytes: Uint8Array): Part[] => fourParts(world, soap, client).map((part, at) => at === index ? [part[0], bytes] : part)
  for (const index of [1, 2, 3]) {
    refuses(t, () => manage(fourParts(world, soap, client).slice(0, index)), 'InvalidRequest', `part ${index + 1} is missing`)
    refuses(t, () => manage(change(index, Buffer.alloc(0))), 'InvalidRequest')
  }
  refuses(t, () => manage([...fourParts(world, soap, client), ['a: b', Buffer.from('more')]]), 'InvalidRequest', 'five parts')
  refuses(t, () => manage(change(1, Buffer.from('bad'))), 'InvalidSignatureValue')
  refuses(t, () => manage(change(0, Buffer.concat([soap, Buffer.from('\n')]))), 'InvalidSignatureValue')
  refuses(t, () => manage(change(2, auth.certificate.der)), 'CertValidation')
  refuses(t, () => manage(change(2, Buffer.from(pem('CERTIFICATE', client.certificate.der)))), 'IncorrectCertificate')
  refuses(t, () => manage(change(3, ocspResponseFor(pki, client.certificate, { ageSeconds: 4000 }))), 'IncorrectValidationInfo')
  refuses(t, () => manage(change(3, ocspResponseFor(pki, client.certificate, { status: 'revoked' }))), 'CertValidation')
})

t.test('§4.4: sender, address and fields', async (t) => {
  const refusesAs = (service: string, fields: string, because: RegExp, kind = 'InvalidRequest'): void => {
    t.throws(() => manage(signedWith(service, fields)), { kind, message: because }, `${service}: ${String(because)}`)
  }
  const asMember = identifier('client', 'MEMBER', member(CLIENT))
  refusesAs('clientReg', `${SERVER_XML}${asMember}<xroad:subsystemName>x</xroad:subsystemName>`, /a member, which has none/)
  t.ok(manage(signedWith('clientReg', SERVER_XML + asMember)), 'a member without a name may')
  refusesAs('clientReg', `${SERVER_XML}${CLIENT_XML}<xroad:subsystemName>a\nb</xroad:subsystemName>`, /control characters/)
  refusesAs('clientRename', `${SERVER_XML}${CLIENT_XML}<xroad:subsystemName> </xroad:subsystemName>`, /blank/)
  refusesAs('addressChange', `${SERVER_XML}<xroad:address>no address</xroad:address>`, /^address/)
  refusesAs('clientDisable', SERVER_XML + identifier('client', 'SUBSYSTEM', { ...member(CLIENT), subsystemCode: 'a/b' }), /^client/, 'InvalidClientIdentifier')
  refusesAs('clientDisable', identifier('server', 'SERVER', { ...member(OWNER), serverCode: 'a:b' }) + CLIENT_XML, /^server/, 'InvalidClientIdentifier')
  refusesAs('clientDisable', identifier('server', 'SERVER', { ...member(CLIENT), serverCode: 'ss1' }) + CLIENT_XML, /sender is not the owner/)
  t.throws(() => manage(signedWith('clientReg', REQUESTS.clientReg!.fields), { provider: OWNER }), { kind: 'InvalidRequest', message: /not addressed/ })
  refuses(t, () => manage(sixParts(world, regSoap())), 'InvalidRequest', 'authCertReg goes to the other service')
})

t.test('no text of a fault quotes a value that was sent', async (t) => {
  const secret = '19900101-1234'
  const hostile = [
    letter({ service: secret, fields: '' }), letter({ service: 'clientReg', fields: identifier('server', secret, member(OWNER)) }),
    letter({ service: 'addressChange', fields: `${SERVER_XML}<xroad:address>${secret} x</xroad:address>` }),
    letter({ service: 'clientDeletion', fields: identifier('server', 'SERVER', { ...member(OWNER), serverCode: `${secret}/` }) + CLIENT_XML })
  ]
  for (const soap of hostile) {
    const parts = fourParts(world, soap, owner)
    for (const verify of [() => manage(parts), () => plain(soap), () => register(sixParts(world, soap))]) {
      let told = ''
      try { verify() } catch (thrown) { told = (thrown as Error).message }
      t.ok(told !== '' && !told.includes(secret), told)
    }
  }
})
