import type { Clock, Health } from '@trembita/daemon'
import type { SqlStore } from '@trembita/daemon/store'
import type { Publisher } from './globalconf/index.ts'
import { readParameters } from './registry/index.ts'

/** What `/health` tells of a core. */
export function addHealthChecks (health: Health, store: SqlStore, publisher: Publisher, clock: Clock): void {
  health.add('registry', async () => {
    const { instance } = await readParameters(store)
    return instance === '' ? { status: 'fail', message: 'the core is not initialised' } : { status: 'pass', message: `instance ${instance}` }
  })
  health.add('configuration', async () => {
    const { expiresAt, failure } = publisher.status
    if (expiresAt === undefined || clock.now() > expiresAt) return { status: 'fail', message: 'no valid configuration is published' }
    const message = `published, valid until ${expiresAt.toISOString()}`
    return failure === undefined ? { status: 'pass', message } : { status: 'warn', message: `${message}; the last attempt failed` }
  })
}
