import type { FastifyInstance } from 'fastify'
import type { Clock } from '@trembita/daemon'
import type { SqlStore } from '@trembita/daemon/store'
import { READERS, SECURITY } from '../admin/index.ts'
import { activationWarning, readyAt } from './key-readiness.ts'
import { answers, instant, kindOf, kindParams, nothing, tags, text, type KindParams } from './route-schemas.ts'
import { signingKeyInfo, signingKeyInfos, type SigningKeyInfo } from './signing-key-rows.ts'
import type { SigningKeys, SigningKeyType } from './signing-keys.ts'

const byId = { type: 'object', required: ['id'], properties: { id: { type: 'integer', minimum: 1, maximum: Number.MAX_SAFE_INTEGER } } } as const
interface ById { readonly id: number }

const keySchema = {
  type: 'object',
  properties: {
    id: { type: 'integer' },
    source_type: { type: 'string', enum: ['INTERNAL', 'EXTERNAL'] },
    node: text,
    own: { type: 'boolean', description: 'Of the node that answers: only there it can be activated' },
    key_label: text,
    key_type: { type: 'string', enum: ['rsa', 'ec'] },
    key_hash: { type: 'string', description: 'SHA-256 of its certificate' },
    active: { type: 'boolean' },
    created_at: instant,
    first_published_at: instant,
    ready_at: { ...instant, description: 'From when every gateway with a valid configuration knows it; absent while a node has not published it' },
    warning: { type: 'string', description: 'Why it should not sign yet' },
    possible_actions: { type: 'array', items: { type: 'string', enum: ['ACTIVATE', 'DELETE'] } }
  }
} as const

export interface SigningKeyRouteDeps {
  readonly store: SqlStore
  readonly keys: SigningKeys
  readonly clock: Clock
}

export function signingKeyRoutes (app: FastifyInstance, { store, keys, clock }: SigningKeyRouteDeps): void {
  const json = async (key: SigningKeyInfo): Promise<object> => {
    const { id, kind, node, label, active, createdAt, certificate, publishedSince } = key
    const own = node === keys.node
    const first = [...publishedSince.values()].sort((a, b) => a.getTime() - b.getTime())[0]
    return {
      id,
      source_type: kind.toUpperCase(),
      node,
      own,
      key_label: label,
      key_type: certificate.keyType,
      key_hash: certificate.sha256.toString('hex').toUpperCase(),
      active,
      created_at: createdAt.toISOString(),
      first_published_at: first?.toISOString(),
      ready_at: (await readyAt(store, key, clock.now()))?.toISOString(),
      warning: active ? undefined : await activationWarning(store, key, clock.now()),
      possible_actions: active ? [] : [...own ? ['ACTIVATE'] : [], 'DELETE']
    }
  }

  app.get<{ Params: KindParams }>('/configuration-sources/:kind/signing-keys', {
    config: { access: READERS }, schema: { summary: 'Keys that a configuration is or will be signed with, of all nodes', tags, params: kindParams, response: answers({ 200: { type: 'array', items: keySchema } }) }
  }, async (request) => await Promise.all((await signingKeyInfos(store)).filter(({ kind }) => kind === kindOf(request.params)).map(json)))

  app.post<{ Params: KindParams, Body: { key_label?: string, key_type?: SigningKeyType } }>('/configuration-sources/:kind/signing-keys', {
    config: { access: SECURITY, operation: 'signing-key.add' },
    schema: {
      summary: 'Make a signing key of this node',
      description: 'It signs nothing until it is activated. From the next publication on anchors and sources name it. An `ec` key is verified by X-Road 7.6 and newer only.',
      tags,
      params: kindParams,
      body: { type: 'object', additionalProperties: false, properties: { key_label: { type: 'string', maxLength: 255 }, key_type: { type: 'string', enum: ['rsa', 'ec'] } } },
      response: answers({ 201: keySchema })
    }
  }, async (request, reply) => {
    const id = await keys.generate(request.actor, { kind: kindOf(request.params), type: request.body.key_type, label: request.body.key_label })
    return reply.code(201).send(await json(await signingKeyInfo(store, id)))
  })

  app.get<{ Params: ById }>('/signing-keys/:id', {
    config: { access: READERS }, schema: { summary: 'One signing key', tags, params: byId, response: answers({ 200: keySchema }) }
  }, async (request) => await json(await signingKeyInfo(store, request.params.id)))

  app.put<{ Params: ById, Querystring: { ignore_warnings: boolean } }>('/signing-keys/:id/activate', {
    config: { access: SECURITY, operation: 'signing-key.activate' },
    schema: {
      summary: 'Have a key sign from the next publication on',
      description: 'Refused with `signing_key_too_new` until every gateway with a valid configuration knows it; `ignore_warnings` overrides.',
      tags,
      params: byId,
      querystring: { type: 'object', additionalProperties: false, properties: { ignore_warnings: { type: 'boolean', default: false } } },
      response: answers({ 200: keySchema })
    }
  }, async (request) => {
    await keys.activate(request.actor, request.params.id, request.query.ignore_warnings)
    return await json(await signingKeyInfo(store, request.params.id))
  })

  app.delete<{ Params: ById }>('/signing-keys/:id', {
    config: { access: SECURITY, operation: 'signing-key.delete' },
    schema: { summary: 'Delete a key that does not sign', description: 'Anchors do not name it any more.', tags, params: byId, response: answers({ 204: nothing }) }
  }, async (request, reply) => {
    await keys.remove(request.actor, request.params.id)
    return reply.code(204).send()
  })
}
