import { randomUUID } from 'node:crypto'
import fastify, { type FastifyInstance, type FastifyPluginAsync } from 'fastify'
import { opsRoutes, type Health, type Logger, type Metrics } from '@trembita/daemon'
import { guard, type Accounts } from '@trembita/daemon/accounts'
import { openApi } from '@trembita/daemon/openapi'
import { webPlugin, type WebOptions } from '@trembita/web'
import { sendError } from './error-reply.ts'
import { addMounts, type Mount } from './mount.ts'
import { refuseNul } from './refuse-nul.ts'
import { TAGS } from './tags.ts'

/** X-Road's limit for what is not an upload. */
const BODY_BYTES_MAX = 50_000

export interface AdminAppDeps {
  readonly accounts: Accounts
  readonly health: Health
  readonly metrics: Metrics
  readonly log: Logger
  readonly info: { readonly name: string, readonly version: string } & Readonly<Record<string, string>>
  /** Routes of the parts of the core, below `/api/v1`. */
  readonly api: readonly FastifyPluginAsync[]
  /** What pages need of the app. */
  readonly web: WebOptions
  /** Sign-in and pages. */
  readonly pages: readonly FastifyPluginAsync[]
  readonly mounts?: readonly Mount[] | undefined
}

/**
 * What operators work with: pages and the API that the pages use, health, metrics, the internal anchor. Nobody reaches a route
 * whose `config.access` does not name them; a route without one does not start.
 */
export async function createAdminApp ({ accounts, health, metrics, log, info, api, web, pages, mounts = [] }: AdminAppDeps): Promise<FastifyInstance> {
  const app = fastify({
    logger: false,
    requestTimeout: 30_000,
    bodyLimit: BODY_BYTES_MAX,
    genReqId: () => randomUUID(),
    // What nobody asked for is refused, not dropped without a word.
    ajv: { customOptions: { removeAdditional: false } }
  })
  // First: what is mounted has rules of its own.
  addMounts(app, mounts)
  app.addHook('onRequest', async (request, reply) => { reply.header('x-road-ui-correlation-id', request.id) })
  // Before the guard: it looks for its token in the forms that are parsed here.
  await app.register(webPlugin, web)
  await app.register(guard, accounts)
  await app.register(openApi, {
    title: 'Trembita core',
    description: 'Administration of the registry, trust services, signed configuration, agreements and suspensions. Paths and names follow X-Road\'s central server where it has them.',
    version: info.version,
    tags: TAGS
  })
  await app.register(opsRoutes, { health, metrics, info })
  await app.register(async (part) => {
    part.setErrorHandler((thrown, request, reply) => sendError(thrown, request, reply, log))
    refuseNul(part)
    for (const routes of api) await part.register(routes)
  }, { prefix: '/api/v1' })
  for (const routes of pages) await app.register(routes)
  return app
}
