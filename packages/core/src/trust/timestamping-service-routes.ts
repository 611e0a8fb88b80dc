import type { FastifyInstance } from 'fastify'
import type { SqlStore } from '@trembita/daemon/store'
import type { CostType } from '@trembita/protocol/globalconf'
import { ADMINISTRATION, certificateOf, fileField, FORM_TYPES, READERS, UPLOADS } from '../admin/index.ts'
import { certificateJson, certificateSchema } from './certificate-json.ts'
import { answers, byId, costType, ignoreWarnings, ignoringWarnings, nothing, type ById, type IgnoringWarnings } from './route-schemas.ts'
import { storedTsa, storedTsas, type StoredTsa } from './stored-services.ts'
import type { TimestampingServices } from './timestamping-services.ts'

const service = {
  type: 'object',
  properties: { id: { type: 'integer' }, name: { type: 'string' }, url: { type: 'string' }, cost_type: costType, certificate: certificateSchema }
} as const
const url = { type: 'string', minLength: 1, maxLength: 2048 } as const
const tags = ['trust services']

export function timestampingServiceRoutes (app: FastifyInstance, store: SqlStore, services: TimestampingServices): void {
  app.get('/timestamping-services', {
    config: { access: READERS }, schema: { summary: 'Approved timestamping services', tags, response: answers({ 200: { type: 'array', items: service } }) }
  }, async () => (await storedTsas(store)).map(json))

  app.post<{ Body: { url: string, certificate: string, name?: string, cost_type?: CostType, ignore_warnings: boolean } }>('/timestamping-services', {
    ...UPLOADS,
    config: { access: ADMINISTRATION, operation: 'timestamping-service.add' },
    schema: {
      summary: 'Approve a timestamping service',
      description: 'It has to stamp something first, and the stamp to verify by the certificate given. `ignore_warnings` saves it although that failed.',
      tags,
      consumes: FORM_TYPES,
      body: {
        type: 'object',
        additionalProperties: false,
        required: ['url', 'certificate'],
        properties: { url, certificate: fileField, name: { type: 'string', maxLength: 255 }, cost_type: costType, ignore_warnings: ignoreWarnings }
      },
      response: answers({ 201: service })
    }
  }, async (request, reply) => {
    const { url, certificate, name, cost_type: costType, ignore_warnings: ignore } = request.body
    const id = await services.add(request.actor, { url, certificate: certificateOf(certificate, 'certificate'), name, costType }, ignore)
    return reply.code(201).send(json(await storedTsa(store, id)))
  })

  app.get<{ Params: ById }>('/timestamping-services/:id', {
    config: { access: READERS }, schema: { summary: 'One timestamping service', tags, params: byId, response: answers({ 200: service }) }
  }, async (request) => json(await storedTsa(store, request.params.id)))

  app.patch<{ Params: ById, Body: { url?: string, certificate?: string, cost_type?: CostType, ignore_warnings: boolean } }>('/timestamping-services/:id', {
    ...UPLOADS,
    config: { access: ADMINISTRATION, operation: 'timestamping-service.change' },
    schema: {
      summary: 'Change a timestamping service',
      tags,
      params: byId,
      consumes: FORM_TYPES,
      body: { type: 'object', additionalProperties: false, properties: { url, certificate: fileField, cost_type: costType, ignore_warnings: ignoreWarnings } },
      response: answers({ 200: service })
    }
  }, async (request) => {
    const { url, certificate, cost_type: costType, ignore_warnings: ignore } = request.body
    await services.change(request.actor, request.params.id, { url, costType, certificate: certificate === undefined ? undefined : certificateOf(certificate, 'certificate') }, ignore)
    return json(await storedTsa(store, request.params.id))
  })

  app.delete<{ Params: ById, Querystring: IgnoringWarnings }>('/timestamping-services/:id', {
    config: { access: ADMINISTRATION, operation: 'timestamping-service.delete' },
    schema: { summary: 'Withdraw the approval of a timestamping service', tags, params: byId, querystring: ignoringWarnings, response: answers({ 204: nothing }) }
  }, async (request, reply) => {
    await services.remove(request.actor, request.params.id, request.query.ignore_warnings)
    return reply.code(204).send()
  })

  app.get<{ Params: ById }>('/timestamping-services/:id/certificate', {
    config: { access: READERS }, schema: { summary: 'Certificate of a timestamping service', tags, params: byId, response: answers({ 200: certificateSchema }) }
  }, async (request) => certificateJson((await storedTsa(store, request.params.id)).certificate))
}

function json ({ id, name, url, certificate, costType }: StoredTsa): object {
  return { id, name, url, cost_type: costType, certificate: certificateJson(certificate) }
}
