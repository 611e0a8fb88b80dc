import { formatClientId, formatServiceId } from '../identifiers/index.ts'
import type { NamedReport, VerificationReport } from './verify-file.ts'

/** Changes when a field changes its meaning or goes; new fields do not change it. */
export const JSON_VERSION = 1

/** The report as plain data: times in RFC 3339, serial numbers in decimal, what is not known as null. */
export function toJson (file: string, report: VerificationReport): object {
  const { archive } = report
  return {
    version: JSON_VERSION,
    file,
    kind: report.kind,
    verdict: report.verdict,
    archive: archive === undefined
      ? null
      : {
          verdict: archive.verdict,
          reason: archive.reason ?? null,
          previous: archive.previous ?? null,
          previousChecked: archive.previousChecked,
          lastDigest: archive.lastDigest ?? null
        },
    containers: report.containers.map(containerToJson)
  }
}

function containerToJson (report: NamedReport): object {
  const { message, certificate, timestamp, signer } = report
  return {
    name: report.name,
    format: report.format,
    verdict: report.verdict,
    reason: report.reason ?? null,
    message: message === undefined
      ? null
      : {
          protocol: message.protocol,
          direction: message.direction,
          id: message.id,
          client: formatClientId(message.client),
          service: formatServiceId(message.service)
        },
    agreement: report.agreement === undefined
      ? null
      : {
          side: report.agreement.side,
          id: report.agreement.terms.id,
          version: report.agreement.terms.version,
          number: report.agreement.terms.number,
          consumer: formatClientId(report.agreement.terms.consumer),
          provider: formatClientId(report.agreement.terms.provider)
        },
    signer: signer === undefined ? null : formatClientId(signer),
    algorithm: report.algorithm ?? null,
    signingTime: time(report.signingTime),
    certificate: certificate === undefined
      ? null
      : {
          subject: certificate.subject.rfc2253,
          issuer: certificate.issuer.rfc2253,
          serialNumber: certificate.serialNumber.toString(),
          notBefore: time(certificate.notBefore),
          notAfter: time(certificate.notAfter),
          sha256: certificate.sha256.toString('hex')
        },
    ocsp: report.ocsp.map((answer) => ({
      serialNumber: answer.subjectSerial.toString(),
      status: answer.status,
      producedAt: time(answer.producedAt),
      thisUpdate: time(answer.thisUpdate),
      nextUpdate: time(answer.nextUpdate),
      responder: answer.responder.subject.rfc2253
    })),
    timestamp: timestamp === undefined
      ? null
      : {
          kind: timestamp.kind,
          time: time(timestamp.genTime),
          authority: timestamp.signer.subject.rfc2253,
          serialNumber: timestamp.serialNumber.toString(),
          policy: timestamp.policy
        },
    judgedAt: time(report.judgedAt),
    files: report.files.map((file) => ({ name: file.name, status: file.status, digest: file.digest ?? null }))
  }
}

function time (at: Date | undefined): string | null {
  return at?.toISOString() ?? null
}
