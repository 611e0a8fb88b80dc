import type { FastifyInstance, FastifySchema } from 'fastify'

/** What a description says of a route beside its validated schema. */
export interface Operation {
  readonly operationId: string
  readonly summary: string
  readonly tags?: readonly string[]
  readonly responses: Readonly<Record<string, object>>
  readonly parameters?: readonly object[]
  /** Codes of the services (as gateways publish them) whose own descriptions have this route; without any it stands in the whole alone. */
  readonly services?: readonly string[]
  /** Bodies that show the outcomes, by name. */
  readonly requestExamples?: Readonly<Record<string, { readonly summary?: string, readonly value: unknown }>>
  /** Changes nothing, though it is no GET: the catalog may try it at any time. */
  readonly 'x-safe'?: true
  /** What the catalog asks before it publishes, and what each must bring. */
  readonly 'x-samples'?: readonly Sample[]
  /** What is done with personal data here, for the access monitor of the provider's gateway. */
  readonly 'x-processing'?: { readonly operation: string, readonly purpose?: string, readonly massThreshold?: number, readonly legalBasis?: string, readonly onNoSubject?: { readonly ignore: string } }
}

/** A request that shows an outcome; synthetic values only. */
export interface Sample {
  readonly name: string
  readonly expect: 'data' | 'noData' | 'partial' | 'discrepancy' | 'badRequest'
  readonly parameters?: Readonly<Record<string, string>>
  readonly body?: unknown
}

/** A service as gateways publish it: one address, and the routes below it. */
export interface DescribedService {
  readonly title: string
  /** Path that is the service's address: `/subjects`. */
  readonly base: string
  readonly description?: string
}

export interface ApiInfo {
  readonly title: string
  readonly version: string
  readonly description: string
}

declare module 'fastify' {
  interface FastifyContextConfig {
    described?: Operation
  }
}

/** Words of a schema that say what a value means and whom it concerns; the validator does not look at them. */
export const ANNOTATIONS = ['x-personal-subject', 'x-personal-category', 'x-jsonld-type', 'x-jsonld-context', 'example'] as const

/** `app.get('/x', { schema, ...operation({...}) }, handler)` */
export function operation (described: Operation): { config: { described: Operation } } {
  return { config: { described } }
}

/** Of refusals, in the descriptions. */
export const problemResponse = {
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

const OUTCOME = { type: 'string', enum: ['FOUND', 'PARTIAL', 'NO_DATA', 'DISCREPANCY'] }
const MISSING = {
  type: 'array',
  items: {
    type: 'object',
    required: ['field', 'reason'],
    properties: {
      field: { type: 'string' },
      reason: { type: 'string', enum: ['NO_RECORD', 'NOT_RECORDED', 'NOT_APPLICABLE', 'PERIOD_OPEN', 'DISCREPANCY_INTERNAL', 'DISCREPANCY_SOURCES', 'TECHNICALLY_IMPOSSIBLE'] }
    }
  }
}
const DISCREPANCIES = {
  type: 'array',
  items: {
    type: 'object',
    required: ['field', 'kind'],
    properties: { field: { type: 'string' }, kind: { type: 'string', enum: ['ASSERTED_MISMATCH', 'CLOSED_RECORD', 'DUPLICATE_RECORD', 'SOURCE_CONFLICT'] } }
  }
}
const SOURCE = {
  type: 'object',
  required: ['register', 'asOf', 'recordVersion'],
  properties: { register: { type: 'string' }, asOf: { type: 'string', format: 'date-time' }, recordVersion: { type: 'integer', nullable: true } }
}
const NAMES = { agreement: { type: 'string', nullable: true }, purpose: { type: 'string', nullable: true } }

/** Responses of an operation that answers with an outcome. @param data schema of what is found, without `nullable`. */
export function answersOf (data: object = { type: 'object' }): Readonly<Record<string, object>> {
  return {
    200: jsonResponse('Відповідь: FOUND, PARTIAL, NO_DATA або DISCREPANCY · An answer; absence is an answer too', {
      type: 'object',
      required: ['requestId', 'outcome', 'data', 'missing', 'discrepancies', 'source', 'agreement', 'purpose'],
      properties: { requestId: { type: 'string' }, outcome: OUTCOME, data: { ...data, nullable: true }, missing: MISSING, discrepancies: DISCREPANCIES, source: SOURCE, ...NAMES }
    }),
    400: problemResponse,
    503: problemResponse
  }
}

/** Responses of an operation that answers about several subjects, each with an outcome. @param key names the subject: its schema by name. */
export function itemsOf (key: Readonly<Record<string, object>>, data: object, more: Readonly<Record<string, object>> = {}): Readonly<Record<string, object>> {
  return {
    200: jsonResponse('Кожен суб’єкт має власний підсумок · Each subject has an outcome of its own', {
      type: 'object',
      required: ['requestId', 'items', 'source', 'agreement', 'purpose'],
      properties: {
        requestId: { type: 'string' },
        items: {
          type: 'array',
          items: {
            type: 'object',
            required: [...Object.keys(key), 'outcome', 'data', 'missing', 'discrepancies', ...Object.keys(more)],
            properties: { ...key, outcome: OUTCOME, data: { ...data, nullable: true }, missing: MISSING, discrepancies: DISCREPANCIES, ...more }
          }
        },
        source: SOURCE,
        ...NAMES
      }
    }),
    400: problemResponse,
    503: problemResponse
  }
}

function jsonResponse (description: string, schema: object): object {
  return { description, content: { 'application/json': { schema } } }
}

/** Of every operation that answers with an outcome and says no more of its data. */
export const answerResponses = answersOf()

export const purposeHeader = { name: 'Uxp-Purpose-Ids', in: 'header', required: false, description: 'Мета обробки · Purpose of the processing', schema: { type: 'string' } }

interface DescribedRoute {
  readonly method: string
  readonly path: string
  readonly described: Operation
  readonly schema: FastifySchema
}

/**
 * Serves descriptions made from the very schemas that validate the requests: `/openapi.json` of all routes, and for each service its own
 * at `/openapi/{code}.json`, whose paths begin where the service's address ends. OpenAPI 3.0.3, because X-Road's own publishing tools
 * read no 3.1. Call before the routes are added.
 */
export function describeApi (app: FastifyInstance, info: ApiInfo, services: Readonly<Record<string, DescribedService>> = {}): void {
  const routes: DescribedRoute[] = []
  app.addHook('onRoute', (route) => {
    const described = route.config?.described
    if (described === undefined || route.method === 'HEAD') return
    const path = route.url.replace(/:(\w+)/g, '{$1}')
    for (const method of [route.method].flat()) routes.push({ method: method.toLowerCase(), path, described, schema: route.schema ?? {} })
  })
  const licensed = { ...info, license: { name: 'EUPL-1.2', url: 'https://eupl.eu/1.2/en/' } }
  app.get('/openapi.json', async (request) => ({ openapi: '3.0.3', info: licensed, servers: [{ url: `http://${request.host}` }], paths: pathsOf(routes, '') }))
  for (const [code, { title, base, description }] of Object.entries(services)) {
    app.get(`/openapi/${code}.json`, async (request) => ({
      openapi: '3.0.3',
      info: { ...licensed, title, ...description === undefined ? {} : { description } },
      servers: [{ url: `http://${request.host}${base}` }],
      paths: pathsOf(routes.filter(({ path, described }) => described.services?.includes(code) === true && path.startsWith(base)), base)
    }))
  }
}

function pathsOf (routes: readonly DescribedRoute[], base: string): Record<string, Record<string, object>> {
  const paths: Record<string, Record<string, object>> = {}
  for (const { method, path, described, schema } of routes) (paths[path.slice(base.length) || '/'] ??= {})[method] = describeRoute(described, schema)
  return paths
}

function describeRoute ({ services, requestExamples, ...described }: Operation, schema: FastifySchema): object {
  const parameters = [...parametersOf('path', schema.params), ...parametersOf('query', schema.querystring), ...described.parameters ?? []]
  const body = { schema: schema.body, ...requestExamples === undefined ? {} : { examples: requestExamples } }
  return {
    ...described,
    ...(parameters.length === 0 ? {} : { parameters }),
    ...(schema.body === undefined ? {} : { requestBody: { required: true, content: { 'application/json': body } } })
  }
}

function parametersOf (where: 'path' | 'query', schema: unknown): object[] {
  const { properties = {}, required = [] } = (schema ?? {}) as { properties?: Record<string, { description?: string, example?: unknown }>, required?: string[] }
  return Object.entries(properties).map(([name, { description, example, ...type }]) => ({
    name,
    in: where,
    required: where === 'path' || required.includes(name),
    ...(description === undefined ? {} : { description }),
    ...(example === undefined ? {} : { example }),
    schema: type
  }))
}
