import type { FastifyPluginAsync, FastifyRequest } from 'fastify'
import type { AccessRule } from '@trembita/daemon/accounts'
import { Refusal } from '../refusal.ts'
import type { Approvals } from './approvals.ts'

/** An operation that the holder may want two persons for. */
export interface Operation {
  /** Its name in `config.operation`: `member.delete`. */
  readonly name: string
  readonly summary: string
}

export interface HoldOptions {
  readonly approvals: Approvals
  /** Gathers the operations of all routes; give it to `approvalsApi` too. */
  readonly operations: Map<string, Operation>
}

/** Why, for the second person: percent-encoded UTF-8, since headers carry no Ukrainian. */
export const REASON_HEADER = 'x-trembita-reason'
const REASON_CHARACTERS_MAX = 1000
/** What must not be kept, not even until tomorrow. */
const SECRET_FIELD = /(^|_)(pin|password|passphrase|secret)(_|$)/i

/**
 * Holds back operations that take two persons: instead of being carried out, the call is kept, and answered with 202 and where to find
 * it. Stands behind the guard and in front of all routes that are registered after it in the same context.
 */
export function holdForApproval ({ approvals, operations }: HoldOptions): FastifyPluginAsync {
  const plugin: FastifyPluginAsync = async (app) => {
    app.addHook('onRoute', ({ config, schema }) => {
      const name = config?.operation
      if (name !== undefined && !operations.has(name)) operations.set(name, { name, summary: (schema as { summary?: string } | undefined)?.summary ?? name })
    })

    app.addHook('preHandler', async (request, reply) => {
      const { operation, access } = request.routeOptions.config
      // Only a call that was approved is made in the name of two, and only from within (InternalCalls).
      if (operation === undefined || access === undefined || request.actor.approvedBy !== undefined) return
      if (!await approvals.takesTwo(operation)) return
      const { id, state, expiresAt } = await approvals.propose(request.actor, proposalOf(request, operation, access))
      return await reply.code(202).header('location', `/api/v1/approvals/${id}`)
        .send({ status: 202, approval: { id, operation, state, expires_at: expiresAt.toISOString() } })
    })
  }
  return Object.assign(plugin, { [Symbol.for('skip-override')]: true })
}

function proposalOf (request: FastifyRequest, operation: string, access: AccessRule) {
  const { method, url, body } = request
  // Forms of files have become objects of text (takeForms), and are made again as JSON.
  if (holdsBytes(body)) {
    throw new Refusal('conflict', 'approval_not_possible', 'this operation takes two persons, and bytes cannot be kept for the second: send JSON')
  }
  if (holdsSecret(body)) {
    throw new Refusal('conflict', 'approval_not_possible', 'this operation takes two persons, and its secret cannot be kept for the second')
  }
  return { operation, access, method, url, body, reason: reasonOf(request) }
}

function holdsBytes (value: unknown): boolean {
  if (typeof value !== 'object' || value === null) return false
  return ArrayBuffer.isView(value) || Object.values(value).some(holdsBytes)
}

function holdsSecret (value: unknown): boolean {
  if (typeof value !== 'object' || value === null) return false
  return Object.entries(value).some(([name, inner]) => SECRET_FIELD.test(name) || holdsSecret(inner))
}

/** @throws {Refusal} */
function reasonOf (request: FastifyRequest): string {
  const header = request.headers[REASON_HEADER]
  try {
    const reason = typeof header === 'string' ? decodeURIComponent(header).trim() : ''
    if (reason.length <= REASON_CHARACTERS_MAX) return reason
  } catch {
    // A broken percent escape is told like any other bad value.
  }
  throw new Refusal('invalid', 'validation_failure', `header ${REASON_HEADER}: expected up to ${REASON_CHARACTERS_MAX} characters, percent-encoded`)
}
