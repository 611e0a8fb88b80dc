import type { FastifyInstance, FastifyPluginAsync } from 'fastify'
import type { SqlStore } from '@trembita/daemon/store'
import { READERS, SECURITY } from '../admin/index.ts'
import type { Changes } from '../audit/index.ts'
import { readParameters } from '../registry/index.ts'
import { downloadUrlOf, recreateAnchor, type AnchorFile } from './anchors.ts'
import { sendAnchor } from './configuration-app.ts'
import { answers, instant, kindOf, kindParams, tags, text, type KindParams } from './route-schemas.ts'
import type { SigningKeys, SourceKind } from './signing-keys.ts'

export interface SourceRouteDeps {
  readonly store: SqlStore
  readonly changes: Changes
  readonly keys: SigningKeys
  readonly anchor: (kind: SourceKind) => Promise<AnchorFile>
}

const anchorSchema = { type: 'object', properties: { file_name: text, hash: { type: 'string', description: 'SHA-224 of the file' }, created_at: instant } } as const

/** The internal anchor at a short address, for gateways that are set up by hand. */
export function anchorFileRoute (anchor: (kind: SourceKind) => Promise<AnchorFile>): FastifyPluginAsync {
  return async (app) => {
    app.get('/anchor', { schema: { summary: 'The internal configuration anchor', tags }, config: { access: 'public' } },
      async (_request, reply) => sendAnchor(reply, await anchor('internal')))
  }
}

/** Anchors of this instance are what gateways and other instances are set up with, so anyone may have them. */
export function sourceRoutes (app: FastifyInstance, { store, changes, keys, anchor }: SourceRouteDeps): void {
  app.get<{ Params: KindParams }>('/configuration-sources/:kind/anchor', {
    schema: { summary: 'Fingerprint and age of an anchor', tags, params: kindParams, response: answers({ 200: anchorSchema }) }, config: { access: 'public' }
  }, async (request) => json(await anchor(kindOf(request.params))))

  app.get<{ Params: KindParams }>('/configuration-sources/:kind/anchor/download', {
    schema: { summary: 'An anchor as a file', tags, params: kindParams }, config: { access: 'public' }
  }, async (request, reply) => sendAnchor(reply, await anchor(kindOf(request.params))))

  app.put<{ Params: KindParams }>('/configuration-sources/:kind/anchor/re-create', {
    schema: { summary: 'Make an anchor anew', description: 'With a new date and fingerprint; anchors that were given out stay good.', tags, params: kindParams, response: answers({ 200: anchorSchema }) },
    config: { access: SECURITY, operation: 'anchor.recreate' }
  }, async (request) => {
    const { instance } = await readParameters(store)
    const kind = kindOf(request.params)
    await anchor(kind)
    return json(await changes.change(request.actor, async (tx) => await recreateAnchor(tx, kind, instance, await keys.nodes(tx))))
  })

  app.get<{ Params: KindParams }>('/configuration-sources/:kind/download-url', {
    schema: { summary: 'Where this node offers a configuration', tags, params: kindParams, response: answers({ 200: { type: 'object', properties: { url: text } } }) }, config: { access: READERS }
  }, async (request) => ({ url: downloadUrlOf({ address: keys.address }, kindOf(request.params)) }))
}

function json ({ fileName, fingerprint, generatedAt }: AnchorFile): object {
  return { file_name: fileName, hash: fingerprint, created_at: generatedAt.toISOString() }
}
