import type { FastifyPluginAsync } from 'fastify'
import { formatClientId } from '@trembita/protocol/identifiers'
import { listQuery, pageOf, READERS, REGISTRATION, toPage, type ListQuery } from '../../admin/index.ts'
import { CLIENT_SORTS, listClients, listSubsystems, SUBSYSTEM_SORTS, subsystemDetails } from '../client-list.ts'
import { parseServerId, parseSubsystemId } from '../encoded-id.ts'
import { serversOf } from '../server-list.ts'
import { addSubsystem, deleteSubsystem, renameSubsystem, unregisterClient } from '../subsystems.ts'
import { Suspended } from '../suspension-marks.ts'
import type { RegistryApiDeps } from './deps.ts'
import { historyRoute } from './history-route.ts'
import { clientJson, subsystemJson } from './json.ts'
import { answers, client, code, nothing, pathOf, subsystem, text } from './schemas.ts'

const tags = ['members']
const byId = pathOf('id')
interface ById { readonly id: string }

const newSubsystem = {
  type: 'object',
  required: ['subsystem_id'],
  additionalProperties: false,
  properties: {
    subsystem_id: { type: 'object', required: ['member_class', 'member_code', 'subsystem_code'], additionalProperties: false, properties: { member_class: code, member_code: code, subsystem_code: text } },
    subsystem_name: text
  }
} as const
interface NewSubsystemBody {
  readonly subsystem_id: { readonly member_class: string, readonly member_code: string, readonly subsystem_code: string }
  readonly subsystem_name?: string
}

interface ClientQuery extends ListQuery {
  readonly name?: string
  readonly instance?: string
  readonly member_class?: string
  readonly member_code?: string
  readonly subsystem_code?: string
  readonly client_type?: 'MEMBER' | 'SUBSYSTEM'
  readonly security_server?: string
  readonly excluding_group?: string
}

/** `/subsystems`, and `/clients`: members and subsystems together, to choose from. */
export function subsystemsApi ({ store, changes, suspended }: RegistryApiDeps): FastifyPluginAsync {
  const now = async (): Promise<Suspended> => new Suspended(await suspended(store))
  return async (app) => {
    app.get<{ Querystring: ListQuery }>('/subsystems', {
      config: { access: READERS },
      schema: { summary: 'Find subsystems', tags, querystring: listQuery(Object.keys(SUBSYSTEM_SORTS)), response: answers({ 200: pageOf(client) }) }
    }, async ({ query }) => {
      const { items, total } = await listSubsystems(store, query, await now())
      return toPage(items.map(clientJson), total, query)
    })

    app.post<{ Body: NewSubsystemBody }>('/subsystems', {
      config: { access: REGISTRATION, operation: 'subsystem.add' },
      schema: { summary: 'Add a subsystem', tags, body: newSubsystem, response: answers({ 201: subsystem }) }
    }, async (request, reply) => {
      const { subsystem_id: id, subsystem_name: name } = request.body
      const added = await addSubsystem(changes, request.actor, { memberClass: id.member_class, memberCode: id.member_code, subsystemCode: id.subsystem_code, name })
      return await reply.code(201).send(subsystemJson(await subsystemDetails(store, added, await now()), []))
    })

    app.get<{ Params: ById }>('/subsystems/:id', {
      config: { access: READERS }, schema: { summary: 'One subsystem', tags, params: byId, response: answers({ 200: subsystem }) }
    }, async ({ params }) => {
      const id = parseSubsystemId(params.id)
      return subsystemJson(await subsystemDetails(store, id, await now()), await serversOf(store, id))
    })

    app.patch<{ Params: ById, Body: { readonly subsystem_name: string } }>('/subsystems/:id', {
      config: { access: REGISTRATION, operation: 'subsystem.edit' },
      schema: {
        summary: 'Rename a subsystem; a blank name takes the name away', tags, params: byId, body: { type: 'object', required: ['subsystem_name'], additionalProperties: false, properties: { subsystem_name: text } }, response: answers({ 200: subsystem })
      }
    }, async (request) => {
      const id = parseSubsystemId(request.params.id)
      await renameSubsystem(changes, request.actor, id, request.body.subsystem_name)
      return subsystemJson(await subsystemDetails(store, id, await now()), await serversOf(store, id))
    })

    app.delete<{ Params: ById }>('/subsystems/:id', {
      config: { access: REGISTRATION, operation: 'subsystem.delete' },
      schema: {
        summary: 'Delete a subsystem that no security server serves; the answer tells the groups it was in',
        tags,
        params: byId,
        response: answers({ 200: { type: 'object', properties: { global_groups: { type: 'array', items: text } } } })
      }
    }, async (request) => ({ global_groups: (await deleteSubsystem(changes, request.actor, parseSubsystemId(request.params.id))).groups }))

    app.delete<{ Params: { readonly id: string, readonly server_id: string } }>('/subsystems/:id/servers/:server_id', {
      config: { access: REGISTRATION, operation: 'client.unregister' },
      schema: { summary: 'Take a subsystem off a security server', tags, params: pathOf('id', 'server_id'), response: answers({ 204: nothing }) }
    }, async (request, reply) => {
      await unregisterClient(changes, request.actor, parseSubsystemId(request.params.id), parseServerId(request.params.server_id))
      return await reply.code(204).send()
    })

    app.get<{ Querystring: ClientQuery }>('/clients', {
      config: { access: READERS },
      schema: {
        summary: 'Find members and subsystems',
        tags,
        querystring: listQuery(Object.keys(CLIENT_SORTS), {
          name: text,
          instance: text,
          member_class: text,
          member_code: text,
          subsystem_code: text,
          client_type: { type: 'string', enum: ['MEMBER', 'SUBSYSTEM'] },
          security_server: { type: 'string', maxLength: 1100, description: 'Clients of this server only, its owner among them' },
          excluding_group: { type: 'string', maxLength: 255, description: 'Those that are not in this global group' }
        }),
        response: answers({ 200: pageOf(client) })
      }
    }, async ({ query }) => {
      const { items, total } = await listClients(store, {
        ...query,
        name: given(query.name),
        instance: given(query.instance),
        type: query.client_type?.toLowerCase() as 'member' | 'subsystem' | undefined,
        memberClass: given(query.member_class),
        memberCode: given(query.member_code),
        subsystemCode: given(query.subsystem_code),
        server: given(query.security_server) === undefined ? undefined : parseServerId(query.security_server!),
        excludingGroup: given(query.excluding_group)
      }, await now())
      return toPage(items.map(clientJson), total, query)
    })

    historyRoute(app, store, { path: '/subsystems', tag: 'members', kind: 'subsystem', nameOf: (id) => formatClientId(parseSubsystemId(id)) })
  }
}

/** An empty field of a search form asks for nothing. */
function given (value: string | undefined): string | undefined {
  return value === '' ? undefined : value
}
