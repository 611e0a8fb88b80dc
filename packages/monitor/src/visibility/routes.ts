import type {} from '@trembita/daemon/accounts'
import type { FastifyPluginAsync } from 'fastify'
import { VISIBILITY_REASONS } from '@trembita/protocol/accessevent'
import { VisibilityRefused, type VisibilityChanges, type WantedChange } from './visibility-changes.ts'

export interface VisibilityRoutesOptions {
  readonly changes: VisibilityChanges
  /** Roles that decide. */
  readonly access: readonly string[]
}

const STATUS = { invalid: 400, 'not-allowed': 403, 'not-found': 404 } as const
const LISTED_MAX = 500

const change = {
  type: 'object',
  required: ['changeId', 'selector', 'newState', 'setBy', 'at'],
  additionalProperties: true
} as const
const wantedSchema = {
  summary: 'Hides accesses for a time, or lifts it',
  tags: ['visibility'],
  body: {
    type: 'object',
    required: ['selector', 'newState'],
    additionalProperties: false,
    properties: {
      selector: {
        type: 'object',
        additionalProperties: false,
        properties: { eventId: { type: 'string', maxLength: 36 }, recipient: { type: 'string', maxLength: 256 }, caseRef: { type: 'string', maxLength: 256 } }
      },
      newState: { type: 'string', enum: ['deferred', 'restricted', 'lifted'] },
      reason: { type: 'string', enum: VISIBILITY_REASONS },
      reviewAt: { type: 'string', maxLength: 30 }
    }
  },
  response: { 201: { type: 'object', properties: { change, events: { type: 'integer' } } } }
} as const

/** For oversight, by session or API key: the record of changes, and new ones. */
export const visibilityRoutes: FastifyPluginAsync<VisibilityRoutesOptions> = async (app, { changes, access }) => {
  app.setErrorHandler((error, _request, reply) => {
    if (!(error instanceof VisibilityRefused)) throw error
    return reply.code(STATUS[error.kind]).send({ status: STATUS[error.kind], error: { code: error.kind.replaceAll('-', '_'), message: error.message } })
  })
  app.get('/visibility-changes', { config: { access }, schema: { summary: 'Changes of visibility, latest first', tags: ['visibility'], response: { 200: { type: 'array', items: change } } } },
    async () => await changes.list(LISTED_MAX))
  app.post<{ Body: WantedChange }>('/visibility-changes', { config: { access }, schema: wantedSchema }, async (request, reply) =>
    await reply.code(201).send(await changes.apply(request.actor.id, request.body)))
}
