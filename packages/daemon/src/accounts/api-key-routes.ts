import type { FastifyPluginAsync } from 'fastify'
import { AccountError, sendAccountError } from './account-error.ts'
import type { ApiKey, ApiKeys } from './api-keys.ts'

export interface ApiKeyRoutesOptions {
  readonly apiKeys: ApiKeys
  /** Who may see and change keys. */
  readonly access: readonly string[]
}

const roleNames = { type: 'array', items: { type: 'string', maxLength: 100 }, minItems: 1, maxItems: 50 } as const
const instant = { type: 'string', format: 'date-time' } as const
const apiKey = {
  type: 'object',
  required: ['id', 'roles'],
  properties: { id: { type: 'integer' }, label: { type: 'string' }, roles: roleNames, owner: { type: 'string' }, created_at: instant, expires_at: instant }
} as const
const wrapped = { ...apiKey, required: [...apiKey.required, 'key'], properties: { ...apiKey.properties, key: { type: 'string' } } } as const
const creation = {
  anyOf: [
    roleNames,
    {
      type: 'object',
      required: ['roles'],
      additionalProperties: false,
      properties: { roles: roleNames, label: { type: 'string', maxLength: 200 }, expires_at: instant }
    }
  ]
} as const
const byId = { type: 'object', required: ['id'], properties: { id: { type: 'integer', minimum: 1, maximum: Number.MAX_SAFE_INTEGER } } } as const
const tags = ['api-keys']

type Creation = readonly string[] | { readonly roles: readonly string[], readonly label?: string, readonly expires_at?: string }

/** `/api-keys` as X-Road has it, with labels and expiry besides (xroad-trust §6.3). The key itself is in the answer to its making, and never again. */
export const apiKeyRoutes: FastifyPluginAsync<ApiKeyRoutesOptions> = async (app, { apiKeys, access }) => {
  app.setErrorHandler((error, _request, reply) => {
    if (!(error instanceof AccountError)) throw error
    return sendAccountError(reply, error)
  })

  app.post<{ Body: Creation }>('/api-keys', {
    // Not an operation that may take two: its answer is shown once, and to whom proposed it. A key counts as its maker anyway.
    config: { access },
    schema: { summary: 'Make an API key', description: 'A list of roles, or an object that also has a label and an expiry. The key is shown once.', tags, body: creation, response: { 200: wrapped } }
  }, async (request, reply) => {
    const { roles, label, expires_at: expiresAt } = isList(request.body) ? { roles: request.body } : request.body
    const made = await apiKeys.create(request.actor, { roles, label, expiresAt: expiresAt === undefined ? undefined : new Date(expiresAt) })
    reply.header('cache-control', 'no-store')
    return { ...toJson(made), key: made.key }
  })

  app.get('/api-keys', {
    config: { access }, schema: { summary: 'API keys', tags, response: { 200: { type: 'array', items: apiKey } } }
  }, async () => (await apiKeys.list()).map(toJson))

  app.get<{ Params: { id: number } }>('/api-keys/:id', {
    config: { access }, schema: { summary: 'One API key', tags, params: byId, response: { 200: apiKey } }
  }, async (request) => toJson(await apiKeys.get(request.params.id)))

  app.put<{ Params: { id: number }, Body: readonly string[] }>('/api-keys/:id', {
    config: { access, operation: 'api-key.change' }, schema: { summary: 'Change the roles of an API key', tags, params: byId, body: roleNames, response: { 200: apiKey } }
  }, async (request) => toJson(await apiKeys.changeRoles(request.actor, request.params.id, request.body)))

  app.delete<{ Params: { id: number } }>('/api-keys/:id', {
    config: { access, operation: 'api-key.delete' }, schema: { summary: 'Revoke an API key', tags, params: byId, response: { 200: { type: 'null' } } }
  }, async (request, reply) => {
    await apiKeys.revoke(request.actor, request.params.id)
    return reply.send()
  })
}

function isList (body: Creation): body is readonly string[] {
  return Array.isArray(body)
}

function toJson ({ id, label, roles, owner, createdAt, expiresAt }: ApiKey): object {
  return { id, label, roles, owner, created_at: createdAt.toISOString(), ...expiresAt === undefined ? {} : { expires_at: expiresAt.toISOString() } }
}
