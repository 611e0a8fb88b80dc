import type { ContainerReport, Verdict } from '@trembita/protocol/asic'
import type { Certificate } from '@trembita/protocol/pki'
import { formatEncodedId } from '../encoded-id.ts'
import { instant, listOf, record, text } from '../route.ts'

/** What a verification does, in its order. */
export const STEPS = ['container', 'message', 'timestamp', 'seal', 'certificate', 'ocsp', 'files'] as const
export type Step = typeof STEPS[number]
type Outcome = 'passed' | 'failed' | 'undecided' | 'not_reached'

const certificateSchema = record({ subject: text(4096, 0), issuer: text(4096, 0), serial: text(), not_before: instant, not_after: instant, hash: text() })
export const verificationSchema = record({
  verdict: { type: 'string', enum: ['verified', 'failed', 'undecided'] },
  reason: record({ code: text(), message: text(4096, 0) }),
  steps: listOf(record({ step: { type: 'string', enum: STEPS }, outcome: { type: 'string', enum: ['passed', 'failed', 'undecided', 'not_reached'] } }, ['step', 'outcome'])),
  judged_at: instant,
  configuration_until: instant,
  signer_id: text(2048),
  algorithm: text(),
  signing_time: instant,
  certificate: certificateSchema,
  ocsp: listOf(record({ serial: text(), status: text(), produced_at: instant, this_update: instant, next_update: instant, responder: text(4096, 0) })),
  timestamp: record({ kind: text(), at: instant, authority: text(4096, 0), serial: text(), policy: text() }),
  files: listOf(record({ name: text(4096, 0), status: { type: 'string', enum: ['covered', 'uncovered', 'absent'] }, digest_method: text(), digest: text() }))
}, ['verdict', 'steps', 'ocsp', 'files'])

const SEAL = /InvalidSignatureValue|InvalidReference|HashChain|MalformedSignature|UnsupportedSignAlgorithm/
const CERTIFICATE = /CannotCreateCertPath|IncorrectCertificate|UnknownMember/

/** Where a verification stopped, by the fault that stopped it and by what it had found out before. */
function stoppedAt ({ reason, message, ocsp }: Pick<ContainerReport, 'reason' | 'message' | 'ocsp'>): Step | undefined {
  if (reason === undefined) return undefined
  const { code } = reason
  if (/Timestamp/.test(code)) return 'timestamp'
  if (message === undefined) return SEAL.test(code) ? 'seal' : 'message'
  if (ocsp.length > 0) return 'files'
  if (CERTIFICATE.test(code)) return 'certificate'
  return SEAL.test(code) ? 'seal' : /Cert|ValidationInfo/.test(code) ? 'ocsp' : 'files'
}

function outcomes (verdict: Verdict, stopped: Step | undefined): { readonly step: Step, readonly outcome: Outcome }[] {
  const at = stopped === undefined ? STEPS.length : STEPS.indexOf(stopped)
  return STEPS.map((step, index) => ({ step, outcome: index < at ? 'passed' : index > at ? 'not_reached' : verdict === 'undecided' ? 'undecided' : 'failed' }))
}

/** A report as the API tells it: the verdict, each step, and what was found out on the way. */
export function verificationJson (report: ContainerReport): object {
  const { verdict, reason, judgedAt, signer, algorithm, signingTime, certificate, ocsp, timestamp, files } = report
  return {
    verdict,
    steps: outcomes(verdict, stoppedAt(report)),
    ...reason === undefined ? {} : { reason },
    ...judgedAt === undefined ? {} : { judged_at: judgedAt.toISOString() },
    ...signer === undefined ? {} : { signer_id: formatEncodedId(signer) },
    ...algorithm === undefined ? {} : { algorithm },
    ...signingTime === undefined ? {} : { signing_time: signingTime.toISOString() },
    ...certificate === undefined ? {} : { certificate: certificateJson(certificate) },
    ocsp: ocsp.map(({ subjectSerial, status, producedAt, thisUpdate, nextUpdate, responder }) => ({
      serial: subjectSerial.toString(),
      status,
      produced_at: producedAt.toISOString(),
      this_update: thisUpdate.toISOString(),
      ...nextUpdate === undefined ? {} : { next_update: nextUpdate.toISOString() },
      responder: responder.subject.readable
    })),
    ...timestamp === undefined
      ? {}
      : { timestamp: { kind: timestamp.kind, at: timestamp.genTime.toISOString(), authority: timestamp.signer.subject.readable, serial: timestamp.serialNumber.toString(), policy: timestamp.policy } },
    files: files.map(({ name, status, digest }) => ({ name, status, ...digest === undefined ? {} : { digest_method: digest.method, digest: digest.hex } }))
  }
}

/** A container that cannot even be read. */
export function unreadableJson (reason: { readonly code: string, readonly message: string }): object {
  return { verdict: 'failed', reason, steps: outcomes('failed', 'container'), ocsp: [], files: [] }
}

function certificateJson ({ subject, issuer, serialNumber, notBefore, notAfter, sha256 }: Certificate): object {
  return {
    subject: subject.readable, issuer: issuer.readable, serial: serialNumber.toString(), not_before: notBefore.toISOString(), not_after: notAfter.toISOString(), hash: sha256.toString('hex').toUpperCase()
  }
}
