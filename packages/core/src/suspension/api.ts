import type { FastifyPluginAsync } from 'fastify'
import type { SqlStore } from '@trembita/daemon/store'
import { SUSPENSION_GROUNDS, type SuspensionGround, type SuspensionTarget } from '@trembita/protocol/suspension'
import { errorSchema, HOLDER, listQuery, pageOf, READERS, toPage, type ListQuery } from '../admin/index.ts'
import { findEvents, type Changes } from '../audit/index.ts'
import { Refusal } from '../refusal.ts'
import { encodedClientId, encodedServerId, parseMemberId, parseServerId, parseSubsystemId } from '../registry/index.ts'
import { suspensionImpact } from './impact.ts'
import { listSuspensions, memberName, type SuspensionInList } from './list.ts'
import { checkTarget, decideSuspension, findSuspension, liftSuspension } from './suspensions.ts'
import { SUSPENSION_STATES, type SuspensionState } from './types.ts'

export interface SuspensionApiDeps {
  readonly store: SqlStore
  readonly changes: Changes
}

const tags = ['suspensions']
const text = { type: 'string', maxLength: 255 } as const
const instant = { type: 'string', format: 'date-time' } as const
const TYPES = ['MEMBER', 'SUBSYSTEM', 'SERVER'] as const
const object = {
  type: 'object', required: ['type', 'encoded_id'], additionalProperties: false, properties: { type: { type: 'string', enum: TYPES }, encoded_id: { type: 'string', maxLength: 1100 } }
} as const
const act = { type: 'object', required: ['number', 'date'], additionalProperties: false, properties: { number: text, date: { type: 'string', format: 'date' } } } as const
const ground = { type: 'string', enum: SUSPENSION_GROUNDS, description: 'What was violated: clause 15 of the regulation' } as const
const ids = { type: 'array', items: { type: 'string' } } as const

const suspensionSchema = {
  type: 'object',
  required: ['id', 'object', 'ground', 'act', 'starts_at', 'state'],
  properties: {
    id: { type: 'integer' },
    object,
    member_name: text,
    ground,
    explanation: { type: 'string' },
    act,
    starts_at: instant,
    ends_at: instant,
    state: { type: 'string', enum: SUSPENSION_STATES },
    decided_at: instant,
    decided_by: text,
    began_at: instant,
    ended_at: instant,
    lift_act: act,
    lifted_by: text
  }
} as const
const impactSchema = {
  type: 'object',
  properties: { subsystems: ids, security_servers: ids, hosted_clients: { ...ids, description: 'Clients of others that no other gateway serves' }, refusal: { type: 'object', properties: { code: text, message: { type: 'string' } } } }
} as const
const byId = { type: 'object', required: ['id'], properties: { id: { type: 'integer', minimum: 1, maximum: Number.MAX_SAFE_INTEGER } } } as const
interface ById { readonly id: number }
interface ObjectBody { readonly type: typeof TYPES[number], readonly encoded_id: string }
interface ObjectQuery { readonly object_type?: typeof TYPES[number], readonly object_id?: string }
interface DecisionBody {
  readonly object: ObjectBody
  readonly ground: SuspensionGround
  readonly explanation?: string
  readonly act: { readonly number: string, readonly date: string }
  readonly starts_at?: string
  readonly ends_at?: string
}

const answers = <T extends object>(answer: T) => ({ ...answer, '4xx': errorSchema })
const objectQuery = { object_type: { type: 'string', enum: TYPES }, object_id: { type: 'string', maxLength: 1100 } } as const

/** `/suspensions`: everyone sees them, the holder decides. */
export function suspensionApi ({ store, changes }: SuspensionApiDeps): FastifyPluginAsync {
  const detailsOf = async (id: number): Promise<object> => {
    const suspension = await findSuspension(store, id)
    return toJson({ ...suspension, memberName: await memberName(store, suspension.target.id) })
  }

  return async (app) => {
    app.get<{ Querystring: ListQuery & ObjectQuery & { readonly state?: SuspensionState } }>('/suspensions', {
      config: { access: READERS },
      schema: {
        summary: 'Suspensions, the latest first; of one object, with what its member is suspended by',
        tags,
        querystring: listQuery(['id'], { ...objectQuery, state: { type: 'string', enum: SUSPENSION_STATES } }),
        response: answers({ 200: pageOf(suspensionSchema) })
      }
    }, async ({ query }) => {
      const { items, total } = await listSuspensions(store, { ...query, target: targetOfQuery(query) })
      return toPage(items.map(toJson), total, query)
    })

    app.get<{ Querystring: ObjectQuery }>('/suspensions/impact', {
      config: { access: READERS },
      schema: {
        summary: 'Who would be cut off, and whether it could be decided at all',
        tags,
        querystring: { type: 'object', required: ['object_type', 'object_id'], additionalProperties: false, properties: objectQuery },
        response: answers({ 200: impactSchema })
      }
    }, async ({ query }) => {
      const target = targetOfQuery(query)!
      const { subsystems, servers, hosted } = await suspensionImpact(store, target)
      return { subsystems: subsystems.map(encodedClientId), security_servers: servers.map(encodedServerId), hosted_clients: hosted.map(encodedClientId), ...await refusalOf(store, target) }
    })

    app.post<{ Body: DecisionBody }>('/suspensions', {
      config: { access: HOLDER, operation: 'suspension.decide' },
      schema: {
        summary: 'Stop the access of a member, subsystem or security server',
        tags,
        body: {
          type: 'object',
          required: ['object', 'ground', 'act'],
          additionalProperties: false,
          properties: { object, ground, explanation: { type: 'string', maxLength: 4000 }, act, starts_at: instant, ends_at: instant }
        },
        response: answers({ 201: suspensionSchema })
      }
    }, async (request, reply) => {
      const { object, starts_at: startsAt, ends_at: endsAt, ...decision } = request.body
      const id = await decideSuspension(changes, request.actor, { ...decision, target: targetOf(object), startsAt: dateOf(startsAt), endsAt: dateOf(endsAt) })
      return await reply.code(201).send(await detailsOf(id))
    })

    app.get<{ Params: ById }>('/suspensions/:id', {
      config: { access: READERS }, schema: { summary: 'One suspension', tags, params: byId, response: answers({ 200: suspensionSchema }) }
    }, async ({ params }) => await detailsOf(params.id))

    app.post<{ Params: ById, Body: { readonly act: DecisionBody['act'] } }>('/suspensions/:id/lift', {
      config: { access: HOLDER, operation: 'suspension.lift' },
      schema: { summary: 'Lift a suspension, or call it off before it begins', tags, params: byId, body: { type: 'object', required: ['act'], additionalProperties: false, properties: { act } }, response: answers({ 200: suspensionSchema }) }
    }, async (request) => {
      await liftSuspension(changes, request.actor, request.params.id, request.body.act)
      return await detailsOf(request.params.id)
    })

    app.get<{ Params: ById }>('/suspensions/:id/history', {
      config: { access: READERS },
      schema: {
        summary: 'What was decided and when it took effect, the latest first',
        tags,
        params: byId,
        response: answers({ 200: { type: 'array', items: { type: 'object', properties: { id: { type: 'integer' }, at: instant, actor: { type: 'object', properties: { kind: text, id: text, name: text } }, action: text, before: {}, after: {} } } } })
      }
    }, async ({ params }) => {
      const { events } = await findEvents(store, { objectKind: 'suspension', objectId: String(params.id), limit: 100, offset: 0 })
      return events.map(({ id, at, actor, action, before, after }) => ({ id, at, actor, action, before, after }))
    })
  }
}

/** Tells beforehand why a decision would be refused. */
async function refusalOf (store: SqlStore, target: SuspensionTarget): Promise<object> {
  try {
    await checkTarget(store, target)
    return {}
  } catch (thrown) {
    if (!(thrown instanceof Refusal)) throw thrown
    return { refusal: { code: thrown.code, message: thrown.message } }
  }
}

function targetOfQuery ({ object_type: type, object_id: id }: ObjectQuery): SuspensionTarget | undefined {
  return type === undefined || id === undefined || id === '' ? undefined : targetOf({ type, encoded_id: id })
}

function targetOf ({ type, encoded_id: id }: ObjectBody): SuspensionTarget {
  if (type === 'MEMBER') return { kind: 'member', id: parseMemberId(id) }
  return type === 'SUBSYSTEM' ? { kind: 'subsystem', id: parseSubsystemId(id) } : { kind: 'server', id: parseServerId(id) }
}

function dateOf (text: string | undefined): Date | undefined {
  return text === undefined ? undefined : new Date(text)
}

function toJson ({ number, target, memberName, ground, explanation, act, startsAt, endsAt, state, decidedAt, decidedBy, beganAt, endedAt, liftAct, liftedBy }: SuspensionInList): object {
  return {
    id: number,
    object: { type: target.kind.toUpperCase(), encoded_id: target.kind === 'server' ? encodedServerId(target.id) : encodedClientId(target.id) },
    member_name: memberName,
    ground,
    explanation,
    act,
    starts_at: startsAt.toISOString(),
    ends_at: endsAt?.toISOString(),
    state,
    decided_at: decidedAt.toISOString(),
    decided_by: decidedBy,
    began_at: beganAt?.toISOString(),
    ended_at: endedAt?.toISOString(),
    ...liftAct === undefined ? {} : { lift_act: liftAct },
    lifted_by: liftedBy
  }
}
