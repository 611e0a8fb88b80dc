import { randomUUID } from 'node:crypto'
import fastify, { type FastifyInstance } from 'fastify'
import { createAccounts, guard, signInRoutes, type Accounts, type OpenIdSettings, type RateLimit } from '@trembita/daemon/accounts'
import { webPlugin } from '@trembita/web'
import type { Platform } from '../platform.ts'
import { addAssets } from './assets.ts'
import { bookingPages } from './booking.ts'
import { contextOf, pagesOf, problemPage, rememberVision, VISITOR } from './frame.ts'
import { mapPages } from './map.ts'
import { addOpenData } from './open-data.ts'
import { publicPages } from './public.ts'
import { ratingPages } from './rating.ts'
import { statePages } from './state.ts'
import { visitPages } from './visits.ts'

export interface PagesOptions {
  /** Without it nobody signs in; booking does not need it. */
  readonly openId?: Pick<OpenIdSettings, 'issuer' | 'clientId'> | undefined
  /** Requests of one IP address; default 20 a second, 600 a minute. */
  readonly rateLimit?: RateLimit | undefined
}

const BODY_BYTES_MAX = 100_000

/** All pages behind the guard. Not yet listening. */
export async function createPages (platform: Platform, publicUrl: URL, options: PagesOptions): Promise<FastifyInstance> {
  const https = publicUrl.protocol === 'https:'
  const app = fastify({ logger: false, requestTimeout: 60_000, bodyLimit: BODY_BYTES_MAX, genReqId: () => randomUUID(), forceCloseConnections: 'idle' })
  const accounts = accountsOf(platform, publicUrl, options)
  await app.register(webPlugin, {
    pageContext: (request) => contextOf(request),
    https,
    ...options.openId === undefined ? {} : { formActionOrigins: [new URL(options.openId.issuer).origin] }
  })
  rememberVision(app, https)
  await app.register(guard, accounts)
  app.get('/health', { config: { access: 'public', unlimited: true } }, async () => ({ status: 'UP', system: 'service-centres', synthetic: true }))
  addAssets(app)
  addOpenData(app)
  await app.register(signInRoutes, accounts)
  const pages = pagesOf(app, platform, https)
  for (const add of [publicPages, mapPages, bookingPages, visitPages, ratingPages, statePages]) add(pages)
  return app
}

function accountsOf ({ store, clock, log, sessionKey }: Platform, publicUrl: URL, { openId, rateLimit }: PagesOptions): Accounts {
  return createAccounts({
    store,
    clock,
    roles: [VISITOR],
    everyone: VISITOR,
    identity: { key: sessionKey },
    change: (_actor, work) => store.write((tx) => work({ ...tx, record: async () => {} })),
    publicUrl,
    cookieName: 'service-centres',
    ...openId === undefined ? {} : { openId: { ...openId, scopes: ['profile', 'ua.identity'] } },
    rateLimit,
    problemPage: problemPage(),
    languageOf: (request) => request.lang,
    // Who signs in is nobody's business but theirs: the log names what happened, not to whom.
    onEvent: ({ kind, reason, route }) => { log.info({ kind, reason, route }, 'account event') }
  })
}
