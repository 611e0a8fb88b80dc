import { DAY_MS } from './authority.ts'
import type { Issued } from './issue.ts'
import { ocspResponseFor } from './ocsp-answer.ts'
import { plainSubject } from './subject.ts'
import type { TestPki } from './test-pki.ts'
import { timestampFor } from './timestamp-answer.ts'
import type { FaultKind } from '@trembita/protocol/fault'

/** An OCSP response or a timestamp token that must be refused. */
export interface BadEvidence {
  readonly name: string
  readonly why: string
  readonly kind: FaultKind
  readonly der: Buffer
}

interface Context {
  readonly pki: TestPki
  /** A PKI of the same names with other keys. */
  readonly stranger: TestPki
  readonly seal: Issued
  readonly other: Issued
  readonly stamped: Buffer
}

type Make = (context: Context) => BadEvidence | Promise<BadEvidence>

export const BAD_OCSP: readonly Make[] = [
  ({ pki, seal }) => incorrect('stale', 'thisUpdate two hours ago, where one is allowed', ocspResponseFor(pki, seal.certificate, { ageSeconds: 7200 })),
  ({ pki, seal }) => incorrect('superseded', 'nextUpdate ten minutes ago', ocspResponseFor(pki, seal.certificate, { ageSeconds: 1200, nextUpdateSeconds: 600 })),
  ({ pki, seal }) => incorrect('forged', 'the right responder named, another key\'s signature', ocspResponseFor(pki, seal.certificate, { forged: true })),
  ({ pki, stranger, seal }) => incorrect('namesake-responder', 'signed by a responder of the same name below another CA', ocspResponseFor(pki, seal.certificate, { signer: stranger.ocsp })),
  ({ pki, seal }) => incorrect('responder-without-purpose', 'signed by a certificate of the same CA that is not for OCSP', ocspResponseFor(pki, seal.certificate, { signer: pki.tsa })),
  async ({ pki, seal }) => incorrect('responder-expired', 'signed by a delegated responder whose certificate has expired', ocspResponseFor(pki, seal.certificate, { signer: await expired(pki, 'ocsp') })),
  ({ pki, seal }) => refused('revoked', 'says that the certificate is revoked', ocspResponseFor(pki, seal.certificate, { status: 'revoked' })),
  ({ pki, seal }) => refused('unknown', 'says that it does not know the certificate', ocspResponseFor(pki, seal.certificate, { status: 'unknown' })),
  ({ pki, seal }) => refused('sha256-certid', 'about the right certificate, named by SHA-256 instead of SHA-1', ocspResponseFor(pki, seal.certificate, { sha256CertId: true })),
  ({ pki, other }) => refused('another-certificate', 'good, about another certificate of the same CA', ocspResponseFor(pki, other.certificate)),
  () => incorrect('try-later', 'a responder\'s refusal instead of an answer', Buffer.from('30030a0103', 'hex')),
  ({ pki, seal }) => incorrect('cut-short', 'a good response without its last byte', ocspResponseFor(pki, seal.certificate).subarray(0, -1))
]

export const BAD_TIMESTAMPS: readonly Make[] = [
  ({ pki, stamped }) => stamp('forged', 'the right service named, another key\'s signature', timestampFor(pki, stamped, { forged: true })),
  ({ pki, stamped }) => stamp('other-data', 'a good stamp over other data', timestampFor(pki, stamped, { wrongImprint: true })),
  ({ pki, stranger, stamped }) => stamp('namesake-service', 'signed by a service of the same name below another CA', timestampFor(pki, stamped, { signer: stranger.tsa })),
  ({ pki, stamped }) => stamp('another-signer', 'signed by a certificate of the same CA that is not an approved service', timestampFor(pki, stamped, { signer: pki.ocsp })),
  ({ pki, stamped }) => stamp('before-its-time', 'stamped before the certificate of the service was valid', timestampFor(pki, stamped, { ageSeconds: 10 * 365 * 86400 })),
  ({ pki, stamped }) => stamp('cut-short', 'a good token without its last byte', timestampFor(pki, stamped).subarray(0, -1))
]

function incorrect (name: string, why: string, der: Buffer): BadEvidence {
  return { name, why, kind: 'IncorrectValidationInfo', der }
}

function refused (name: string, why: string, der: Buffer): BadEvidence {
  return { name, why, kind: 'CertValidation', der }
}

function stamp (name: string, why: string, der: Buffer): BadEvidence {
  return { name, why, kind: 'TimestampingFailed', der }
}

async function expired (pki: TestPki, profile: 'ocsp' | 'tsa'): Promise<Issued> {
  const now = pki.now().getTime()
  return await pki.issue(profile, plainSubject(pki.organization, `Expired ${profile}`), { notBefore: new Date(now - 30 * DAY_MS), notAfter: new Date(now - DAY_MS) })
}
