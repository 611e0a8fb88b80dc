import type { FastifyPluginAsync, FastifyReply, FastifyRequest } from 'fastify'
import type { ManagementRequests } from '../../management/index.ts'
import type { ClientConf, LocalClientStatus } from '../../serverconf/index.ts'
import { runningOf, type AdminDeps } from '../deps.ts'
import { formatEncodedId } from '../encoded-id.ts'
import { Refusal } from '../refusal.ts'
import { REGISTRATION_OFFICER } from '../roles.ts'
import { described, note, pathOf, record, text } from '../route.ts'
import { isOwner, localClientOf } from './client-json.ts'

interface ById { Params: { id: string } }

const tag = 'clients'
const params = pathOf('id')
const access = [REGISTRATION_OFFICER]

interface Step {
  readonly path: string
  readonly summary: string
  readonly audit: string
  /** States in which it can be asked for. */
  readonly from: readonly LocalClientStatus[]
  readonly to: LocalClientStatus
  readonly refuseOwner: string
  readonly send: (management: ManagementRequests, client: ClientConf) => Promise<number>
}

/** What the core is asked about a client (xroad-trust §4.1), and the state that the client is in from then on (§4.5). */
const STEPS: readonly Step[] = [
  {
    path: 'register',
    summary: 'Ask the core to register the client at this gateway',
    audit: 'Register client',
    from: ['saved'],
    to: 'registration in progress',
    refuseOwner: 'cannot_register_owner',
    send: async (management, { id, name }) => await management.registerClient(id, name)
  },
  {
    path: 'unregister',
    summary: 'Ask the core to take the client away from this gateway',
    audit: 'Unregister client',
    from: ['registered', 'registration in progress', 'global error', 'disabled', 'disabling in progress', 'enabling in progress'],
    to: 'deletion in progress',
    refuseOwner: 'cannot_unregister_owner',
    send: async (management, { id }) => await management.deleteClient(id)
  },
  {
    path: 'disable',
    summary: 'Ask the core to leave the client out for a while',
    audit: 'Disable client subsystem',
    from: ['registered'],
    to: 'disabling in progress',
    refuseOwner: 'action_not_possible',
    send: async (management, { id }) => await management.disableClient(id)
  },
  {
    path: 'enable',
    summary: 'Ask the core to take the client in again',
    audit: 'Enable client subsystem',
    from: ['disabled'],
    to: 'enabling in progress',
    refuseOwner: 'action_not_possible',
    send: async (management, { id }) => await management.enableClient(id)
  }
]

/** Requests about clients that this gateway sends to the core. What the core decides comes back with the global configuration. */
export const clientRequestsApi = (deps: AdminDeps): FastifyPluginAsync => async (app) => {
  const take = (request: FastifyRequest<ById>): ClientConf => {
    const client = localClientOf(deps, request.params.id)
    note(request, { clientIdentifier: formatEncodedId(client.id), clientStatus: client.status })
    return client
  }
  /** The state changes when the core has taken the request in, and not before. */
  const finish = async (request: FastifyRequest, reply: FastifyReply, requestId: number): Promise<FastifyReply> => {
    note(request, { managementRequestId: requestId })
    await runningOf(deps).reconsider()
    return await reply.code(204).send()
  }

  for (const { path, summary, audit, from, to, refuseOwner, send } of STEPS) {
    app.put<ById>(`/clients/:id/${path}`, described({ tag, summary, access, audit, params }), async (request, reply) => {
      const client = take(request)
      if (isOwner(deps, client.id)) throw new Refusal('conflict', refuseOwner, 'the owner of the gateway is its client without being registered')
      checkStatus(client, from)
      const requestId = await send(runningOf(deps).management, client)
      deps.serverconf.clients.setStatus(client.id, to)
      return await finish(request, reply, requestId)
    })
  }

  app.put<ById>('/clients/:id/make-owner', described({ tag, summary: 'Ask the core to make this member the owner of the gateway', access, audit: 'Change owner', params }), async (request, reply) => {
    const client = take(request)
    if (client.id.subsystemCode !== undefined) throw new Refusal('conflict', 'action_not_possible', 'only a member can own a gateway')
    if (isOwner(deps, client.id)) throw new Refusal('conflict', 'member_already_owner', 'the member owns this gateway')
    checkStatus(client, ['registered'])
    return await finish(request, reply, await runningOf(deps).management.changeOwner(client.id))
  })

  app.put<ById & { Body: { client_name: string } }>('/clients/:id/rename',
    described({ tag, summary: 'Give a subsystem another name', access, audit: 'Rename client subsystem', params, body: record({ client_name: text() }, ['client_name']) }), async (request, reply) => {
      const client = take(request)
      const name = request.body.client_name.trim()
      note(request, { subsystemName: name })
      const { subsystemCode } = client.id
      if (subsystemCode === undefined) throw new Refusal('conflict', 'action_not_possible', 'only a subsystem has a name of its own')
      if (name === '') throw new Refusal('invalid', 'validation_failure', 'the name is blank', { fields: { client_name: 'is blank' } })
      if (client.status === 'saved') {
        deps.serverconf.clients.setName(client.id, name)
        return await reply.code(204).send()
      }
      checkStatus(client, ['registered'])
      const requestId = await runningOf(deps).management.renameClient({ ...client.id, subsystemCode }, name)
      deps.serverconf.clients.setSubmittedName(client.id, name)
      return await finish(request, reply, requestId)
    })
}

function checkStatus ({ status }: ClientConf, allowed: readonly LocalClientStatus[]): void {
  if (!allowed.includes(status)) throw new Refusal('conflict', 'action_not_possible', `not possible while the client is: ${status}`)
}
