import type { FastifyPluginAsync } from 'fastify'
import type { AdminDeps } from '../deps.ts'
import { authoritiesApi } from './authorities-api.ts'
import { keysApi as tokensApi } from './keys-api.ts'
import { tokenCertificatesApi } from './token-certificates-api.ts'

export { checkOcsp } from './activation.ts'
export { certificateDetails, certificateDetailsSchema, hashOf } from './certificate-json.ts'
export { readCertificate } from './import-certificate.ts'

/** Keys, certificate requests and certificates. */
export const keysApi = (deps: AdminDeps): FastifyPluginAsync => async (app) => {
  await app.register(tokensApi(deps))
  await app.register(tokenCertificatesApi(deps))
  await app.register(authoritiesApi(deps))
}
