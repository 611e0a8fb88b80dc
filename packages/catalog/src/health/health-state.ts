import type { HealthState } from '../entry/index.ts'

/** What one probe of one service came to. `unknown`: it could not be run, which says nothing of the service. */
export type ProbeResult = 'ok' | 'slow' | 'failed' | 'unknown'

/** As many as the state is judged by. */
export const RECENT_MAX = 4
const FAILED_FOR_DOWN = 3
const OK_FOR_UP = 2

/**
 * State after a probe: down when 3 of the last 4 have failed, up again after 2 good ones in a row; in between degraded.
 * What could not be probed is unknown, never down (catalog facts §5).
 *
 * @param recent results, the newest last.
 */
export function stateAfter (before: HealthState, recent: readonly ProbeResult[]): HealthState {
  const last = recent.at(-1) ?? 'unknown'
  if (last === 'unknown') return 'unknown'
  const known = recent.filter((result) => result !== 'unknown')
  if (known.filter((result) => result === 'failed').length >= FAILED_FOR_DOWN) return 'down'
  if (last === 'failed') return before === 'down' ? 'down' : 'degraded'
  if (last === 'slow') return 'degraded'
  const wasBad = before === 'down' || (before === 'degraded' && known.slice(0, -1).includes('failed'))
  if (wasBad && known.slice(-OK_FOR_UP).filter((result) => result === 'ok').length < OK_FOR_UP) return before === 'down' ? 'down' : 'degraded'
  return 'up'
}
