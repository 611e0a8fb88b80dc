import type { FastifyPluginAsync } from 'fastify'
import { listQuery, pageOf, READERS, REGISTRATION, toPage, type ListQuery } from '../../admin/index.ts'
import { encodedClientId, parseClientId } from '../encoded-id.ts'
import { groupDetails, listGroupMembers, listGroups } from '../group-list.ts'
import { addGroup, addGroupMembers, deleteGroup, describeGroup, removeGroupMember } from '../groups.ts'
import type { RegistryApiDeps } from './deps.ts'
import { historyRoute } from './history-route.ts'
import { groupJson, groupMemberJson } from './json.ts'
import { answers, group, groupMember, memberClass, nothing, pathOf, text } from './schemas.ts'

const tags = ['global groups']
const byCode = pathOf('code')
interface ByCode { readonly code: string }

const items = { type: 'array', minItems: 1, maxItems: 1000, items: { type: 'string', minLength: 1, maxLength: 1100 } } as const
const manyIds = { type: 'object', required: ['items'], additionalProperties: false, properties: { items } } as const
const types = { type: 'array', items: { type: 'string', enum: ['MEMBER', 'SUBSYSTEM'] } } as const
const texts = { type: 'array', maxItems: 1000, items: text } as const
const membersFilter = {
  type: 'object',
  additionalProperties: false,
  properties: {
    query: text,
    instance: text,
    member_class: text,
    codes: texts,
    subsystems: texts,
    types,
    paging_sorting: { type: 'object', properties: { limit: { type: 'integer', minimum: 1, maximum: 1000, default: 25 }, offset: { type: 'integer', minimum: 0, maximum: 10_000_000, default: 0 }, sort: text, desc: { type: 'boolean', default: false } } }
  }
} as const
interface MembersFilter {
  readonly query?: string
  readonly instance?: string
  readonly member_class?: string
  readonly codes?: readonly string[]
  readonly subsystems?: readonly string[]
  readonly types?: readonly ('MEMBER' | 'SUBSYSTEM')[]
  readonly paging_sorting?: { readonly limit: number, readonly offset: number, readonly desc: boolean }
}

/** `/global-groups` as X-Road has it: a list by GET, members also searched by POST. */
export function groupsApi ({ store, changes }: Omit<RegistryApiDeps, 'suspended'>): FastifyPluginAsync {
  return async (app) => {
    app.get('/global-groups', {
      config: { access: READERS }, schema: { summary: 'Global groups', tags, response: answers({ 200: { type: 'array', items: group } }) }
    }, async () => (await listGroups(store)).map(groupJson))

    app.post<{ Body: { readonly code: string, readonly description: string } }>('/global-groups', {
      config: { access: REGISTRATION, operation: 'group.add' },
      schema: { summary: 'Add a global group', tags, body: { ...memberClass, additionalProperties: false, properties: { code: text, description: text } }, response: answers({ 201: group }) }
    }, async (request, reply) => {
      await addGroup(changes, request.actor, request.body)
      return await reply.code(201).send(groupJson(await groupDetails(store, request.body.code)))
    })

    app.get<{ Params: ByCode }>('/global-groups/:code', {
      config: { access: READERS }, schema: { summary: 'One global group', tags, params: byCode, response: answers({ 200: group }) }
    }, async ({ params }) => groupJson(await groupDetails(store, params.code)))

    app.patch<{ Params: ByCode, Body: { readonly description: string } }>('/global-groups/:code', {
      config: { access: REGISTRATION, operation: 'group.edit' },
      schema: { summary: 'Describe a global group', tags, params: byCode, body: { type: 'object', required: ['description'], additionalProperties: false, properties: { description: text } }, response: answers({ 200: group }) }
    }, async (request) => {
      await describeGroup(changes, request.actor, request.params.code, request.body.description)
      return groupJson(await groupDetails(store, request.params.code))
    })

    app.delete<{ Params: ByCode }>('/global-groups/:code', {
      config: { access: REGISTRATION, operation: 'group.delete' },
      schema: {
        summary: 'Delete a global group; rights given to it go with it. The answer tells who was in it', tags, params: byCode, response: answers({ 200: { type: 'object', properties: { members: { type: 'array', items: { type: 'string' } } } } })
      }
    }, async (request) => ({ members: (await deleteGroup(changes, request.actor, request.params.code)).map(encodedClientId) }))

    app.get<{ Params: ByCode, Querystring: ListQuery }>('/global-groups/:code/members', {
      config: { access: READERS },
      schema: { summary: 'Members of a global group, by identifier', tags, params: byCode, querystring: listQuery(['client_id']), response: answers({ 200: pageOf(groupMember) }) }
    }, async ({ params, query }) => {
      const { items, total } = await listGroupMembers(store, params.code, query)
      return toPage(items.map(groupMemberJson), total, query)
    })

    app.post<{ Params: ByCode, Body: MembersFilter }>('/global-groups/:code/members', {
      config: { access: READERS },
      schema: { summary: 'Find members of a global group', tags, params: byCode, body: membersFilter, response: answers({ 200: pageOf(groupMember) }) }
    }, async ({ params, body }) => {
      const page = { limit: body.paging_sorting?.limit ?? 25, offset: body.paging_sorting?.offset ?? 0, desc: body.paging_sorting?.desc }
      const { items, total } = await listGroupMembers(store, params.code, { ...body, q: body.query, memberClass: body.member_class, ...page })
      return toPage(items.map(groupMemberJson), total, page)
    })

    app.post<{ Params: ByCode, Body: { readonly items: readonly string[] } }>('/global-groups/:code/members/add', {
      config: { access: REGISTRATION, operation: 'group.members.add' },
      schema: { summary: 'Put members and subsystems into a global group; the answer names those that were not in it', tags, params: byCode, body: manyIds, response: answers({ 201: { type: 'object', properties: { items: { type: 'array', items: { type: 'string' } } } } }) }
    }, async (request, reply) => {
      const added = await addGroupMembers(changes, request.actor, request.params.code, request.body.items.map(parseClientId))
      return await reply.code(201).send({ items: added.map(encodedClientId) })
    })

    app.delete<{ Params: { readonly code: string, readonly client_id: string } }>('/global-groups/:code/members/:client_id', {
      config: { access: REGISTRATION, operation: 'group.members.remove' },
      schema: { summary: 'Take a member or subsystem out of a global group', tags, params: pathOf('code', 'client_id'), response: answers({ 204: nothing }) }
    }, async (request, reply) => {
      await removeGroupMember(changes, request.actor, request.params.code, parseClientId(request.params.client_id))
      return await reply.code(204).send()
    })

    historyRoute(app, store, { path: '/global-groups', tag: 'global groups', kind: 'group', nameOf: (code) => code })
  }
}
