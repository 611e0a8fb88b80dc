import type { AccessRule, Actor } from '@trembita/daemon/accounts'

/**
 * `waiting` for a second person; `carryingOut` while the operation runs; `done`; `failed`, when the operation itself was refused;
 * `declined` by another, `withdrawn` by who proposed it; `expired`; `interrupted`, when the process ended while it ran: whether
 * it was done, the audit log tells.
 */
export const APPROVAL_STATES = ['waiting', 'carryingOut', 'done', 'failed', 'declined', 'withdrawn', 'expired', 'interrupted'] as const
export type ApprovalState = typeof APPROVAL_STATES[number]

/** A call of the API that waits for, or had, a second person. */
export interface Approval {
  readonly id: number
  readonly operation: string
  /** Who may decide: who may call the route. */
  readonly access: AccessRule
  readonly method: string
  /** Path and query. */
  readonly url: string
  readonly body: unknown
  /** Why, in the words of who proposed it; may be empty. */
  readonly reason: string
  readonly proposer: Actor
  /** The person behind the proposer: no decision on one's own. */
  readonly proposerPrincipal: string
  readonly proposedAt: Date
  readonly expiresAt: Date
  readonly state: ApprovalState
  readonly decidedBy: Actor | undefined
  readonly decidedAt: Date | undefined
  readonly decisionReason: string | undefined
  /** HTTP status that the operation was answered with. */
  readonly resultStatus: number | undefined
}

/** A call to be kept until somebody else agrees. */
export interface Proposal {
  readonly operation: string
  readonly access: AccessRule
  readonly method: string
  readonly url: string
  readonly body: unknown
  readonly reason: string
}
