import type { FastifyPluginAsync } from 'fastify'
import { principalOf, type Accounts, type Actor } from '@trembita/daemon/accounts'
import { errorSchema, HOLDER, listQuery, pageOf, READERS, toPage, type ListQuery } from '../admin/index.ts'
import { Refusal } from '../refusal.ts'
import { mayCall, type Approvals } from './approvals.ts'
import type { Operation } from './hold-for-approval.ts'
import { APPROVAL_STATES, type Approval, type ApprovalState } from './types.ts'

export interface ApprovalsApiDeps {
  readonly accounts: Pick<Accounts, 'internal' | 'apiKeys'>
  readonly approvals: Approvals
  /** Gathered by `holdForApproval`. */
  readonly operations: ReadonlyMap<string, Operation>
}

const text = { type: 'string' } as const
const instant = { type: 'string', format: 'date-time' } as const
const person = { type: 'object', properties: { kind: text, id: text, name: text } } as const
const approvalProperties = {
  id: { type: 'integer' },
  operation: text,
  summary: text,
  method: text,
  url: text,
  reason: text,
  proposer: person,
  proposed_at: instant,
  expires_at: instant,
  state: { type: 'string', enum: APPROVAL_STATES },
  decided_by: person,
  decided_at: instant,
  decision_reason: text,
  result_status: { type: 'integer' },
  may_approve: { type: 'boolean', description: 'Whether who asks could be the second person' },
  may_decline: { type: 'boolean', description: 'Whether who asks could decline or withdraw it' }
} as const
const approvalItem = { type: 'object', properties: approvalProperties } as const
const approvalDetail = { type: 'object', properties: { ...approvalProperties, body: { description: 'What the operation was called with' } } } as const
const outcome = {
  type: 'object',
  properties: {
    approval: approvalDetail,
    result: { type: 'object', description: 'How the operation was answered', properties: { status: { type: 'integer' }, body: {} } }
  }
} as const
const policyBody = {
  type: 'object',
  required: ['operations'],
  additionalProperties: false,
  properties: { operations: { type: 'array', maxItems: 500, items: { type: 'string', maxLength: 100 } } }
} as const
const policyAnswer = {
  type: 'object',
  properties: {
    operations: { type: 'array', items: text },
    available: { type: 'array', items: { type: 'object', properties: { name: text, summary: text } } }
  }
} as const
const byId = { type: 'object', required: ['id'], properties: { id: { type: 'integer', minimum: 1, maximum: Number.MAX_SAFE_INTEGER } } } as const
const decision = { type: ['object', 'null'], additionalProperties: false, properties: { reason: { type: 'string', maxLength: 1000 } } } as const
const tags = ['approvals']
const refusals = { 403: errorSchema, 404: errorSchema, 409: errorSchema } as const

interface ById { Params: { id: number } }
interface Decision extends ById { Body: { reason?: string } | null | undefined }

/** `/approvals`: what waits for a second person, the decision, and which operations take two. */
export function approvalsApi ({ accounts, approvals, operations }: ApprovalsApiDeps): FastifyPluginAsync {
  return async (app) => {
    const toItem = (approval: Approval, actor: Actor): object => itemOf(approval, actor, operations)
    const toDetail = (approval: Approval, actor: Actor): object => ({ ...toItem(approval, actor), body: approval.body })

    app.get<{ Querystring: ListQuery & { state?: ApprovalState } }>('/approvals', {
      config: { access: READERS },
      schema: {
        summary: 'Operations that wait for a second person, or had one',
        tags,
        querystring: listQuery(['proposed_at', 'operation'], { state: { type: 'string', enum: APPROVAL_STATES } }),
        response: { 200: pageOf(approvalItem) }
      }
    }, async ({ query, actor }) => {
      const { items, total } = await approvals.list({ ...query, sort: query.sort === 'operation' ? 'operation' : 'proposed_at' })
      return toPage(items.map((one) => toItem(one, actor)), total, query)
    })

    app.get('/approvals/policy', {
      config: { access: READERS }, schema: { summary: 'Operations that take two persons', tags, response: { 200: policyAnswer } }
    }, async () => ({ operations: await approvals.policy(), available: [...operations.values()].sort((one, other) => one.name < other.name ? -1 : 1) }))

    app.put<{ Body: { operations: string[] } }>('/approvals/policy', {
      config: { access: HOLDER, operation: 'approval-policy.change' },
      schema: { summary: 'Choose which operations take two persons', tags, body: policyBody, response: { 200: policyAnswer } }
    }, async ({ body, actor }) => {
      const unknown = body.operations.filter((name) => !operations.has(name))
      if (unknown.length > 0) throw new Refusal('invalid', 'unknown_operation', 'there is no such operation', { fields: { operations: `unknown: ${unknown.join(', ')}` } })
      await approvals.setPolicy(actor, body.operations)
      return { operations: await approvals.policy(), available: [...operations.values()] }
    })

    app.get<ById>('/approvals/:id', {
      config: { access: READERS }, schema: { summary: 'One proposal, whole', tags, params: byId, response: { 200: approvalDetail, 404: errorSchema } }
    }, async ({ params, actor }) => toDetail(await approvals.get(params.id), actor))

    app.post<Decision>('/approvals/:id/approve', {
      config: { access: 'signed-in' },
      schema: {
        summary: 'Agree as the second person: the operation is carried out', tags, params: byId, body: decision, response: { 200: outcome, ...refusals }
      }
    }, async ({ params, body, actor, server }) => {
      const proposer = await presentProposer(accounts, (await approvals.get(params.id)).proposer)
      const approval = await approvals.approve(actor, params.id, body?.reason)
      const { kind, id, name, origin } = actor
      const answer = await accounts.internal.inject(server, { ...proposer, approvedBy: { kind, id, name, origin } }, {
        method: approval.method as 'POST',
        url: approval.url,
        headers: { accept: 'application/json' },
        ...approval.body === undefined ? {} : { payload: approval.body as object }
      })
      const finished = await approvals.finish(actor, approval, answer.statusCode)
      return { approval: toDetail(finished, actor), result: { status: answer.statusCode, body: jsonOf(answer.body) } }
    })

    app.post<Decision>('/approvals/:id/decline', {
      config: { access: 'signed-in' },
      schema: { summary: 'Decline a proposal, or withdraw one\'s own', tags, params: byId, body: decision, response: { 200: approvalDetail, ...refusals } }
    }, async ({ params, body, actor }) => toDetail(await approvals.decline(actor, params.id, body?.reason), actor))
  }
}

/** An API key may have been revoked or lost roles since: then it proposes no more. @throws {Refusal} */
async function presentProposer ({ apiKeys }: Pick<Accounts, 'apiKeys'>, proposer: Actor): Promise<Actor> {
  if (proposer.kind !== 'apiKey') return proposer
  const key = (await apiKeys.list()).find(({ id }) => id === Number(proposer.id))
  if (key === undefined) throw new Refusal('conflict', 'proposer_gone', 'the API key that proposed it was revoked')
  return { ...proposer, roles: key.roles }
}

function itemOf (approval: Approval, actor: Actor, operations: ReadonlyMap<string, Operation>): object {
  const waits = approval.state === 'waiting'
  const own = principalOf(actor) === approval.proposerPrincipal
  return {
    id: approval.id,
    operation: approval.operation,
    summary: operations.get(approval.operation)?.summary ?? approval.operation,
    method: approval.method,
    url: approval.url,
    reason: approval.reason,
    proposer: personOf(approval.proposer),
    proposed_at: approval.proposedAt.toISOString(),
    expires_at: approval.expiresAt.toISOString(),
    state: approval.state,
    ...approval.decidedBy === undefined ? {} : { decided_by: personOf(approval.decidedBy) },
    ...approval.decidedAt === undefined ? {} : { decided_at: approval.decidedAt.toISOString() },
    ...approval.decisionReason === undefined ? {} : { decision_reason: approval.decisionReason },
    ...approval.resultStatus === undefined ? {} : { result_status: approval.resultStatus },
    may_approve: waits && !own && mayCall(actor, approval.access),
    may_decline: waits && (own || mayCall(actor, approval.access))
  }
}

function personOf ({ kind, id, name }: Actor): object {
  return { kind, id, name }
}

function jsonOf (body: string): unknown {
  try {
    return JSON.parse(body) as unknown
  } catch {
    return body
  }
}
