import type { FastifyInstance } from 'fastify'
import type { SqlStore } from '@trembita/daemon/store'
import type { CostType } from '@trembita/protocol/globalconf'
import { ADMINISTRATION, certificateOf, fileField, FORM_TYPES, READERS, UPLOADS } from '../admin/index.ts'
import { Refusal } from '../refusal.ts'
import { certificateJson, certificateSchema } from './certificate-json.ts'
import type { OcspResponders } from './ocsp-responders.ts'
import { answers, byId, costType, ignoreWarnings, nothing, type ById } from './route-schemas.ts'
import { storedCa, storedCaCertificate, storedResponder, storedResponders, type StoredResponder } from './stored-services.ts'

const url = { type: 'string', minLength: 1, maxLength: 2048 } as const
const responder = {
  type: 'object',
  properties: { id: { type: 'integer' }, url: { type: 'string' }, cost_type: costType, has_certificate: { type: 'boolean' }, certificate: certificateSchema }
} as const
const tags = ['trust services']

interface ResponderBody {
  readonly url: string
  readonly certificate?: string
  readonly cost_type?: CostType
  readonly ignore_warnings: boolean
}

export function responderRoutes (app: FastifyInstance, store: SqlStore, responders: OcspResponders): void {
  const body = { url, certificate: fileField, cost_type: costType, ignore_warnings: ignoreWarnings } as const
  const owners = [
    ['/certification-services/:id/ocsp-responders', 'the top certification authority of a service', async (id: number) => (await storedCa(store, id)).topId],
    ['/intermediate-cas/:id/ocsp-responders', 'an intermediate certification authority', async (id: number) => (await storedCaCertificate(store, id)).id]
  ] as const
  for (const [path, owner, caOf] of owners) {
    app.get<{ Params: ById }>(path, {
      config: { access: READERS }, schema: { summary: `OCSP responders of ${owner}`, tags, params: byId, response: answers({ 200: { type: 'array', items: responder } }) }
    }, async (request) => (await storedResponders(store, await caOf(request.params.id))).map(json))

    app.post<{ Params: ById, Body: ResponderBody }>(path, {
      ...UPLOADS,
      config: { access: ADMINISTRATION, operation: 'ocsp-responder.add' },
      schema: {
        summary: `Add an OCSP responder of ${owner}`,
        description: 'It is asked first: it must take SHA-1 CertIDs and sign as one that may. `ignore_warnings` saves it although it failed.',
        tags,
        params: byId,
        consumes: FORM_TYPES,
        body: { type: 'object', additionalProperties: false, required: ['url'], properties: body },
        response: answers({ 201: responder })
      }
    }, async (request, reply) => {
      const { url, certificate, cost_type: costType, ignore_warnings: ignore } = request.body
      const id = await responders.add(request.actor, await caOf(request.params.id), {
        url, costType, certificate: certificate === undefined ? undefined : certificateOf(certificate, 'certificate')
      }, ignore)
      return reply.code(201).send(json(await storedResponder(store, id)))
    })
  }

  app.get<{ Params: ById }>('/ocsp-responders/:id', {
    config: { access: READERS }, schema: { summary: 'One OCSP responder', tags, params: byId, response: answers({ 200: responder }) }
  }, async (request) => json(await storedResponder(store, request.params.id)))

  app.patch<{ Params: ById, Body: Partial<ResponderBody> & { remove_certificate?: boolean } }>('/ocsp-responders/:id', {
    ...UPLOADS,
    config: { access: ADMINISTRATION, operation: 'ocsp-responder.change' },
    schema: {
      summary: 'Change an OCSP responder',
      tags,
      params: byId,
      consumes: FORM_TYPES,
      body: { type: 'object', additionalProperties: false, properties: { ...body, remove_certificate: { type: 'boolean' } } },
      response: answers({ 200: responder })
    }
  }, async (request) => {
    const { url, certificate, cost_type: costType, ignore_warnings: ignore, remove_certificate: remove } = request.body
    await responders.change(request.actor, request.params.id, {
      url, costType, certificate: certificate !== undefined ? certificateOf(certificate, 'certificate') : remove === true ? null : undefined
    }, ignore)
    return json(await storedResponder(store, request.params.id))
  })

  app.delete<{ Params: ById }>('/ocsp-responders/:id', {
    config: { access: ADMINISTRATION, operation: 'ocsp-responder.delete' }, schema: { summary: 'Remove an OCSP responder', tags, params: byId, response: answers({ 204: nothing }) }
  }, async (request, reply) => {
    await responders.remove(request.actor, request.params.id)
    return reply.code(204).send()
  })

  app.get<{ Params: ById }>('/ocsp-responders/:id/certificate', {
    config: { access: READERS }, schema: { summary: 'Certificate of an OCSP responder', tags, params: byId, response: answers({ 200: certificateSchema }) }
  }, async (request) => {
    const { certificate } = await storedResponder(store, request.params.id)
    if (certificate === undefined) throw new Refusal('notFound', 'certificate_not_found', 'the responder has no certificate of its own')
    return certificateJson(certificate)
  })
}

function json ({ id, url, certificate, costType }: StoredResponder): object {
  return { id, url, cost_type: costType, has_certificate: certificate !== undefined, certificate: certificate === undefined ? undefined : certificateJson(certificate) }
}
