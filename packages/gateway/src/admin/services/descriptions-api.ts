import type { FastifyPluginAsync, FastifyRequest } from 'fastify'
import type { Description, ServiceToWrite, ServiceType } from '../../serverconf/index.ts'
import { localClientOf } from '../clients/index.ts'
import type { AdminDeps } from '../deps.ts'
import { formatEncodedId } from '../encoded-id.ts'
import { Refusal, warnOf } from '../refusal.ts'
import { READERS, SERVICE_ADMINISTRATOR } from '../roles.ts'
import { described, flag, instant, listOf, note, optional, pathOf, record, text } from '../route.ts'
import type { DescriptionState, DescriptionWatch } from './description-changes.ts'
import { differences, nameOf } from './differences.ts'
import { readDescription } from './read-description.ts'
import { descriptionJson, descriptionSchema, serviceJson, serviceSchema, typeSchema } from './service-json.ts'

interface ById { Params: { id: string } }
interface NewDescription { url: string, type: ServiceType, rest_service_code?: string, ignore_warnings?: boolean }
interface ChangedDescription extends NewDescription { new_rest_service_code?: string }

const tag = 'services'
const access = [SERVICE_ADMINISTRATOR]
const params = pathOf('id')
const fields = { url: text(2048), type: typeSchema, rest_service_code: text(), ignore_warnings: flag }

const changesSchema = record({ checked_at: instant, changes: listOf(record({ code: text(), metadata: listOf(text(4096, 0)) }, ['code', 'metadata'])), failure: text(4096, 0) }, ['checked_at', 'changes'])

function changesJson ({ checkedAt, changes, failure }: DescriptionState): object {
  return { checked_at: checkedAt.toISOString(), changes, ...failure === undefined ? {} : { failure } }
}

/** Service descriptions: where a client's information systems say what they offer. */
export const descriptionsApi = (deps: AdminDeps, watch: DescriptionWatch): FastifyPluginAsync => async (app) => {
  const { descriptions } = deps.serverconf
  const find = (id: string): Description => {
    const found = /^\d{1,15}$/.test(id) ? descriptions.get(Number(id)) : undefined
    if (found === undefined) throw new Refusal('notFound', 'service_description_not_found', 'there is no such service description')
    return found
  }
  const take = (request: FastifyRequest<ById>): Description => {
    const description = find(request.params.id)
    note(request, { clientIdentifier: formatEncodedId(description.client), url: description.url, serviceType: description.type })
    return description
  }

  app.get<ById>('/clients/:id/service-descriptions', described({ tag, summary: 'Service descriptions of a client', access: READERS, params, answer: listOf(descriptionSchema) }),
    async ({ params }) => descriptions.of(localClientOf(deps, params.id).id).map((description) => descriptionJson(description, deps)))

  app.get<ById>('/service-descriptions/:id/changes',
    described({ tag, summary: 'Reads it anew and says what is different; nothing is taken over', access: READERS, params, answer: changesSchema }), async ({ params }) => changesJson(await watch.check(find(params.id))))

  app.post<ById & { Body: NewDescription }>('/clients/:id/service-descriptions',
    described({ tag, summary: 'Add a service description: it is read, and disabled until enabled', access, audit: 'Add service description', params, body: record(fields, ['url', 'type']), created: descriptionSchema }),
    async (request, reply) => {
      const client = localClientOf(deps, request.params.id)
      const { url, type, rest_service_code: serviceCode } = request.body
      note(request, { clientIdentifier: formatEncodedId(client.id), url, serviceType: type })
      checkFree(descriptions.of(client.id), undefined, url, [])
      const services = await readDescription(deps, client, { type, url, serviceCode })
      // Asked once more: reading took its time.
      checkFree(descriptions.of(client.id), undefined, url, services)
      const added = descriptions.add(client.id, type, url, services, deps.clock.now())
      note(request, { services: services.map(({ code }) => code) })
      return await reply.code(201).send(descriptionJson(added, deps))
    })

  app.get<ById>('/service-descriptions/:id', described({ tag, summary: 'One service description', access: READERS, params, answer: descriptionSchema }), async ({ params }) => descriptionJson(find(params.id), deps))

  app.get<ById>('/service-descriptions/:id/services', described({ tag, summary: 'Its services', access: READERS, params, answer: listOf(serviceSchema) }), async ({ params }) => {
    const description = find(params.id)
    return description.services.map((service) => serviceJson(service, description, deps))
  })

  app.patch<ById & { Body: ChangedDescription }>('/service-descriptions/:id',
    described({ tag, summary: 'Move a service description, or give its service another code', access, audit: 'Edit service description', params, body: record({ ...fields, new_rest_service_code: text() }, ['url', 'type']), answer: descriptionSchema }),
    async (request) => {
      const description = take(request)
      const { url, type, rest_service_code: oldCode, new_rest_service_code: newCode, ignore_warnings: ignoreWarnings } = request.body
      note(request, { newUrl: url, newServiceCode: newCode })
      if (type !== description.type) throw new Refusal('invalid', 'wrong_type', `the description is of type ${description.type}`)
      const code = description.type === 'WSDL' ? undefined : description.services[0]?.code
      if (oldCode !== undefined && oldCode !== code) throw new Refusal('invalid', 'service_not_found', 'the description has another service', { metadata: [oldCode] })
      const services = await reread(description, url, newCode ?? code)
      checkFree(descriptions.of(description.client), description.id, url, services)
      warnOf(differences(description, services, newCode === undefined ? undefined : code), ignoreWarnings)
      if (code !== undefined && newCode !== undefined && newCode !== code) descriptions.rename(description.id, code, newCode)
      const replaced = descriptions.replace(description.id, url, services, deps.clock.now())
      if (code !== undefined && description.type === 'REST') descriptions.updateService(description.id, newCode ?? code, undefined, { url })
      return descriptionJson(descriptions.get(replaced.id)!, deps)
    })

  app.put<ById & { Body: { ignore_warnings?: boolean } | null }>('/service-descriptions/:id/refresh',
    described({ tag, summary: 'Read it anew', access, audit: 'Refresh service description', params, body: optional(record({ ignore_warnings: flag })), answer: descriptionSchema }), async (request) => {
      const description = take(request)
      const services = await reread(description, description.url, description.type === 'WSDL' ? undefined : description.services[0]?.code)
      checkFree(descriptions.of(description.client), description.id, description.url, services)
      warnOf(differences(description, services), request.body?.ignore_warnings)
      return descriptionJson(descriptions.replace(description.id, description.url, services, deps.clock.now()), deps)
    })

  app.put<ById>('/service-descriptions/:id/enable', described({ tag, summary: 'Let its services be called', access, audit: 'Enable service description', params }), async (request, reply) => {
    descriptions.setDisabled(take(request).id, undefined)
    return await reply.code(204).send()
  })

  app.put<ById & { Body: { disabled_notice?: string } | null }>('/service-descriptions/:id/disable',
    described({ tag, summary: 'Let its services rest', access, audit: 'Disable service description', params, body: optional(record({ disabled_notice: text(1000, 0) })) }), async (request, reply) => {
      const description = take(request)
      note(request, { disabledNotice: request.body?.disabled_notice })
      descriptions.setDisabled(description.id, request.body?.disabled_notice ?? '')
      return await reply.code(204).send()
    })

  app.delete<ById>('/service-descriptions/:id', described({ tag, summary: 'Delete a service description with its services and their rights', access, audit: 'Delete service description', params }), async (request, reply) => {
    descriptions.remove(take(request).id)
    return await reply.code(204).send()
  })

  async function reread (description: Description, url: string, serviceCode: string | undefined): Promise<ServiceToWrite[]> {
    const client = localClientOf(deps, formatEncodedId(description.client))
    return await readDescription(deps, client, { type: description.type, url, serviceCode })
  }
}

/** One address is described once, and a code with its version is one service. @throws {Refusal}. */
function checkFree (known: readonly Description[], own: number | undefined, url: string, services: readonly ServiceToWrite[]): void {
  const others = known.filter(({ id }) => id !== own)
  if (others.some((one) => one.url === url)) throw new Refusal('conflict', 'url_already_exists', 'the client has a description of this address', { metadata: [url] })
  const names = new Set(others.flatMap((one) => one.services.map(nameOf)))
  const taken = services.map(nameOf).filter((name) => names.has(name))
  if (taken.length > 0) throw new Refusal('conflict', 'service_already_exists', 'another description of the client has the service', { metadata: taken })
}
