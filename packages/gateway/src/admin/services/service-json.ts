import type { ClientConf, DescribedEndpoint, DescribedService, Description } from '../../serverconf/index.ts'
import type { AdminDeps } from '../deps.ts'
import { formatEncodedId, parseEncodedClientId } from '../encoded-id.ts'
import { Refusal } from '../refusal.ts'
import { flag, instant, listOf, record, text } from '../route.ts'

export const methodSchema = { type: 'string', enum: ['*', 'GET', 'POST', 'PUT', 'DELETE', 'PATCH', 'HEAD', 'OPTIONS', 'TRACE'] } as const
export const agreementSchema = { type: 'string', enum: ['none', 'refuse', 'remove'] } as const
export const endpointSchema = record({ id: text(), service_code: text(), method: methodSchema, path: text(2048), generated: flag }, ['id', 'service_code', 'method', 'path'])
export const serviceSchema = record({
  id: text(4096),
  full_service_code: text(512),
  service_code: text(),
  timeout: { type: 'integer' },
  title: text(10_000, 0),
  ssl_auth: flag,
  subjects_count: { type: 'integer' },
  url: text(2048),
  agreement: agreementSchema,
  endpoints: listOf(endpointSchema)
}, ['id', 'service_code', 'timeout', 'url'])
export const typeSchema = { type: 'string', enum: ['WSDL', 'OPENAPI3', 'REST'] } as const
export const descriptionSchema = record({
  id: text(),
  client_id: text(2048),
  type: typeSchema,
  url: text(2048),
  disabled: flag,
  disabled_notice: text(1000, 0),
  refreshed_at: instant,
  services: listOf(serviceSchema)
}, ['id', 'client_id', 'type', 'url', 'disabled', 'services'])

/** A service with what stands around it. */
export interface Placed {
  readonly client: ClientConf
  readonly description: Description
  readonly service: DescribedService
}

const fullCode = ({ code, version }: DescribedService): string => version === undefined ? code : `${code}.${version}`

/** A service by X-Road's id, `EE:GOV:1:sub:code.version`. @throws {Refusal}. */
export function serviceOf (deps: AdminDeps, id: string): Placed {
  const cut = id.lastIndexOf(':')
  const notFound = (): Refusal => new Refusal('notFound', 'service_not_found', 'there is no such service', { metadata: [id] })
  if (cut < 0) throw notFound()
  const client = deps.serverconf.current().client(parseEncodedClientId('id', id.slice(0, cut)))
  if (client === undefined) throw notFound()
  for (const description of deps.serverconf.descriptions.of(client.id)) {
    const service = description.services.find((one) => fullCode(one) === id.slice(cut + 1))
    if (service !== undefined) return { client, description, service }
  }
  throw notFound()
}

export function endpointJson ({ id, method, path, generated }: DescribedEndpoint, serviceCode: string): object {
  return { id: String(id), service_code: serviceCode, method, path, generated }
}

export function serviceJson (service: DescribedService, { client }: Pick<Description, 'client'>, deps: AdminDeps): object {
  const subjects = new Set(deps.serverconf.rights.of(client).filter(({ serviceCode }) => serviceCode === service.code).map(({ subject }) => JSON.stringify(subject)))
  return {
    id: `${formatEncodedId(client)}:${fullCode(service)}`,
    full_service_code: fullCode(service),
    service_code: service.code,
    timeout: service.timeoutSeconds,
    ...service.title === undefined ? {} : { title: service.title },
    ssl_auth: service.verifyTls,
    subjects_count: subjects.size,
    url: service.url,
    agreement: service.agreement,
    endpoints: service.endpoints.map((endpoint) => endpointJson(endpoint, service.code))
  }
}

export function descriptionJson (description: Description, deps: AdminDeps): object {
  const { id, client, type, url, disabled, disabledNotice, refreshedAt, services } = description
  return {
    id: String(id),
    client_id: formatEncodedId(client),
    type,
    url,
    disabled,
    disabled_notice: disabledNotice,
    ...refreshedAt === undefined ? {} : { refreshed_at: refreshedAt.toISOString() },
    services: services.map((service) => serviceJson(service, description, deps))
  }
}
