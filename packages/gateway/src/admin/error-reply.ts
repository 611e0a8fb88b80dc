import type { FastifyError, FastifyReply, FastifyRequest } from 'fastify'
import type { Logger } from '@trembita/daemon'
import { AccountError, sendAccountError } from '@trembita/daemon/accounts'
import { Fault, RelayedFault } from '@trembita/protocol/fault'
import { Refusal, Warnings, type RefusalKind } from './refusal.ts'

const STATUS: Readonly<Record<RefusalKind, number>> = { invalid: 400, forbidden: 403, notFound: 404, conflict: 409, failed: 502 }

/** Faults of the parts that an administrator's request reached, by their kind; any other is a conflict with the state of things. */
const FAULT_STATUS: Readonly<Record<string, number>> = {
  IncorrectCertificate: 400, InvalidXml: 400, MalformedAgreement: 400, MalformedGlobalConf: 400, KeyNotFound: 404, NetworkError: 502, SslAuthenticationFailed: 502, IOError: 502, InternalError: 500
}

interface ErrorBody {
  readonly status: number
  readonly error: {
    readonly code: string
    readonly message: string
    readonly metadata?: readonly string[]
    readonly validation_errors?: Readonly<Record<string, readonly string[]>>
  }
  readonly warnings?: readonly object[]
}

/** JSON schema of every error answer, as X-Road's (xroad-trust §6.3). */
export const errorSchema = {
  type: 'object',
  required: ['status'],
  properties: {
    status: { type: 'integer' },
    error: {
      type: 'object',
      required: ['code'],
      properties: {
        code: { type: 'string' },
        message: { type: 'string' },
        metadata: { type: 'array', items: { type: 'string' } },
        validation_errors: { type: 'object', additionalProperties: { type: 'array', items: { type: 'string' } } }
      }
    },
    warnings: {
      type: 'array',
      items: { type: 'object', required: ['code'], properties: { code: { type: 'string' }, metadata: { type: 'array', items: { type: 'string' } } } }
    }
  }
} as const

const failures = new WeakMap<FastifyRequest, unknown>()

/** What a route threw, after it was answered. */
export function failureOf (request: FastifyRequest): unknown {
  return failures.get(request)
}

/** Turns what a route threw into X-Road's error answer. What is nobody's business but ours goes to the log. */
export function replyError (thrown: unknown, request: FastifyRequest, reply: FastifyReply, log: Logger): FastifyReply {
  failures.set(request, thrown)
  if (thrown instanceof AccountError) return sendAccountError(reply, thrown)
  const body = bodyOf(thrown)
  if (body.status >= 500) log.error({ err: thrown, correlationId: request.id, route: request.routeOptions.url }, 'an administrative request failed')
  return reply.code(body.status).header('cache-control', 'no-store').type('application/json').send(body)
}

/** Code and words of a failure for the audit log. */
export function reasonOf (thrown: unknown): string {
  const { error } = bodyOf(thrown)
  return `${error.code}: ${error.message}`
}

function bodyOf (thrown: unknown): ErrorBody {
  if (thrown instanceof AccountError) return { status: thrown.statusCode, error: { code: thrown.code, message: thrown.message } }
  if (thrown instanceof Refusal) {
    const { kind, code, message, metadata, fields } = thrown
    return {
      status: STATUS[kind],
      error: {
        code,
        message,
        ...metadata.length === 0 ? {} : { metadata },
        ...fields === undefined ? {} : { validation_errors: Object.fromEntries(Object.entries(fields).map(([field, problem]) => [field, [problem]])) }
      }
    }
  }
  if (thrown instanceof Warnings) return { status: 400, error: { code: 'warnings_detected', message: thrown.message }, warnings: thrown.warnings }
  if (thrown instanceof RelayedFault) return { status: 409, error: { code: 'management_request_refused', message: thrown.message, metadata: [thrown.code] } }
  if (thrown instanceof Fault) {
    return { status: FAULT_STATUS[thrown.kind] ?? 409, error: { code: snakeCase(thrown.kind), message: thrown.message } }
  }
  const error = thrown as FastifyError
  if (error.validation !== undefined) return invalid(error)
  const status = error.statusCode ?? 500
  if (status >= 500) return { status: 500, error: { code: 'internal_error', message: 'internal error' } }
  return { status, error: { code: (error.code ?? 'bad_request').replace(/^FST_(ERR_)?(CTP_)?/, '').toLowerCase(), message: error.message } }
}

function invalid ({ validation, validationContext }: FastifyError): ErrorBody {
  const problems: Record<string, string[]> = {}
  for (const { instancePath, params, message } of validation ?? []) {
    const named = params as { missingProperty?: string, additionalProperty?: string }
    const path = [...instancePath.split('/').slice(1), named.missingProperty ?? named.additionalProperty ?? []].flat().join('.')
    const field = path === '' ? validationContext ?? 'request' : path
    ;(problems[field] ??= []).push(message ?? 'is not valid')
  }
  return { status: 400, error: { code: 'validation_failure', message: 'the request is not valid', validation_errors: problems } }
}

function snakeCase (kind: string): string {
  return kind.replace(/([a-z0-9])([A-Z])/g, '$1_$2').toLowerCase()
}
