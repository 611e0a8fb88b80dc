import type { FastifyContextConfig, FastifyInstance, FastifyRequest } from 'fastify'
import type {} from '@trembita/daemon/accounts'
import { errorSchema } from './error-reply.ts'

declare module 'fastify' {
  interface FastifyContextConfig {
    /** Set for what changes something: how the audit log calls it. */
    audit?: string
  }

  interface FastifyRequest {
    /** What the audit log will say about this request. Never a secret. */
    auditData: Record<string, unknown>
  }
}

export interface RouteOptions {
  readonly tag: string
  readonly summary: string
  readonly access: readonly string[] | 'public' | 'signed-in'
  readonly audit?: string | undefined
  readonly params?: object | undefined
  readonly query?: object | undefined
  readonly body?: object | undefined
  /** Schema of the answer; its status is 200, 201 for `created`, 202 for `accepted`. Nothing: 204. */
  readonly answer?: object | undefined
  readonly created?: object | undefined
  readonly accepted?: object | undefined
}

/** Options of a route: who may call it, how it is audited, and its schemas, with the error answer that every route has. */
export function described (options: RouteOptions): { readonly config: FastifyContextConfig, readonly schema: object } {
  const { tag, summary, access, audit, params, query, body, answer, created, accepted } = options
  return {
    config: { access, ...audit === undefined ? {} : { audit } },
    schema: {
      tags: [tag],
      summary,
      ...params === undefined ? {} : { params },
      ...query === undefined ? {} : { querystring: query },
      ...body === undefined ? {} : { body },
      response: {
        ...answer === undefined ? {} : { 200: answer },
        ...created === undefined ? {} : { 201: created },
        ...accepted === undefined ? {} : { 202: accepted },
        ...answer === undefined && created === undefined && accepted === undefined ? { 204: { type: 'null', description: 'done' } } : {},
        '4xx': errorSchema,
        '5xx': errorSchema
      }
    }
  }
}

/** An object of the given properties and no others. */
export function record (properties: Readonly<Record<string, object>>, required: readonly string[] = []): object {
  return { type: 'object', additionalProperties: false, required, properties }
}

/** A body that may be left out. */
export function optional (schema: object): object {
  return { ...schema, type: ['object', 'null'] }
}

/** Path parameters, all texts. */
export function pathOf (...names: readonly string[]): object {
  return { type: 'object', required: names, properties: Object.fromEntries(names.map((name) => [name, { type: 'string', minLength: 1, maxLength: 2048 }])) }
}

export const text = (maxLength = 255, minLength = 1): object => ({ type: 'string', minLength, maxLength })
export const flag = { type: 'boolean' } as const
export const instant = { type: 'string', format: 'date-time' } as const
export const listOf = (items: object, maxItems = 10_000): object => ({ type: 'array', items, maxItems })

/** Notes something for the audit log. */
export function note (request: FastifyRequest, data: Readonly<Record<string, unknown>>): void {
  Object.assign(request.auditData, data)
}

/** Prepares requests for `note`. */
export function takeNotes (app: FastifyInstance): void {
  app.decorateRequest('auditData')
  app.addHook('onRequest', async (request) => { request.auditData = {} })
}
