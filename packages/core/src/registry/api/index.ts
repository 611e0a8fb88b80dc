import type { FastifyPluginAsync } from 'fastify'
import type { RegistryApiDeps } from './deps.ts'
import { groupsApi } from './groups-api.ts'
import { memberClassesApi } from './member-classes-api.ts'
import { membersApi } from './members-api.ts'
import { serversApi } from './servers-api.ts'
import { subsystemsApi } from './subsystems-api.ts'

export { type RegistryApiDeps } from './deps.ts'

/** The registry over HTTP: whoever works with the core reads, registration officers change, member classes are the security officer's. */
export function registryApi (deps: RegistryApiDeps): FastifyPluginAsync {
  return async (app) => {
    for (const part of [membersApi, subsystemsApi, serversApi, groupsApi, memberClassesApi]) await app.register(part(deps))
  }
}
