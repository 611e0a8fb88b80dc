import fastify, { type FastifyInstance } from 'fastify'
import { opsRoutes, type Health, type Metrics } from '@trembita/daemon'
import { sendAnchor, type AnchorFile, type SourceKind } from '../globalconf/index.ts'

export interface AdminAppDeps {
  readonly health: Health
  readonly metrics: Metrics
  readonly info: { readonly name: string, readonly version: string } & Readonly<Record<string, string>>
  readonly anchor: (kind: SourceKind) => AnchorFile
}

const kindParams = { type: 'object', properties: { kind: { type: 'string', enum: ['internal', 'external', 'INTERNAL', 'EXTERNAL'] } } } as const

/** What operators ask the core: health, metrics, anchors. Paths of anchors are those of X-Road's own administration API. */
export function createAdminApp ({ health, metrics, info, anchor }: AdminAppDeps): FastifyInstance {
  const app = fastify({ logger: false, requestTimeout: 30_000 })
  const kindOf = (params: unknown): SourceKind => (params as { kind: string }).kind.toLowerCase() as SourceKind
  app.register(opsRoutes, { health, metrics, info })
  app.get('/anchor', async (_request, reply) => sendAnchor(reply, anchor('internal')))
  app.get('/api/v1/configuration-sources/:kind/anchor', { schema: { params: kindParams } }, async (request) => {
    const { fileName, fingerprint, generatedAt } = anchor(kindOf(request.params))
    return { file_name: fileName, hash: fingerprint, created_at: generatedAt.toISOString() }
  })
  app.get('/api/v1/configuration-sources/:kind/anchor/download', { schema: { params: kindParams } },
    async (request, reply) => sendAnchor(reply, anchor(kindOf(request.params))))
  return app
}
