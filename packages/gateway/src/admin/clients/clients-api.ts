import type { FastifyPluginAsync } from 'fastify'
import type { ClientId } from '@trembita/protocol/identifiers'
import type { Snapshot } from '../../globalconf/index.ts'
import type { ConnectionType } from '../../serverconf/index.ts'
import { serverOf, snapshotOf, type AdminDeps } from '../deps.ts'
import { checkCode, formatEncodedId } from '../encoded-id.ts'
import { Refusal, warnOf } from '../refusal.ts'
import { READERS, REGISTRATION_OFFICER, SERVICE_ADMINISTRATOR } from '../roles.ts'
import { described, flag, listOf, note, pathOf, record, text } from '../route.ts'
import { clientJson, clientSchema, connectionSchema, isOwner, localClientOf, snapshotIfAny } from './client-json.ts'

interface Query {
  name?: string
  instance?: string
  member_class?: string
  member_code?: string
  subsystem_code?: string
  show_members?: boolean
  internal_search?: boolean
  exclude_local?: boolean
  local_valid_sign_cert?: boolean
}
interface NewClient {
  client: { member_class: string, member_code: string, subsystem_code?: string, subsystem_name?: string, connection_type?: ConnectionType }
  ignore_warnings?: boolean
}
interface Told { id: string, member_name?: string, subsystem_name?: string, has_valid_local_sign_cert?: boolean }

const tag = 'clients'
const byId = pathOf('id')
const query = record({
  name: text(),
  instance: text(),
  member_class: text(),
  member_code: text(),
  subsystem_code: text(),
  show_members: { type: 'boolean', default: true },
  internal_search: { type: 'boolean', default: true, description: 'only clients of this gateway; false searches the whole configuration' },
  exclude_local: flag,
  local_valid_sign_cert: flag
})
/** What cannot be undone at the core by deleting it here. */
const UNDELETABLE: ReadonlySet<string> = new Set(['registered', 'registration in progress', 'disabled', 'disabling in progress', 'enabling in progress'])

/** Members and subsystems that this gateway serves. */
export const clientsApi = (deps: AdminDeps): FastifyPluginAsync => async (app) => {
  const tell = (id: ClientId, snapshot: Snapshot | undefined): Told => clientJson(id, deps.serverconf.current().client(id), deps, snapshot) as Told

  app.get<{ Querystring: Query }>('/clients', described({ tag, summary: 'Search clients', access: READERS, query, answer: listOf(clientSchema, 100_000) }), async ({ query }) => {
    const snapshot = snapshotIfAny(deps)
    const local = deps.serverconf.current()
    const known = query.internal_search === false ? [...everybody(snapshot)] : []
    const ids = query.internal_search === false ? known : local.clients.map(({ id }) => id)
    return ids
      .filter((id) => (query.show_members !== false || id.subsystemCode !== undefined) && (query.exclude_local !== true || local.client(id) === undefined) && fits(id, query))
      .map((id) => tell(id, snapshot))
      .filter(({ member_name: member, subsystem_name: subsystem }) => query.name === undefined || [member, subsystem].some((name) => has(name, query.name!)))
      .filter((client) => query.local_valid_sign_cert === undefined || (client.has_valid_local_sign_cert ?? false) === query.local_valid_sign_cert)
  })

  app.get<{ Params: { id: string } }>('/clients/:id', described({ tag, summary: 'One client', access: READERS, params: byId, answer: clientSchema }),
    async ({ params }) => tell(localClientOf(deps, params.id).id, snapshotIfAny(deps)))

  app.post<{ Body: NewClient }>('/clients',
    described({
      tag,
      summary: 'Add a client; registering it comes after',
      access: [REGISTRATION_OFFICER],
      audit: 'Add client',
      body: record({
        client: record({ member_class: text(), member_code: text(), subsystem_code: text(), subsystem_name: text(), connection_type: connectionSchema }, ['member_class', 'member_code']),
        ignore_warnings: flag
      }, ['client']),
      created: clientSchema
    }), async (request, reply) => {
      const { client, ignore_warnings: ignoreWarnings } = request.body
      const { instance } = serverOf(deps)
      const member = { instance, memberClass: checkCode('member_class', client.member_class), memberCode: checkCode('member_code', client.member_code) }
      const id: ClientId = client.subsystem_code === undefined ? member : { ...member, subsystemCode: checkCode('subsystem_code', client.subsystem_code) }
      note(request, { clientIdentifier: formatEncodedId(id), subsystemName: client.subsystem_name })
      if (client.subsystem_name !== undefined && id.subsystemCode === undefined) throw new Refusal('invalid', 'validation_failure', 'only a subsystem has a name of its own', { fields: { subsystem_name: 'needs subsystem_code' } })
      const snapshot = snapshotOf(deps)
      if (snapshot.shared()?.memberClasses.some(({ code }) => code === member.memberClass) !== true) {
        throw new Refusal('invalid', 'invalid_member_class', 'the instance has no such member class', { metadata: [member.memberClass] })
      }
      if (deps.serverconf.current().client(id) !== undefined) throw alreadyThere(id)
      warnOf(snapshot.memberName(member) === undefined ? [{ code: 'unregistered_member', metadata: [formatEncodedId(member)] }] : [], ignoreWarnings)
      // A name that the core has already is its business (xroad-trust §1.5).
      const name = snapshot.subsystemName(id) === undefined ? client.subsystem_name : undefined
      if (!deps.serverconf.clients.add(id, { status: 'saved', connection: client.connection_type ?? 'HTTPS', name })) throw alreadyThere(id)
      await deps.running()?.reconsider()
      return await reply.code(201).send(tell(id, snapshotIfAny(deps)))
    })

  app.patch<{ Params: { id: string }, Body: { connection_type: ConnectionType } }>('/clients/:id',
    described({
      tag,
      summary: 'How the client\'s information systems must connect',
      access: [SERVICE_ADMINISTRATOR],
      audit: 'Set connection type for servers in service consumer role',
      params: byId,
      body: record({ connection_type: connectionSchema }, ['connection_type']),
      answer: clientSchema
    }), async (request) => {
      const { id } = localClientOf(deps, request.params.id)
      note(request, { clientIdentifier: formatEncodedId(id), isAuthentication: request.body.connection_type })
      deps.serverconf.clients.setConnection(id, request.body.connection_type)
      return tell(id, snapshotIfAny(deps))
    })

  app.delete<{ Params: { id: string } }>('/clients/:id', described({ tag, summary: 'Delete a client with its services and rights', access: [REGISTRATION_OFFICER], audit: 'Delete client', params: byId }),
    async (request, reply) => {
      const { id, status } = localClientOf(deps, request.params.id)
      note(request, { clientIdentifier: formatEncodedId(id), clientStatus: status })
      if (isOwner(deps, id)) throw new Refusal('conflict', 'cannot_delete_owner', 'the owner of the gateway cannot be deleted')
      if (UNDELETABLE.has(status)) throw new Refusal('conflict', 'action_not_possible', `the core knows the client (${status}): unregister it first`)
      deps.serverconf.clients.remove(id)
      return await reply.code(204).send()
    })
}

function alreadyThere (id: ClientId): Refusal {
  return new Refusal('conflict', 'client_already_exists', 'this gateway has the client', { metadata: [formatEncodedId(id)] })
}

function * everybody (snapshot: Snapshot | undefined): Iterable<ClientId> {
  for (const instance of snapshot?.instances ?? []) {
    for (const { id, subsystems } of snapshot!.members(instance)) {
      yield id
      for (const { code } of subsystems) yield { ...id, subsystemCode: code }
    }
  }
}

function has (value: string | undefined, part: string): boolean {
  return value !== undefined && value.toLocaleLowerCase('uk').includes(part.toLocaleLowerCase('uk'))
}

function fits (id: ClientId, query: Query): boolean {
  return (query.instance === undefined || has(id.instance, query.instance)) &&
    (query.member_class === undefined || has(id.memberClass, query.member_class)) &&
    (query.member_code === undefined || has(id.memberCode, query.member_code)) &&
    (query.subsystem_code === undefined || has(id.subsystemCode, query.subsystem_code))
}
