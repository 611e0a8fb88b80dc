import type { FastifyPluginAsync, FastifyRequest } from 'fastify'
import type { AgreementMode, EndpointPattern } from '../../serverconf/index.ts'
import type { AdminDeps } from '../deps.ts'
import { formatEncodedId } from '../encoded-id.ts'
import { Refusal } from '../refusal.ts'
import { READERS, SERVICE_ADMINISTRATOR } from '../roles.ts'
import { described, flag, note, pathOf, record, text } from '../route.ts'
import { checkUrl } from './read-description.ts'
import { agreementSchema, endpointJson, endpointSchema, methodSchema, serviceJson, serviceOf, serviceSchema, type Placed } from './service-json.ts'

interface ById { Params: { id: string } }
interface ServiceUpdate {
  url?: string
  timeout?: number
  ssl_auth?: boolean
  agreement?: AgreementMode
  url_all?: boolean
  timeout_all?: boolean
  ssl_auth_all?: boolean
  ignore_warnings?: boolean
}

const tag = 'services'
const access = [SERVICE_ADMINISTRATOR]
const params = pathOf('id')
const TIMEOUT_SECONDS_MAX = 86_400

/** Services and the endpoints that rights can be given to. */
export const servicesApi = (deps: AdminDeps): FastifyPluginAsync => async (app) => {
  const { descriptions } = deps.serverconf
  const take = (request: FastifyRequest<ById>): Placed => {
    const placed = serviceOf(deps, request.params.id)
    note(request, { clientIdentifier: formatEncodedId(placed.client.id), service: request.params.id })
    return placed
  }
  const endpointOf = (id: string): NonNullable<ReturnType<typeof descriptions.endpoint>> => {
    const endpoint = /^\d{1,15}$/.test(id) ? descriptions.endpoint(Number(id)) : undefined
    if (endpoint === undefined) throw new Refusal('notFound', 'endpoint_not_found', 'there is no such endpoint')
    return endpoint
  }
  const takeEndpoint = (request: FastifyRequest<ById>): ReturnType<typeof endpointOf> => {
    const endpoint = endpointOf(request.params.id)
    note(request, { clientIdentifier: formatEncodedId(endpoint.client), serviceCode: endpoint.serviceCode, endpoint: `${endpoint.method} ${endpoint.path}` })
    if (endpoint.generated) throw new Refusal('conflict', 'illegal_generated_endpoint_update', 'the endpoint comes from the description: refresh that instead')
    return endpoint
  }

  app.get<ById>('/services/:id', described({ tag, summary: 'One service', access: READERS, params, answer: serviceSchema }), async ({ params }) => {
    const { service, description } = serviceOf(deps, params.id)
    return serviceJson(service, description, deps)
  })

  app.patch<ById & { Body: ServiceUpdate }>('/services/:id',
    described({
      tag,
      summary: 'Where a service is, how long it may take, whether its certificate is checked, and whether it asks for an agreement',
      access,
      audit: 'Edit service parameters',
      params,
      body: record({
        url: text(2048),
        timeout: { type: 'integer', minimum: 1, maximum: TIMEOUT_SECONDS_MAX },
        ssl_auth: flag,
        agreement: agreementSchema,
        url_all: flag,
        timeout_all: flag,
        ssl_auth_all: flag,
        ignore_warnings: flag
      }),
      answer: serviceSchema
    }), async (request) => {
      const { service, description } = take(request)
      const { url, timeout: timeoutSeconds, ssl_auth: verifyTls, agreement, url_all: urlAll, timeout_all: timeoutAll, ssl_auth_all: tlsAll } = request.body
      note(request, { url, timeout: timeoutSeconds, tlsAuth: verifyTls, agreement, urlAll, timeoutAll, tlsAuthAll: tlsAll })
      if (url !== undefined) checkUrl('url', url)
      for (const one of description.services) {
        const own = one === service
        descriptions.updateService(description.id, one.code, one.version, {
          ...(own || urlAll === true) && url !== undefined ? { url } : {},
          ...(own || timeoutAll === true) && timeoutSeconds !== undefined ? { timeoutSeconds } : {},
          ...(own || tlsAll === true) && verifyTls !== undefined ? { verifyTls } : {},
          ...own && agreement !== undefined ? { agreement } : {}
        })
      }
      const changed = serviceOf(deps, request.params.id)
      return serviceJson(changed.service, changed.description, deps)
    })

  app.post<ById & { Body: EndpointPattern & { service_code?: string } }>('/services/:id/endpoints',
    described({ tag, summary: 'Name an endpoint, to give rights to it alone', access, audit: 'Add API endpoint', params, body: record({ service_code: text(), method: methodSchema, path: text(2048) }, ['method', 'path']), created: endpointSchema }),
    async (request, reply) => {
      const { service, description } = take(request)
      const { method, path, service_code: code } = request.body
      note(request, { endpoint: `${method} ${path}` })
      if (description.type === 'WSDL') throw new Refusal('invalid', 'wrong_type', 'a SOAP service has no endpoints')
      if (code !== undefined && code !== service.code) throw new Refusal('invalid', 'validation_failure', 'service_code is of another service', { fields: { service_code: `is not ${service.code}` } })
      checkPath(path)
      const id = descriptions.addEndpoint(description.client, service.code, { method, path })
      if (id === undefined) throw new Refusal('conflict', 'endpoint_already_exists', 'the service has this endpoint', { metadata: [`${method} ${path}`] })
      return await reply.code(201).send(endpointJson({ id, method, path, generated: false }, service.code))
    })

  app.get<ById>('/endpoints/:id', described({ tag, summary: 'One endpoint', access: READERS, params, answer: endpointSchema }), async ({ params }) => {
    const endpoint = endpointOf(params.id)
    return endpointJson(endpoint, endpoint.serviceCode)
  })

  app.patch<ById & { Body: EndpointPattern }>('/endpoints/:id',
    described({ tag, summary: 'Change an endpoint; its rights go with it', access, audit: 'Edit API endpoint', params, body: record({ method: methodSchema, path: text(2048) }, ['method', 'path']), answer: endpointSchema }),
    async (request) => {
      const { id, serviceCode } = takeEndpoint(request)
      const { method, path } = request.body
      note(request, { newEndpoint: `${method} ${path}` })
      checkPath(path)
      if (!descriptions.updateEndpoint(id, { method, path })) throw new Refusal('conflict', 'endpoint_already_exists', 'the service has this endpoint', { metadata: [`${method} ${path}`] })
      return endpointJson({ id, method, path, generated: false }, serviceCode)
    })

  app.delete<ById>('/endpoints/:id', described({ tag, summary: 'Delete an endpoint with its rights', access, audit: 'Delete API endpoint', params }), async (request, reply) => {
    descriptions.removeEndpoint(takeEndpoint(request).id)
    return await reply.code(204).send()
  })
}

/** What a request's path is compared with always begins so. */
function checkPath (path: string): void {
  if (!path.startsWith('/') || /[\u0000-\u001f\u007f?#]/.test(path)) throw new Refusal('invalid', 'validation_failure', 'path is not usable', { fields: { path: 'expected a path that begins with /, without a query' } })
}
