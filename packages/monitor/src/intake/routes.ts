import type { FastifyPluginAsync } from 'fastify'
import { callerOf } from '../exchange/index.ts'
import { ReportRefused, type Intake, type Heartbeat, type Report } from './intake.ts'

export interface IntakeRoutesOptions {
  readonly intake: Intake
}

/** Events of a batch (monitor §7.3), and what they may take with 16 KiB each. */
const EVENTS_MAX = 500
const BODY_BYTES_MAX = 9 * 1024 * 1024

const seq = { type: 'integer', minimum: 0, maximum: Number.MAX_SAFE_INTEGER } as const
const component = { type: 'string', minLength: 1, maxLength: 100 } as const
const configHash = { type: 'string', maxLength: 200 } as const
const instant = { type: 'string', maxLength: 40, format: 'date-time' } as const
const problem = { type: 'object', properties: { title: { type: 'string' }, expectedSeq: seq } } as const

const ruleCounter = {
  type: 'object',
  required: ['service', 'rule'],
  additionalProperties: { type: 'integer' },
  properties: { service: { type: 'string', maxLength: 256 }, rule: { type: 'string', maxLength: 100 } }
} as const

const reportSchema = {
  summary: 'Events of a local component, in the order of their numbers',
  body: {
    type: 'object',
    required: ['component', 'fromSeq', 'toSeq', 'events', 'configHash', 'sentAt'],
    additionalProperties: false,
    properties: { component, fromSeq: seq, toSeq: seq, events: { type: 'array', minItems: 1, maxItems: EVENTS_MAX, items: { type: 'object', additionalProperties: true } }, configHash, sentAt: instant }
  },
  response: {
    200: {
      type: 'object',
      required: ['ackSeq', 'rejected', 'nextPollAfter'],
      properties: {
        ackSeq: seq,
        nextPollAfter: { type: 'integer' },
        rejected: {
          type: 'array',
          items: {
            type: 'object',
            required: ['eventId', 'code', 'retryable'],
            properties: { eventId: { type: ['string', 'null'] }, code: { type: 'string' }, retryable: { type: 'boolean' }, field: { type: 'string' } }
          }
        }
      }
    },
    409: problem
  }
} as const

const heartbeatSchema = {
  summary: 'A local component lives, though it has nothing to say',
  body: {
    type: 'object',
    required: ['component', 'lastSeq', 'spoolDepth', 'configHash', 'ruleCounters'],
    additionalProperties: false,
    properties: { component, lastSeq: seq, spoolDepth: seq, oldestUnsent: instant, configHash, ruleCounters: { type: 'array', maxItems: 2000, items: ruleCounter } }
  },
  response: { 200: { type: 'object', required: ['ackSeq'], properties: { ackSeq: seq } } }
} as const

/** `POST /report-access` and `/report-access/heartbeat`, for components whose client the gateway has verified. */
export const intakeRoutes: FastifyPluginAsync<IntakeRoutesOptions> = async (app, { intake }) => {
  app.setErrorHandler((error, _request, reply) => {
    if (!(error instanceof ReportRefused)) throw error
    const status = error.kind === 'gap' ? 409 : error.kind === 'unknown-component' ? 403 : 400
    return reply.code(status).send({ title: error.message, ...error.expectedSeq !== undefined && { expectedSeq: error.expectedSeq } })
  })
  app.post<{ Body: Report }>('/report-access', { schema: reportSchema, bodyLimit: BODY_BYTES_MAX }, async (request) => {
    intake.authenticate(request.body.component, callerOf(request))
    return await intake.report(request.body)
  })
  app.post<{ Body: Heartbeat }>('/report-access/heartbeat', { schema: heartbeatSchema }, async (request) => {
    intake.authenticate(request.body.component, callerOf(request))
    return await intake.heartbeat(request.body)
  })
}
