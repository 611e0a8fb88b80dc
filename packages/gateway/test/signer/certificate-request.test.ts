import { generateKeyPairSync } from 'node:crypto'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { openssl, skipWithout } from '@trembita/testnet/verifiers'
import t from 'tap'
import { certificateProfile, certificateRequest, type KeyUse, type ProfileFacts } from '../../src/signer/index.ts'

// Requests for certificates as openssl reads them, and what each of X-Road's profiles puts into them (xroad-trust §3.2, §3.3).

const FACTS: ProfileFacts = {
  server: { instance: 'ZZ', memberClass: 'GOV', memberCode: '1001', serverCode: 'gw-1' },
  member: { instance: 'ZZ', memberClass: 'COM', memberCode: '2002' },
  memberName: 'Рада "Приклад", ТОВ'
}
const NAME = 'Рада "Приклад", ТОВ'
/** A question mark: the administrator's to fill in. */
const PROFILES: Readonly<Record<string, Readonly<Record<KeyUse, readonly string[]>>>> = {
  Basic: { sign: [`CN=${NAME}`, `O=${NAME}`, 'businessCategory=COM', 'C?', 'serialNumber=2002'], auth: ['CN?', 'serialNumber=2002', 'C?', `O=${NAME}`] },
  BasicACME: {
    sign: ['C?', `O=${NAME}`, 'businessCategory=COM', 'serialNumber=2002', `CN=${NAME}`, 'subjectAltName?'], auth: ['C?', `O=${NAME}`, 'serialNumber=2002', 'CN?', 'subjectAltName?']
  },
  Ejbca: { sign: ['C=ZZ', 'O=COM', 'CN=2002'], auth: ['C=ZZ', 'CN=gw-1'] },
  FiVRK: { sign: ['C=FI', 'O?', 'serialNumber=ZZ/gw-1/COM', 'CN=2002', 'subjectAltName?'], auth: ['C=FI', 'O?', 'serialNumber=ZZ/gw-1/COM', 'CN?', 'subjectAltName?'] },
  Is: { sign: ['C=IS', 'O=ZZ', 'OU=COM', 'CN=2002', 'serialNumber=ZZ/GOV/1001/gw-1'], auth: ['C=IS', 'CN?', 'serialNumber=ZZ/GOV/1001/gw-1'] },
  Fo: { sign: ['C=FO', 'O=ZZ', 'OU=COM', 'CN=2002', 'serialNumber=ZZ/GOV/1001/gw-1'], auth: ['C=FO', 'O=ZZ', 'CN=ZZ/GOV/1001/gw-1'] },
  SkKlass3: { sign: ['SN=2002', `CN=${NAME}`], auth: ['SN=2002', `CN=${NAME}`] }
}
const FREE: Readonly<Record<string, string>> = { C: 'UA', CN: 'gw.example', O: 'Приклад', subjectAltName: 'gw.example' }
/** As `openssl -nameopt sname` writes the types. */
const SHORT: Readonly<Record<string, string>> = { SN: 'serialNumber' }
const KEYS = {
  rsa: generateKeyPairSync('rsa', { modulusLength: 2048 }), p256: generateKeyPairSync('ec', { namedCurve: 'P-256' }), p384: generateKeyPairSync('ec', { namedCurve: 'P-384' })
}

const classOf = (name: string): string => `ee.ria.xroad.common.certificateprofile.impl.${name}CertificateProfileInfoProvider`

async function read (t: { testdir (): string }, der: Buffer, ...options: string[]): Promise<string> {
  const file = join(t.testdir(), 'request.der')
  await writeFile(file, der)
  return (await openssl('req', '-inform', 'DER', '-in', file, '-noout', '-verify', ...options)).text
}

t.test('each profile asks for its own fields, in its own order, and fixes what it knows', async (t) => {
  for (const [name, uses] of Object.entries(PROFILES)) {
    for (const use of ['sign', 'auth'] as const) {
      const fields = certificateProfile(classOf(name), use, FACTS)!
      t.same(fields.map(({ id, value, fixed }) => fixed ? `${id}=${value}` : `${id}?`), uses[use], `${name} ${use}`)
    }
  }
  t.equal(certificateProfile('example.Unknown', 'sign', FACTS), undefined)
  t.equal(certificateProfile(classOf('SkEsteId'), 'sign', FACTS), undefined, 'makes no requests')
  t.match(certificateProfile(classOf('Basic'), 'sign', { ...FACTS, memberName: undefined })!.slice(0, 2), [{ id: 'CN', fixed: false }, { id: 'O', fixed: false }], 'a name that is not known is asked for')
})

t.test('openssl verifies every request and reads the subject in the order of the profile', { skip: await skipWithout('openssl') }, async (t) => {
  for (const name of Object.keys(PROFILES)) {
    for (const use of ['sign', 'auth'] as const) {
      const subject = certificateProfile(classOf(name), use, FACTS)!.map(({ id, value, fixed }) => ({ id, value: fixed ? value : FREE[id]! }))
      const der = await certificateRequest(KEYS.p256, { use, subject })
      const text = await read(t, der, '-subject', '-nameopt', 'utf8,sname,sep_multiline,esc_ctrl')
      t.match(text, /self-signature verify OK/)
      const found = text.split('\n').map((line) => line.trim()).filter((line) => /^\w+=/.test(line) && !line.startsWith('subject='))
      t.same(found, subject.filter(({ id }) => id !== 'subjectAltName').map(({ id, value }) => `${SHORT[id] ?? id}=${value}`), `${name} ${use}`)
    }
  }
})

t.test('a request asks for X-Road\'s key usage, not critical, and signs with SHA-256', { skip: await skipWithout('openssl') }, async (t) => {
  const subject = [{ id: 'C', value: 'UA' }, { id: 'CN', value: 'gw.example' }, { id: 'subjectAltName', value: 'gw.example' }]
  for (const [kind, key] of Object.entries(KEYS)) {
    const algorithm = kind === 'rsa' ? /Signature Algorithm: sha256WithRSAEncryption/ : /Signature Algorithm: ecdsa-with-SHA256/
    const auth = await read(t, await certificateRequest(key, { use: 'auth', subject }), '-text')
    t.match(auth, /self-signature verify OK/, kind)
    t.match(auth, algorithm)
    t.match(auth, /X509v3 Key Usage: ?\n\s*Digital Signature, Key Encipherment, Data Encipherment\n/)
    t.match(auth, /X509v3 Subject Alternative Name: ?\n\s*DNS:gw\.example\n/)
    t.match(auth, /Subject: C ?= ?UA, CN ?= ?gw\.example\n/, 'the alternative name is no part of the subject')
    const sign = await read(t, await certificateRequest(key, { use: 'sign', subject: subject.slice(0, 2) }), '-text')
    t.match(sign, /X509v3 Key Usage: ?\n\s*Non Repudiation, Certificate Sign\n/)
    t.notMatch(sign, /critical|Alternative Name/)
  }
})
