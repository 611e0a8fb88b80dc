import type { ClientId, MemberId, ServerId } from '../identifiers/index.ts'

/** What was violated, so that access was stopped (act 606, clause 15). */
export const SUSPENSION_GROUNDS = ['law', 'protection', 'personalData', 'interactionOrder', 'reglament'] as const
export type SuspensionGround = typeof SUSPENSION_GROUNDS[number]

/** Whose access is stopped: a member with all that it owns, one of its subsystems, or one gateway. */
export type SuspensionTarget =
  | { readonly kind: 'member', readonly id: MemberId }
  | { readonly kind: 'subsystem', readonly id: Required<ClientId> }
  | { readonly kind: 'server', readonly id: ServerId }

/** A suspension in force, as gateways hear of it. */
export interface ListedSuspension {
  readonly number: number
  readonly target: SuspensionTarget
  readonly ground: SuspensionGround
  readonly actNumber: string
  /** `YYYY-MM-DD` */
  readonly actDate: string
  readonly since: Date
  /**
   * SHA-256 of the authentication certificates that are left out of the shared parameters for it: so a gateway can tell a
   * suspended peer from a stranger.
   */
  readonly authCertHashes: readonly Buffer[]
}

/** All suspensions in force in an instance. */
export interface SuspensionList {
  readonly instance: string
  readonly suspensions: readonly ListedSuspension[]
}
