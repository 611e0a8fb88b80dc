import t from 'tap'
import type { HealthState } from '../../src/entry/index.ts'
import { stateAfter, type ProbeResult } from '../../src/health/index.ts'

function after (...results: ProbeResult[]): HealthState {
  let state: HealthState = 'unknown'
  const recent: ProbeResult[] = []
  for (const result of results) {
    recent.push(result)
    state = stateAfter(state, recent.slice(-4))
  }
  return state
}

t.test('three failures of four are down, two good ones in a row are up, and what could not be asked is unknown (TR-4.8)', async (t) => {
  t.equal(after('ok'), 'up')
  t.equal(after('ok', 'failed'), 'degraded')
  t.equal(after('ok', 'failed', 'failed'), 'degraded')
  t.equal(after('ok', 'failed', 'failed', 'failed'), 'down')
  t.equal(after('failed', 'failed', 'failed', 'ok'), 'down', 'one good one is not enough')
  t.equal(after('failed', 'failed', 'failed', 'ok', 'ok'), 'up')
  t.equal(after('ok', 'slow'), 'degraded')
  t.equal(after('failed', 'failed', 'failed', 'unknown'), 'unknown', 'never down for unknown')
  t.equal(after('unknown', 'unknown', 'unknown', 'unknown'), 'unknown')
})
