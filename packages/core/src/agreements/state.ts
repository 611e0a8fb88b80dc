import type { SqlValue } from '@trembita/daemon/store'
import type { AgreementRow, AgreementState } from './types.ts'

/** State of a version at an instant. */
export function stateOf (row: AgreementRow, at: Date): AgreementState {
  const now = at.toISOString()
  if (row.concluded_at === null) return row.consumer_sealed_at !== null ? 'sealed_by_consumer' : row.provider_sealed_at !== null ? 'sealed_by_provider' : 'draft'
  if (row.stopped === 'ended') return 'ended'
  if (row.replaced_from !== null && row.replaced_from <= now) return 'replaced'
  if (row.valid_until <= now) return 'expired'
  if (row.stopped === 'suspended') return 'suspended'
  return row.valid_from <= now ? 'in_force' : 'concluded'
}

/** The same as a condition on rows of `agreement`, with its values. */
export function stateCondition (state: AgreementState, at: Date): [sql: string, ...values: SqlValue[]] {
  const now = at.toISOString()
  const lives = "concluded_at IS NOT NULL AND coalesce(stopped, '') <> 'ended' AND coalesce(replaced_from, '9') > ? AND valid_until > ?"
  switch (state) {
    case 'draft': return ['concluded_at IS NULL AND consumer_sealed_at IS NULL AND provider_sealed_at IS NULL']
    case 'sealed_by_consumer': return ['concluded_at IS NULL AND consumer_sealed_at IS NOT NULL']
    case 'sealed_by_provider': return ['concluded_at IS NULL AND consumer_sealed_at IS NULL AND provider_sealed_at IS NOT NULL']
    case 'ended': return ["concluded_at IS NOT NULL AND stopped = 'ended'"]
    case 'replaced': return ["concluded_at IS NOT NULL AND coalesce(stopped, '') <> 'ended' AND replaced_from <= ?", now]
    case 'expired': return ["concluded_at IS NOT NULL AND coalesce(stopped, '') <> 'ended' AND coalesce(replaced_from, '9') > ? AND valid_until <= ?", now, now]
    case 'suspended': return [`${lives} AND stopped = 'suspended'`, now, now]
    case 'in_force': return [`${lives} AND stopped IS NULL AND valid_from <= ?`, now, now, now]
    case 'concluded': return [`${lives} AND stopped IS NULL AND valid_from > ?`, now, now, now]
  }
}
