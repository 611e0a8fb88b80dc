import type { FastifyPluginAsync, FastifyRequest } from 'fastify'
import { Refusal } from '../refusal.ts'
import type { LocalGroup } from '../../serverconf/index.ts'
import { localClientOf, snapshotIfAny } from '../clients/index.ts'
import { snapshotOf, type AdminDeps } from '../deps.ts'
import { checkCode, formatEncodedId, parseEncodedClientId } from '../encoded-id.ts'
import { READERS, SERVICE_ADMINISTRATOR } from '../roles.ts'
import { described, instant, listOf, note, pathOf, record, text } from '../route.ts'

interface ByGroup { Params: { group_id: string } }
interface MembersBody { items: readonly string[] }

const tag = 'access-rights'
const access = [SERVICE_ADMINISTRATOR]
const params = pathOf('group_id')
const member = record({ id: text(2048), member_name: text(), subsystem_name: text(), created_at: instant }, ['id'])
const groupSchema = record({ id: text(), code: text(), description: text(255, 0), member_count: { type: 'integer' }, updated_at: instant, members: listOf(member) }, ['id', 'code', 'description'])
const membersBody = record({ items: { ...listOf(text(2048), 1000), minItems: 1 } }, ['items'])

/** Groups that a client makes for its own rights. */
export const localGroupsApi = (deps: AdminDeps): FastifyPluginAsync => async (app) => {
  const { groups } = deps.serverconf
  const find = (id: string): LocalGroup => {
    const group = /^\d{1,15}$/.test(id) ? groups.get(Number(id)) : undefined
    if (group === undefined) throw new Refusal('notFound', 'local_group_not_found', 'there is no such local group')
    return group
  }
  const take = (request: FastifyRequest<ByGroup>): LocalGroup => {
    const group = find(request.params.group_id)
    note(request, { clientIdentifier: formatEncodedId(group.client), groupCode: group.code })
    return group
  }

  app.get<{ Params: { id: string } }>('/clients/:id/local-groups', described({ tag, summary: 'Local groups of a client', access: READERS, params: pathOf('id'), answer: listOf(groupSchema) }),
    async ({ params }) => groups.of(localClientOf(deps, params.id).id).map((group) => groupJson(group, deps)))

  app.post<{ Params: { id: string }, Body: { code: string, description: string } }>('/clients/:id/local-groups',
    described({ tag, summary: 'Make a local group', access, audit: 'Add local group', params: pathOf('id'), body: record({ code: text(), description: text(255, 0) }, ['code', 'description']), created: groupSchema }),
    async (request, reply) => {
      const { id } = localClientOf(deps, request.params.id)
      const code = checkCode('code', request.body.code)
      note(request, { clientIdentifier: formatEncodedId(id), groupCode: code, groupDescription: request.body.description })
      const group = groups.add(id, code, request.body.description, deps.clock.now())
      if (group === undefined) throw new Refusal('conflict', 'local_group_code_already_exists', 'the client has a local group of this code', { metadata: [code] })
      return await reply.code(201).send(groupJson(group, deps))
    })

  app.get<ByGroup>('/local-groups/:group_id', described({ tag, summary: 'One local group', access: READERS, params, answer: groupSchema }), async (request) => groupJson(find(request.params.group_id), deps))

  app.patch<ByGroup & { Body: { description: string } }>('/local-groups/:group_id',
    described({ tag, summary: 'Describe a local group anew', access, audit: 'Edit local group description', params, body: record({ description: text(255, 0) }, ['description']), answer: groupSchema }),
    async (request) => {
      const { id } = take(request)
      note(request, { groupDescription: request.body.description })
      groups.describe(id, request.body.description, deps.clock.now())
      return groupJson(groups.get(id)!, deps)
    })

  app.delete<ByGroup>('/local-groups/:group_id', described({ tag, summary: 'Delete a local group with its rights', access, audit: 'Delete local group', params }), async (request, reply) => {
    groups.remove(take(request).id)
    return await reply.code(204).send()
  })

  app.post<ByGroup & { Body: MembersBody }>('/local-groups/:group_id/members',
    described({ tag, summary: 'Take clients into a local group', access, audit: 'Add members to local group', params, body: membersBody, created: membersBody }), async (request, reply) => {
      const { id } = take(request)
      const members = request.body.items.map((item) => parseEncodedClientId('items', item))
      note(request, { groupMembers: request.body.items })
      const snapshot = snapshotOf(deps)
      const unknown = members.filter((one) => !snapshot.hasClient(one)).map(formatEncodedId)
      if (unknown.length > 0) throw new Refusal('conflict', 'local_group_member_not_found', 'the configuration has no such client', { metadata: unknown })
      groups.addMembers(id, members, deps.clock.now())
      return await reply.code(201).send({ items: request.body.items })
    })

  app.post<ByGroup & { Body: MembersBody }>('/local-groups/:group_id/members/delete',
    described({ tag, summary: 'Take clients out of a local group', access, audit: 'Remove members from local group', params, body: membersBody }), async (request, reply) => {
      const group = take(request)
      note(request, { groupMembers: request.body.items })
      const known = group.members.map(({ id }) => formatEncodedId(id))
      const unknown = request.body.items.filter((item) => !known.includes(item))
      if (unknown.length > 0) throw new Refusal('conflict', 'local_group_member_not_found', 'not in the group', { metadata: unknown })
      groups.removeMembers(group.id, request.body.items.map((item) => parseEncodedClientId('items', item)), deps.clock.now())
      return await reply.code(204).send()
    })
}

function groupJson ({ id, code, description, updatedAt, members }: LocalGroup, deps: AdminDeps): object {
  const snapshot = snapshotIfAny(deps)
  return {
    id: String(id),
    code,
    description,
    member_count: members.length,
    ...updatedAt === undefined ? {} : { updated_at: updatedAt.toISOString() },
    members: members.map(({ id, addedAt }) => {
      const [memberName, subsystemName] = [snapshot?.memberName(id), snapshot?.subsystemName(id)]
      return {
        id: formatEncodedId(id),
        ...memberName === undefined ? {} : { member_name: memberName },
        ...subsystemName === undefined ? {} : { subsystem_name: subsystemName },
        ...addedAt === undefined ? {} : { created_at: addedAt.toISOString() }
      }
    })
  }
}
