import swagger from '@fastify/swagger'
import type { FastifyPluginAsync } from 'fastify'

// Named so that whoever is built against our declarations gets those of the words that swagger adds to route schemas.
export type { SwaggerOptions } from '@fastify/swagger'

export interface OpenApiOptions {
  readonly title: string
  readonly description: string
  readonly version: string
  /** Path prefix whose routes are described, and below which `openapi.json` is served; default `/api/v1`. */
  readonly prefix?: string | undefined
  /** What each tag of the routes is about, in the order to show them. */
  readonly tags?: readonly { readonly name: string, readonly description: string }[] | undefined
}

/**
 * Describes the routes that are registered after it in OpenAPI 3.1, made from their own schemas, at `<prefix>/openapi.json`.
 * Who may call a route (`config.access`) stands there as `x-access`.
 */
export const openApi: FastifyPluginAsync<OpenApiOptions> = Object.assign<FastifyPluginAsync<OpenApiOptions>, object>(async (app, options) => {
  const { title, description, version, prefix = '/api/v1', tags = [] } = options
  await app.register(swagger, {
    openapi: {
      openapi: '3.1.0',
      info: { title, description, version, license: { name: 'EUPL-1.2', identifier: 'EUPL-1.2' } as { name: string } },
      tags: [...tags],
      components: {
        securitySchemes: {
          apiKey: { type: 'apiKey', in: 'header', name: 'Authorization', description: '`X-Road-ApiKey token=KEY`' },
          session: { type: 'apiKey', in: 'cookie', name: 'session', description: 'Of a person who signed in; unsafe methods need the CSRF token too' }
        }
      },
      security: [{ apiKey: [] }, { session: [] }]
    },
    transform: ({ schema, url, route }) => {
      const access = route.config?.access
      const described = { ...schema, hide: schema?.hide === true || (url !== prefix && !url.startsWith(`${prefix}/`)) } as typeof schema & Record<string, unknown>
      if (access === 'public') described.security = []
      return { schema: { ...described, 'x-access': access } as typeof schema, url }
    }
  })
  app.get(`${prefix}/openapi.json`, {
    schema: { summary: 'This description', tags: ['system'] },
    config: { access: 'public' }
  }, async () => app.swagger())
}, { [Symbol.for('skip-override')]: true })
