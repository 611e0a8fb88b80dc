import type { FastifyPluginAsync } from 'fastify'
import { openApi } from '@trembita/daemon/openapi'
import { MONITOR_VERSION } from '../version.ts'

export interface ServiceDescription {
  /** Service code: `findUsage`. */
  readonly code: string
  /** Path of the service's address: `/find-usage`. */
  readonly base: string
  readonly title: string
  readonly description: string
}

interface Described {
  readonly paths?: Readonly<Record<string, object>>
  readonly components?: Readonly<Record<string, unknown>>
}

/**
 * A service with its OpenAPI 3.1 description at `/openapi/<code>.json`, made from the schemas of its routes, as a gateway and the catalog
 * take it: paths are relative to the service's address, which stands in `servers`.
 */
export function describedService ({ code, base, title, description }: ServiceDescription, routes: FastifyPluginAsync): FastifyPluginAsync {
  return async (app) => {
    await app.register(openApi, { title, description, version: MONITOR_VERSION, prefix: base })
    await app.register(routes)
    app.get(`/openapi/${code}.json`, { schema: { hide: true } }, async (request) => {
      const { paths = {}, components: { securitySchemes: _schemes, ...components } = {}, ...document } = app.swagger() as Described
      const own = Object.entries(paths).filter(([path]) => !path.endsWith('/openapi.json'))
      return {
        ...document, security: [], servers: [{ url: `http://${request.host}${base}` }], components, paths: Object.fromEntries(own.map(([path, item]) => [path.slice(base.length) || '/', item]))
      }
    })
  }
}
