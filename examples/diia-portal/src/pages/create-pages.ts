import fastify, { LogController, type FastifyInstance } from 'fastify'
import { guard, signInRoutes, type Accounts } from '@trembita/daemon/accounts'
import { webPlugin } from '@trembita/web'
import type { Identity } from '@trembita/daemon/accounts'
import { documentPages, type DocumentPagesDeps } from './documents.ts'
import { entryPages, homePage } from './home.ts'
import { installableRoutes } from './installable.ts'
import { noticePages, type NoticePagesDeps } from './notices.ts'
import { offerPages, type OfferPagesDeps } from './offers.ts'
import { frameOf, portalPages, type Waiting } from './pages.ts'
import { settingsPages, type SettingsPagesDeps } from './settings.ts'
import { sharingPages, type SharingPagesDeps } from './sharing.ts'
import type { PortalLinks } from '../options.ts'

export interface CreatePagesDeps extends DocumentPagesDeps, SharingPagesDeps, OfferPagesDeps, NoticePagesDeps, SettingsPagesDeps {
  readonly accounts: Accounts
  readonly issuer: string
  readonly links: PortalLinks
  readonly waiting: (subject: string) => Promise<Waiting>
  readonly remember: (identity: Identity) => Promise<void>
  readonly log: boolean
}

/** The pages as an application that does not listen yet. */
export async function createPages (deps: CreatePagesDeps): Promise<FastifyInstance> {
  const app = fastify({
    logger: deps.log ? { level: 'warn', base: { system: 'diia-portal-pages' } } : false,
    logController: new LogController({ disableRequestLogging: true }),
    forceCloseConnections: true
  })
  await app.register(webPlugin, { pageContext: (request) => frameOf(request), formActionOrigins: [new URL(deps.issuer).origin], https: deps.accounts.publicUrl.protocol === 'https:' })
  await app.register(guard, deps.accounts)
  await app.register(signInRoutes, deps.accounts)
  app.get('/health', { config: { access: 'public' } }, async () => ({ status: 'UP', system: 'diia-portal-pages', synthetic: true }))
  installableRoutes(app, { push: deps.push, jwk: deps.seal.jwk })
  homePage(app, deps)
  portalPages(app, {
    waiting: deps.waiting,
    remember: deps.remember,
    areas: [documentPages(deps), sharingPages(deps), offerPages(deps), noticePages(deps), settingsPages(deps), entryPages(deps.links)]
  })
  return app
}
