import type { FaultKind } from '@trembita/protocol/fault'
import type { Certificate } from '@trembita/protocol/pki'
import { DAY_MS } from './authority.ts'
import { BAD_OCSP, BAD_TIMESTAMPS, type BadEvidence } from './bad-evidence.ts'
import { makeCertificate, type Issued } from './issue.ts'
import { generateKey, randomSerial, type KeyPair } from './keys.ts'
import type { Profile } from './profiles.ts'
import { plainSubject, rdn, sealSubject, type SealHolder, type Subject } from './subject.ts'
import { createTestPki, type TestPki } from './test-pki.ts'

/** A certificate that must be refused, and which check refuses it. */
export interface BadCertificate {
  readonly name: string
  /** What is wrong with it, for people. */
  readonly why: string
  /** The check that must find it, in the order in which a seal or a peer is checked. */
  readonly check: 'usage' | 'member' | 'path' | 'ocsp'
  readonly kind: FaultKind
  readonly issued: Issued
}

export interface BadSet {
  readonly certificates: readonly BadCertificate[]
  /** OCSP responses about {@link BadSet.seal}, each to be refused. */
  readonly ocspResponses: readonly BadEvidence[]
  /** Timestamp tokens over {@link BadSet.stamped}, each to be refused. */
  readonly timestamps: readonly BadEvidence[]
  /** A good seal, for the evidence. */
  readonly seal: Issued
  readonly stamped: Buffer
}

/** Makes one of each certificate, OCSP response and timestamp that a gateway must refuse. */
export async function makeBadSet (pki: TestPki, member: SealHolder): Promise<BadSet> {
  const seal = await pki.issueSign({ member })
  const stamped = Buffer.from('what is stamped')
  const certificates = [...await badTimes(pki, member), ...await badUsages(pki, member), ...await badIssuers(pki, member)]
  const stranger = await createTestPki({ organization: pki.organization, now: pki.now })
  const context = { pki, stranger, seal, stamped, other: await pki.issueSign({ member }) }
  return {
    certificates,
    ocspResponses: await Promise.all(BAD_OCSP.map(async (make) => await make(context))),
    timestamps: await Promise.all(BAD_TIMESTAMPS.map(async (make) => await make(context))),
    seal,
    stamped
  }
}

async function badTimes (pki: TestPki, member: SealHolder): Promise<BadCertificate[]> {
  const now = pki.now().getTime()
  const owner = { owner: member, serverCode: 'BAD' }
  const past = { notBefore: new Date(now - 30 * DAY_MS), notAfter: new Date(now - DAY_MS) }
  const future = { notBefore: new Date(now + DAY_MS), notAfter: new Date(now + 30 * DAY_MS) }
  const revoked = [await pki.issueSign({ member }), await pki.issueAuth(owner)] as const
  for (const { certificate } of revoked) pki.revoke(certificate)
  const path = { check: 'path', kind: 'InvalidCertPath' } as const
  return [
    { name: 'expired-sign', why: 'seal whose validity ended yesterday', ...path, issued: await pki.issueSign({ member, ...past }) },
    { name: 'expired-auth', why: 'gateway certificate whose validity ended yesterday', ...path, issued: await pki.issueAuth({ ...owner, ...past }) },
    { name: 'future-sign', why: 'seal whose validity begins tomorrow', ...path, issued: await pki.issueSign({ member, ...future }) },
    { name: 'revoked-sign', why: 'seal that the OCSP responder calls revoked', check: 'ocsp', kind: 'CertValidation', issued: revoked[0] },
    { name: 'revoked-auth', why: 'gateway certificate that the OCSP responder calls revoked', check: 'ocsp', kind: 'CertValidation', issued: revoked[1] }
  ]
}

async function badUsages (pki: TestPki, member: SealHolder): Promise<BadCertificate[]> {
  const usage = { check: 'usage', kind: 'IncorrectCertificate' } as const
  const noMember = { check: 'member', kind: 'IncorrectCertificate' } as const
  const withoutClass = [rdn('C', 'UA'), rdn('2.5.4.5', member.memberCode), rdn('CN', member.name ?? member.memberCode)]
  const as = async (profile: Profile): Promise<Issued> => await pki.issueSign({ member, profile })
  return [
    { name: 'sign-with-digital-signature', why: 'nonRepudiation and digitalSignature together: a seal and a TLS certificate in one', ...usage, issued: await as('sign-and-auth') },
    { name: 'sign-without-usage', why: 'no keyUsage at all, so not for seals', ...usage, issued: await as('no-usage') },
    { name: 'auth-as-sign', why: 'gateway certificate under a member\'s name, used for a seal', ...usage, issued: await as('auth') },
    { name: 'tsa-as-sign', why: 'certificate of a timestamp service without a member in its subject, used for a seal', ...noMember, issued: await pki.issue('tsa', plainSubject(pki.organization, 'Another service')) },
    { name: 'sign-without-class', why: 'seal without businessCategory, so of no member', ...noMember, issued: await pki.issue('sign', withoutClass) }
  ]
}

async function badIssuers (pki: TestPki, member: SealHolder): Promise<BadCertificate[]> {
  const [stranger, namesake] = await Promise.all([
    createTestPki({ organization: 'Somebody else', now: pki.now }), createTestPki({ organization: pki.organization, now: pki.now })
  ])
  const path = { check: 'path', kind: 'InvalidCertPath' } as const
  const unknown = { check: 'path', kind: 'CannotCreateCertPath' } as const
  return [
    { name: 'foreign-ca', why: 'seal from a CA that nobody approved', ...unknown, issued: await stranger.issueSign({ member }) },
    { name: 'namesake-ca', why: 'seal from a CA with the names of the approved ones and other keys', ...unknown, issued: await namesake.issueSign({ member }) },
    { name: 'self-signed', why: 'seal signed by its own key', ...unknown, issued: await selfSigned(pki, member) },
    { name: 'issued-by-leaf', why: 'seal signed with the key of another seal, which is no CA', ...path, issued: await below(pki, member, 'sign') },
    { name: 'path-too-long', why: 'seal below a third CA, where the issuing CA allows none below it', ...path, issued: await below(pki, member, 'issuing-ca') }
  ]
}

async function selfSigned (pki: TestPki, member: SealHolder): Promise<Issued> {
  const key = await generateKey('ec')
  const now = pki.now().getTime()
  const certificate = await makeCertificate({
    profile: 'sign', subject: sealSubject(member), publicKey: key.publicKey, serial: randomSerial(), notBefore: new Date(now - DAY_MS), notAfter: new Date(now + DAY_MS)
  }, key)
  return { certificate, privateKey: key.privateKey, chain: [] }
}

/** A seal below a certificate of `profile` below the issuing CA. */
async function below (pki: TestPki, member: SealHolder, profile: Profile): Promise<Issued> {
  const above = await pki.issue(profile, profile === 'sign' ? sealSubject(member) : plainSubject(pki.organization, 'Third CA'))
  const key = await generateKey('ec')
  const certificate = await issueBelow(above, sealSubject(member), pki.now(), key)
  return { certificate, privateKey: key.privateKey, chain: [above.certificate, ...above.chain] }
}

/** A seal signed with the key of any certificate, whether that one is a CA or not. */
export async function issueBelow (above: Pick<Issued, 'certificate' | 'privateKey'>, subject: Subject, at: Date, key?: KeyPair): Promise<Certificate> {
  const { publicKey } = key ?? await generateKey('ec')
  const [notBefore, notAfter] = [new Date(at.getTime() - DAY_MS), new Date(at.getTime() + DAY_MS)]
  return await makeCertificate({ profile: 'sign', subject, publicKey, serial: randomSerial(), notBefore, notAfter }, above, above.certificate)
}
