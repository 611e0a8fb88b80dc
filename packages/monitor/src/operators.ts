import fastify, { type FastifyInstance } from 'fastify'
import { opsRoutes, type Clock, type Health, type Logger, type Metrics } from '@trembita/daemon'
import { ApiKeys, createAccounts, guard, type AccountTx, type Actor } from '@trembita/daemon/accounts'
import { openApi } from '@trembita/daemon/openapi'
import type { SqlStore } from '@trembita/daemon/store'
import { componentStates, statistics, type RegisteredComponent } from './events/index.ts'
import { MONITOR_VERSION } from './version.ts'
import { visibilityRoutes, type VisibilityChanges } from './visibility/index.ts'

/** Who works with the centre: neither role sees anybody's events. */
export const OPERATOR_ROLES = ['MONITOR_OPERATOR', 'MONITOR_OVERSIGHT'] as const

export interface OperatorsDeps {
  readonly store: SqlStore
  readonly clock: Clock
  readonly log: Logger
  readonly health: Health
  readonly metrics: Metrics
  readonly changes: VisibilityChanges
  readonly components: readonly RegisteredComponent[]
}

const ROWS_MAX = 500
const list = { type: 'array', items: { type: 'object', additionalProperties: true } } as const

/** Keys by which operators' programs come in; made at the machine. */
export function operatorKeys (store: SqlStore, clock: Clock, log: Logger): ApiKeys {
  return new ApiKeys({ store, clock, roles: OPERATOR_ROLES, change: recorded(store, log) })
}

/** What changes of accounts leave behind is a line of the log. */
function recorded (store: SqlStore, log: Logger): <T>(actor: Actor, work: (tx: AccountTx) => Promise<T>) => Promise<T> {
  return async (actor, work) => await store.write(async (tx) => await work({
    ...tx, record: async ({ action, object }) => { log.info({ actor: actor.id, action, object }, 'account changed') }
  }))
}

/** Health, metrics, and the operators' API behind API keys. Not yet listening. */
export async function createOperatorsApp (deps: OperatorsDeps): Promise<FastifyInstance> {
  const { store, clock, log, health, metrics, changes, components } = deps
  const app = fastify({ logger: false, requestTimeout: 30_000, ajv: { customOptions: { removeAdditional: false } } })
  await app.register(guard, createAccounts({
    store,
    clock,
    roles: OPERATOR_ROLES,
    change: recorded(store, log),
    publicUrl: new URL('http://127.0.0.1'),
    cookieName: 'trembita-monitor-admin',
    onEvent: ({ kind, origin, route }) => { log.info({ kind, origin, route }, 'account event') }
  }))
  await app.register(openApi, { title: 'Trembita monitor', description: 'For operators and oversight of the access monitor: components, alarms, visibility. Nobody\'s events are here.', version: MONITOR_VERSION })
  await app.register(opsRoutes, { health, metrics, info: { name: 'trembita-monitor', version: MONITOR_VERSION } })
  await app.register(async (api) => {
    const seen = { access: OPERATOR_ROLES }
    const described = (summary: string): object => ({ summary, tags: ['operation'], response: { 200: list } })
    api.get('/components', { config: seen, schema: described('Local components and how fresh their reports are') }, async () => await componentStates(store, components, clock))
    api.get('/alarms', { config: seen, schema: described('Conflicts, sequences that shrank, overdue reviews') }, async () =>
      await store.all('SELECT kind, component, ref, first_at AS "firstAt", last_at AS "lastAt", times FROM alarm ORDER BY last_at DESC LIMIT ?', ROWS_MAX))
    api.get('/quarantine', { config: seen, schema: described('Events that were not taken, by their numbers') }, async () =>
      await store.all('SELECT component, seq, event_id AS "eventId", code, field, received_at AS "receivedAt" FROM quarantine ORDER BY received_at DESC LIMIT ?', ROWS_MAX))
    api.get('/statistics', { config: seen, schema: { summary: 'Rounded figures', tags: ['operation'] } }, async () => await statistics(store))
    await api.register(visibilityRoutes, { changes, access: ['MONITOR_OVERSIGHT'] })
  }, { prefix: '/api/v1' })
  return app
}
