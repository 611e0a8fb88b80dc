import { formatClientId, formatServiceId } from '../identifiers/index.ts'
import type { ArchiveReport, NamedReport, VerificationReport } from './verify-file.ts'

/** What a report begins with. */
export const VERDICTS = { verified: 'VERIFIED', failed: 'NOT VERIFIED', undecided: 'CANNOT JUDGE' } as const
const LABEL_WIDTH = 14

/** The report for people. */
export function toText (file: string, report: VerificationReport): string {
  const lines = report.containers.flatMap((container) => [...containerLines(container), ''])
  if (report.archive !== undefined) lines.push(...archiveLines(report.archive), '')
  if (report.kind !== 'container') lines.push(`${printable(file)}: ${VERDICTS[report.verdict]}, ${report.containers.length} container${report.containers.length === 1 ? '' : 's'}`, '')
  return lines.join('\n')
}

function containerLines (report: NamedReport): string[] {
  const { message, certificate, timestamp } = report
  const lines = [`${printable(report.name)}: ${VERDICTS[report.verdict]}`]
  const line = (label: string, text: string): void => { lines.push(`  ${label.padEnd(LABEL_WIDTH)}${printable(text)}`) }
  if (report.reason !== undefined) line('reason', `${report.reason.message} (${report.reason.code})`)
  if (message !== undefined) {
    line('message', `${message.protocol === 'soap' ? 'SOAP' : 'REST'} ${message.direction} ${message.id}`)
    line('', `${formatClientId(message.client)} to ${formatServiceId(message.service)}`)
  }
  if (report.agreement !== undefined) {
    const { side, terms } = report.agreement
    line('agreement', `${terms.id} version ${terms.version}, number ${terms.number} of ${terms.date}`)
    line('', `${formatClientId(terms.consumer)} may ask ${formatClientId(terms.provider)}, ${terms.term.from.toISOString()} to ${terms.term.until.toISOString()}`)
    line('seal of the', side)
  }
  if (report.signer !== undefined) line('sealed by', formatClientId(report.signer))
  if (report.signingTime !== undefined) line('sealed at', `${report.signingTime.toISOString()} by the signer's clock`)
  if (report.algorithm !== undefined) line('algorithm', report.algorithm)
  if (certificate !== undefined) {
    line('certificate', certificate.subject.rfc2253)
    line('', `serial number ${certificate.serialNumber}, valid ${certificate.notBefore.toISOString()} to ${certificate.notAfter.toISOString()}`)
    line('', `issued by ${certificate.issuer.rfc2253}`)
  }
  for (const answer of report.ocsp) {
    line('OCSP', `${answer.status} for ${answer.subjectSerial}, produced ${answer.producedAt.toISOString()}`)
    line('', `by ${answer.responder.subject.rfc2253}`)
  }
  if (timestamp !== undefined) {
    line('time stamp', `${timestamp.genTime.toISOString()}, ${timestamp.kind === 'batch' ? 'of a batch' : 'single'}, number ${timestamp.serialNumber}`)
    line('', `by ${timestamp.signer.subject.rfc2253}`)
  }
  if (report.judgedAt !== undefined) line('judged for', report.judgedAt.toISOString())
  report.files.forEach((file, i) => line(i === 0 ? 'files' : '', `${file.name}: ${fileState(file)}`))
  return lines
}

function fileState (file: NamedReport['files'][number]): string {
  if (file.status === 'absent') return `sealed, not kept in the container; ${file.digest?.method} ${file.digest?.hex}`
  return file.status === 'covered' ? 'covered by the seal' : 'NOT covered'
}

function archiveLines (archive: ArchiveReport): string[] {
  const lines = [`linking information: ${VERDICTS[archive.verdict]}`]
  const line = (label: string, text: string): void => { lines.push(`  ${label.padEnd(LABEL_WIDTH)}${printable(text)}`) }
  if (archive.reason !== undefined) line('reason', `${archive.reason.message} (${archive.reason.code})`)
  if (archive.verdict === 'verified') {
    const previous = archive.previous === undefined ? 'none: the first of its chain' : `${archive.previous.fileName}, ${archive.previous.digest}`
    line('previous', archive.previousChecked ? `${previous}; as given` : `${previous}; by its own word, check with --previous-digest`)
    line('last digest', archive.lastDigest ?? '')
  }
  return lines
}

/** Text from inside a container must not steer a terminal. */
export function printable (text: string): string {
  return text.replace(/[\u0000-\u001f\u007f-\u009f\u200e\u200f\u202a-\u202e\u2066-\u2069]/g, '\ufffd')
}
