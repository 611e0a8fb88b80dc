import type { FastifyPluginAsync } from 'fastify'
import type { AnchorFile } from './anchors.ts'
import { sendAnchor } from './configuration-app.ts'
import type { SourceKind } from './signing-keys.ts'

const kindParams = { type: 'object', properties: { kind: { type: 'string', enum: ['INTERNAL', 'EXTERNAL', 'internal', 'external'] } } } as const

/** The internal anchor at a short address, for gateways that are set up by hand. */
export function anchorFileRoute (anchor: (kind: SourceKind) => Promise<AnchorFile>): FastifyPluginAsync {
  return async (app) => {
    app.get('/anchor', { schema: { summary: 'The internal configuration anchor', tags: ['configuration'] }, config: { access: 'public' } },
      async (_request, reply) => sendAnchor(reply, await anchor('internal')))
  }
}

/** Anchors of this instance. They are what gateways and other instances are set up with, so anyone may have them. */
export function anchorApi (anchor: (kind: SourceKind) => Promise<AnchorFile>): FastifyPluginAsync {
  const kindOf = (params: unknown): SourceKind => (params as { kind: string }).kind.toLowerCase() as SourceKind
  return async (app) => {
    app.get('/configuration-sources/:kind/anchor', {
      schema: { summary: 'Fingerprint and age of an anchor', tags: ['configuration'], params: kindParams },
      config: { access: 'public' }
    }, async (request) => {
      const { fileName, fingerprint, generatedAt } = await anchor(kindOf(request.params))
      return { file_name: fileName, hash: fingerprint, created_at: generatedAt.toISOString() }
    })
    app.get('/configuration-sources/:kind/anchor/download', {
      schema: { summary: 'An anchor as a file', tags: ['configuration'], params: kindParams },
      config: { access: 'public' }
    }, async (request, reply) => sendAnchor(reply, await anchor(kindOf(request.params))))
  }
}
