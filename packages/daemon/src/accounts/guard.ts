import cookie from '@fastify/cookie'
import rateLimit from '@fastify/rate-limit'
import type { FastifyPluginAsync, FastifyReply, FastifyRequest, RouteOptions } from 'fastify'
import type { AccessRule, AccountEvent } from './access.ts'
import { AccountError, sendAccountError } from './account-error.ts'
import type { Accounts } from './accounts.ts'
import { hasRole, type Actor } from './actor.ts'
import { authenticate } from './authenticate.ts'
import { INTERNAL_HEADER } from './internal-calls.ts'
import { sendProblem, wantsPage, type AccountProblem } from './problem-page.ts'
import { checkCsrfToken, checkRequestOrigin, isUnsafe } from './request-forgery.ts'
import type { BrowserSession } from './sessions.ts'
import { basePathOf } from './public-path.ts'
import { SIGN_IN_PATH } from './sign-in-routes.ts'

/** Who was recognised in a request. */
interface Recognised {
  readonly actor: Actor
  readonly session?: BrowserSession
}

const recognised = new WeakMap<FastifyRequest, Recognised>()

/**
 * Stands before every route of the context it is registered in, and of those below: limits the rate of an origin, finds out who asks, and
 * lets through whom the route's `config.access` names. Registering a route without one throws, so none is forgotten.
 * Answers 401, 403 and 429 in X-Road's JSON, and to browsers by a page or by the way to the sign-in.
 */
export const guard: FastifyPluginAsync<Accounts> = Object.assign<FastifyPluginAsync<Accounts>, object>(async (app, accounts) => {
  if (!app.hasRequestDecorator('cookies')) await app.register(cookie)
  if (!app.hasDecorator('createRateLimit')) await app.register(rateLimit, { global: false })
  const limits = [
    app.createRateLimit({ max: accounts.rateLimit.perSecond, timeWindow: 1000 }),
    app.createRateLimit({ max: accounts.rateLimit.perMinute, timeWindow: 60_000 })
  ]

  app.decorateRequest('signedIn', { getter (this: FastifyRequest) { return recognised.get(this)?.actor } })
  app.decorateRequest('browserSession', { getter (this: FastifyRequest) { return recognised.get(this)?.session } })
  app.decorateRequest('identity', { getter (this: FastifyRequest) { return recognised.get(this)?.session?.person.identity } })
  app.decorateRequest('actor', {
    getter (this: FastifyRequest) {
      const actor = recognised.get(this)?.actor
      if (actor === undefined) throw new AccountError(401, 'unauthorized', 'sign in, or give an API key')
      return actor
    }
  })

  app.addHook('onRoute', (route) => { checkRule(route, accounts.roles) })

  app.addHook('onRequest', async (request, reply) => {
    try {
      const internal = request.headers[INTERNAL_HEADER]
      if (internal !== undefined) {
        const actor = accounts.internal.take(String(internal))
        if (actor === undefined) throw new AccountError(401, 'unauthorized', 'no such internal request')
        recognised.set(request, { actor })
      } else {
        for (const limit of request.routeOptions.config.unlimited === true ? [] : limits) {
          const state = await limit(request)
          if (!state.isAllowed && state.isExceeded) return await refuseForNow(request, reply, accounts, 'tooMany', state.ttlInSeconds)
        }
        const lockedSeconds = request.headers.authorization === undefined ? 0 : accounts.locks.lockedSeconds(request.ip)
        if (lockedSeconds > 0) return await refuseForNow(request, reply, accounts, 'locked', lockedSeconds)
        const found = await authenticate(request, accounts)
        if (found !== undefined) recognised.set(request, found)
      }
      if (!request.is404) checkAccess(request, accounts)
    } catch (error) {
      return await refuse(request, reply, accounts, error)
    }
  })

  app.addHook('preValidation', async (request, reply) => {
    const session = recognised.get(request)?.session
    if (session === undefined || !isUnsafe(request.method) || request.is404) return
    try {
      checkCsrfToken(request, session.csrfToken)
    } catch (error) {
      return await refuse(request, reply, accounts, error)
    }
  })
}, { [Symbol.for('skip-override')]: true })

function checkRule (route: RouteOptions, roles: readonly string[]): void {
  const rule = route.config?.access
  const name = `${String(route.method)} ${route.url}`
  if (rule === undefined) throw new Error(`route ${name} names nobody who may call it: give it config.access`)
  const unknown = typeof rule === 'string' ? [] : rule.filter((role) => !roles.includes(role))
  if (unknown.length > 0) throw new Error(`route ${name} names roles that do not exist: ${unknown.join(', ')}`)
}

function checkAccess (request: FastifyRequest, { publicUrl }: Accounts): void {
  // A route registered before the guard was not checked then: nobody may call it.
  const rule: AccessRule = request.routeOptions.config.access ?? []
  const { actor, session } = recognised.get(request) ?? {}
  if (session !== undefined && isUnsafe(request.method)) checkRequestOrigin(request, publicUrl)
  if (rule === 'public') return
  if (actor === undefined) throw new AccountError(401, 'unauthorized', 'sign in, or give an API key')
  if (rule !== 'signed-in' && !hasRole(actor, rule)) throw new AccountError(403, 'forbidden', 'none of your roles allows this')
}

const FORGED = new Set(['csrf_token_invalid', 'foreign_origin'])

async function refuse (request: FastifyRequest, reply: FastifyReply, accounts: Accounts, error: unknown): Promise<FastifyReply> {
  if (!(error instanceof AccountError)) throw error
  const forged = FORGED.has(error.code)
  if (error.statusCode === 403) tell(request, accounts, { kind: forged ? 'requestForged' : 'accessRefused', reason: error.code })
  if (error.statusCode === 401) reply.header('www-authenticate', 'Bearer')
  if (!wantsPage(request)) return sendAccountError(reply, error)
  if (error.statusCode !== 401) return await sendProblem(request, reply, { kind: forged ? 'forged' : 'forbidden', status: error.statusCode }, accounts.problemPage)
  return await leadToSignIn(request, reply, accounts)
}

/** Only a plain page request is redirected: browsers refuse to follow a form's redirect to another site (CSP form-action), and what was typed is lost anyway. */
async function leadToSignIn (request: FastifyRequest, reply: FastifyReply, accounts: Accounts): Promise<FastifyReply> {
  const plain = !isUnsafe(request.method)
  const signIn = `${basePathOf(accounts.publicUrl)}${SIGN_IN_PATH}`
  const link = plain ? `${signIn}?return=${encodeURIComponent(request.url)}` : signIn
  if (request.headers['hx-request'] !== undefined) return reply.code(401).header('hx-redirect', signIn).header('cache-control', 'no-store').send()
  if (plain && accounts.openId !== undefined) return reply.header('cache-control', 'no-store').redirect(link, 303)
  return await sendProblem(request, reply, { kind: 'sessionEnded', status: 401, ...accounts.openId === undefined ? {} : { link } }, accounts.problemPage)
}

async function refuseForNow (request: FastifyRequest, reply: FastifyReply, accounts: Accounts, kind: 'locked' | 'tooMany', seconds: number): Promise<FastifyReply> {
  const problem: AccountProblem = { kind, status: 429, retryAfterSeconds: seconds }
  if (wantsPage(request)) return await sendProblem(request, reply, problem, accounts.problemPage)
  const error = kind === 'locked'
    ? new AccountError(429, 'origin_locked', 'too many failed attempts from your address')
    : new AccountError(429, 'too_many_requests', 'too many requests from your address')
  return sendAccountError(reply.header('retry-after', seconds), error)
}

function tell (request: FastifyRequest, accounts: Accounts, event: Pick<AccountEvent, 'kind' | 'reason'>): void {
  const actor = recognised.get(request)?.actor
  accounts.onEvent({
    ...event, at: accounts.clock.now(), origin: actor?.origin ?? request.ip, route: `${request.method} ${request.routeOptions.url ?? ''}`, ...actor === undefined ? {} : { actor }
  })
}
