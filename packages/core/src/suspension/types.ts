import type { SuspensionGround, SuspensionTarget } from '@trembita/protocol/suspension'

/** `scheduled` until its time comes; `ended` by its own term, `lifted` by decision. */
export const SUSPENSION_STATES = ['scheduled', 'inForce', 'ended', 'lifted'] as const
export type SuspensionState = typeof SUSPENSION_STATES[number]

/** An act of the holder. */
export interface Act {
  readonly number: string
  /** `YYYY-MM-DD` */
  readonly date: string
}

/** A decision to stop access (TR-15). */
export interface SuspensionDecision {
  readonly target: SuspensionTarget
  readonly ground: SuspensionGround
  /** What happened, in the holder's words. */
  readonly explanation?: string | undefined
  readonly act: Act
  /** Absent, or past: at once. */
  readonly startsAt?: Date | undefined
  /** Absent: until it is lifted. */
  readonly endsAt?: Date | undefined
}

/** A decision as it is kept, with what became of it. */
export interface Suspension extends Omit<SuspensionDecision, 'startsAt'> {
  readonly number: number
  readonly startsAt: Date
  readonly state: SuspensionState
  readonly decidedAt: Date
  readonly decidedBy: string
  readonly beganAt: Date | undefined
  readonly endedAt: Date | undefined
  readonly liftAct: Act | undefined
  readonly liftedBy: string | undefined
}
