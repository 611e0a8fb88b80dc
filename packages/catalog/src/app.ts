import { randomUUID } from 'node:crypto'
import fastify, { type FastifyInstance } from 'fastify'
import type { Logger } from '@trembita/daemon'
import { guard, signInRoutes } from '@trembita/daemon/accounts'
import { openApi } from '@trembita/daemon/openapi'
import { webPlugin } from '@trembita/web'
import { problemPageOf } from '@trembita/web/console'
import { createCatalogAccounts } from './accounts.ts'
import { catalogApi } from './api/index.ts'
import { AREAS } from './areas.ts'
import { BASE } from './base.ts'
import type { CatalogConfig } from './config.ts'
import { createSite, frameOf } from './pages/index.ts'
import type { Parts } from './parts.ts'
import { CATALOG_VERSION } from './version.ts'

/** Of what is not a form: a profile with its samples is some ten KiB. */
const BODY_BYTES_MAX = 512 * 1024

/** Pages and API of a catalog, below `/catalog`. Not yet listening. */
export async function createCatalogApp ({ config, parts, log, publicUrl }: { readonly config: CatalogConfig, readonly parts: Parts, readonly log: Logger, readonly publicUrl: URL }): Promise<FastifyInstance> {
  const app = fastify({ logger: false, requestTimeout: 30_000, bodyLimit: BODY_BYTES_MAX, genReqId: () => randomUUID(), routerOptions: { maxParamLength: 1000 }, ajv: { customOptions: { removeAdditional: false } } })
  const frame = frameOf(parts.instance, config.openId !== undefined)
  const accounts = createCatalogAccounts({ config, store: parts.store, clock: parts.clock, log, publicUrl, problemPage: problemPageOf(frame) })
  await app.register(webPlugin, { pageContext: frame, https: publicUrl.protocol === 'https:', ...config.openId === undefined ? {} : { formActionOrigins: [new URL(config.openId.issuer).origin] } })
  await app.register(guard, accounts)
  await app.register(openApi, {
    title: 'Trembita catalog',
    description: 'Organisations, information resources, interfaces with verified descriptions, their health, and the way to publish and to ask for access. GET without a key gives what everybody may see.',
    version: CATALOG_VERSION,
    prefix: `${BASE}/api/v1`
  })
  await app.register(signInRoutes, { ...accounts, prefix: BASE })
  await app.register(catalogApi(parts, log), { prefix: `${BASE}/api/v1` })
  await app.register(async (pages) => {
    const site = createSite(pages, parts, frame)
    for (const area of AREAS) await area(site, pages)
  })
  return app
}
