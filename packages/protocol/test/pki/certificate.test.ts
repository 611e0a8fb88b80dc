import t from 'tap'
import { readFileSync } from 'node:fs'
import { createTestPki, plainSubject, type Issued } from '@trembita/testnet/pki'
import { openssl, runTool, scratch, skipWithout } from '@trembita/testnet/verifiers'
import { TAG, derBoolean, derContext, derElement, derInteger, derOctetString, derOid, derSequence, derSet, derUtf8, readDer } from '../../src/asn1/index.ts'
import {
  CERTIFICATE_PROFILES, Certificate, DistinguishedName, OID, certificatesOfPem, isAuthenticationCertificate, isSigningCertificate, memberOfSignCertificate, usageOf
} from '../../src/pki/index.ts'

const skip = await skipWithout('openssl')
const pki = await createTestPki({ ocspUrl: 'http://127.0.0.1:9/ocsp' })
const member = { name: 'ТОВ «Приклад», Київ', memberClass: 'GOV', memberCode: '00000001' }
const incorrect = { name: 'Fault', kind: 'IncorrectCertificate' }

t.test('a certificate says what it holds', async (t) => {
  const { certificate } = await pki.issueSign({ member, keyType: 'rsa' })
  t.equal(certificate.keyType, 'rsa')
  t.same([...certificate.keyUsage ?? []], ['nonRepudiation'])
  t.same(certificate.extensions.ocspUrls, ['http://127.0.0.1:9/ocsp'])
  t.equal(certificate.isCa, false)
  t.equal(certificate.isSelfSigned, false)
  t.equal(certificate.isIssuedBy(pki.intermediate.certificate), true)
  t.equal(certificate.isIssuedBy(pki.root.certificate), false)
  t.equal(pki.root.certificate.isSelfSigned, true)
  t.equal(pki.intermediate.certificate.extensions.pathLength, 0)
  t.equal(certificate.subject.get('businesscategory'), 'GOV')
  t.equal(certificate.subject.get('2.5.4.5'), '00000001')
  t.equal(certificate.subject.get('OU'), undefined)
  t.equal(certificate.isValidAt(certificate.notBefore), true)
  t.equal(certificate.isValidAt(new Date(certificate.notAfter.getTime() + 1)), false)
  const auth = await pki.issueAuth({ owner: member, serverCode: 'SS1', names: ['gw.example'] })
  t.same(auth.certificate.extensions.dnsNames, ['gw.example'])
  t.same(auth.certificate.extendedKeyUsage, [OID.clientAuth, OID.serverAuth])
})

t.test('one certificate is one object, whatever buffer it was read from', async (t) => {
  const { certificate } = await pki.issueSign({ member })
  const bytes = Buffer.from(certificate.der)
  const again = Certificate.parse(bytes)
  t.equal(again, certificate)
  bytes.fill(0)
  t.equal(Certificate.parse(certificate.der), certificate, 'a later change of the caller\'s bytes does not reach it')
  t.same(certificatesOfPem(`text\n${certificate.pem}more\n${pki.root.certificate.pem}`), [certificate, pki.root.certificate])
  t.throws(() => certificatesOfPem('-----BEGIN PRIVATE KEY-----'), incorrect)
})

t.test('TR-4.4: sign and auth certificates are told apart as X-Road does', async (t) => {
  const of = async (profile: 'sign' | 'auth' | 'no-usage' | 'sign-and-auth' | 'tls-client'): Promise<[boolean, boolean, string]> => {
    const { certificate } = await pki.issueSign({ member, profile })
    let usage: string
    try { usage = usageOf(certificate) } catch (thrown) { usage = (thrown as { kind: string }).kind }
    return [isSigningCertificate(certificate), isAuthenticationCertificate(certificate), usage]
  }
  t.same(await of('sign'), [true, false, 'sign'])
  t.same(await of('auth'), [false, true, 'auth'])
  t.same(await of('tls-client'), [false, true, 'auth'])
  t.same(await of('no-usage'), [false, false, 'IncorrectCertificate'])
  t.same(await of('sign-and-auth'), [true, true, 'IncorrectCertificate'], 'on import both is too much')
})

t.test('each certificate profile finds the member, or refuses', async (t) => {
  type Attributes = [type: string, value: string][]
  const seal = async (attributes: Attributes): Promise<Certificate> =>
    (await pki.issue('sign', attributes.map(([type, value]) => ({ [type]: [{ utf8String: value }] })))).certificate
  const [cls, serial, organization] = ['2.5.4.15', '2.5.4.5', '2.5.4.97']
  const cases: [profile: string, Attributes, member: string | undefined][] = [
    ['Basic', [[cls, 'GOV'], [serial, '1'], ['CN', 'x']], 'ASKED/GOV/1'],
    ['BasicACME', [[cls, 'GOV'], [serial, '1']], 'ASKED/GOV/1'],
    ['Basic', [[serial, '1']], undefined],
    ['Basic', [[cls, 'GOV']], undefined],
    ['Ejbca', [['C', 'UA'], ['O', 'GOV'], ['CN', '1']], 'UA/GOV/1'],
    ['Ejbca', [['O', 'GOV'], ['CN', '1']], undefined],
    ['FiVRK', [['C', 'FI'], ['O', 'any'], [serial, 'FI-TEST/server1/GOV'], ['CN', '1']], 'FI-TEST/GOV/1'],
    ['FiVRK', [['C', 'UA'], ['O', 'any'], [serial, 'FI-TEST/server1/GOV'], ['CN', '1']], undefined],
    ['FiVRK', [['C', 'FI'], [serial, 'FI-TEST/server1/GOV'], ['CN', '1']], undefined],
    ['FiVRK', [['C', 'FI'], ['O', 'any'], [serial, 'FI-TEST/GOV'], ['CN', '1']], undefined],
    ['FiVRK', [['C', 'FI'], ['O', 'any'], [serial, 'FI-TEST/s/GOV/x'], ['CN', '1']], undefined],
    ['FiVRK', [['C', 'FI'], ['O', 'FI-TEST'], ['OU', 'GOV'], ['CN', '1']], 'FI-TEST/GOV/1'],
    ['FiVRK', [['C', 'SE'], ['O', 'FI-TEST'], ['OU', 'GOV'], ['CN', '1']], undefined],
    ['FiVRK', [['C', 'EE'], ['O', 'GOV'], ['CN', '1']], 'EE/GOV/1'],
    ['Is', [['C', 'IS'], ['O', 'IS-TEST'], ['OU', 'GOV'], ['CN', '1'], [serial, 'x']], 'IS-TEST/GOV/1'],
    ['Is', [['C', 'IS'], ['O', 'IS-TEST'], ['OU', 'GOV'], ['CN', '1']], undefined],
    ['Is', [['C', 'EE'], ['O', 'GOV'], ['CN', '1']], 'EE/GOV/1'],
    ['Is', [['C', 'FO'], ['O', 'IS-TEST'], ['OU', 'GOV'], ['CN', '1'], [serial, 'x']], undefined],
    ['Fo', [['C', 'FO'], ['O', 'FO-TEST'], ['OU', 'GOV'], ['CN', '1'], [serial, 'x']], 'FO-TEST/GOV/1'],
    ['Fo', [['C', 'FO'], ['O', 'GOV'], ['CN', '1']], undefined],
    ['SkKlass3', [[organization, 'NTREE-12345678']], 'ASKED/COM/12345678'],
    ['SkKlass3', [[organization, 'GO:EE-12345678']], 'ASKED/GOV/12345678'],
    ['SkKlass3', [[organization, 'NP:EE-12345678'], [serial, '70000000']], 'ASKED/NGO/12345678'],
    ['SkKlass3', [[organization, 'VATFI-12345678']], 'ASKED/NEE/VATFI-12345678'],
    ['SkKlass3', [[organization, 'NTREE-']], undefined],
    ['SkKlass3', [[serial, '10000000']], 'ASKED/COM/10000000'],
    ['SkKlass3', [[serial, '70000000']], 'ASKED/GOV/70000000'],
    ['SkKlass3', [[serial, '90000000']], 'ASKED/NGO/90000000'],
    ['SkKlass3', [[serial, '00000000']], undefined],
    ['SkKlass3', [[serial, '7000000']], undefined],
    ['SkEsteId', [[serial, '37101010021']], 'ASKED/PERSON/37101010021'],
    ['SkEsteId', [['CN', '37101010021']], undefined],
    ['Unheard', [[cls, 'GOV'], [serial, '1']], undefined]
  ]
  for (const [profile, attributes, expected] of cases) {
    const certificate = await seal(attributes)
    const find = (): string => Object.values(memberOfSignCertificate(certificate, `ee.ria.xroad.common.certificateprofile.impl.${profile}CertificateProfileInfoProvider`, 'ASKED')).join('/')
    const name = `${profile} ${attributes.map((pair) => pair.join('=')).join(',')}`
    if (expected === undefined) t.throws(find, incorrect, name)
    else t.equal(find(), expected, name)
  }
  t.equal(CERTIFICATE_PROFILES.length, 8)
  const { certificate } = await pki.issueSign({ member })
  t.same(memberOfSignCertificate(certificate, 'BasicCertificateProfileInfoProvider', 'I'), { instance: 'I', memberClass: 'GOV', memberCode: '00000001' }, 'class name without package')
  t.throws(() => memberOfSignCertificate(certificate, 'constructor', 'I'), incorrect)
})

/** A name of given attributes, each an RDN; a nested list is one RDN of several. */
function nameOf (...rdns: [string, Buffer][][]): DistinguishedName {
  return DistinguishedName.parse(derSequence(...rdns.map((rdn) => derElement(TAG.SET, ...rdn.map(([type, value]) => derSequence(derOid(type), value))))))
}

t.test('names print as Java prints RFC 2253', async (t) => {
  const cn = (text: string): string => nameOf([['2.5.4.3', derUtf8(text)]]).rfc2253
  t.equal(cn('a,b+c"d\\e<f>g;h=i#j'), 'CN=a\\,b\\+c\\"d\\\\e\\<f\\>g\\;h\\=i\\#j')
  t.equal(cn('  x y '), 'CN=\\ \\ x y\\ ')
  t.equal(cn('Тест\0'), 'CN=Тест\\00')
  t.equal(cn(''), 'CN=')
  t.equal(nameOf([['2.5.4.6', derUtf8('UA')]], [['2.5.4.3', derUtf8('x')], ['2.5.4.5', derUtf8('1')]]).rfc2253, 'CN=x+2.5.4.5=#0c0131,C=UA', 'most specific first, an RDN of two kept in order')
  t.equal(nameOf([['2.5.4.6', derUtf8('UA')]], [['2.5.4.5', derUtf8('90000050')]], [['2.5.4.3', derUtf8('Офіс, =1')], ['1.2.3', derUtf8('x')]]).readable, 'CN=Офіс\\, \\=1 + 1.2.3=x, serialNumber=90000050, C=UA', 'for people')
  t.equal(nameOf([['2.5.4.3', derInteger(5)]]).rfc2253, 'CN=#020105', 'a value that is no text')
  t.equal(nameOf([['0.9.2342.19200300.100.1.25', derElement(TAG.IA5_STRING, Buffer.from('ua'))]]).rfc2253, 'DC=ua')
  t.equal(nameOf([['1.2.840.113549.1.9.1', derElement(TAG.IA5_STRING, Buffer.from('a@b'))]]).rfc2253, '1.2.840.113549.1.9.1=#1603614062', 'e-mail has no keyword')
})

t.test('names are equal by RFC 5280, not by their bytes', async (t) => {
  const of = (value: Buffer): DistinguishedName => nameOf([['2.5.4.3', value]])
  const printable = (text: string): Buffer => derElement(TAG.PRINTABLE_STRING, Buffer.from(text))
  t.ok(of(derUtf8('Root CA')).equals(of(printable('root  ca '))))
  t.ok(of(derElement(TAG.BMP_STRING, Buffer.from('\0R\0o'))).equals(of(derUtf8('ro'))))
  t.notOk(of(derUtf8('Root CA')).equals(of(derUtf8('RootCA'))))
  t.notOk(of(derUtf8('#0c0131')).equals(of(derInteger(1))))
  t.notOk(nameOf([['2.5.4.3', derUtf8('a')], ['2.5.4.6', derUtf8('b')]]).equals(nameOf([['2.5.4.3', derUtf8('a')]], [['2.5.4.6', derUtf8('b')]])), 'one RDN of two is not two of one')
  t.ok(nameOf([['2.5.4.3', derUtf8('a')], ['2.5.4.6', derUtf8('b')]]).equals(nameOf([['2.5.4.6', derUtf8('b')], ['2.5.4.3', derUtf8('a')]])), 'within an RDN order does not count')
  t.notOk(of(derUtf8('a,2.5.4.6=b')).equals(nameOf([['2.5.4.3', derUtf8('a')]], [['2.5.4.6', derUtf8('b')]])), 'separators in a value are no separators')
})

/** The certificate with some top-level fields of its TBS replaced; its signature no longer fits. */
function withFields (certificate: Certificate, edit: (fields: Buffer[]) => Buffer[]): Buffer {
  const [tbs, algorithm, signature] = readDer(certificate.der).children().map(({ raw }) => raw) as [Buffer, Buffer, Buffer]
  return derSequence(derSequence(...edit(readDer(tbs).children().map(({ raw }) => raw))), algorithm, signature)
}

t.test('what is not a strict certificate is refused', async (t) => {
  const { certificate } = await pki.issueSign({ member })
  const extension = (oid: string, value: Buffer, ...critical: Buffer[]): Buffer => derSequence(derOid(oid), ...critical, derOctetString(value))
  const withExtensions = (...list: Buffer[]): Buffer => withFields(certificate, (fields) => [...fields.slice(0, 7), derContext(3, true, derSequence(...list))])
  const usage = extension(OID.keyUsage, Buffer.from('03020640', 'hex'), derBoolean(true))
  t.same([...Certificate.parse(withExtensions(usage)).keyUsage ?? []], ['nonRepudiation'], 'the way of editing makes certificates that parse')
  for (const [bytes, why] of [
    [Buffer.alloc(0), 'nothing'], [Buffer.from('no certificate'), 'text'], [Buffer.concat([certificate.der, Buffer.of(0)]), 'a byte after the end'],
    [certificate.der.subarray(0, -1), 'cut short'], [Buffer.alloc(70_000, 0x30), 'too long'],
    [withExtensions(usage, usage), 'an extension twice'],
    [withExtensions(extension(OID.keyUsage, derInteger(1))), 'keyUsage that is no BIT STRING'],
    [withExtensions(extension(OID.basicConstraints, derSequence(derBoolean(true), derInteger(-1)))), 'negative path length'],
    [withFields(certificate, ([, ...rest]) => [derContext(0, true, derInteger(3)), ...rest]), 'version 4'],
    [withFields(certificate, (fields) => fields.map((field, i) => i === 2 ? derSequence(derOid(OID.sha256WithRsa)) : field)), 'another algorithm inside than outside'],
    [withFields(certificate, (fields) => [...fields, fields.at(-1) as Buffer]), 'extensions twice'],
    [withFields(certificate, (fields) => fields.slice(0, 5)), 'no subject'],
    [withFields(certificate, (fields) => fields.map((field, i) => i === 5 ? derSequence(derSet()) : field)), 'an empty RDN']
  ] as const) t.throws(() => Certificate.parse(bytes), incorrect, why)
  const many = derSequence(...Array.from({ length: 200 }, (_, i) => derSet(derSequence(derOid('2.5.4.3'), derUtf8(String(i))))))
  t.throws(() => Certificate.parse(withFields(certificate, (fields) => fields.map((field, i) => i === 5 ? many : field))), incorrect, 'name of 200 attributes')
  const critical = Certificate.parse(withExtensions(usage, extension('2.999.5', derInteger(1), derBoolean(true)), extension('2.999.6', derInteger(1))))
  t.same(critical.extensions.unknownCritical, ['2.999.5'])
})

t.test('certificates made by openssl are read as openssl reads them', { skip }, async (t) => {
  const files = scratch()
  t.teardown(files.remove)
  async function make (subject: string, ...options: string[]): Promise<Certificate> {
    const { ok, text } = await runTool('openssl', ['req', '-x509', '-utf8', '-nodes', '-days', '30', '-keyout', 'key.pem', '-out', 'cert.pem', '-subj', subject, ...options], { cwd: files.dir })
    if (!ok) throw new Error(text)
    return certificatesOfPem(readFileSync(files.path('cert.pem'), 'utf8'))[0] as Certificate
  }
  const ec = (curve: string, ...more: string[]): string[] => ['-newkey', 'ec', '-pkeyopt', `ec_paramgen_curve:${curve}`, ...more]
  for (const [name, options] of [
    ['RSA PKCS#1', ['-newkey', 'rsa:2048', '-sha512']],
    ['RSA-PSS SHA-256', ['-newkey', 'rsa:2048', '-sigopt', 'rsa_padding_mode:pss', '-sha256']],
    ['RSA-PSS SHA-512, long salt', ['-newkey', 'rsa:2048', '-sigopt', 'rsa_padding_mode:pss', '-sigopt', 'rsa_pss_saltlen:max', '-sha512']],
    ['RSA-PSS key', ['-newkey', 'rsa-pss', '-pkeyopt', 'rsa_keygen_bits:2048', '-sha384']],
    ['P-256', ec('P-256')], ['P-384', ec('P-384', '-sha384')], ['P-521', ec('P-521', '-sha512')]
  ] as const) {
    const certificate = await make('/C=UA/O=ТОВ "Ім\'я", <x>;/serialNumber=12345678/businessCategory=GOV/CN=Їжак', ...options)
    t.equal(certificate.isSelfSigned, true, name)
    const printed = (await openssl('x509', '-noout', '-in', files.path('cert.pem'), '-serial', '-dates', '-fingerprint', '-sha256', '-subject', '-nameopt', 'RFC2253,-esc_msb,utf8')).text
    t.equal(BigInt(`0x${/serial=(.*)/.exec(printed)?.[1] ?? '0'}`), certificate.serialNumber)
    t.equal(new Date(/notAfter=(.*)/.exec(printed)?.[1] ?? '').getTime(), certificate.notAfter.getTime())
    t.match(printed, certificate.sha256.toString('hex').toUpperCase().match(/../g)?.join(':') ?? '')
  }
  for (const [name, options, usable] of [
    ['SHA-1 signature', ['-newkey', 'rsa:2048', '-sha1'], true], ['RSA of 1024 bits', ['-newkey', 'rsa:1024'], true], ['Ed25519', ['-newkey', 'ed25519'], false],
    ['curve by its parameters', ec('P-256', '-pkeyopt', 'ec_param_enc:explicit'), false], ['RSA-PSS with SHA-1', ['-newkey', 'rsa:2048', '-sigopt', 'rsa_padding_mode:pss', '-sha1'], true]
  ] as const) {
    const certificate = await make('/CN=weak', ...options)
    t.equal(certificate.isSelfSigned, false, `${name} proves nothing`)
    if (!usable) t.throws(() => certificate.publicKey, incorrect, name)
  }
  // Where both use keywords, Java's spelling and openssl's are the same but for inner = and #, which Java escapes too
  const plain = await make('/DC=ua/DC=gov/C=UA/ST=Київ/L=Київ/O=A, B+C/OU= x /CN=y"z')
  const theirs = (await openssl('x509', '-noout', '-subject', '-in', files.path('cert.pem'), '-nameopt', 'RFC2253,-esc_msb,utf8')).text.trim().replace('subject=', '')
  t.equal(plain.subject.rfc2253, theirs)
  const odd = await make('/O=a=b#c/CN=x')
  t.equal(odd.subject.rfc2253, 'CN=x,O=a\\=b\\#c')
  t.match((await openssl('x509', '-noout', '-subject', '-in', files.path('cert.pem'), '-nameopt', 'RFC2253')).text, 'CN=x,O=a=b#c')
})

t.test('hashes for OCSP are those of the name and of the key\'s bits', { skip }, async (t) => {
  const files = scratch()
  t.teardown(files.remove)
  const { text } = await openssl('x509', '-noout', '-ocspid', '-in', files.write('ca.pem', pki.root.certificate.pem))
  t.match(text, `Subject OCSP hash: ${pki.root.certificate.subjectSha1.toString('hex').toUpperCase()}`)
  t.match(text, `Public key OCSP hash: ${pki.root.certificate.keySha1.toString('hex').toUpperCase()}`)
  t.equal(pki.root.certificate.sha1.length, 20)
  t.equal(pki.root.certificate.sha512.length, 64)
})

t.test('a certificate with one flipped bit is another one, and its CA did not issue it', async (t) => {
  const { certificate }: Issued = await pki.issue('sign', plainSubject('x', 'y'))
  let parsed = 0
  for (let i = 0; i < certificate.der.length; i++) {
    const bytes = Buffer.from(certificate.der)
    bytes[i] = (bytes[i] ?? 0) ^ (1 << (i % 8))
    try {
      if (Certificate.parse(bytes).isIssuedBy(pki.intermediate.certificate)) t.fail(`byte ${i}`)
      parsed++
    } catch (thrown) {
      if ((thrown as { kind?: string }).kind !== 'IncorrectCertificate') throw thrown
    }
  }
  t.ok(parsed > 100, `${parsed} of ${certificate.der.length} could still be read`)
})
