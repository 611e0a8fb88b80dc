import { randomUUID } from 'node:crypto'
import fastify, { type FastifyInstance } from 'fastify'
import { createAccounts, guard, signInRoutes } from '@trembita/daemon/accounts'
import { webPlugin } from '@trembita/web'
import { problemPageOf } from '@trembita/web/console'
import { accessPages } from './access-page.ts'
import { channelActions, pushRoute } from './channel-actions.ts'
import type { PortalDeps } from './deps.ts'
import { exportRoute } from './export.ts'
import { frontPage } from './front-page.ts'
import { listPages } from './list-page.ts'
import { questionPages } from './questions-page.ts'
import { receiptPages } from './receipt-pages.ts'
import { settingsPages } from './settings-page.ts'
import { staticRoutes } from './static-files.ts'
import { contextOf, Pages } from './visit.ts'

/** Everybody whom the identity provider knows surely enough. */
export const CITIZEN_ROLE = 'PERSON'

const FORM_BYTES_MAX = 64 * 1024
const FILE_BYTES_MAX = 256 * 1024

/** The citizen's pages. Not yet listening; close it when done. */
export async function createPortal (deps: PortalDeps): Promise<FastifyInstance> {
  const { store, clock, log, publicUrl, openId } = deps
  // Without a log of requests: addresses of unsubscription are secrets.
  const app = fastify({ logger: false, requestTimeout: 30_000, bodyLimit: FORM_BYTES_MAX, genReqId: () => randomUUID(), ajv: { customOptions: { removeAdditional: false } } })
  app.addHook('onError', async (request, _reply, error) => {
    if ((error.statusCode ?? 500) >= 500) log.error({ err: error, requestId: request.id, route: request.routeOptions.url }, 'a page failed')
  })
  const accounts = createAccounts({
    store,
    clock,
    roles: [CITIZEN_ROLE],
    everyone: CITIZEN_ROLE,
    identity: { key: deps.identityKey },
    // No API keys here, so nothing is changed in their name.
    change: async () => { throw new Error('the portal has no API keys') },
    publicUrl,
    cookieName: 'trembita-monitor',
    openId: openId === undefined ? undefined : { ...openId, scopes: openId.scopes ?? ['profile', 'ua.identity'], assurance: openId.assurance ?? 'substantial' },
    onEvent: ({ kind, at }) => { log.info({ kind, at }, 'account event') },
    rateLimit: deps.rateLimit,
    problemPage: problemPageOf((request) => contextOf(request, deps)),
    languageOf: ({ lang }) => lang
  })
  await app.register(webPlugin, {
    pageContext: (request) => contextOf(request, deps),
    https: publicUrl.protocol === 'https:',
    fileBytesMax: FILE_BYTES_MAX,
    ...openId === undefined ? {} : { formActionOrigins: [new URL(openId.issuer).origin] }
  })
  await app.register(guard, accounts)
  await app.register(async (inner) => { await inner.register(signInRoutes, accounts) })
  staticRoutes(app)
  const pages = new Pages(app, deps)
  frontPage(pages, deps)
  exportRoute(pages, deps)
  listPages(pages, deps)
  receiptPages(pages, deps)
  accessPages(pages, deps)
  questionPages(pages, deps)
  settingsPages(pages, deps)
  channelActions(pages, deps)
  pushRoute(app, deps)
  return app
}
