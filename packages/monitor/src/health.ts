import type { Clock, Health } from '@trembita/daemon'
import type { SqlStore } from '@trembita/daemon/store'
import { componentStates, type RegisteredComponent } from './events/index.ts'
import { nextLeaf, type Ledger } from './ledger/index.ts'

export interface HealthDeps {
  readonly store: SqlStore
  readonly ledger: Ledger
  readonly components: readonly RegisteredComponent[]
  readonly clock: Clock
}

/** What `/health` tells of a monitor. */
export function addHealthChecks (health: Health, { store, ledger, components, clock }: HealthDeps): void {
  health.add('store', async () => { await store.get('SELECT 1 AS alive') })
  health.add('log', async () => {
    const size = ledger.head?.checkpoint.size ?? 0
    const details = { published: size, waiting: await nextLeaf(store) - size }
    return ledger.problem === undefined ? { status: 'pass', details } : { status: 'warn', message: ledger.problem, details }
  })
  health.add('components', async () => {
    const states = await componentStates(store, components, clock)
    const troubled = states.filter(({ status }) => status === 'silent' || status === 'late').map(({ id }) => id)
    return troubled.length === 0 ? { status: 'pass' } : { status: 'warn', message: `silent or late: ${troubled.join(', ')}` }
  })
  health.add('alarms', async () => {
    const conflicts = Number((await store.get<{ n: number }>('SELECT COUNT(*) AS n FROM alarm'))?.n ?? 0)
    const quarantined = Number((await store.get<{ n: number }>('SELECT COUNT(*) AS n FROM quarantine'))?.n ?? 0)
    return { status: conflicts + quarantined === 0 ? 'pass' : 'warn', details: { alarms: conflicts, quarantined } }
  })
}
