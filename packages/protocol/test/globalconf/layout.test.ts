import t from 'tap'
import { createTestPki } from '@trembita/testnet/pki'
import {
  CONFIGURATION_SIGNATURES, instanceFolder, parseSharedParameters, readFileMetadata, readVerificationConf, trustStoreOf, writeFileMetadata,
  writeSharedParameters, writeVerificationConf, type SharedParameters
} from '../../src/globalconf/index.ts'
import { FULL, asRead } from './samples.ts'

const malformed = { name: 'Fault', kind: 'MalformedGlobalConf' }
const pki = await createTestPki()

t.test('trap 13: a metadata file has the six known keys at most, and dates with an offset', async (t) => {
  const full = {
    contentIdentifier: 'SHARED-PARAMETERS', instanceIdentifier: 'EE', expirationDate: new Date('2026-02-06T13:51:26Z'), contentFileName: 'a.xml', contentLocation: '/V6/1/shared-params.xml', configurationVersion: 6 as const
  }
  t.same(JSON.parse(writeFileMetadata(full).toString()), { ...full, expirationDate: '2026-02-06T13:51:26Z', configurationVersion: '6' })
  t.same(readFileMetadata(writeFileMetadata(full)), full)
  t.same(JSON.parse(writeFileMetadata({ configurationVersion: 3 }).toString()), { configurationVersion: '3' })
  const read = (text: string): unknown => readFileMetadata(Buffer.from(text))
  t.same(readFileMetadata(undefined), { configurationVersion: 2 }, 'no file: version 2, never expires')
  t.match(read('{"contentIdentifier":null,"configurationVersion":null,"somethingNew":1}'), { configurationVersion: 2 })
  t.match(read('{"expirationDate":"2026-02-06T15:51:26.123+02:00"}'), { expirationDate: new Date('2026-02-06T13:51:26.123Z') })
  for (const bad of ['', 'null', '[', '{"configurationVersion":"7"}', '{"expirationDate":"tomorrow"}']) t.throws(() => read(bad), malformed, bad)
})

t.test('an instance\'s folder is named as Java\'s form encoding names it', async (t) => {
  t.equal(instanceFolder('SEVDEIR-TEST_1.a*'), 'SEVDEIR-TEST_1.a*')
  t.equal(instanceFolder("a b/ї~!'()"), 'a+b%2F%D1%97%7E%21%27%28%29')
})

t.test('TR-4.7: a verification configuration is read from the ZIP\'s paths, from a folder and from X-Road\'s own layout', async (t) => {
  const foreign = { ...FULL, instance: 'YY', members: [], servers: [] }
  const files = writeVerificationConf('ZZ', [
    { instance: 'ZZ', version: 6, bytes: writeSharedParameters(6, FULL) },
    { instance: 'YY', version: 2, bytes: writeSharedParameters(2, foreign) }
  ])
  t.same([...files.keys()], [
    'verificationconf/ZZ/shared-params.xml', 'verificationconf/ZZ/shared-params.xml.metadata',
    'verificationconf/YY/shared-params.xml', 'verificationconf/YY/shared-params.xml.metadata', 'verificationconf/instance-identifier'
  ])
  t.equal(files.get('verificationconf/instance-identifier')!.toString(), 'ZZ', 'without a line end')
  t.same(JSON.parse(files.get('verificationconf/YY/shared-params.xml.metadata')!.toString()), { configurationVersion: '2' })
  const expected = { instance: 'ZZ', shared: new Map([['ZZ', asRead(FULL, 6)], ['YY', asRead(foreign, 2)]]) }
  t.strictSame(readVerificationConf(files), expected)

  const within = (prefix: string): Map<string, Uint8Array> => new Map([...files].map(([path, bytes]) => [path.replace('verificationconf/', prefix), bytes]))
  t.strictSame(readVerificationConf(within('')), expected)
  const folder = within('etc/xroad/globalconf/')
  folder.set('etc/xroad/globalconf/instance-identifier', Buffer.from('ZZ\n'))
  folder.set('etc/xroad/globalconf/ZZ/private-params.xml', Buffer.from('not looked at'))
  folder.set('etc/xroad/globalconf/ZZ/shared-params.xml.metadata', writeFileMetadata({ contentIdentifier: 'SHARED-PARAMETERS', instanceIdentifier: 'ZZ', expirationDate: new Date(0), configurationVersion: 6 }))
  folder.set('etc/xroad/configuration-anchor.xml', Buffer.from('nor this'))
  folder.delete('etc/xroad/globalconf/YY/shared-params.xml.metadata')
  t.strictSame(readVerificationConf(folder), expected, 'an expired one serves for old containers; without metadata it is version 2')

  t.throws(() => readVerificationConf(new Map()), malformed)
  t.throws(() => readVerificationConf(new Map([['instance-identifier', Buffer.from('ZZ')]])), malformed)
  t.throws(() => readVerificationConf(new Map([...files, ['other/instance-identifier', Buffer.from('YY')]])), malformed, 'which one?')
  t.throws(() => readVerificationConf(new Map([...files, ['verificationconf/AA/shared-params.xml', files.get('verificationconf/YY/shared-params.xml')!]])), malformed, 'YY twice')
  t.throws(() => readVerificationConf(new Map([...files, ['verificationconf/ZZ/shared-params.xml', Buffer.from('<x/>')]])), malformed)
})

function shared (approvedCas: readonly Partial<SharedParameters['approvedCas'][number]>[], rest: Partial<SharedParameters> = {}): SharedParameters {
  const ca = { name: 'CA', authenticationOnly: false, topCa: { certificate: pki.root.certificate.der, ocsp: [] }, intermediateCas: [], profileClass: 'a.Basic' }
  return { ...asRead(FULL, 6), approvedTsas: [], approvedCas: approvedCas.map((one) => ({ ...ca, ...one })), ...rest }
}

t.test('trust follows the shared parameters', async (t) => {
  const trust = trustStoreOf(shared([{
    intermediateCas: [{ certificate: pki.intermediate.certificate.der, ocsp: [{ url: 'http://ocsp.example', certificate: pki.ocsp.certificate.der }] }], authenticationOnly: true
  }], { approvedTsas: [{ name: 'TSA', url: 'http://tsa.example', certificate: pki.tsa.certificate.der }] }))
  t.equal(trust.instance, 'ZZ')
  t.equal(trust.ocspFreshnessSeconds, 3600)
  t.equal(trust.verifyNextUpdate, true)
  const found = trust.findCa(pki.tsa.certificate.issuer)
  t.equal(found?.certificate, pki.intermediate.certificate)
  t.match(found, { top: false, authenticationOnly: true, profileClass: 'a.Basic', ocspResponders: [{ url: 'http://ocsp.example' }] })
  t.equal(found?.ocspResponders[0]?.certificate, pki.ocsp.certificate)
  t.equal(trust.findCa(pki.root.certificate.subject)?.top, true)
  t.equal(trust.findCa(pki.tsa.certificate.subject), undefined)
  t.same(trust.timestampers.map(({ name, url, certificate }) => [name, url, certificate === pki.tsa.certificate]), [['TSA', 'http://tsa.example', true]])
  t.match(trustStoreOf(shared([]), { verifyNextUpdate: false, ocspFreshnessSeconds: 5 }), { verifyNextUpdate: false, ocspFreshnessSeconds: 5 }, 'the own instance\'s rules hold for foreign certificates')
})

t.test('of two CAs with one subject the last wins', async (t) => {
  t.equal(trustStoreOf(shared([{ profileClass: 'a.First' }, { profileClass: 'a.Last' }])).findCa(pki.root.certificate.subject)?.profileClass, 'a.Last')
})

t.test('a CA may be published as PEM, as central servers do with what was uploaded', async (t) => {
  const pem = Buffer.from(`-----BEGIN CERTIFICATE-----\n${pki.root.certificate.der.toString('base64').replace(/.{64}/g, '$&\n')}\n-----END CERTIFICATE-----\n`)
  const parameters = parseSharedParameters(writeSharedParameters(6, { ...shared([{ topCa: { certificate: pem, ocsp: [] } }]), servers: [] }), 6)
  t.equal(trustStoreOf(parameters).findCa(pki.root.certificate.subject)?.certificate, pki.root.certificate)
})

t.test('a certificate that cannot be read takes nobody else down, and is reported', async (t) => {
  const unusable: string[] = []
  const junk = Buffer.from('junk')
  const trust = trustStoreOf(shared([
    { name: 'Broken', topCa: { certificate: junk, ocsp: [] } },
    { name: 'Good', topCa: { certificate: pki.root.certificate.der, ocsp: [{ url: 'http://o', certificate: junk }] } }
  ], { approvedTsas: [{ name: 'T', url: 'http://t', certificate: junk }] }), { onUnusable: (what) => { unusable.push(what) } })
  t.same(unusable, ['CA Broken', 'OCSP responder of CA Good', 'TSA T'])
  t.equal(trust.authorities.length, 1)
  t.same(trust.timestampers, [])
})

t.test('trap 4: the names that management requests use stand beside the URIs', async (t) => {
  t.equal(CONFIGURATION_SIGNATURES.length, 12)
  t.equal(CONFIGURATION_SIGNATURES.find(({ jcaName }) => jcaName === 'SHA512withRSA')?.uri, 'http://www.w3.org/2001/04/xmldsig-more#rsa-sha512')
  t.equal(CONFIGURATION_SIGNATURES.find(({ jcaName }) => jcaName === 'SHA256withRSAandMGF1')?.uri, 'http://www.w3.org/2007/05/xmldsig-more#sha256-rsa-MGF1')
})
