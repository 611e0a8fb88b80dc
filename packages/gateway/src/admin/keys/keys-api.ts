import type { FastifyPluginAsync, FastifyReply, FastifyRequest } from 'fastify'
import { hasRole } from '@trembita/daemon/accounts'
import type { KeyKind, RequestEntry, TokenKey } from '../../signer/index.ts'
import type { AdminDeps } from '../deps.ts'
import { Refusal, warnOf } from '../refusal.ts'
import { KEY_KEEPERS, KEY_READERS, SECURITY_OFFICER } from '../roles.ts'
import { described, flag, listOf, note, pathOf, record, text } from '../route.ts'
import { fileAnswer } from '../upload.ts'
import { keyJson, keySchema, TOKEN_ID, tokenJson, tokenSchema } from './key-json.ts'
import { formatSchema, makeRequest, requestBodySchema, requestFile, useOf, type RequestBody } from './make-request.ts'
import { keyActions } from './possible-actions.ts'

const tag = 'keys'
const algorithm = { type: 'string', enum: ['RSA', 'EC'], default: 'RSA' } as const
const keyId = pathOf('id')
const KINDS: Readonly<Record<'RSA' | 'EC', KeyKind>> = { RSA: { type: 'rsa', bits: 2048 }, EC: { type: 'ec', curve: 'P-256' } }

/** Keys of authentication are the security officers'. @throws {Refusal} for everybody else. */
export function checkKeeper (request: FastifyRequest, use: TokenKey['use']): void {
  if (use === 'auth' && !hasRole(request.actor, [SECURITY_OFFICER])) throw new Refusal('forbidden', 'forbidden', 'keys of authentication are for security officers')
}

/** @throws {Refusal} for a key that the token does not have. */
export function keyOf ({ token }: AdminDeps, id: string): TokenKey {
  const key = token.keys().find((one) => one.id === id)
  if (key === undefined) throw new Refusal('notFound', 'key_not_found', 'the token has no such key')
  return key
}

function requestOf (key: TokenKey, id: string): RequestEntry {
  const request = key.requests.find((one) => one.id === id)
  if (request === undefined) throw new Refusal('notFound', 'csr_not_found', 'the key has no such certificate request')
  return request
}

function checkToken (id: string): void {
  if (id !== TOKEN_ID) throw new Refusal('notFound', 'token_not_found', `there is one token, ${TOKEN_ID}`)
}

async function sendRequest (reply: FastifyReply, entry: RequestEntry, format: 'PEM' | 'DER', deps: AdminDeps): Promise<FastifyReply> {
  const { bytes, name } = requestFile(entry, format, deps)
  return await reply.type('application/octet-stream').header('content-disposition', `attachment; filename="${name}"`).send(bytes)
}

/** The token, its keys and the certificate requests made for them. */
export const keysApi = (deps: AdminDeps): FastifyPluginAsync => async (app) => {
  app.get('/tokens', described({ tag, summary: 'Tokens with their keys', access: KEY_READERS, answer: listOf(tokenSchema) }), async () => [tokenJson(deps)])

  app.get<{ Params: { id: string } }>('/tokens/:id', described({ tag, summary: 'One token', access: KEY_READERS, params: pathOf('id'), answer: tokenSchema }), async ({ params }) => {
    checkToken(params.id)
    return tokenJson(deps)
  })

  app.post<{ Params: { id: string }, Body: { label?: string, key_algorithm: 'RSA' | 'EC' } }>('/tokens/:id/keys',
    described({ tag, summary: 'Make a key', access: KEY_KEEPERS, audit: 'Generate key', params: pathOf('id'), body: record({ label: text(255, 0), key_algorithm: algorithm }), created: keySchema }),
    async (request, reply) => {
      checkToken(request.params.id)
      const key = await deps.token.generate(undefined, request.body.label ?? '', KINDS[request.body.key_algorithm])
      note(request, { tokenId: TOKEN_ID, keyId: key.id, keyLabel: key.label })
      return await reply.code(201).send(keyJson(key, deps))
    })

  app.post<{ Params: { id: string }, Body: { key_label: string, key_algorithm: 'RSA' | 'EC', csr_generate_request: RequestBody } }>('/tokens/:id/keys-with-csrs',
    described({
      tag,
      summary: 'Make a key and a certificate request for it',
      access: KEY_KEEPERS,
      audit: 'Generate key and CSR',
      params: pathOf('id'),
      body: record({ key_label: text(255, 0), key_algorithm: algorithm, csr_generate_request: requestBodySchema }, ['key_label', 'csr_generate_request']),
      created: record({ key: keySchema, csr_id: text() }, ['key', 'csr_id'])
    }), async (request, reply) => {
      checkToken(request.params.id)
      const { key_label: label, key_algorithm: kind, csr_generate_request: wanted } = request.body
      const use = useOf(wanted.key_usage_type)
      checkKeeper(request, use)
      const key = await deps.token.generate(use, label, KINDS[kind])
      try {
        const entry = await makeRequest(deps, key, wanted)
        note(request, { tokenId: TOKEN_ID, keyId: key.id, keyLabel: label, keyUsage: wanted.key_usage_type, clientIdentifier: wanted.member_id, certificationServiceName: wanted.ca_name })
        return await reply.code(201).send({ key: keyJson(await deps.token.addRequest(key.id, entry), deps), csr_id: entry.id })
      } catch (error) {
        await deps.token.remove(key.id)
        throw error
      }
    })

  app.get<{ Params: { id: string } }>('/keys/:id', described({ tag, summary: 'One key', access: KEY_READERS, params: keyId, answer: keySchema }),
    async ({ params }) => keyJson(keyOf(deps, params.id), deps))

  app.patch<{ Params: { id: string }, Body: { name: string } }>('/keys/:id',
    described({ tag, summary: 'Rename a key', access: KEY_KEEPERS, audit: 'Set friendly name to key', params: keyId, body: record({ name: text() }, ['name']), answer: keySchema }),
    async (request) => {
      const key = keyOf(deps, request.params.id)
      checkKeeper(request, key.use)
      note(request, { keyId: key.id, keyFriendlyName: request.body.name })
      return keyJson(await deps.token.update(key.id, () => ({ label: request.body.name })), deps)
    })

  app.delete<{ Params: { id: string }, Querystring: { ignore_warnings?: boolean } }>('/keys/:id',
    described({ tag, summary: 'Delete a key with all that belongs to it, for good', access: KEY_KEEPERS, audit: 'Delete key', params: keyId, query: record({ ignore_warnings: flag }) }),
    async (request, reply) => {
      const key = keyOf(deps, request.params.id)
      checkKeeper(request, key.use)
      note(request, { keyId: key.id, keyFriendlyName: key.label })
      if (!keyActions(key).includes('DELETE')) throw new Refusal('conflict', 'action_not_possible', 'the core knows a certificate of this key: unregister it first')
      warnOf(key.entries.some(({ active }) => active) ? [{ code: 'active_certificate', metadata: [key.id] }] : [], request.query.ignore_warnings)
      await deps.token.remove(key.id)
      await deps.running()?.reconsider()
      return await reply.code(204).send()
    })

  app.post<{ Params: { id: string }, Body: RequestBody }>('/keys/:id/csrs',
    described({ tag, summary: 'Make a certificate request for a key', access: KEY_KEEPERS, audit: 'Generate CSR', params: keyId, body: requestBodySchema, created: fileAnswer }),
    async (request, reply) => {
      const key = keyOf(deps, request.params.id)
      checkKeeper(request, useOf(request.body.key_usage_type))
      const entry = await makeRequest(deps, key, request.body)
      await deps.token.addRequest(key.id, entry)
      note(request, { keyId: key.id, keyUsage: request.body.key_usage_type, clientIdentifier: request.body.member_id, certificationServiceName: entry.caName, csrId: entry.id })
      return await sendRequest(reply.code(201), entry, request.body.csr_format, deps)
    })

  app.get<{ Params: { id: string, csr_id: string }, Querystring: { csr_format?: 'PEM' | 'DER' } }>('/keys/:id/csrs/:csr_id',
    described({ tag, summary: 'A certificate request as a file', access: KEY_READERS, params: pathOf('id', 'csr_id'), query: record({ csr_format: formatSchema }), answer: fileAnswer }),
    async ({ params, query }, reply) => await sendRequest(reply, requestOf(keyOf(deps, params.id), params.csr_id), query.csr_format ?? 'PEM', deps))

  app.delete<{ Params: { id: string, csr_id: string } }>('/keys/:id/csrs/:csr_id',
    described({ tag, summary: 'Forget a certificate request', access: KEY_KEEPERS, audit: 'Delete CSR', params: pathOf('id', 'csr_id') }),
    async (request, reply) => {
      const key = keyOf(deps, request.params.id)
      const { id, use } = requestOf(key, request.params.csr_id)
      checkKeeper(request, use)
      note(request, { keyId: key.id, csrId: id })
      await deps.token.update(key.id, ({ requests }) => ({ requests: requests.filter((one) => one.id !== id) }))
      return await reply.code(204).send()
    })
}
