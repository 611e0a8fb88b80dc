import type { AddressInfo } from 'node:net'
import fastify, { LogController } from 'fastify'
import { Closer, systemClock, every, type Clock } from '@trembita/daemon'
import { createAccounts, guard, signInRoutes } from '@trembita/daemon/accounts'
import { listen } from '@trembita/example-information-system'
import { webPlugin } from '@trembita/web'
import { readOfficeConfig, type BodyGateway, type OfficeOptions } from './config.ts'
import { connectForDemonstration } from './demonstration.ts'
import { LETTER_FILE_BYTES_MAX } from './desk/index.ts'
import { createServices } from './exchange/index.ts'
import { openOffice, type Office } from './office.ts'
import { AREAS, createPages, frameOf, PERSON, problemPageOf, ROLES } from './pages/index.ts'

export { readOfficeConfig, type BodyGateway, type OfficeOptions }

/** A running Diia.Office. */
export interface DiiaOffice {
  /** Pages of officials. */
  readonly url: string
  /** Services of bodies for the exchange, under `/bodies/{code}`; only their gateways reach it. */
  readonly servicesUrl: string
  /** Asks the personnel system about every official, as the timer does. */
  syncNow (): Promise<{ readonly asked: number, readonly unanswered: number }>
  /** Sends what waits, as the timer does. */
  deliverNow (): Promise<void>
  close (): Promise<void>
}

/** Starts pages, services and the two timers. What was recorded before a crash goes on where it stood. */
export async function startDiiaOffice (options: OfficeOptions, clock: Clock = systemClock): Promise<DiiaOffice> {
  const closer = new Closer()
  try {
    const office = await openOffice(options, clock, closer)
    const services = createServices({ desks: office.desks, isActive: office.isActive, bodyOf: office.bodyOf, clock, options: { log: options.log } })
    const served = closer.use('services', await listen(services, { host: options.host, port: options.servicesPort }))
    const url = await startPages(options, office, closer)
    const deliverNow = async (): Promise<void> => { await Promise.all([...office.desks.values()].map(async ({ outbox }) => await outbox.deliver())) }
    const failed = (error: unknown): void => { services.log.warn({ err: error }, 'will be tried again') }
    closer.defer('delivery', every(options.retrySeconds ?? 5, deliverNow, failed))
    let connected = false
    closer.defer('demonstration', every(options.retrySeconds ?? 5, async () => {
      if (connected) return
      await connectForDemonstration(office, options.bodies)
      connected = true
    }, failed))
    closer.defer('sync', every(options.syncSeconds ?? 60, async () => await office.enrolments.sync(), failed))
    return { url, servicesUrl: served.url, syncNow: async () => await office.enrolments.sync(), deliverNow, close: () => closer.close() }
  } catch (error) {
    await closer.close()
    throw error
  }
}

async function startPages (options: OfficeOptions, office: Office, closer: Closer): Promise<string> {
  const { host = '127.0.0.1', port = 0, openId } = options
  const publicUrl = options.publicUrl ?? (port === 0 ? undefined : `http://${host}:${port}`)
  if (publicUrl === undefined) throw new TypeError('with any free port the public address must be told: the identity provider sends people back to it')
  const app = fastify({
    logController: new LogController({ disableRequestLogging: true }),
    forceCloseConnections: true,
    logger: options.log === true ? { level: 'info', base: { system: 'diia-office' } } : false
  })
  const accounts = createAccounts({
    store: office.store,
    clock: office.clock,
    roles: ROLES,
    everyone: PERSON,
    identity: { key: office.key },
    openId: { ...openId, scopes: ['profile', 'ua.identity'], assurance: 'substantial' },
    publicUrl: new URL(publicUrl),
    cookieName: 'diia-office',
    rateLimit: options.rateLimit,
    change: async () => { throw new Error('the office has no API keys') },
    languageOf: (request) => request.lang,
    problemPage: problemPageOf(office),
    onEvent: ({ kind, reason }) => { app.log.info({ kind, reason }, 'account event') }
  })
  await app.register(webPlugin, { pageContext: async (request) => await frameOf(office, request), formActionOrigins: [new URL(openId.issuer).origin], https: publicUrl.startsWith('https:'), fileBytesMax: LETTER_FILE_BYTES_MAX })
  await app.register(guard, accounts)
  app.get('/health', { config: { access: 'public' }, schema: { hide: true } as object }, async () => ({ status: 'UP', system: 'diia-office', synthetic: true }))
  await app.register(signInRoutes, accounts)
  const pages = createPages(app, office)
  for (const area of AREAS) area(pages)
  await app.listen({ host, port })
  closer.use('pages', app)
  const address = app.server.address() as AddressInfo
  return options.publicUrl ?? `http://${host}:${address.port}`
}
