import type { AccessRule, Actor } from '@trembita/daemon/accounts'
import type { Approval, ApprovalState } from './types.ts'

export interface ApprovalRow {
  readonly id: number
  readonly operation: string
  readonly access: string
  readonly method: string
  readonly url: string
  readonly body: string | null
  readonly reason: string
  readonly proposer: string
  readonly proposer_principal: string
  readonly proposed_at: string
  readonly expires_at: string
  readonly state: string
  readonly decided_by: string | null
  readonly decided_at: string | null
  readonly decision_reason: string | null
  readonly result_status: number | null
}

export const COLUMNS = `id, operation, access, method, url, body, reason, proposer, proposer_principal, proposed_at, expires_at,
  state, decided_by, decided_at, decision_reason, result_status`

/** Bodies may be whole files: no list carries them. */
export const LIST_COLUMNS = COLUMNS.replace(' body,', ' NULL AS body,')

/** An operation that has not ended by then never will: requests take half a minute at most. */
const CARRIED_OUT_WITHIN_MS = 120_000

export function toApproval (row: ApprovalRow, now: Date): Approval {
  const decidedAt = row.decided_at === null ? undefined : new Date(row.decided_at)
  const expiresAt = new Date(row.expires_at)
  return {
    id: Number(row.id),
    operation: row.operation,
    access: JSON.parse(row.access) as AccessRule,
    method: row.method,
    url: row.url,
    body: row.body === null ? undefined : JSON.parse(row.body) as unknown,
    reason: row.reason,
    proposer: JSON.parse(row.proposer) as Actor,
    proposerPrincipal: row.proposer_principal,
    proposedAt: new Date(row.proposed_at),
    expiresAt,
    state: stateOf(row.state as ApprovalState, expiresAt, decidedAt, now),
    decidedBy: row.decided_by === null ? undefined : JSON.parse(row.decided_by) as Actor,
    decidedAt,
    decisionReason: row.decision_reason ?? undefined,
    resultStatus: row.result_status ?? undefined
  }
}

function stateOf (state: ApprovalState, expiresAt: Date, decidedAt: Date | undefined, now: Date): ApprovalState {
  if (state === 'waiting' && expiresAt <= now) return 'expired'
  if (state === 'carryingOut' && decidedAt !== undefined && now.getTime() - decidedAt.getTime() > CARRIED_OUT_WITHIN_MS) return 'interrupted'
  return state
}

/** The condition for rows that are in `state` now, with its values. */
export function whereState (state: ApprovalState | undefined, now: Date): { readonly sql: string, readonly values: readonly string[] } {
  const since = new Date(now.getTime() - CARRIED_OUT_WITHIN_MS).toISOString()
  switch (state) {
    case undefined: return { sql: 'TRUE', values: [] }
    case 'waiting': return { sql: "state = 'waiting' AND expires_at > ?", values: [now.toISOString()] }
    case 'expired': return { sql: "state = 'waiting' AND expires_at <= ?", values: [now.toISOString()] }
    case 'carryingOut': return { sql: "state = 'carryingOut' AND decided_at >= ?", values: [since] }
    case 'interrupted': return { sql: "state = 'carryingOut' AND decided_at < ?", values: [since] }
    default: return { sql: 'state = ?', values: [state] }
  }
}
