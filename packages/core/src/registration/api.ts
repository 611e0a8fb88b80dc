import type { FastifyPluginAsync } from 'fastify'
import type { Clock } from '@trembita/daemon'
import type { SqlReader, SqlStore } from '@trembita/daemon/store'
import type { Actor } from '@trembita/daemon/accounts'
import type { ClientId } from '@trembita/protocol/identifiers'
import { errorSchema, listQuery, pageOf, READERS, REGISTRATION, toPage, type ListQuery } from '../admin/index.ts'
import { Refusal } from '../refusal.ts'
import { checkCodes, parseClientId, parseServerId, readParameters } from '../registry/index.ts'
import { centreRequestSchema, readCentreRequest, type CentreRequestBody } from './centre-request.ts'
import type { CurrentTrust } from './current-trust.ts'
import { evidenceOf } from './evidence.ts'
import { listRequests, REQUEST_SORTS } from './list-requests.ts'
import { originalOf } from './original.ts'
import type { Registration } from './registration.ts'
import { rehearseApproval } from './rehearsal.ts'
import { requestById, requestsOf } from './request-rows.ts'
import { bulkResultSchema, requestDetail, requestDetailSchema, requestItem, requestItemSchema } from './requests-json.ts'
import { REQUEST_TYPES, serviceOf, type RequestType } from './request-types.ts'
import { PENDING, REQUEST_ORIGINS, REQUEST_STATUSES, type RequestOrigin, type RequestStatus } from './types.ts'

export interface RegistrationApiDeps {
  readonly store: SqlStore
  readonly registration: Registration
  readonly trust: CurrentTrust
  readonly clock: Clock
}

const BULK_MAX = 200
const tags = ['management requests']
const byId = { type: 'object', required: ['id'], properties: { id: { type: 'integer', minimum: 1, maximum: Number.MAX_SAFE_INTEGER } } } as const
const reason = { type: 'string', maxLength: 1000 } as const
const decisionBody = { type: ['object', 'null'], additionalProperties: false, properties: { reason } } as const
const refusals = { 400: errorSchema, 404: errorSchema, 409: errorSchema } as const
const query = listQuery(REQUEST_SORTS, {
  desc: { type: 'boolean', default: true },
  type: { type: 'array', maxItems: REQUEST_TYPES.length, items: { type: 'string', enum: REQUEST_TYPES } },
  status: { type: 'array', maxItems: REQUEST_STATUSES.length, items: { type: 'string', enum: REQUEST_STATUSES } },
  origin: { type: 'string', enum: REQUEST_ORIGINS },
  server: { type: 'string', description: 'Encoded identifier of a security server' },
  client: { type: 'string', description: 'Encoded identifier of a member, with its subsystems, or of one subsystem' }
})
const page = pageOf(requestItemSchema)
const listSchema = {
  ...page,
  properties: { ...page.properties, counts: { type: 'object', description: 'How many pass the other filters, by status', additionalProperties: { type: 'integer' } } }
} as const

interface ById { Params: { id: number } }
interface Decision extends ById { Body: { readonly reason?: string } | null | undefined }
type Query = ListQuery & { readonly type?: RequestType[], readonly status?: RequestStatus[], readonly origin?: RequestOrigin, readonly server?: string, readonly client?: string }

/** `/management-requests`: what gateways and the centre ask, what it is proved by, and the decision (xroad-trust §4.5, §6.4). */
export function registrationApi ({ store, registration, trust, clock }: RegistrationApiDeps): FastifyPluginAsync {
  const ownerOf = async (reader: SqlReader, memberClass: string, memberCode: string): Promise<string | undefined> => (await reader.get<{ name: string }>(
    'SELECT m.name FROM member m JOIN member_class c ON c.id = m.member_class_id WHERE c.code = ? AND m.code = ?', memberClass, memberCode))?.name

  const detailOf = async (actor: Actor, id: number): Promise<object> => {
    const found = await store.read(async (reader) => {
      const request = await requestById(reader, id)
      const { memberClass, memberCode } = request.request.server
      return {
        request: { ...request, owner: await ownerOf(reader, memberClass, memberCode) },
        complementary: (await requestsOf(reader, request.processing)).filter((other) => other.id !== id),
        original: await originalOf(reader, id)
      }
    })
    const { request, original } = found
    return requestDetail({
      ...found,
      evidence: original === undefined ? undefined : evidenceOf(original, request.createdAt, await trust.current()),
      prospect: PENDING.includes(request.status) ? await rehearseApproval(store, actor, id, clock.now()) : undefined
    })
  }

  return async (app) => {
    app.get<{ Querystring: Query }>('/management-requests', {
      config: { access: READERS }, schema: { summary: 'Management requests, newest first', tags, querystring: query, response: { 200: listSchema, 400: errorSchema } }
    }, async ({ query }) => {
      const { items, total, counts } = await store.read((reader) => listRequests(reader, {
        services: query.type?.map(serviceOf),
        statuses: query.status,
        origin: query.origin,
        server: query.server === undefined ? undefined : parseServerId(query.server),
        client: query.client === undefined ? undefined : parseClientId(query.client)
      }, query))
      return { ...toPage(items.map(requestItem), total, query), counts }
    })

    app.get<ById>('/management-requests/:id', {
      config: { access: READERS },
      schema: { summary: 'One request: what was signed and by whom, verified again, and what approving it would change', tags, params: byId, response: { 200: requestDetailSchema, 404: errorSchema } }
    }, async ({ params, actor }) => await detailOf(actor, params.id))

    app.get<ById>('/management-requests/:id/original', {
      config: { access: READERS },
      schema: { summary: 'The whole HTTP body as the gateway sent it, with its content type', tags, params: byId, response: { 404: errorSchema } }
    }, async ({ params: { id } }, reply) => {
      const original = await store.read((reader) => originalOf(reader, id))
      if (original === undefined) throw new Refusal('notFound', 'management_request_not_found', `there is no request ${id} that a gateway sent`)
      return await reply.header('content-type', original.contentType).header('x-content-type-options', 'nosniff')
        .header('content-disposition', `attachment; filename="management-request-${id}.mime"`).send(original.body)
    })

    app.post<{ Body: CentreRequestBody }>('/management-requests', {
      config: { access: REGISTRATION, operation: 'management-request.add' },
      schema: { summary: 'Add a request of the centre', tags, body: centreRequestSchema, response: { 201: requestDetailSchema, ...refusals } }
    }, async ({ body, actor }, reply) => {
      const request = readCentreRequest(body, await trust.current(), clock.now())
      const client: ClientId | undefined = 'client' in request ? request.client : undefined
      const codes = { security_server_id: request.server.serverCode, ...client?.subsystemCode === undefined ? {} : { client_id: client.subsystemCode } }
      checkCodes(codes, (await readParameters(store)).strictIdentifiers)
      const id = await registration.add(actor, { request, comments: body.comments })
      return await reply.code(201).send(await detailOf(actor, id))
    })

    app.post<Decision>('/management-requests/:id/approval', {
      config: { access: REGISTRATION, operation: 'management-request.approve' },
      schema: { summary: 'Approve a request', tags, params: byId, body: decisionBody, response: { 200: requestDetailSchema, ...refusals } }
    }, async ({ params: { id }, body, actor }) => {
      await registration.approve(actor, id, body?.reason)
      return await detailOf(actor, id)
    })

    app.post<{ Body: { readonly ids: readonly number[], readonly reason?: string } }>('/management-requests/bulk-approval', {
      config: { access: REGISTRATION, operation: 'management-request.approve' },
      schema: {
        summary: 'Approve several requests, each by itself',
        tags,
        body: {
          type: 'object', required: ['ids'], additionalProperties: false, properties: { ids: { type: 'array', minItems: 1, maxItems: BULK_MAX, uniqueItems: true, items: byId.properties.id }, reason }
        },
        response: { 200: bulkResultSchema, 400: errorSchema }
      }
    }, async ({ body, actor }) => ({ results: await registration.approveAll(actor, body.ids, body.reason) }))

    app.post<Decision>('/management-requests/:id/decline', {
      config: { access: REGISTRATION, operation: 'management-request.decline' },
      schema: {
        summary: 'Decline a request, with the reason', tags, params: byId, body: { type: 'object', required: ['reason'], additionalProperties: false, properties: { reason: { ...reason, minLength: 1 } } }, response: { 200: requestDetailSchema, ...refusals }
      }
    }, async ({ params: { id }, body, actor }) => {
      await registration.turnDown(actor, id, body?.reason)
      return await detailOf(actor, id)
    })

    app.delete<Decision>('/management-requests/:id', {
      config: { access: REGISTRATION, operation: 'management-request.decline' },
      schema: { summary: 'Turn a pending request down: a gateway\'s is declined, the centre\'s own revoked', tags, params: byId, body: decisionBody, response: { 204: { type: 'null' }, ...refusals } }
    }, async ({ params: { id }, body, actor }, reply) => {
      await registration.turnDown(actor, id, body?.reason)
      return await reply.code(204).send()
    })
  }
}
