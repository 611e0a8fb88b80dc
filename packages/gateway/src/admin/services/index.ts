import type { FastifyPluginAsync } from 'fastify'
import type { AdminDeps } from '../deps.ts'
import { accessRightsApi } from './access-rights-api.ts'
import type { DescriptionWatch } from './description-changes.ts'
import { descriptionsApi } from './descriptions-api.ts'
import { localGroupsApi } from './local-groups-api.ts'
import { servicesApi as oneByOneApi } from './services-api.ts'

export { DescriptionWatch } from './description-changes.ts'

/** What the clients of this gateway offer, and to whom. */
export const servicesApi = (deps: AdminDeps, watch: DescriptionWatch): FastifyPluginAsync => async (app) => {
  await app.register(descriptionsApi(deps, watch))
  await app.register(oneByOneApi(deps))
  await app.register(accessRightsApi(deps))
  await app.register(localGroupsApi(deps))
}
