import type { FastifyPluginAsync } from 'fastify'
import type { AdminDeps } from '../deps.ts'
import { anchorApi } from './anchor-api.ts'
import { diagnosticsApi } from './diagnostics-api.ts'
import { federationApi } from './federation-api.ts'
import { initializationApi } from './initialization-api.ts'
import { serverApi } from './server-api.ts'

/** What concerns the gateway as a whole. */
export const systemApi = (deps: AdminDeps): FastifyPluginAsync => async (app) => {
  await app.register(anchorApi(deps))
  await app.register(initializationApi(deps))
  await app.register(serverApi(deps))
  await app.register(federationApi(deps))
  await app.register(diagnosticsApi(deps))
}
