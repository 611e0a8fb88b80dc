import { randomBytes } from 'node:crypto'
import { join } from 'node:path'
import fastify, { type FastifyInstance, type LightMyRequestResponse } from 'fastify'
import type { Test } from 'tap'
import {
  ACCOUNT_SCHEMA, apiKeyRoutes, createAccounts, guard, sessionRoutes, signInRoutes, type Accounts, type AccountEvent, type AccountsOptions, type Actor, type AccountTx
} from '../../src/accounts/index.ts'
import { ManualClock } from '../../src/index.ts'
import { openSqliteStore, type SqlStore } from '../../src/store/index.ts'

export const ROLES = ['CLERK', 'ADMIN', 'HOLDER'] as const
export const OPERATOR: Actor = { kind: 'system', id: 'root', name: 'root', roles: [], origin: 'system' }
export const START = new Date('2026-11-22T10:00:00Z')

export interface Office {
  readonly app: FastifyInstance
  readonly accounts: Accounts
  readonly store: SqlStore
  readonly clock: ManualClock
  readonly events: AccountEvent[]
  /** What went to the audit log. */
  readonly records: { actor: Actor, action: string, object: { kind: string, id: string }, before?: unknown, after?: unknown }[]
  key (roles: readonly string[]): Promise<string>
  signIn (roles: readonly string[], id?: string): Promise<{ cookie: string, csrf: string }>
  ask (method: 'GET' | 'POST' | 'PUT' | 'DELETE' | 'HEAD', url: string, headers?: Record<string, string>, payload?: string | object): Promise<LightMyRequestResponse>
}

/** A small guarded application over a real store: one route for each kind of rule. */
export async function openOffice (t: Test, { store: given, ...options }: Partial<AccountsOptions> = {}): Promise<Office> {
  const clock = new ManualClock(START)
  const store = given ?? await openSqliteStore(join(t.testdir(), `${randomBytes(4).toString('hex')}.db`), [ACCOUNT_SCHEMA])
  const events: AccountEvent[] = []
  const records: Office['records'] = []
  const change = async <T>(actor: Actor, work: (tx: AccountTx) => Promise<T>): Promise<T> => {
    const made: Office['records'] = []
    const result = await store.write((tx) => work({ all: tx.all, get: tx.get, run: tx.run, record: async (entry) => { made.push({ actor, ...entry }) } }))
    records.push(...made)
    return result
  }
  const accounts = createAccounts({
    store,
    clock,
    change,
    roles: ROLES,
    grantedByOwnersOnly: ['HOLDER'],
    publicUrl: new URL('http://office.test'),
    cookieName: 'office',
    rateLimit: { perSecond: 10_000, perMinute: 10_000 },
    onEvent: (event) => { events.push(event) },
    ...options
  })
  const app = fastify({ ajv: { customOptions: { removeAdditional: false } } })
  await app.register(guard, accounts)
  await app.register(signInRoutes, accounts)
  await app.register(apiKeyRoutes, { apiKeys: accounts.apiKeys, access: ['ADMIN'], prefix: '/api/v1' })
  await app.register(sessionRoutes, { accounts, access: ['ADMIN'], prefix: '/api/v1' })
  app.addContentTypeParser('application/x-www-form-urlencoded', { parseAs: 'string' }, (_request, body, done) => {
    done(null, Object.fromEntries(new URLSearchParams(String(body))))
  })
  app.get('/public', { config: { access: 'public' } }, async ({ signedIn }) => ({ name: signedIn?.name ?? null }))
  app.get('/careless', { config: { access: 'public' } }, async ({ actor }) => ({ name: actor.name }))
  app.get('/signed-in', { config: { access: 'signed-in' } }, async ({ actor }) => actor)
  app.get('/clerk', { config: { access: ['CLERK', 'ADMIN'] } }, async ({ actor }) => actor)
  app.post('/clerk', { config: { access: ['CLERK'] } }, async ({ body }) => ({ body: body ?? null }))
  await app.ready()
  t.teardown(async () => {
    await app.close()
    if (given === undefined) await store.close()
  })
  return {
    app,
    accounts,
    store,
    clock,
    events,
    records,
    key: async (roles) => (await accounts.apiKeys.create(OPERATOR, { roles })).key,
    signIn: async (roles, id = 'olena') => {
      const { cookie, session } = await accounts.sessions.start({ id, name: 'Олена Коваль', roles }, '127.0.0.1')
      return { cookie: `office-session=${cookie}`, csrf: session.csrfToken }
    },
    ask: (method, url, headers = {}, payload) => app.inject({ method, url, headers, ...payload === undefined ? {} : { payload } })
  }
}
