import { createHash } from 'node:crypto'
import fc from 'fast-check'
import type { PrivateParameters, SharedParameters, SharedParametersToWrite } from '../../src/globalconf/index.ts'

export const INSTANCE = 'ZZ'

/** Stands for a certificate where only its bytes matter. */
export const blob = (text: string): Buffer => Buffer.from(`certificate of ${text}`)

const owner = { instance: INSTANCE, memberClass: 'GOV', memberCode: '1001' }
const other = { instance: INSTANCE, memberClass: 'COM', memberCode: '2002' }

export const hashesOf = (text: string): { sha1: Buffer, sha256: Buffer } => ({
  sha1: createHash('sha1').update(text).digest(), sha256: createHash('sha256').update(text).digest()
})

/** Every element that version 6 has, with texts that need escaping. */
export const FULL: SharedParametersToWrite = {
  instance: INSTANCE,
  sources: [{ address: 'core.example:8080', internalCertificates: [blob('i1'), blob('i2')], externalCertificates: [blob('e1')] }],
  approvedCas: [{
    name: 'КНЕДП <&> "перший"',
    authenticationOnly: false,
    topCa: { certificate: blob('top'), ocsp: [{ url: 'http://ocsp.example/a?b=1&c=2', certificate: blob('ocsp'), costType: 'FREE' }, { url: 'http://ocsp2.example', certificate: undefined, costType: undefined }] },
    intermediateCas: [{ certificate: blob('intermediate'), ocsp: [{ url: 'http://ocsp.example', certificate: undefined, costType: 'PAID' }] }, { certificate: blob('another'), ocsp: [] }],
    profileClass: 'ee.ria.xroad.common.certificateprofile.impl.BasicCertificateProfileInfoProvider',
    defaultCsrFormat: 'DER',
    acmeServer: { directoryUrl: 'https://acme.example/directory', ipAddress: '192.0.2.1,192.0.2.2', authenticationProfileId: 'auth', signingProfileId: 'sign' }
  }, {
    name: 'TLS only', authenticationOnly: true, topCa: { certificate: blob('tls'), ocsp: [] }, intermediateCas: [], profileClass: 'x.Y', defaultCsrFormat: undefined, acmeServer: undefined
  }],
  approvedTsas: [{ name: 'TSA', url: 'http://tsa.example', certificate: blob('tsa'), costType: 'UNDEFINED' }],
  members: [
    { id: owner, memberClassDescription: 'Державні органи', name: 'Міністерство & служба', subsystems: [{ code: 'EDR', name: 'Реєстр' }, { code: 'BARE', name: undefined }] },
    { id: other, memberClassDescription: 'Business', name: 'Company', subsystems: [] }
  ],
  servers: [{
    id: { ...owner, serverCode: 'gw1' }, address: 'gw.example:4403', authCertificates: [hashesOf('auth1'), hashesOf('auth2')], clients: [{ ...owner, subsystemCode: 'EDR' }, other], maintenance: { message: 'until noon' }
  }, {
    id: { ...other, serverCode: 'gw1' }, address: undefined, authCertificates: [], clients: [], maintenance: { message: undefined }
  }],
  globalGroups: [{ code: 'readers', description: 'May read', members: [{ ...owner, subsystemCode: 'EDR' }, other, { instance: 'YY', memberClass: 'GOV', memberCode: '9', subsystemCode: 'S' }] }],
  memberClasses: [{ code: 'GOV', description: 'Державні органи' }, { code: 'COM', description: 'Business' }],
  ocspFreshnessSeconds: 3600
}

export const PRIVATE: PrivateParameters = {
  instance: INSTANCE,
  trustedAnchors: [{ instance: 'YY', generatedAt: new Date('2026-02-06T13:41:26Z'), sources: [{ url: 'http://yy.example/externalconf', certificates: [blob('y1'), blob('y2')] }] }],
  managementService: { authCertRegServiceAddress: 'https://core.example:4001/managementservice/', authCertRegServiceCertificate: blob('registration'), providerId: { ...owner, subsystemCode: 'EDR' } },
  timestampingIntervalSeconds: 60
}

/** What remains of written parameters when a version has passed over them. */
export function asRead (p: SharedParametersToWrite, version: number): SharedParameters {
  const since = <T>(first: number, value: T): T | undefined => version >= first ? value : undefined
  const classes = new Map(p.memberClasses.map(({ code, description }) => [code, description]))
  const caInfo = (ca: SharedParameters['approvedCas'][number]['topCa']): typeof ca => ({ ...ca, ocsp: ca.ocsp.map((ocsp) => ({ ...ocsp, costType: since(6, ocsp.costType) })) })
  return {
    ...p,
    sources: version >= 3 ? p.sources : [],
    approvedCas: p.approvedCas.map((ca) => ({
      ...ca,
      topCa: caInfo(ca.topCa),
      intermediateCas: ca.intermediateCas.map(caInfo),
      defaultCsrFormat: since(6, ca.defaultCsrFormat),
      acmeServer: since(3, ca.acmeServer && { ...ca.acmeServer, authenticationProfileId: since(4, ca.acmeServer.authenticationProfileId), signingProfileId: since(4, ca.acmeServer.signingProfileId) })
    })),
    approvedTsas: p.approvedTsas.map((tsa) => ({ ...tsa, costType: since(6, tsa.costType) })),
    members: p.members.map((member) => ({
      ...member,
      memberClassDescription: member.memberClassDescription ?? classes.get(member.id.memberClass) ?? member.id.memberClass,
      subsystems: member.subsystems.map(({ code, name }) => ({ code, name: since(5, name) }))
    })),
    servers: p.servers.map(({ authCertificates, maintenance, ...server }) => ({
      ...server, authCertHashes: authCertificates.map(({ sha1, sha256 }) => Buffer.from(version === 2 ? sha1 : sha256)), maintenance: since(5, maintenance)
    }))
  }
}

const record = <T extends object>(model: { [K in keyof T]: fc.Arbitrary<T[K]> }): fc.Arbitrary<T> => fc.record<T>(model, { noNullPrototype: true }) as fc.Arbitrary<T>
// Line ends are normalised by every XML reader, control characters cannot stand in XML at all.
const text = fc.string({ unit: 'grapheme', maxLength: 12 }).map((s) => s.replace(/[\u0000-\u001f\u007f-\u009f\ufffe\uffff]|\p{Surrogate}/gu, ''))
const code = text.filter((s) => s.trim() !== '')
const bytes = fc.uint8Array({ minLength: 1, maxLength: 40 }).map((array) => Buffer.from(array))
const maybe = <T>(arbitrary: fc.Arbitrary<T>): fc.Arbitrary<T | undefined> => fc.option(arbitrary, { nil: undefined })
const cost = maybe(fc.constantFrom('FREE' as const, 'PAID' as const, 'UNDEFINED' as const))
const ocsp = record({ url: text, certificate: maybe(bytes), costType: cost })
const caInfo = record({ certificate: bytes, ocsp: fc.array(ocsp, { maxLength: 2 }) })
const list = <T>(arbitrary: fc.Arbitrary<T>): fc.Arbitrary<T[]> => fc.array(arbitrary, { maxLength: 3 })

/** Any parameters that can be written in every version. */
export const sharedParameters: fc.Arbitrary<SharedParametersToWrite> = record({
  sources: fc.array(record({ address: code, internalCertificates: list(bytes), externalCertificates: list(bytes) }), { minLength: 1, maxLength: 2 }),
  approvedCas: list(record({
    name: text,
    authenticationOnly: fc.boolean(),
    topCa: caInfo,
    intermediateCas: list(caInfo),
    profileClass: text.map((s) => s.trim()),
    defaultCsrFormat: maybe(fc.constantFrom('PEM' as const, 'DER' as const)),
    acmeServer: maybe(record({ directoryUrl: text, ipAddress: maybe(text), authenticationProfileId: maybe(text), signingProfileId: maybe(text) }))
  })),
  approvedTsas: list(record({ name: text, url: text, certificate: bytes, costType: cost })),
  members: fc.uniqueArray(record({
    id: record({ instance: fc.constant(INSTANCE), memberClass: code, memberCode: code }),
    memberClassDescription: maybe(text),
    name: text,
    subsystems: fc.uniqueArray(record({ code, name: maybe(text) }), { maxLength: 3, selector: (subsystem) => subsystem.code })
  }), { minLength: 1, maxLength: 4, selector: ({ id }) => JSON.stringify(id) }),
  globalGroups: list(record({
    code,
    description: text,
    members: list(record({ instance: code, memberClass: code, memberCode: code }).chain((member) => maybe(code).map((subsystemCode) => subsystemCode === undefined ? member : { ...member, subsystemCode })))
  })),
  memberClasses: list(record({ code, description: text })),
  ocspFreshnessSeconds: fc.nat()
}).chain((rest) => {
  const clients = rest.members.flatMap(({ id, subsystems }) => [id, ...subsystems.map(({ code }) => ({ ...id, subsystemCode: code }))])
  const server = record({
    id: fc.tuple(fc.constantFrom(...rest.members), code).map(([{ id }, serverCode]) => ({ ...id, serverCode })),
    address: maybe(code.map((s) => s.trim())),
    authCertificates: list(code.map(hashesOf)),
    clients: fc.uniqueArray(fc.constantFrom(...clients), { maxLength: 3 }),
    maintenance: maybe(record({ message: maybe(text) }))
  })
  return list(server).map((servers) => ({ instance: INSTANCE, ...rest, servers }))
})
