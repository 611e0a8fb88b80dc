import type { FastifyPluginAsync, FastifyRequest } from 'fastify'
import { actorOfRequest } from '../accounts.ts'
import { publicOpenApi, publicWsdl } from '../description/index.ts'
import { PUBLIC, type Viewer } from '../entry/index.ts'
import type { Parts } from '../parts.ts'
import { Refusal } from '../refusal.ts'
import { interfaceJson, organisationJson, resourceJson, serviceJson } from './entry-json.ts'

const tags = ['entries']
const access = { access: 'public' } as const

function viewerOf (request: FastifyRequest): Viewer {
  return actorOfRequest(request) ?? PUBLIC
}

function nothing (): Refusal {
  return new Refusal('notFound', 'not_found', { uk: 'Такого запису немає.', en: 'There is no such entry.' })
}

/** Organisations, resources, interfaces, services, their descriptions and health. */
export function entryRoutes ({ entries }: Parts): FastifyPluginAsync {
  return async (app) => {
    app.get('/organisations', { schema: { summary: 'Participants', tags }, config: access }, async () => ({ items: (await entries.organisations()).map(organisationJson) }))

    app.get<{ Params: { '*': string } }>('/organisations/*', { schema: { summary: 'One participant: INSTANCE/CLASS/CODE', tags }, config: access }, async ({ params }) => {
      const found = await entries.organisation(params['*'])
      if (found === undefined) throw nothing()
      return organisationJson(found)
    })

    app.get('/resources', { schema: { summary: 'Information resources, those of the annex first', tags }, config: access }, async () => ({ items: (await entries.resources()).map(resourceJson) }))

    app.get<{ Params: { id: string } }>('/resources/:id', { schema: { summary: 'One resource', tags }, config: access }, async ({ params }) => {
      const found = await entries.resource(params.id)
      if (found === undefined) throw nothing()
      return resourceJson(found)
    })

    app.get('/interfaces', { schema: { summary: 'Interfaces with their versions', tags }, config: access }, async (request) => {
      return { items: (await entries.interfaces(viewerOf(request))).map((one) => interfaceJson(one, request.signedIn !== undefined)) }
    })

    app.get<{ Params: { id: string } }>('/interfaces/:id', { schema: { summary: 'One interface', tags }, config: access }, async (request) => {
      const found = await entries.interface(request.params.id, viewerOf(request))
      if (found === undefined) throw nothing()
      return interfaceJson(found, request.signedIn !== undefined)
    })

    app.get('/services', { schema: { summary: 'Services that gateways list', tags }, config: { access: 'signed-in' } }, async () => ({ items: (await entries.services()).map(serviceJson) }))

    app.get<{ Params: { '*': string } }>('/descriptions/*', { schema: { summary: 'Description of a published service, without addresses', tags }, config: access }, async (request, reply) => {
      const service = await entries.service(request.params['*'])
      if (service === undefined) throw nothing()
      const published = (await entries.interfaces(viewerOf(request))).flatMap(({ versions }) => versions).find(({ services, state }) => ['published', 'drifted', 'deprecated'].includes(state) && services.some(({ serviceId }) => serviceId === service.id))
      const signedIn = request.signedIn !== undefined
      if (!signedIn && published?.card.descriptionPublic !== true) throw nothing()
      const ref = published?.services.find(({ serviceId }) => serviceId === service.id)?.description ?? service.description
      const description = ref === undefined ? undefined : await entries.description(ref.documentHash)
      if (description === undefined) throw nothing()
      return description.mediaType === 'application/wsdl+xml'
        ? await reply.type('text/xml; charset=utf-8').send(publicWsdl(description.bytes))
        : await reply.type('application/json; charset=utf-8').send(JSON.stringify(publicOpenApi(description.bytes, service.id)))
    })

    app.get('/status', { schema: { summary: 'Health of published services', tags }, config: access }, async () => {
      const published = new Set((await entries.interfaces()).flatMap(({ versions }) => versions.filter(({ state }) => state === 'published' || state === 'drifted').flatMap(({ services }) => services.map(({ serviceId }) => serviceId))))
      return { items: [...(await entries.health()).values()].filter(({ serviceId }) => published.has(serviceId)).map(({ serviceId, state, since, checkedAt, cause, latencyMs }) => ({ service_id: serviceId, state, since, checked_at: checkedAt, cause, latency_ms: latencyMs })) }
    })
  }
}
