import type { FastifyPluginAsync, FastifyReply, FastifyRequest } from 'fastify'
import type { Accounts } from './accounts.ts'
import { CALLBACK_PATH, ProviderUnavailable, SIGNED_OUT_PATH } from './open-id-provider.ts'
import { basePathOf } from './public-path.ts'
import { sendProblem, type AccountProblem } from './problem-page.ts'
import { ownPath } from './return-path.ts'
import { actorOf, type Person } from './sessions.ts'
import { ATTEMPT_SECONDS } from './sign-in-attempts.ts'

export const SIGN_IN_PATH = '/sign-in'
export const SIGN_OUT_PATH = '/sign-out'

const FORM_TYPE = 'application/x-www-form-urlencoded'
const FORM_BYTES_MAX = 10_000

/**
 * Sign-in and sign-out of people in browsers: `GET /sign-in?return=PATH`, `GET /sign-in/callback`, `POST /sign-out`,
 * `GET /signed-out`. Registered at the root of a guarded app, or below the path of its public address; without an identity provider there is nothing to register.
 */
export const signInRoutes: FastifyPluginAsync<Accounts> = async (app, accounts) => {
  const { openId, attempts, sessions, locks, clock, onEvent, publicUrl, sessionCookie, attemptCookie } = accounts
  if (openId === undefined) return
  const base = basePathOf(publicUrl)
  const signIn = `${base}${SIGN_IN_PATH}`
  const problem = (request: FastifyRequest, reply: FastifyReply, found: AccountProblem): Promise<FastifyReply> =>
    sendProblem(request, reply, found, accounts.problemPage)

  const unavailable = (request: FastifyRequest, reply: FastifyReply, error: ProviderUnavailable): Promise<FastifyReply> => {
    request.log.warn({ err: error }, 'identity provider does not answer')
    return problem(request, reply, { kind: 'providerUnavailable', status: 503, link: signIn })
  }

  /** Counts against the origin. The reason stays with us: who guesses must not learn from it. */
  const failed = (request: FastifyRequest, reason: string): void => {
    const event = { at: clock.now(), origin: request.ip }
    onEvent({ ...event, kind: 'signInFailed', reason })
    if (locks.failed(request.ip)) onEvent({ ...event, kind: 'originLocked', reason: 'too many failed sign-ins' })
  }

  const lockedReply = async (request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply | undefined> => {
    const seconds = locks.lockedSeconds(request.ip)
    return seconds === 0 ? undefined : await problem(request, reply, { kind: 'locked', status: 429, retryAfterSeconds: seconds })
  }

  // The form of the sign-out button, in an application that reads no other forms here.
  if (!app.hasContentTypeParser(FORM_TYPE)) {
    app.addContentTypeParser(FORM_TYPE, { parseAs: 'string', bodyLimit: FORM_BYTES_MAX }, (_request, body, done) => {
      done(null, Object.fromEntries(new URLSearchParams(String(body))))
    })
  }

  app.addHook('onSend', async (_request, reply) => { reply.header('cache-control', 'no-store') })

  app.get<{ Querystring: { return?: unknown } }>(SIGN_IN_PATH, { config: { access: 'public' }, schema: { hide: true } }, async (request, reply) => {
    const refused = await lockedReply(request, reply)
    if (refused !== undefined) return refused
    try {
      const { url, attempt } = await openId.begin(ownPath(request.query.return, publicUrl), accounts.languageOf(request))
      attemptCookie.write(reply, await attempts.begin(attempt), ATTEMPT_SECONDS)
      return reply.redirect(url.href, 303)
    } catch (error) {
      if (error instanceof ProviderUnavailable) return await unavailable(request, reply, error)
      throw error
    }
  })

  app.get(CALLBACK_PATH, { config: { access: 'public' }, schema: { hide: true } }, async (request, reply) => {
    const refused = await lockedReply(request, reply)
    if (refused !== undefined) return refused
    const cookie = attemptCookie.read(request)
    attemptCookie.clear(reply)
    const attempt = cookie === undefined ? undefined : await attempts.take(cookie)
    if (attempt === undefined) {
      failed(request, 'no such sign-in under way')
      return await problem(request, reply, { kind: 'signInExpired', status: 400, link: signIn })
    }
    let person: Person
    try {
      person = await openId.finish(request.url.split('?').slice(1).join('?'), attempt)
    } catch (error) {
      if (error instanceof ProviderUnavailable) return await unavailable(request, reply, error)
      request.log.info({ err: error }, 'sign-in refused')
      failed(request, error instanceof Error ? error.message : 'sign-in refused')
      return await problem(request, reply, { kind: 'signInFailed', status: 403, link: signIn })
    }
    if (person.roles.length === 0) {
      const actor = { kind: 'user', id: person.id, name: person.name, roles: [], origin: request.ip } as const
      onEvent({ kind: 'signInFailed', at: clock.now(), origin: request.ip, actor, reason: 'no role in this system' })
      return await problem(request, reply, { kind: 'noRole', status: 403, link: signIn })
    }
    // Whatever session the browser had ends, and the new one has a new cookie: one planted before the sign-in is worth nothing.
    const former = sessionCookie.read(request)
    if (former !== undefined) await sessions.end(former)
    const started = await sessions.start(person, request.ip)
    sessionCookie.write(reply, started.cookie)
    onEvent({ kind: 'signedIn', at: clock.now(), origin: request.ip, actor: actorOf(started.session, request.ip) })
    return reply.redirect(ownPath(attempt.returnPath, publicUrl), 303)
  })

  app.post(SIGN_OUT_PATH, { config: { access: 'signed-in' }, schema: { hide: true } }, async (request, reply) => {
    const cookie = sessionCookie.read(request)
    if (cookie !== undefined) await sessions.end(cookie)
    sessionCookie.clear(reply)
    onEvent({ kind: 'signedOut', at: clock.now(), origin: request.ip, actor: request.actor })
    const url = await openId.endSessionUrl(accounts.languageOf(request))
    // Not a redirect: browsers do not follow a form's redirect to another site (CSP form-action 'self').
    if (url !== undefined) reply.header('refresh', `0; url=${url.href}`)
    return await problem(request, reply, { kind: 'signedOut', status: 200, link: url?.href ?? `${base}/` })
  })

  app.get(SIGNED_OUT_PATH, { config: { access: 'public' }, schema: { hide: true } },
    (request, reply) => problem(request, reply, { kind: 'signedOut', status: 200, link: `${base}/` }))
}
