import type { FastifyPluginAsync } from 'fastify'
import type { ClientId } from '@trembita/protocol/identifiers'
import { BASE_ENDPOINT, type RightTarget, type Subject } from '../../serverconf/index.ts'
import { localClientOf, snapshotIfAny } from '../clients/index.ts'
import type { AdminDeps } from '../deps.ts'
import { formatEncodedId } from '../encoded-id.ts'
import { Refusal } from '../refusal.ts'
import { READERS, SERVICE_ADMINISTRATOR } from '../roles.ts'
import { described, instant, listOf, note, pathOf, record, text } from '../route.ts'
import { serviceOf } from './service-json.ts'
import { checkSubject, isSameSubject, parseSubject, serviceClientSchema, serviceClientsBody, subjectJson, subjectsJson, type ServiceClientsBody } from './subjects.ts'

interface ById { Params: { id: string } }
interface BySubject { Params: { id: string, sc_id: string } }
interface RightsBody { items: readonly { service_code: string }[] }

const tag = 'access-rights'
const access = [SERVICE_ADMINISTRATOR]
const params = pathOf('id')
const rightSchema = record({ service_code: text(), service_title: text(10_000, 0), rights_given_at: instant }, ['service_code'])
const rightsBody = record({ items: { ...listOf(rightSchema, 1000), minItems: 1 } }, ['items'])

/** What rights are given to, seen from a path: whose service, and which part of it. */
interface Place { readonly owner: ClientId, readonly target: RightTarget }

/** Who may call what. Rights to a service are rights to all of it; those to an endpoint, to that alone. */
export const accessRightsApi = (deps: AdminDeps): FastifyPluginAsync => async (app) => {
  const { rights, descriptions } = deps.serverconf

  const places: readonly { readonly path: string, readonly what: string, readonly find: (id: string) => Place }[] = [
    {
      path: '/services/:id/service-clients',
      what: 'service',
      find: (id) => {
        const { client, service } = serviceOf(deps, id)
        return { owner: client.id, target: { serviceCode: service.code, endpoint: BASE_ENDPOINT } }
      }
    },
    {
      path: '/endpoints/:id/service-clients',
      what: 'endpoint',
      find: (id) => {
        const endpoint = /^\d{1,15}$/.test(id) ? descriptions.endpoint(Number(id)) : undefined
        if (endpoint === undefined) throw new Refusal('notFound', 'endpoint_not_found', 'there is no such endpoint')
        return { owner: endpoint.client, target: { serviceCode: endpoint.serviceCode, endpoint: { method: endpoint.method, path: endpoint.path } } }
      }
    }
  ]

  for (const { path, what, find } of places) {
    const list = ({ owner, target }: Place): object[] => subjectsJson(deps, owner, rights.of(owner).filter(({ serviceCode, endpoint }) =>
      serviceCode === target.serviceCode && endpoint.method === target.endpoint.method && endpoint.path === target.endpoint.path))

    app.get<ById>(path, described({ tag, summary: `Who may call the ${what}`, access: READERS, params, answer: listOf(serviceClientSchema) }), async ({ params }) => list(find(params.id)))

    app.post<ById & { Body: ServiceClientsBody }>(path,
      described({ tag, summary: `Let somebody call the ${what}`, access, audit: 'Add access rights to service', params, body: serviceClientsBody, created: listOf(serviceClientSchema) }), async (request, reply) => {
        const place = find(request.params.id)
        note(request, { clientIdentifier: formatEncodedId(place.owner), [what]: request.params.id, subjectIds: request.body.items.map(({ id }) => id) })
        const subjects = request.body.items.map(({ id }) => parseSubject(deps, place.owner, id))
        for (const subject of subjects) checkSubject(deps, subject)
        if (rights.give(place.owner, subjects, [place.target], deps.clock.now()) === 0) throw duplicate()
        return await reply.code(201).send(list(place))
      })

    app.post<ById & { Body: ServiceClientsBody }>(`${path}/delete`,
      described({ tag, summary: `Let somebody call the ${what} no more`, access, audit: 'Remove access rights from service', params, body: serviceClientsBody }), async (request, reply) => {
        const { owner, target } = find(request.params.id)
        note(request, { clientIdentifier: formatEncodedId(owner), [what]: request.params.id, subjectIds: request.body.items.map(({ id }) => id) })
        const subjects = request.body.items.map(({ id }) => parseSubject(deps, owner, id))
        if (rights.take(owner, subjects, [target]) === 0) throw notGiven()
        return await reply.code(204).send()
      })
  }

  app.get<ById & { Querystring: { member_name_group_description?: string, service_client_type?: string } }>('/clients/:id/service-client-candidates',
    described({ tag, summary: 'Whom rights can be given to', access: READERS, params, query: record({ member_name_group_description: text(), service_client_type: text() }), answer: listOf(serviceClientSchema, 1_000_000) }),
    async ({ params, query }) => {
      const { id } = localClientOf(deps, params.id)
      const wanted = query.member_name_group_description?.toLocaleLowerCase('uk')
      return [...candidates(deps, id)].map((subject) => subjectJson(deps, id, subject) as { id: string, name?: string, local_group_code?: string, service_client_type: string })
        .filter((one) => query.service_client_type === undefined || one.service_client_type === query.service_client_type)
        .filter((one) => wanted === undefined || [one.id, one.name, one.local_group_code].some((value) => value?.toLocaleLowerCase('uk').includes(wanted)))
    })

  app.get<ById>('/clients/:id/service-clients', described({ tag, summary: 'Everybody who has a right to a service of the client', access: READERS, params, answer: listOf(serviceClientSchema) }), async ({ params }) => {
    const { id } = localClientOf(deps, params.id)
    return subjectsJson(deps, id, rights.of(id))
  })

  app.get<BySubject>('/clients/:id/service-clients/:sc_id', described({ tag, summary: 'One of them', access: READERS, params: pathOf('id', 'sc_id'), answer: serviceClientSchema }), async ({ params }) => {
    const { id } = localClientOf(deps, params.id)
    const subject = parseSubject(deps, id, params.sc_id)
    const right = rights.of(id).find((one) => isSameSubject(one.subject, subject))
    if (right === undefined) throw new Refusal('notFound', 'service_client_not_found', 'has no right to a service of this client')
    return subjectJson(deps, id, subject, right.givenAt)
  })

  app.get<BySubject>('/clients/:id/service-clients/:sc_id/access-rights', described({ tag, summary: 'What they may call as a whole', access: READERS, params: pathOf('id', 'sc_id'), answer: listOf(rightSchema) }),
    async ({ params }) => {
      const { id } = localClientOf(deps, params.id)
      return rightsJson(deps, id, parseSubject(deps, id, params.sc_id))
    })

  app.post<BySubject & { Body: RightsBody }>('/clients/:id/service-clients/:sc_id/access-rights',
    described({ tag, summary: 'Let them call services', access, audit: 'Add access rights to subject', params: pathOf('id', 'sc_id'), body: rightsBody, created: listOf(rightSchema) }), async (request, reply) => {
      const { id } = localClientOf(deps, request.params.id)
      const subject = parseSubject(deps, id, request.params.sc_id)
      note(request, { clientIdentifier: formatEncodedId(id), subjectId: request.params.sc_id, serviceCodes: request.body.items.map((item) => item.service_code) })
      checkSubject(deps, subject)
      if (rights.give(id, [subject], targetsOf(deps, id, request.body), deps.clock.now()) === 0) throw duplicate()
      return await reply.code(201).send(rightsJson(deps, id, subject))
    })

  app.post<BySubject & { Body: RightsBody }>('/clients/:id/service-clients/:sc_id/access-rights/delete',
    described({ tag, summary: 'Let them call services no more', access, audit: 'Remove access rights from subject', params: pathOf('id', 'sc_id'), body: rightsBody }), async (request, reply) => {
      const { id } = localClientOf(deps, request.params.id)
      const subject = parseSubject(deps, id, request.params.sc_id)
      note(request, { clientIdentifier: formatEncodedId(id), subjectId: request.params.sc_id, serviceCodes: request.body.items.map((item) => item.service_code) })
      // Rights to single endpoints of the services go too: who may not call a service may call no part of it.
      const codes = request.body.items.map((item) => item.service_code)
      const targets = rights.of(id).filter((one) => isSameSubject(one.subject, subject) && codes.includes(one.serviceCode))
      if (rights.take(id, [subject], targets) === 0) throw notGiven()
      return await reply.code(204).send()
    })
}

function * candidates (deps: AdminDeps, owner: ClientId): Iterable<Subject> {
  const snapshot = snapshotIfAny(deps)
  for (const { code } of deps.serverconf.groups.of(owner)) yield { kind: 'localGroup', code }
  for (const instance of snapshot?.instances ?? []) {
    for (const { code } of snapshot!.globalGroups(instance)) yield { kind: 'globalGroup', id: { instance, groupCode: code } }
    for (const { id, subsystems } of snapshot!.members(instance)) {
      for (const { code } of subsystems) yield { kind: 'client', id: { ...id, subsystemCode: code } }
    }
  }
}

function targetsOf ({ serverconf }: AdminDeps, owner: ClientId, { items }: RightsBody): RightTarget[] {
  const known = new Set(serverconf.descriptions.of(owner).flatMap(({ services }) => services.map(({ code }) => code)))
  const unknown = items.map((item) => item.service_code).filter((code) => !known.has(code))
  if (unknown.length > 0) throw new Refusal('notFound', 'service_not_found', 'the client has no such service', { metadata: unknown })
  return items.map((item) => ({ serviceCode: item.service_code, endpoint: BASE_ENDPOINT }))
}

function rightsJson ({ serverconf }: AdminDeps, owner: ClientId, subject: Subject): object[] {
  const titles = new Map(serverconf.descriptions.of(owner).flatMap(({ services }) => services.map(({ code, title }) => [code, title] as const)))
  return serverconf.rights.of(owner)
    .filter((one) => isSameSubject(one.subject, subject) && one.endpoint.method === BASE_ENDPOINT.method && one.endpoint.path === BASE_ENDPOINT.path)
    .map(({ serviceCode, givenAt }) => ({
      service_code: serviceCode,
      ...titles.get(serviceCode) === undefined ? {} : { service_title: titles.get(serviceCode) },
      ...givenAt === undefined ? {} : { rights_given_at: givenAt.toISOString() }
    }))
}

const duplicate = (): Refusal => new Refusal('conflict', 'duplicate_accessright', 'the rights are there already')
const notGiven = (): Refusal => new Refusal('notFound', 'accessright_not_found', 'there are no such rights')
