import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import type { AddressInfo } from 'node:net'
import type { FastifyInstance } from 'fastify'
import { Closer, createLogger, systemClock } from '@trembita/daemon'
import { ACCOUNT_SCHEMA, createAccounts, IDENTITY_SCHEMA } from '@trembita/daemon/accounts'
import { openSqliteStore } from '@trembita/daemon/store'
import { problemPageOf } from '@trembita/web/console'
import { PORTAL_SCHEMA } from './db/index.ts'
import { Documents, loadSeal } from './documents/index.ts'
import { loadPortalKeys } from './keys/index.ts'
import { Distributions, Notices } from './notices/index.ts'
import { Deliveries, FeedbackOutbox } from './offers/index.ts'
import { DEFAULT_LINKS, DEFAULT_PARTNERS, PUSH_ORIGINS, type PortalOptions } from './options.ts'
import { createPages, PERSON } from './pages/index.ts'
import { frameOf } from './pages/pages.ts'
import { Persons } from './persons/index.ts'
import { loadVapidKeys, WebPush } from './push/index.ts'
import { createServices } from './services/index.ts'
import { Shares } from './sharing/index.ts'

/** A running portal. */
export interface DiiaPortal extends AsyncDisposable {
  /** Pages for people. */
  readonly url: string
  /** Services for the exchange. */
  readonly servicesUrl: string
  close (): Promise<void>
}

const RATE_LIMIT = { perSecond: 100, perMinute: 2000 }

/** Starts the pages and the services for the exchange over one store in the data folder. */
export async function startDiiaPortal (options: PortalOptions): Promise<DiiaPortal> {
  const closer = new Closer()
  try {
    return await start(options, closer)
  } catch (error) {
    await closer.close()
    throw error
  }
}

async function start (options: PortalOptions, closer: Closer): Promise<DiiaPortal> {
  const { dataFolder, gateway, purposes = {} } = options
  if (options.pages.port === 0 && options.publicUrl === undefined) throw new RangeError('the pages need a port of their own: people are sent back to it from the sign-in')
  mkdirSync(dataFolder, { recursive: true, mode: 0o700 })
  const log = createLogger('diia-portal', options.log === true ? 'info' : 'silent')
  const links = { ...DEFAULT_LINKS, ...options.links }
  const linkOrigins = Object.values(links).map((link) => new URL(link).origin)
  const clock = systemClock
  const [keys, seal, vapid] = await Promise.all([loadPortalKeys(dataFolder), loadSeal(dataFolder, options.seal), loadVapidKeys(dataFolder)])
  const store = closer.use('store', await openSqliteStore(join(dataFolder, 'portal.db'), [ACCOUNT_SCHEMA, IDENTITY_SCHEMA, PORTAL_SCHEMA]))

  const persons = new Persons(store, clock, keys)
  const notices = new Notices(store, clock, keys)
  const deliveries = new Deliveries({ store, clock, keys, persons, channel: options.offersChannel ?? true })
  const push = closer.use('push', new WebPush({
    store, clock, keys, vapid, log, origins: [...PUSH_ORIGINS, ...options.pushOrigins ?? []], contact: options.pushContact ?? 'mailto:portal@example.org'
  }))
  const distributions = new Distributions({
    store, clock, keys, persons, monitorInbox: new URL('/accesses', links.monitor).href, queuePush: (tx, ...rest) => push.queue(tx, ...rest), onQueued: () => { push.wake() }
  })
  const shares = closer.use('shares', new Shares({ store, clock, keys, seal, gateway, purpose: purposes.programmes, log }))
  const feedback = closer.use('feedback', new FeedbackOutbox({ store, clock, keys, gateway, purpose: purposes.programmes, log }))
  const documents = new Documents({ gateway, clock, purpose: purposes.documents })

  const [instance = ''] = gateway.client.split('/')
  const partners = Object.fromEntries(Object.entries(options.partners ?? DEFAULT_PARTNERS).map(([client, scopes]) => [`${instance}/${client}`, scopes]))
  const services = createServices({ deliveries, distributions, partners, linkOrigins, jwk: seal.jwk, log: options.log === true })
  const servicesUrl = await listen(services, options.services, closer, 'services')

  const pagesAt = async (publicUrl: URL): Promise<FastifyInstance> => await createPages({
    accounts: createAccounts({
      store,
      clock,
      roles: [PERSON],
      everyone: PERSON,
      identity: { key: keys.identity },
      change: () => { throw new Error('the portal gives no API keys') },
      publicUrl,
      cookieName: 'diia-portal',
      openId: {
        issuer: options.identityProvider.issuer, clientId: options.identityProvider.clientId ?? 'diia-portal', scopes: ['profile', 'ua.identity'], assurance: 'substantial'
      },
      rateLimit: RATE_LIMIT,
      problemPage: problemPageOf((request) => frameOf(request)),
      languageOf: (request) => request.lang,
      onEvent: ({ kind, reason }) => { log.info({ kind, reason }, 'account event') }
    }),
    issuer: options.identityProvider.issuer,
    links,
    waiting: async (subject) => ({ offers: await deliveries.countNew(subject), notices: await notices.countUnread(subject) }),
    remember: (identity) => persons.remember(identity),
    documents,
    seal,
    clock,
    shares,
    gateway,
    purpose: purposes.programmes,
    deliveries,
    feedback,
    cabinetUrl: links.cabinet,
    linkOrigins,
    notices,
    monitorOrigin: new URL(links.monitor).origin,
    persons,
    push,
    log: options.log === true
  })
  const host = options.pages.host ?? '127.0.0.1'
  const app = await pagesAt(new URL(options.publicUrl ?? `http://${host}:${options.pages.port}`))
  const url = await listen(app, options.pages, closer, 'pages')
  return { url, servicesUrl, close: () => closer.close(), [Symbol.asyncDispose]: () => closer.close() }
}

async function listen (app: FastifyInstance, { host = '127.0.0.1', port }: PortalOptions['pages'], closer: Closer, name: string): Promise<string> {
  closer.defer(name, async () => { await app.close() })
  await app.listen({ host, port })
  return `http://${host}:${(app.server.address() as AddressInfo).port}`
}
