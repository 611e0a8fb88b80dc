import type { FastifyPluginAsync } from 'fastify'
import type { AdminDeps } from '../deps.ts'
import { clientRequestsApi } from './client-requests-api.ts'
import { clientsApi as searchApi } from './clients-api.ts'
import { tlsCertificatesApi } from './tls-certificates-api.ts'

export { clientJson, localClientOf, snapshotIfAny } from './client-json.ts'

/** Clients, what is asked about them at the core, and the certificates of their information systems. */
export const clientsApi = (deps: AdminDeps): FastifyPluginAsync => async (app) => {
  await app.register(searchApi(deps))
  await app.register(clientRequestsApi(deps))
  await app.register(tlsCertificatesApi(deps))
}
