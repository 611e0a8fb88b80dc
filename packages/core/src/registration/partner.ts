import { Refusal } from '../refusal.ts'
import type { RequestOrigin, StoredRequest } from './types.ts'

/**
 * The pending request for the same that came from the other side, so that both now agree.
 *
 * @throws {Refusal} `management_request_exists` when this side asked already.
 * @see xroad-trust §4.5
 */
export function partnerAmong (pending: readonly StoredRequest[], origin: RequestOrigin): StoredRequest | undefined {
  const own = pending.find((one) => one.origin === origin)
  if (own !== undefined) throw new Refusal('conflict', 'management_request_exists', `request ${own.id} for the same waits for a decision already`)
  return pending[0]
}
