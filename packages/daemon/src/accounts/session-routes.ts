import type { FastifyPluginAsync } from 'fastify'
import { AccountError, sendAccountError } from './account-error.ts'
import type { Accounts } from './accounts.ts'
import type { Session } from './sessions.ts'

export interface SessionRoutesOptions {
  readonly accounts: Accounts
  /** Who may see and end other people's sessions. */
  readonly access: readonly string[]
}

const strings = { type: 'array', items: { type: 'string' } } as const
const text = { type: 'string' } as const
const session = {
  type: 'object',
  properties: {
    id: text, username: text, name: text, roles: strings, origin: text, created_at: text, seen_at: text, expires_at: text, current: { type: 'boolean' }
  }
} as const
const tags = ['user']

/** `GET /user` (who am I), `GET /sessions`, `DELETE /sessions/:id`. */
export const sessionRoutes: FastifyPluginAsync<SessionRoutesOptions> = async (app, { accounts, access }) => {
  app.setErrorHandler((error, _request, reply) => {
    if (!(error instanceof AccountError)) throw error
    return sendAccountError(reply, error)
  })

  app.get('/user', {
    config: { access: 'signed-in' },
    schema: {
      summary: 'Who is asking',
      tags,
      response: { 200: { type: 'object', properties: { username: text, name: text, kind: text, roles: strings, csrf_token: text } } }
    }
  }, async ({ actor, browserSession }) => ({
    username: actor.id, name: actor.name, kind: actor.kind, roles: actor.roles, ...browserSession === undefined ? {} : { csrf_token: browserSession.csrfToken }
  }))

  app.get('/sessions', {
    config: { access }, schema: { summary: 'Who is signed in by browser', tags, response: { 200: { type: 'array', items: session } } }
  }, async ({ actor }) => (await accounts.sessions.list()).map((one) => ({ ...toJson(one), current: one.id === actor.session })))

  app.delete<{ Params: { id: string } }>('/sessions/:id', {
    config: { access },
    schema: {
      summary: 'End a session', tags, params: { type: 'object', required: ['id'], properties: { id: { type: 'string', maxLength: 100 } } }, response: { 200: { type: 'null' } }
    }
  }, async (request, reply) => {
    const ended = await accounts.sessions.endById(request.params.id)
    if (ended === undefined) throw new AccountError(404, 'session_not_found', 'there is no such session')
    accounts.onEvent({ kind: 'sessionEnded', at: accounts.clock.now(), origin: request.actor.origin, actor: request.actor, reason: `session of ${ended.person.name}` })
    return reply.send()
  })
}

function toJson ({ id, person, origin, createdAt, seenAt, expiresAt }: Session): object {
  return {
    id,
    username: person.id,
    name: person.name,
    roles: person.roles,
    origin,
    created_at: createdAt.toISOString(),
    seen_at: seenAt.toISOString(),
    expires_at: expiresAt.toISOString()
  }
}
