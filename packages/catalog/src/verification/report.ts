import { groupOf, type Check, type RunState } from './check.ts'

/** A run as everybody may read it who may see its detail. */
export interface RunReport {
  readonly id: string
  readonly interfaceName: string
  readonly version: string
  readonly versionId: string
  readonly tuple: string
  readonly state: RunState
  readonly startedAt: string
  readonly endedAt?: string | undefined
  readonly validUntil?: string | undefined
  readonly steps: { readonly done: number, readonly total: number }
  readonly checks: readonly Check[]
  readonly sealed: boolean
  readonly sealMessageId?: string | undefined
}

export function countVerdicts (checks: readonly Check[]): { readonly pass: number, readonly warn: number, readonly fail: number, readonly notApplicable: number } {
  const counts = { pass: 0, warn: 0, fail: 0, notApplicable: 0 }
  for (const { verdict } of checks) counts[verdict]++
  return counts
}

/** The run as test tools read it: a suite a group, a case a check; warnings are in the system's output. */
export function toJUnit (report: RunReport): string {
  const groups = Map.groupBy(report.checks, groupOf)
  const counts = countVerdicts(report.checks)
  const suites = [...groups].map(([group, checks]) =>
    `<testsuite name="${group}" tests="${checks.length}" failures="${countVerdicts(checks).fail}" skipped="${countVerdicts(checks).notApplicable}">${checks.map(toCase).join('')}</testsuite>`)
  return `<?xml version="1.0" encoding="UTF-8"?>\n<testsuites name="${escape(`${report.interfaceName} ${report.version}`)}" tests="${report.checks.length}" failures="${counts.fail}" time="${durationOf(report)}">${suites.join('')}</testsuites>\n`
}

function toCase ({ code, verdict, service = '', operation = '', sample, place, expected, observed, messageId, hint }: Check): string {
  const name = [code, operation, sample, place].filter((part) => part !== undefined && part !== '').join(' · ')
  const told = [expected === undefined ? '' : `expected: ${expected}`, observed === undefined ? '' : `observed: ${observed}`, place === undefined ? '' : `place: ${place}`, messageId === undefined ? '' : `message: ${messageId}`, hint === undefined ? '' : `hint: ${hint.en} · ${hint.uk}`].filter((line) => line !== '').join('\n')
  const body = verdict === 'fail'
    ? `<failure message="${escape(observed ?? expected ?? code)}" type="${code}">${escape(told)}</failure>`
    : verdict === 'notApplicable' ? '<skipped/>' : verdict === 'warn' ? `<system-out>${escape(`warning\n${told}`)}</system-out>` : ''
  return `<testcase classname="${escape(service)}" name="${escape(name)}">${body}</testcase>`
}

function durationOf ({ startedAt, endedAt }: RunReport): string {
  return endedAt === undefined ? '0' : ((new Date(endedAt).getTime() - new Date(startedAt).getTime()) / 1000).toFixed(3)
}

function escape (text: string): string {
  return text.replace(/[\x00-\x08\x0b\x0c\x0e-\x1f]/g, '?').replace(/[&<>"]/g, (character) => ({ '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' })[character]!)
}
