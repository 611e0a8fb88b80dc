import { randomUUID } from 'node:crypto'
import fastify, { type FastifyInstance } from 'fastify'
import { createAccounts, guard, signInRoutes, type Accounts, type OpenIdSettings, type RateLimit } from '@trembita/daemon/accounts'
import { webPlugin } from '@trembita/web'
import { deriveKey } from '@trembita/daemon'
import type { Cabinet } from '../cabinet.ts'
import type { FetchProof } from '../exchange/proofs.ts'
import { reportOf } from '../report.ts'
import { adminPages } from './admin.ts'
import { adminProgrammePages } from './admin-programmes.ts'
import { documentPages } from './documents.ts'
import { contextOf, pagesOf, problemPage, ROLES } from './frame.ts'
import { joinPages } from './join.ts'
import { offerPages } from './offers.ts'
import { profilePages } from './profile.ts'
import { proofPages } from './proofs.ts'
import { publicPages } from './public.ts'

export interface PagesOptions {
  readonly openId?: Pick<OpenIdSettings, 'issuer' | 'clientId' | 'clientSecret'> | undefined
  /** Where the gateway shows the record of an exchange; `{id}` stands for its id. */
  readonly proofUrl?: string | undefined
  readonly rateLimit?: RateLimit | undefined
}

const BODY_BYTES_MAX = 100_000

/** All pages behind the guard. Not yet listening. */
export async function createPages (cabinet: Cabinet, options: PagesOptions, fetchProof: FetchProof): Promise<FastifyInstance> {
  const app = fastify({ logger: false, requestTimeout: 30_000, bodyLimit: BODY_BYTES_MAX, genReqId: () => randomUUID(), forceCloseConnections: 'idle' })
  const accounts = accountsOf(cabinet, options)
  await app.register(webPlugin, {
    pageContext: (request) => contextOf(request),
    https: cabinet.publicUrl.protocol === 'https:',
    ...options.openId === undefined ? {} : { formActionOrigins: [new URL(options.openId.issuer).origin] }
  })
  await app.register(guard, accounts)
  app.get('/health', { config: { access: 'public', unlimited: true } }, async () => ({ status: 'UP', system: 'business-cabinet', synthetic: true }))
  app.get('/admin/report.json', { config: { access: [ROLES.administrator] } }, async (_request, reply) => await reply.header('content-disposition', 'attachment; filename="report.json"').send(await reportOf(cabinet)))
  app.get('/acts/key.pem', { config: { access: 'public' } }, async (_request, reply) => await reply.type('application/x-pem-file').send(cabinet.actKey.publicKey))
  await app.register(signInRoutes, accounts)
  const pages = pagesOf(app, { cabinet, accounts, proofUrl: options.proofUrl, fetchProof })
  for (const add of [publicPages, joinPages, offerPages, profilePages, documentPages, proofPages, adminProgrammePages, adminPages]) add(pages)
  return app
}

function accountsOf ({ store, clock, log, key, publicUrl }: Cabinet, { openId, rateLimit }: PagesOptions): Accounts {
  return createAccounts({
    store,
    clock,
    roles: Object.values(ROLES),
    everyone: ROLES.entrepreneur,
    identity: { key: deriveKey(key, 'sessions') },
    change: (_actor, work) => store.write((tx) => work({ ...tx, record: async () => {} })),
    publicUrl,
    cookieName: 'business-cabinet',
    ...openId === undefined ? {} : { openId: { ...openId, scopes: ['profile', 'ua.identity'], assurance: 'substantial' as const } },
    rateLimit,
    problemPage: problemPage(),
    languageOf: (request) => request.lang,
    // Who signs in is nobody's business but theirs: the log names what happened, not to whom.
    onEvent: ({ kind, reason, route }) => { log.info({ kind, reason, route }, 'account event') }
  })
}
