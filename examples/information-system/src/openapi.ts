import type { FastifyInstance, FastifySchema } from 'fastify'

/** What a description says of a route beside its validated schema. */
export interface Operation {
  readonly operationId: string
  readonly summary: string
  readonly tags?: readonly string[]
  readonly responses: Readonly<Record<string, object>>
  readonly parameters?: readonly object[]
}

declare module 'fastify' {
  interface FastifyContextConfig {
    described?: Operation
  }
}

/** `app.get('/x', { schema, ...operation({...}) }, handler)` */
export function operation (described: Operation): { config: { described: Operation } } {
  return { config: { described } }
}

const problemResponse = {
  description: 'Запит не може бути виконано · The request cannot be answered (RFC 9457)',
  content: {
    'application/problem+json': {
      schema: {
        type: 'object',
        required: ['type', 'title', 'status', 'code', 'detail'],
        properties: {
          type: { type: 'string' },
          title: { type: 'string' },
          status: { type: 'integer' },
          code: { type: 'string' },
          detail: { type: 'string' },
          details: { type: 'object', properties: { uk: { type: 'string' }, en: { type: 'string' } } },
          retryable: { type: 'boolean' }
        }
      }
    }
  }
}

const answerResponse = {
  description: 'Відповідь: FOUND, PARTIAL, NO_DATA або DISCREPANCY · An answer; absence is an answer too',
  content: {
    'application/json': {
      schema: {
        type: 'object',
        required: ['requestId', 'outcome', 'data', 'missing', 'discrepancies', 'source', 'agreement', 'purpose'],
        properties: {
          requestId: { type: 'string' },
          outcome: { type: 'string', enum: ['FOUND', 'PARTIAL', 'NO_DATA', 'DISCREPANCY'] },
          data: { type: 'object', nullable: true },
          missing: { type: 'array', items: { type: 'object', properties: { field: { type: 'string' }, reason: { type: 'string' } } } },
          discrepancies: { type: 'array', items: { type: 'object', properties: { field: { type: 'string' }, kind: { type: 'string' } } } },
          source: { type: 'object', properties: { register: { type: 'string' }, asOf: { type: 'string', format: 'date-time' }, recordVersion: { type: 'integer', nullable: true } } },
          agreement: { type: 'string', nullable: true },
          purpose: { type: 'string', nullable: true }
        }
      }
    }
  }
}

/** Of every operation that answers with an outcome. */
export const answerResponses = { 200: answerResponse, 400: problemResponse, 503: problemResponse }

export const purposeHeader = { name: 'Uxp-Purpose-Ids', in: 'header', required: false, description: 'Мета обробки · Purpose of the processing', schema: { type: 'string' } }

/**
 * Serves `/openapi.json`, made from the very schemas that validate the requests. OpenAPI 3.0.3, because X-Road's own
 * publishing tools read no 3.1. Call before the routes are added.
 */
export function describeApi (app: FastifyInstance, info: { title: string, version: string, description: string }): void {
  const paths: Record<string, Record<string, object>> = {}
  app.addHook('onRoute', (route) => {
    const described = route.config?.described
    if (described === undefined || route.method === 'HEAD') return
    const path = route.url.replace(/:(\w+)/g, '{$1}')
    for (const method of [route.method].flat()) (paths[path] ??= {})[method.toLowerCase()] = describeRoute(described, route.schema ?? {})
  })
  app.get('/openapi.json', async (request) => ({
    openapi: '3.0.3',
    info: { ...info, license: { name: 'EUPL-1.2' } },
    servers: [{ url: `http://${request.host}` }],
    paths
  }))
}

function describeRoute (described: Operation, schema: FastifySchema): object {
  const parameters = [...parametersOf('path', schema.params), ...parametersOf('query', schema.querystring), ...described.parameters ?? []]
  return {
    ...described,
    ...(parameters.length === 0 ? {} : { parameters }),
    ...(schema.body === undefined ? {} : { requestBody: { required: true, content: { 'application/json': { schema: schema.body } } } })
  }
}

function parametersOf (where: 'path' | 'query', schema: unknown): object[] {
  const { properties = {}, required = [] } = (schema ?? {}) as { properties?: Record<string, { description?: string }>, required?: string[] }
  return Object.entries(properties).map(([name, { description, ...type }]) => ({
    name,
    in: where,
    required: where === 'path' || required.includes(name),
    ...(description === undefined ? {} : { description }),
    schema: type
  }))
}
