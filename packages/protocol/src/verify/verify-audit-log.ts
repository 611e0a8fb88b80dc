import { createReadStream } from 'node:fs'
import { open, readFile } from 'node:fs/promises'
import { basename } from 'node:path'
import { createInterface } from 'node:readline'
import { AuditVerifier, type AuditReport } from '../auditlog/index.ts'
import { Fault } from '../fault/index.ts'
import { keyFingerprint, parseAnchor } from '../globalconf/index.ts'
import { UnreadableInput } from './unreadable-input.ts'

/** Whether a file is an exported audit log: lines of JSON. A file that cannot be read is none. */
export async function isAuditLog (path: string): Promise<boolean> {
  try {
    await using file = await open(path)
    const { bytesRead, buffer } = await file.read(Buffer.alloc(1), 0, 1)
    return bytesRead === 1 && buffer[0] === 0x7b
  } catch {
    return false
  }
}

export interface AuditVerdict {
  readonly verdict: 'verified' | 'failed'
  readonly text: { readonly people: string, readonly json: object }
}

/**
 * Verifies an exported audit log line by line, whatever its size.
 *
 * @param anchor path of the environment's anchor: the end of the log must then be signed by a key of it.
 * @throws {UnreadableInput} for an anchor that is none.
 */
export async function verifyAuditLog (path: string, anchor: string | undefined): Promise<AuditVerdict> {
  const trusted = anchor === undefined ? undefined : await certificatesOf(anchor)
  const verifier = new AuditVerifier()
  for await (const line of createInterface({ input: createReadStream(path), crlfDelay: Infinity })) if (!verifier.line(line)) break
  const report = verifier.report()
  const problem = report.problem?.message ?? signerProblem(report, trusted)
  const verdict = problem === undefined ? 'verified' : 'failed'
  const signer = report.checkpoint === undefined ? null : keyFingerprint(report.checkpoint.certificate)
  return {
    verdict,
    text: {
      people: peopleText(basename(path), report, problem, signer, trusted !== undefined),
      json: { version: 1, verdict, kind: 'auditLog', events: report.events, firstAt: report.firstAt ?? null, lastAt: report.lastAt ?? null, head: report.head, signedBy: signer, signerChecked: trusted !== undefined, line: report.problem?.line ?? null, reason: problem ?? null }
    }
  }
}

function signerProblem ({ checkpoint }: AuditReport, trusted: readonly Buffer[] | undefined): string | undefined {
  if (checkpoint === undefined) return 'the end of the log is missing: events may have been cut off'
  return trusted === undefined || trusted.some((certificate) => certificate.equals(checkpoint.certificate)) ? undefined : 'the end of the log is signed by a key that the anchor does not name'
}

function peopleText (name: string, report: AuditReport, problem: string | undefined, signer: string | null, checked: boolean): string {
  const { events, firstAt, lastAt, head, checkpoint, problem: at } = report
  const lines = [`${name}: ${problem === undefined ? 'VERIFIED' : 'NOT VERIFIED'}`]
  if (problem !== undefined) lines.push(`  reason        ${at === undefined ? '' : `line ${at.line}: `}${problem}`)
  lines.push(`  events        ${events}${firstAt === undefined ? '' : `, ${firstAt} to ${lastAt!}`}`, `  head          ${head}`)
  if (checkpoint !== undefined) lines.push(`  environment   ${JSON.stringify(checkpoint.instance)}, ${checkpoint.at}`, `  signed by     ${signer!}${checked ? ', a key of the anchor' : '; compare it with the anchor, or give that by --trust'}`)
  return `${lines.join('\n')}\n`
}

async function certificatesOf (path: string): Promise<readonly Buffer[]> {
  try {
    return parseAnchor(await readFile(path)).sources.flatMap(({ certificates }) => certificates)
  } catch (cause) {
    throw new UnreadableInput(`${path} is not a configuration anchor${cause instanceof Fault ? `: ${cause.message}` : ''}`, cause)
  }
}
