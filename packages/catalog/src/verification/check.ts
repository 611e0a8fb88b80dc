export type Verdict = 'pass' | 'warn' | 'fail' | 'notApplicable'

/** One check of a run. Never holds a value of an answer: places, types and codes only. */
export interface Check {
  /** `DE-2`; the letters are the group (docs/catalog.md lists them). */
  readonly code: string
  readonly verdict: Verdict
  /** `INSTANCE/…/SERVICE`. */
  readonly service?: string | undefined
  readonly operation?: string | undefined
  readonly sample?: string | undefined
  /** JSON pointer, path of an element, or field of the card. */
  readonly place?: string | undefined
  readonly expected?: string | undefined
  readonly observed?: string | undefined
  /** Of the exchange: under it both gateways hold the sealed proof. */
  readonly messageId?: string | undefined
  /** SHA-256 of the container, where it was fetched and verified. */
  readonly evidence?: string | undefined
  readonly hint?: { readonly uk: string, readonly en: string } | undefined
}

export const GROUPS = ['identity', 'description', 'metadata', 'reachability', 'conformity', 'negative'] as const
export type Group = typeof GROUPS[number]

const GROUP_OF: Readonly<Record<string, Group>> = { ID: 'identity', DE: 'description', LR: 'description', ME: 'metadata', RE: 'reachability', CF: 'conformity', ND: 'negative' }

export function groupOf ({ code }: Pick<Check, 'code'>): Group {
  return GROUP_OF[code.split('-', 1)[0]!] ?? 'conformity'
}

export type RunState = 'running' | 'passed' | 'remarks' | 'failed' | 'cancelled' | 'interrupted'

/** What all checks together come to. */
export function outcomeOf (checks: readonly Check[]): 'passed' | 'remarks' | 'failed' {
  return checks.some(({ verdict }) => verdict === 'fail') ? 'failed' : checks.some(({ verdict }) => verdict === 'warn') ? 'remarks' : 'passed'
}
