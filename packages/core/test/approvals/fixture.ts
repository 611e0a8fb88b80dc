import { randomBytes } from 'node:crypto'
import { join } from 'node:path'
import type { FastifyInstance } from 'fastify'
import type { Test } from 'tap'
import { createHealth, createLogger, createMetrics, ManualClock } from '@trembita/daemon'
import { apiKeyRoutes, createAccounts, operatorAtMachine, sessionRoutes } from '@trembita/daemon/accounts'
import { openSqliteStore, type SqlStore } from '@trembita/daemon/store'
import { createAdminApp, fileField, fileOf, ROLES, takeForms, UPLOADS } from '../../src/admin/index.ts'
import { Approvals, approvalsApi, holdForApproval, type Operation } from '../../src/approvals/index.ts'
import { auditApi, Changes } from '../../src/audit/index.ts'
import { accountPages, approvalPages, auditPages, consolePages, frameOf, overviewPages, type ConsoleDeps } from '../../src/console/index.ts'
import { MIGRATIONS } from '../../src/db/index.ts'
import { Refusal } from '../../src/refusal.ts'

type Method = 'GET' | 'POST' | 'PUT' | 'DELETE'

interface Answer<T = Record<string, unknown>> {
  readonly status: number
  readonly body: T
  readonly location: unknown
}

export interface Instance {
  readonly store: SqlStore
  readonly app: FastifyInstance
  readonly clock: ManualClock
  /** What the operation did: who, and for whom. */
  readonly done: { code: string, by: string, approvedBy: string | undefined, origin: string }[]
  /** Asks as the holder of this key. */
  ask<T = Record<string, unknown>> (key: string, method: Method, path: string, body?: object, headers?: Record<string, string>): Promise<Answer<T>>
  key (role: string, person: string): Promise<string>
  /** A signed-in browser: its cookie. */
  signIn (roles: readonly string[], person: string): Promise<{ name: string, value: string }>
  audit (): Promise<{ action: string, object_id: string, actor_name: string, approved_by: string | null }[]>
}

/** The administration API with one operation, `member.delete`, that refuses a member called BUSY. */
export async function openInstance (t: Test, given?: SqlStore): Promise<Instance> {
  const clock = new ManualClock(new Date('2026-11-22T10:00:00Z'))
  const store = given ?? await openSqliteStore(join(t.testdir(), `${randomBytes(4).toString('hex')}.db`), MIGRATIONS)
  const changes = new Changes(store, clock)
  const approvals = new Approvals({ store, changes, clock })
  const operations = new Map<string, Operation>()
  const done: Instance['done'] = []
  const accounts = createAccounts({
    store,
    clock,
    roles: ROLES,
    change: (actor, work) => changes.change(actor, work),
    publicUrl: new URL('http://core.test'),
    cookieName: 'core',
    rateLimit: { perSecond: 10_000, perMinute: 10_000 },
    onEvent: () => {}
  })
  const frame: ConsoleDeps['frame'] = async () => ({ instance: 'ZZ', waiting: { approvals: await approvals.waiting() } })
  const app = await createAdminApp({
    accounts,
    health: createHealth(),
    metrics: createMetrics('test'),
    log: createLogger('core', 'silent'),
    info: { name: 'core', version: '0' },
    web: { pageContext: (request) => frameOf(request, frame) },
    pages: [async (part) => { consolePages(part, { accounts, frame, areas: [overviewPages, auditPages, approvalPages, accountPages] }) }],
    api: [
      holdForApproval({ approvals, operations }),
      approvalsApi({ accounts, approvals, operations }),
      auditApi({ store, clock, instance: async () => 'ZZ', signer: () => { throw new Error('nothing is exported here') } }),
      async (part) => { await part.register(sessionRoutes, { accounts, access: ['XROAD_SYSTEM_ADMINISTRATOR'] }) },
      async (part) => { await part.register(apiKeyRoutes, { apiKeys: accounts.apiKeys, access: ['XROAD_SYSTEM_ADMINISTRATOR'] }) },
      async (part) => {
        part.delete<{ Params: { code: string } }>('/members/:code', {
          config: { access: ['XROAD_REGISTRATION_OFFICER'], operation: 'member.delete' },
          schema: { summary: 'Delete a member', params: { type: 'object', properties: { code: { type: 'string', pattern: '^[A-Z]+$' } } } } as object
        }, async ({ params: { code }, actor }, reply) => {
          if (code === 'BUSY') throw new Refusal('conflict', 'member_in_use', 'the member still has servers')
          await changes.change(actor, (tx) => tx.record({ action: 'member.delete', object: { kind: 'member', id: code } }))
          done.push({ code, by: actor.name, approvedBy: actor.approvedBy?.name, origin: actor.origin })
          return reply.code(204).send()
        })
        takeForms(part)
        part.post<{ Body: { certificate: string } }>('/certificates', {
          config: { access: ['XROAD_REGISTRATION_OFFICER'], operation: 'certificate.add' },
          ...UPLOADS,
          schema: { summary: 'Add a certificate', body: { type: 'object', required: ['certificate'], properties: { certificate: fileField } } } as object
        }, async ({ body, actor }) => {
          const bytes = fileOf(body.certificate, 'certificate')
          await changes.change(actor, (tx) => tx.record({ action: 'certificate.add', object: { kind: 'certificate', id: '1' }, after: { bytes: bytes.length } }))
          done.push({ code: bytes.toString('latin1').slice(0, 5), by: actor.name, approvedBy: actor.approvedBy?.name, origin: actor.origin })
          return { bytes: bytes.length }
        })
        part.post('/tokens/login', {
          config: { access: ['XROAD_REGISTRATION_OFFICER'], operation: 'token.login' }, schema: { summary: 'Open a token' } as object
        }, async ({ body }) => ({ body }))
      }
    ]
  })
  t.teardown(async () => {
    await app.close()
    if (given === undefined) await store.close()
  })
  return {
    store,
    app,
    clock,
    done,
    ask: async <T>(key: string, method: Method, path: string, body?: object, headers: Record<string, string> = {}) => {
      const answer = await app.inject({ method, url: `/api/v1${path}`, headers: { ...headers, authorization: `Bearer ${key}` }, ...body === undefined ? {} : { payload: body } })
      return { status: answer.statusCode, body: (answer.body === '' ? {} : answer.json()) as T, location: answer.headers.location }
    },
    key: async (role, person) => (await accounts.apiKeys.create(operatorAtMachine(), { roles: [role], label: person, owner: `user:${person}` })).key,
    signIn: async (roles, person) => ({ name: accounts.sessionCookie.name, value: (await accounts.sessions.start({ id: person, name: person, roles }, '127.0.0.1')).cookie }),
    audit: () => store.all('SELECT action, object_id, actor_name, approved_by FROM audit_event WHERE object_kind <> ? ORDER BY id', 'apiKey')
  }
}

/** Two registration officers and a holder, with `member.delete` on the list. */
export async function withPolicy (t: Test, store?: SqlStore) {
  const instance = await openInstance(t, store)
  const [olena, maria, holder] = [
    await instance.key('XROAD_REGISTRATION_OFFICER', 'olena'), await instance.key('XROAD_REGISTRATION_OFFICER', 'maria'), await instance.key('TREMBITA_HOLDER', 'iryna')
  ]
  t.equal((await instance.ask(holder, 'PUT', '/approvals/policy', { operations: ['member.delete'] })).status, 200)
  return { ...instance, olena, maria, holder }
}
