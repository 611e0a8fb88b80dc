import type { FastifyPluginAsync } from 'fastify'
import { formatServerId } from '@trembita/protocol/identifiers'
import { listQuery, pageOf, READERS, REGISTRATION, toPage, type ListQuery } from '../../admin/index.ts'
import { certificateJson, certificateSchema } from '../../trust/index.ts'
import { encodedClientId, parseServerId } from '../encoded-id.ts'
import { authCertificatesOf, clientsOf, listServers, SERVER_SORTS, serverDetails } from '../server-list.ts'
import { changeServerAddress, deleteAuthCertificate, deleteServer } from '../servers.ts'
import { Suspended } from '../suspension-marks.ts'
import type { RegistryApiDeps } from './deps.ts'
import { historyRoute } from './history-route.ts'
import { serverClientJson, serverJson } from './json.ts'
import { answers, client, nothing, pathOf, server, text } from './schemas.ts'

const tags = ['security servers']
const byId = pathOf('id')
interface ById { readonly id: string }

/** `/security-servers`: what gateways registered of themselves, and the little that the centre may change of it. */
export function serversApi ({ store, changes, suspended }: RegistryApiDeps): FastifyPluginAsync {
  const now = async (): Promise<Suspended> => new Suspended(await suspended(store))
  return async (app) => {
    app.get<{ Querystring: ListQuery }>('/security-servers', {
      config: { access: READERS },
      schema: { summary: 'Find security servers', tags, querystring: listQuery(Object.keys(SERVER_SORTS)), response: answers({ 200: pageOf(server) }) }
    }, async ({ query }) => {
      const { items, total } = await listServers(store, query, await now())
      return toPage(items.map(serverJson), total, query)
    })

    app.get<{ Params: ById }>('/security-servers/:id', {
      config: { access: READERS }, schema: { summary: 'One security server', tags, params: byId, response: answers({ 200: server }) }
    }, async ({ params }) => serverJson(await serverDetails(store, parseServerId(params.id), await now())))

    app.patch<{ Params: ById, Body: { readonly server_address: string } }>('/security-servers/:id', {
      config: { access: REGISTRATION, operation: 'server.edit' },
      schema: { summary: 'Change the address', tags, params: byId, body: { type: 'object', required: ['server_address'], additionalProperties: false, properties: { server_address: text } }, response: answers({ 200: server }) }
    }, async (request) => {
      const id = parseServerId(request.params.id)
      await changeServerAddress(changes, request.actor, id, request.body.server_address)
      return serverJson(await serverDetails(store, id, await now()))
    })

    app.delete<{ Params: ById }>('/security-servers/:id', {
      config: { access: REGISTRATION, operation: 'server.delete' },
      schema: {
        summary: 'Delete a security server with its certificates and clients; the answer tells which',
        tags,
        params: byId,
        response: answers({ 200: { type: 'object', properties: { clients: { type: 'array', items: { type: 'string' } }, authentication_certificates: { type: 'array', items: { type: 'string' } } } } })
      }
    }, async (request) => {
      const { clients, certificates } = await deleteServer(changes, request.actor, parseServerId(request.params.id))
      return { clients: clients.map(encodedClientId), authentication_certificates: certificates }
    })

    // Only looked up here: `trust` and `registry` know each other, and this one may be loaded first.
    const authCertificate = { type: 'object', properties: { id: { type: 'integer' }, registered_at: { type: 'string' }, ...certificateSchema.properties } }
    app.get<{ Params: ById }>('/security-servers/:id/authentication-certificates', {
      config: { access: READERS }, schema: { summary: 'Authentication certificates of a security server', tags, params: byId, response: answers({ 200: { type: 'array', items: authCertificate } }) }
    }, async ({ params }) => (await authCertificatesOf(store, parseServerId(params.id))).map(({ id, certificate, registeredAt }) => ({ id, registered_at: registeredAt, ...certificateJson(certificate) })))

    app.delete<{ Params: { readonly id: string, readonly certificate_id: number } }>('/security-servers/:id/authentication-certificates/:certificate_id', {
      config: { access: REGISTRATION, operation: 'server.certificate.delete' },
      schema: {
        summary: 'Delete an authentication certificate',
        tags,
        params: { type: 'object', required: ['id', 'certificate_id'], properties: { id: { type: 'string' }, certificate_id: { type: 'integer', minimum: 1, maximum: Number.MAX_SAFE_INTEGER } } },
        response: answers({ 204: nothing })
      }
    }, async (request, reply) => {
      await deleteAuthCertificate(changes, request.actor, parseServerId(request.params.id), request.params.certificate_id)
      return await reply.code(204).send()
    })

    app.get<{ Params: ById }>('/security-servers/:id/clients', {
      config: { access: READERS }, schema: { summary: 'Registered clients of a security server, its owner not among them', tags, params: byId, response: answers({ 200: { type: 'array', items: client } }) }
    }, async ({ params }) => (await clientsOf(store, parseServerId(params.id))).map(serverClientJson))

    historyRoute(app, store, { path: '/security-servers', tag: 'security servers', kind: 'server', nameOf: (id) => formatServerId(parseServerId(id)) })
  }
}
