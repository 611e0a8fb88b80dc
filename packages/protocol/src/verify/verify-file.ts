import { type Agreement, type AgreementSide, isAgreementContainer, toAgreementContainer, verifyAgreementContainer } from '../agreement/index.ts'
import {
  ASICS_TYPE, type ContainerReport, ENTRY, LINKING_INFO, readZip, toContainer, toSimpleContainer, type Verdict, verifyArchive, verifyContainer,
  verifySimpleContainer, type ZipLimits
} from '../asic/index.ts'
import { Fault } from '../fault/index.ts'
import type { Trust } from './trust.ts'
import { UnreadableInput } from './unreadable-input.ts'

export interface NamedReport extends ContainerReport {
  /** Entry name inside a ZIP of several; the file's own name otherwise. */
  readonly name: string
  /** Set when it is one side's seal of an agreement: such a container gives a report for each side. */
  readonly agreement?: { readonly side: AgreementSide, readonly terms: Agreement } | undefined
}

export interface ArchiveReport {
  readonly verdict: Verdict
  readonly reason?: { readonly code: string, readonly message: string } | undefined
  /** Of the archive before, as this one says. */
  readonly previous?: { readonly digest: string, readonly fileName: string } | undefined
  /** By which the next archive is checked. */
  readonly lastDigest?: string | undefined
  /** Whether the previous digest was given and so checked. */
  readonly previousChecked: boolean
}

export interface VerificationReport {
  readonly kind: 'container' | 'zip' | 'archive'
  /** Failed when anything failed; else undecided when anything is; else verified. */
  readonly verdict: Verdict
  readonly archive?: ArchiveReport | undefined
  readonly containers: readonly NamedReport[]
}

export interface FileOptions {
  /** Judge certificates for this instant instead of each stamp's. */
  readonly at?: Date | undefined
  /** Last digest of the archive before, to check an archive's first link. */
  readonly previousDigest?: string | undefined
}

/** An archive of X-Road has 32 MiB and a little; one large body more. All is held in memory. */
const LIMITS: ZipLimits = { entriesMax: 100_000, bytesMax: 1024 * 1024 * 1024 }

/**
 * Verifies a container, a ZIP of several (as `/asic` and `/signature` give it), or an archive with linking information.
 *
 * @throws {UnreadableInput} for bytes that are none of these.
 */
export async function verifyFile (name: string, bytes: Uint8Array, trust: Trust, options: FileOptions = {}): Promise<VerificationReport> {
  if (bytes[0] !== 0x50 || bytes[1] !== 0x4b) throw new UnreadableInput(`${name} is not a container, nor a ZIP of containers`)
  let entries: ReadonlyMap<string, Buffer>
  try {
    entries = (await readZip(bytes, LIMITS)).entries
  } catch (thrown) {
    return summary('container', [failedReport(name, thrown)])
  }
  if (entries.has(LINKING_INFO)) return await verifyArchiveOf(entries, trust, options)
  const names = [...entries.keys()].filter(isContainerName)
  if (names.length === 0 || entries.has(ENTRY.mimetype)) {
    if (![...entries.keys()].some((entry) => entry === ENTRY.mimetype || entry.startsWith('META-INF/'))) throw new UnreadableInput(`${name} is a ZIP without containers`)
    return summary('container', judge(name, entries, trust, options))
  }
  return summary('zip', await verifyEach(names, entries, trust, options))
}

function isContainerName (name: string): boolean {
  return /\.(asice|asics|sce|scs)$/i.test(name)
}

async function verifyArchiveOf (entries: ReadonlyMap<string, Buffer>, trust: Trust, options: FileOptions): Promise<VerificationReport> {
  const containers = new Map([...entries].filter(([name]) => name !== LINKING_INFO))
  const reports = await verifyEach([...containers.keys()], entries, trust, options)
  const previousChecked = options.previousDigest !== undefined
  let archive: ArchiveReport
  try {
    const { info, lastDigest } = verifyArchive(entries.get(LINKING_INFO)!, containers, options.previousDigest)
    archive = { verdict: 'verified', previous: info.previous, lastDigest, previousChecked }
  } catch (thrown) {
    if (!(thrown instanceof Fault)) throw thrown
    archive = { verdict: 'failed', reason: { code: thrown.code, message: thrown.message }, previousChecked }
  }
  return { ...summary('archive', reports, archive.verdict), archive }
}

async function verifyEach (names: readonly string[], entries: ReadonlyMap<string, Buffer>, trust: Trust, options: FileOptions): Promise<NamedReport[]> {
  const reports: NamedReport[] = []
  for (const name of names) {
    try {
      reports.push(...judge(name, (await readZip(entries.get(name)!, LIMITS)).entries, trust, options))
    } catch (thrown) {
      reports.push(failedReport(name, thrown))
    }
  }
  return reports
}

function judge (name: string, entries: ReadonlyMap<string, Buffer>, trust: Trust, { at }: FileOptions): NamedReport[] {
  const simple = entries.get(ENTRY.mimetype)?.toString('latin1') === ASICS_TYPE || entries.has('META-INF/signature.p7s')
  const options = { at, timestampers: trust.timestampers, instance: trust.instance }
  try {
    if (isAgreementContainer(entries)) return judgeAgreement(name, entries, trust, options)
    return [{ name, ...(simple ? verifySimpleContainer(toSimpleContainer(entries), trust.of, options) : verifyContainer(toContainer(entries), trust.of, options)) }]
  } catch (thrown) {
    return [{ name, ...failed(simple ? 'ASiC-S' : 'ASiC-E', thrown) }]
  }
}

/** A report for each side; one that says why, when something is wrong that is no side's. */
function judgeAgreement (name: string, entries: ReadonlyMap<string, Buffer>, trust: Trust, options: { readonly at: Date | undefined, readonly timestampers: Trust['timestampers'] }): NamedReport[] {
  const { agreement, seals, verdict, reason } = verifyAgreementContainer(toAgreementContainer(entries), trust.of, options)
  const reports: NamedReport[] = agreement === undefined ? [] : seals.map(({ side, ...report }) => ({ name, ...report, agreement: { side, terms: agreement } }))
  if (reports.some((report) => report.verdict === verdict)) return reports
  return [{ name, format: 'ASiC-E', verdict, reason, ocsp: [], files: [] }, ...reports]
}

/** @throws what is no fault of the input. */
function failed (format: ContainerReport['format'], thrown: unknown): ContainerReport {
  if (!(thrown instanceof Fault)) throw thrown
  return { format, verdict: 'failed', reason: { code: thrown.code, message: thrown.message }, ocsp: [], files: [] }
}

function failedReport (name: string, thrown: unknown): NamedReport {
  return { name, ...failed(/\.(asics|scs)$/i.test(name) ? 'ASiC-S' : 'ASiC-E', thrown) }
}

function summary (kind: VerificationReport['kind'], containers: readonly NamedReport[], base: Verdict = 'verified'): VerificationReport {
  const verdicts: Verdict[] = [base, ...containers.map((report) => report.verdict)]
  const verdict = verdicts.includes('failed') ? 'failed' : verdicts.includes('undecided') ? 'undecided' : 'verified'
  return { kind, verdict, containers }
}
