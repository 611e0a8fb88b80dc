import type { ApprovedRequest } from '@trembita/testnet/joining'
import type { Decision } from './decisions.ts'
import type { Account } from './demonstrations/index.ts'
import type { Outcome } from './exchanges.ts'
import type { Proof } from './proofs.ts'
import type { Published } from './publications.ts'

type Row = readonly string[]

function print (head: Row, rows: readonly Row[]): string {
  const widths = head.map((title, column) => Math.max(title.length, ...rows.map((row) => row[column]!.length)))
  const line = (row: Row): string => row.map((cell, column) => cell.padEnd(widths[column]!)).join('  ').trimEnd()
  return [line(head), widths.map((width) => '-'.repeat(width)).join('  '), ...rows.map(line)].join('\n')
}

const mark = (value: boolean | undefined): string => value === undefined ? 'not installed' : value ? 'ok' : 'FAILED'
/** Of what a page said: the page of the demonstration has it whole. */
const shortText = (text: string): string => text.length > 140 ? `${text.slice(0, 139)}…` : text
const shortTime = (text: string): string => text.length > 19 ? text.slice(11, 19) : text
const shortRecord = (name: string): string => /-(?:request|response)-([0-9a-v]+)\.asice$/.exec(name)?.[1] ?? name

/** Who sealed what, by which certificate, when stamped, where logged, and who checked it. */
export function proofTable (proofs: readonly Proof[]): string {
  const rows = proofs.map((proof) => [
    proof.exchange.title, proof.direction, proof.sealedBy, proof.certificate.slice(0, 10), shortTime(proof.sealedAt), shortTime(proof.stampedAt),
    `${proof.at} #${shortRecord(proof.record)}`, proof.verified ? 'ok' : `FAILED ${proof.reason}`, mark(proof.foreign.xmlsec1), mark(proof.foreign.timestamp), mark(proof.foreign.ocsp)
  ])
  return print(['exchange', 'message', 'sealed by', 'certificate', 'sealed', 'stamped', 'logged at', 'trembita-verify', 'xmlsec1', 'openssl ts', 'openssl ocsp'], rows)
}

export function outcomeTable (outcomes: readonly Outcome[]): string {
  return print(['', 'exchange', 'outcome', 'expected'], outcomes.map(({ title, got, expected }) => [got === expected ? 'ok' : 'NOT', title, got, expected]))
}

/** What gateways asked of the core, who signed it, and what became of it. */
export function requestTable (requests: readonly ApprovedRequest[]): string {
  const rows = requests.map(({ id, type, security_server_id: server, client_id: client, status, signatures = [] }) => [
    String(id), type, server, client ?? '', signatures.map(({ by, valid, member_id: member }) => `${by}${member === undefined ? '' : ` ${member}`} ${mark(valid)}`).join(', '), status
  ])
  return print(['no', 'request', 'of gateway', 'client', 'signed by', 'became'], rows)
}

export function decisionTable (decisions: readonly Decision[]): string {
  return print(['', 'decision', 'came of it', 'within'], decisions.map(({ title, got, expected, tookMs }) => [got === expected ? 'ok' : 'NOT', title, got, `${(tookMs / 1000).toFixed(1)} s`]))
}

/** Interfaces that the catalog verified and published. */
export function publicationTable (published: readonly Published[]): string {
  return print(['', 'interface in the catalog', 'state'], published.map(({ name, state }) => [state === 'published' ? 'ok' : 'NOT', name, state]))
}

/** Demonstrations, step by step. */
export function accountTable (accounts: readonly Account[]): string {
  const rows = accounts.flatMap(({ id, steps, failure }) => [
    ...steps.map(({ ok, title, said, tookMs }) => [ok ? 'ok' : 'NOT', id, title.en, shortText(said?.en ?? ''), tookMs === undefined ? '' : `${tookMs} ms`]),
    ...failure === undefined ? [] : [['NOT', id, 'broke off', failure, '']]
  ])
  return print(['', '', 'demonstration', 'came of it', 'took'], rows)
}

/** What a run came to. */
export interface Results {
  readonly requests: readonly ApprovedRequest[]
  readonly decisions: readonly Decision[]
  readonly published: readonly Published[]
  readonly outcomes: readonly Outcome[]
  readonly proofs: readonly Proof[]
  readonly accounts: readonly Account[]
}

/** Whether everything that was promised holds: requests signed, decisions followed, outcomes as expected, every record verified, no foreign tool in disagreement, each demonstration as told. */
export function allHeld ({ requests, decisions, published, outcomes, proofs, accounts }: Results): boolean {
  const complete = outcomes.filter((outcome) => outcome.complete).length
  // Request and response, at each of two gateways; of a refused exchange the consumer's request.
  const expected = complete * 4 + (outcomes.length - complete)
  return requests.every(({ status, signatures = [] }) => status === 'APPROVED' && signatures.length > 0 && signatures.every(({ valid }) => valid)) &&
    decisions.every(({ got, expected: wanted }) => got === wanted) &&
    published.every(({ state }) => state === 'published') &&
    outcomes.every(({ got, expected: wanted }) => got === wanted) &&
    proofs.length === expected &&
    proofs.every(({ verified, foreign }) => verified && foreign.xmlsec1 !== false && foreign.timestamp !== false && foreign.ocsp !== false) &&
    accounts.every(({ held }) => held === true)
}
