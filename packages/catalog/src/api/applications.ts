import type { FastifyPluginAsync } from 'fastify'
import { actorOfRequest, ADMINISTRATOR, EDITOR, OWNER } from '../accounts.ts'
import type { Draft } from '../application/index.ts'
import type { CatalogActor } from '../catalog-actor.ts'
import { toProfile } from '../description/index.ts'
import type { InterfaceCard } from '../entry/index.ts'
import type { Parts } from '../parts.ts'
import { Refusal } from '../refusal.ts'
import { versionJson } from './entry-json.ts'

const tags = ['applications']
const APPLICANTS = [ADMINISTRATOR, OWNER, EDITOR]
const text = { type: 'string', maxLength: 10_000 } as const
const bilingual = { type: 'object', additionalProperties: false, required: ['uk'], properties: { uk: text, en: text } } as const
const draftSchema = {
  type: 'object',
  additionalProperties: false,
  required: ['version', 'services', 'card'],
  properties: {
    resource_id: { ...text, maxLength: 64, description: 'Of a new interface' },
    version: { ...text, maxLength: 32 },
    services: { type: 'array', minItems: 1, maxItems: 50, items: { ...text, maxLength: 1024 }, description: 'INSTANCE/CLASS/CODE/SUBSYSTEM/SERVICE[/VERSION]; the first is the main one' },
    card: {
      type: 'object',
      additionalProperties: false,
      required: ['name', 'purpose', 'legalBasis', 'contact'],
      properties: {
        name: bilingual,
        purpose: bilingual,
        restrictions: text,
        callSequence: text,
        publicInterface: { type: 'boolean' },
        descriptionPublic: { type: 'boolean' },
        legalBasis: text,
        contact: { type: 'object', additionalProperties: false, required: ['unit'], properties: { unit: text, email: text, phone: text } },
        personalData: {
          type: 'object',
          additionalProperties: false,
          required: ['processed'],
          properties: { processed: { type: 'boolean' }, categories: text, subjects: text, legalBasis: text, retention: text, monitored: { type: 'string', enum: ['yes', 'no', 'exception'] }, exceptionGround: text }
        },
        responseTargetMs: { type: 'integer', minimum: 1, maximum: 600_000 }
      }
    },
    profile: { type: 'object', description: 'Sample requests: {operations: [{operation, safe, samples}]}' }
  }
} as const
const reasonSchema = { type: 'object', additionalProperties: false, required: ['reason'], properties: { reason: { ...text, minLength: 1, maxLength: 2000 } } } as const

interface DraftBody { readonly resource_id?: string, readonly version: string, readonly services: readonly string[], readonly card: Partial<InterfaceCard> & Pick<InterfaceCard, 'name' | 'purpose' | 'legalBasis' | 'contact'>, readonly profile?: unknown }

function toDraft ({ version, services, card, profile }: DraftBody): Draft {
  try {
    return { version, serviceIds: services, card: { restrictions: '', callSequence: '', publicInterface: false, descriptionPublic: true, personalData: { processed: false }, ...card }, profile: toProfile(profile ?? { operations: [] }) }
  } catch (error) {
    const words = error instanceof Error ? error.message : String(error)
    throw new Refusal('invalid', 'invalid_profile', { uk: `Зразки: ${words}`, en: `samples: ${words}` }, { fields: { profile: { uk: words, en: words } } })
  }
}

/** From draft to publication. */
export function applicationRoutes ({ applications }: Parts): FastifyPluginAsync {
  return async (app) => {
    const actorOf = (request: Parameters<typeof actorOfRequest>[0]): CatalogActor => actorOfRequest(request)!
    const one = async (id: string): Promise<object> => versionJson((await applications.find(id)).version, true)

    app.post<{ Body: DraftBody }>('/interfaces', { schema: { summary: 'A new interface with its first draft', tags, body: draftSchema }, config: { access: APPLICANTS } }, async (request, reply) => {
      const { versionId } = await applications.create(actorOf(request), request.body.resource_id ?? '', toDraft(request.body))
      return await reply.code(201).send(await one(versionId))
    })

    app.post<{ Params: { id: string }, Body: DraftBody }>('/interfaces/:id/versions', { schema: { summary: 'A further version, as a draft', tags, body: draftSchema }, config: { access: APPLICANTS } }, async (request, reply) => {
      return await reply.code(201).send(await one(await applications.createVersion(actorOf(request), request.params.id, toDraft(request.body))))
    })

    app.put<{ Params: { id: string }, Body: DraftBody }>('/versions/:id', { schema: { summary: 'Change a draft', tags, body: draftSchema }, config: { access: APPLICANTS } }, async (request) => {
      await applications.edit(actorOf(request), request.params.id, toDraft(request.body))
      return await one(request.params.id)
    })

    app.post<{ Params: { id: string } }>('/versions/:id/submit', { schema: { summary: 'Submit what was verified for approval', tags }, config: { access: APPLICANTS } }, async (request) => {
      await applications.submit(actorOf(request), request.params.id)
      return await one(request.params.id)
    })

    app.post<{ Params: { id: string } }>('/versions/:id/publish', { schema: { summary: 'Approve and publish; only by the newest passed run of exactly these contracts', tags }, config: { access: [ADMINISTRATOR] } }, async (request) => {
      await applications.publish(actorOf(request), request.params.id)
      return await one(request.params.id)
    })

    for (const [name, summary, roles] of [['reject', 'Reject an application', [ADMINISTRATOR]], ['withdraw', 'Withdraw from publication', APPLICANTS], ['deprecate', 'Mark deprecated', APPLICANTS]] as const) {
      app.post<{ Params: { id: string }, Body: { reason: string } }>(`/versions/:id/${name}`, { schema: { summary, tags, body: reasonSchema }, config: { access: roles } }, async (request) => {
        await applications[name](actorOf(request), request.params.id, request.body.reason)
        return await one(request.params.id)
      })
    }
  }
}
