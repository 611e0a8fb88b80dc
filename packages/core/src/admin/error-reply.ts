import type { FastifyError, FastifyReply, FastifyRequest } from 'fastify'
import type { Logger } from '@trembita/daemon'
import { Fault } from '@trembita/protocol/fault'
import { Refusal, type RefusalKind } from '../refusal.ts'

const STATUS: Readonly<Record<RefusalKind, number>> = { invalid: 400, forbidden: 403, notFound: 404, conflict: 409 }

/** Body of every refusal of the administration API (xroad-trust §6.3). */
export interface ErrorBody {
  readonly status: number
  readonly error: {
    readonly code: string
    readonly message: string
    readonly validation_errors?: Readonly<Record<string, readonly string[]>> | undefined
  }
}

export const errorSchema = {
  type: 'object',
  required: ['status', 'error'],
  properties: {
    status: { type: 'integer' },
    error: {
      type: 'object',
      required: ['code', 'message'],
      properties: {
        code: { type: 'string' },
        message: { type: 'string' },
        validation_errors: { type: 'object', additionalProperties: { type: 'array', items: { type: 'string' } } }
      }
    }
  }
} as const

/** What an error means to whoever asked; what nobody foresaw is logged and told as no more than that. */
export function errorBody (thrown: unknown): ErrorBody | undefined {
  if (thrown instanceof Refusal) {
    return bodyOf(STATUS[thrown.kind], thrown.code, thrown.message, thrown.fields)
  }
  // Content that an operator uploads is read by the readers of the wire.
  if (thrown instanceof Fault && thrown.kind !== 'InternalError') return bodyOf(400, snakeCase(thrown.kind), thrown.message)
  const { statusCode, code, message, validation, fields } = thrown as FastifyError & { fields?: Record<string, string> }
  if (validation !== undefined) {
    return bodyOf(400, 'validation_failure', message, Object.fromEntries(validation.map(({ instancePath, params, message = '' }) =>
      [[instancePath.slice(1).replaceAll('/', '.'), params.missingProperty].filter(Boolean).join('.') || 'body', message])))
  }
  if (typeof statusCode === 'number' && statusCode >= 400 && statusCode < 500) return bodyOf(statusCode, snakeCase(String(code)), message, fields)
  return undefined
}

export function sendError (thrown: unknown, request: FastifyRequest, reply: FastifyReply, log: Logger): FastifyReply {
  const body = errorBody(thrown)
  if (body === undefined) {
    log.error({ err: thrown, requestId: request.id, route: request.routeOptions.url }, 'administration call failed')
    return reply.code(500).send(bodyOf(500, 'internal_error', `internal error; the log has it under ${request.id}`))
  }
  return reply.code(body.status).send(body)
}

function bodyOf (status: number, code: string, message: string, fields?: Readonly<Record<string, string>>): ErrorBody {
  const errors = fields === undefined ? undefined : Object.fromEntries(Object.entries(fields).map(([field, problem]) => [field, [problem]]))
  return { status, error: { code, message, ...errors === undefined ? {} : { validation_errors: errors } } }
}

function snakeCase (code: string): string {
  return code.replaceAll(/([a-z])([A-Z])/g, '$1_$2').toLowerCase()
}
