import type { FastifyPluginAsync } from 'fastify'
import { formatClientId } from '@trembita/protocol/identifiers'
import { listQuery, pageOf, READERS, REGISTRATION, toPage, type ListQuery } from '../../admin/index.ts'
import { parseClientId, parseMemberId, parseServerId } from '../encoded-id.ts'
import { groupsOf } from '../group-list.ts'
import { listMembers, MEMBER_SORTS, memberDetails, type MemberRole } from '../member-list.ts'
import { addMember, deleteMember, editMember, memberDependents } from '../members.ts'
import { GIVEN_ROLES, MEMBER_KINDS, type Accession, type Contact, type GivenRole, type MemberKind } from '../profile.ts'
import { ownedServers, serversOf, usedServers } from '../server-list.ts'
import { subsystemsOf } from '../client-list.ts'
import { unregisterClient } from '../subsystems.ts'
import { Suspended } from '../suspension-marks.ts'
import type { RegistryApiDeps } from './deps.ts'
import { historyRoute } from './history-route.ts'
import { dependentsJson, memberDetailsJson, memberJson, serverJson, subsystemJson } from './json.ts'
import { accession, answers, code, contacts, dependents, givenRoles, kind, member, memberInList, nothing, pathOf, server, subsystem, text } from './schemas.ts'

const tags = ['members']
const byId = pathOf('id')
interface ById { readonly id: string }

const profile = { kind: { anyOf: [kind, { type: 'null' }] }, roles: givenRoles, contacts, accession: { anyOf: [accession, { type: 'null' }] } } as const
interface ProfileBody {
  readonly kind?: MemberKind | null
  readonly roles?: readonly GivenRole[]
  readonly contacts?: readonly Contact[]
  readonly accession?: { readonly kind: Accession['kind'], readonly number: string, readonly signed_on: string, readonly ends_on?: string } | null
}

const newMember = {
  type: 'object',
  required: ['member_id', 'member_name'],
  additionalProperties: false,
  properties: {
    member_id: { type: 'object', required: ['member_class', 'member_code'], additionalProperties: false, properties: { member_class: code, member_code: text } },
    member_name: text,
    ...profile
  }
} as const
interface NewMemberBody extends ProfileBody {
  readonly member_id: { readonly member_class: string, readonly member_code: string }
  readonly member_name: string
}

interface MemberQuery extends ListQuery {
  readonly member_class?: string
  readonly kind?: MemberKind | 'unknown'
  readonly role?: MemberRole
  readonly state?: 'active' | 'suspended'
}

/** `/members` as X-Road has it, with lists, the profile that the law asks for, and history. */
export function membersApi ({ store, changes, suspended }: RegistryApiDeps): FastifyPluginAsync {
  const now = async (): Promise<Suspended> => new Suspended(await suspended(store))
  return async (app) => {
    app.get<{ Querystring: MemberQuery }>('/members', {
      config: { access: READERS },
      schema: {
        summary: 'Find members',
        tags,
        querystring: listQuery(Object.keys(MEMBER_SORTS), {
          member_class: text,
          kind: { type: 'string', enum: [...MEMBER_KINDS, 'unknown'] },
          role: { type: 'string', enum: [...GIVEN_ROLES, 'participant', 'subject'] },
          state: { type: 'string', enum: ['active', 'suspended'] }
        }),
        response: answers({ 200: pageOf(memberInList) })
      }
    }, async ({ query }) => {
      const { items, total } = await listMembers(store, { ...query, memberClass: query.member_class }, await now())
      return toPage(items.map(memberJson), total, query)
    })

    app.post<{ Body: NewMemberBody }>('/members', {
      config: { access: REGISTRATION, operation: 'member.add' },
      schema: { summary: 'Add a member', tags, body: newMember, response: answers({ 201: member }) }
    }, async (request, reply) => {
      const { member_id: id, member_name: name, ...rest } = request.body
      const added = await addMember(changes, request.actor, { memberClass: id.member_class, memberCode: id.member_code, name, ...profileOf(rest) })
      return await reply.code(201).send(memberDetailsJson(await memberDetails(store, added, await now())))
    })

    app.get<{ Params: ById }>('/members/:id', {
      config: { access: READERS }, schema: { summary: 'One member', tags, params: byId, response: answers({ 200: member }) }
    }, async ({ params }) => memberDetailsJson(await memberDetails(store, parseMemberId(params.id), await now())))

    app.patch<{ Params: ById, Body: ProfileBody & { readonly member_name?: string } }>('/members/:id', {
      config: { access: REGISTRATION, operation: 'member.edit' },
      schema: { summary: 'Change what is given, and leave the rest', tags, params: byId, body: { type: 'object', minProperties: 1, additionalProperties: false, properties: { member_name: text, ...profile } }, response: answers({ 200: member }) }
    }, async (request) => {
      const id = parseMemberId(request.params.id)
      const { member_name: name, ...rest } = request.body
      await editMember(changes, request.actor, id, { name, ...profileOf(rest) })
      return memberDetailsJson(await memberDetails(store, id, await now()))
    })

    app.get<{ Params: ById }>('/members/:id/dependents', {
      config: { access: READERS }, schema: { summary: 'What goes along when the member is deleted', tags, params: byId, response: answers({ 200: dependents }) }
    }, async ({ params }) => dependentsJson(await memberDependents(store, parseMemberId(params.id))))

    app.delete<{ Params: ById }>('/members/:id', {
      config: { access: REGISTRATION, operation: 'member.delete' },
      schema: { summary: 'Delete a member and what depends on it; the answer tells what went along', tags, params: byId, response: answers({ 200: dependents }) }
    }, async (request) => dependentsJson(await deleteMember(changes, request.actor, parseMemberId(request.params.id))))

    app.get<{ Params: ById }>('/members/:id/subsystems', {
      config: { access: READERS }, schema: { summary: 'Subsystems of a member', tags, params: byId, response: answers({ 200: { type: 'array', items: subsystem } }) }
    }, async ({ params }) => {
      const found = await subsystemsOf(store, parseMemberId(params.id), await now())
      return await Promise.all(found.map(async (one) => subsystemJson(one, await serversOf(store, one.id))))
    })

    app.get<{ Params: ById }>('/members/:id/global-groups', {
      config: { access: READERS },
      schema: {
        summary: 'Groups that the member or a subsystem of it is in',
        tags,
        params: byId,
        response: answers({ 200: { type: 'array', items: { type: 'object', properties: { group_code: text, subsystem: text, added_to_group: { type: 'string' } } } } })
      }
    }, async ({ params }) => (await groupsOf(store, parseMemberId(params.id))).map(({ code, subsystem, addedAt }) => ({ group_code: code, subsystem, added_to_group: addedAt })))

    app.get<{ Params: ById }>('/members/:id/owned-servers', {
      config: { access: READERS }, schema: { summary: 'Security servers that the member owns', tags, params: byId, response: answers({ 200: { type: 'array', items: server } }) }
    }, async ({ params }) => (await ownedServers(store, parseMemberId(params.id), await now())).map(serverJson))

    app.get<{ Params: ById }>('/members/:id/used-servers', {
      config: { access: READERS }, schema: { summary: 'Security servers where the member or a subsystem of it is a client', tags, params: byId, response: answers({ 200: { type: 'array', items: server } }) }
    }, async ({ params }) => (await usedServers(store, parseMemberId(params.id), await now())).map(serverJson))

    app.delete<{ Params: { readonly id: string, readonly server_id: string } }>('/members/:id/servers/:server_id', {
      config: { access: REGISTRATION, operation: 'client.unregister' },
      schema: { summary: 'Take a member off a security server', tags, params: pathOf('id', 'server_id'), response: answers({ 204: nothing }) }
    }, async (request, reply) => {
      await unregisterClient(changes, request.actor, parseMemberId(request.params.id), parseServerId(request.params.server_id))
      return await reply.code(204).send()
    })

    historyRoute(app, store, { path: '/members', tag: 'members', kind: 'member', nameOf: (id) => formatClientId(parseClientId(id)) })
  }
}

function profileOf ({ kind, roles, contacts, accession }: ProfileBody) {
  return {
    kind,
    roles,
    contacts,
    accession: accession === undefined || accession === null ? accession : { kind: accession.kind, number: accession.number, signedOn: accession.signed_on, endsOn: accession.ends_on }
  }
}
