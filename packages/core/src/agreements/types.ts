/** Where a version of an agreement stands: by its seals, by decision, by the clock. */
export const AGREEMENT_STATES = [
  /** No seal yet, or one side's. */
  'draft', 'sealed_by_consumer', 'sealed_by_provider',
  /** Sealed by both, its term has not begun. */
  'concluded',
  'in_force', 'suspended',
  /** By decision; by the clock; because a later version is in its place. */
  'ended', 'expired', 'replaced'
] as const
export type AgreementState = typeof AGREEMENT_STATES[number]

/** Who stops an agreement, or lets it go on. */
export const DECIDERS = ['consumer', 'provider', 'holder'] as const
export type Decider = typeof DECIDERS[number]

export const DECISIONS = ['suspend', 'resume', 'end'] as const
export type Decision = typeof DECISIONS[number]

/** A version of an agreement as it is kept. Instants are RFC 3339. */
export interface AgreementRow {
  readonly id: number
  readonly code: string
  readonly version: number
  readonly number: string
  /** Encoded identifiers. */
  readonly consumer: string
  readonly provider: string
  readonly valid_from: string
  readonly valid_until: string
  readonly container_hash: string
  readonly consumer_sealed_at: string | null
  readonly provider_sealed_at: string | null
  readonly concluded_at: string | null
  readonly stopped: 'suspended' | 'ended' | null
  readonly stopped_by: Decider | null
  readonly stopped_at: string | null
  readonly replaced_from: string | null
  readonly created_at: string
}

/** The row with what was sealed. */
export interface FullAgreementRow extends AgreementRow {
  readonly document: Buffer
  readonly container: Buffer
}

export interface DecisionRow {
  readonly at: string
  readonly decision: Decision
  readonly decided_by: Decider
  readonly ground: string
  readonly actor_name: string
}
