import { readFile } from 'node:fs/promises'
import type { IncomingMessage, ServerResponse } from 'node:http'
import fastify, { type FastifyInstance } from 'fastify'
import { Closer, systemClock, type Clock, type Logger } from '@trembita/daemon'
import { formatClientId } from '@trembita/protocol/identifiers'
import { parseAnchor, type Anchor } from '@trembita/protocol/globalconf'
import { AccessRequests } from './access/index.ts'
import { Applications, readPriorityResources, Resources } from './application/index.ts'
import { createCatalogApp } from './app.ts'
import { BASE } from './base.ts'
import type { CatalogConfig } from './config.ts'
import { CurrentConfiguration } from './configuration/index.ts'
import { openCatalogStore } from './db/index.ts'
import { Entries, PUBLIC } from './entry/index.ts'
import { GatewayClient } from './exchange/index.ts'
import { endBrokenRuns, FollowedSuspensions, Harvest } from './harvest/index.ts'
import { Probes } from './health/index.ts'
import type { Parts } from './parts.ts'
import { CatalogSearch } from './search/index.ts'
import { Repeating } from './timers.ts'
import { reportService, sealReport, Verifications } from './verification/index.ts'

/** A running catalog. */
export interface Catalog extends AsyncDisposable {
  /** Of its pages, with the path; undefined when somebody else listens. */
  readonly url?: string | undefined
  /** Where its own service listens for its gateway: what `report` is registered with. */
  readonly exchangeUrl?: string | undefined
  readonly parts: Parts
  /** Answers a request below `/catalog` for a server that mounts it. */
  handle (request: IncomingMessage, response: ServerResponse): void
  close (): Promise<void>
}

export interface CatalogSurroundings {
  /** In place of the file of the configuration. */
  readonly anchor?: Buffer | undefined
  /** Where browsers reach the server that mounts it: `http://127.0.0.1:4000`. */
  readonly origin?: string | undefined
  readonly clock?: Clock | undefined
}

/** Starts a catalog: the one place where its parts are made and joined. */
export async function startCatalog (config: CatalogConfig, log: Logger, surroundings: CatalogSurroundings = {}): Promise<Catalog> {
  const closer = new Closer()
  try {
    return await compose(config, log, surroundings, closer)
  } catch (error) {
    await closer.close()
    throw error
  }
}

async function compose (config: CatalogConfig, log: Logger, { anchor: given, origin, clock = systemClock }: CatalogSurroundings, closer: Closer): Promise<Catalog> {
  const anchor = await anchorOf(config, given)
  const store = closer.use('store', await openCatalogStore(config))
  const configuration = new CurrentConfiguration(anchor, clock)
  const gateway = closer.use('gateway client', new GatewayClient(config.gateway))
  const entries = new Entries(store)
  const applications = new Applications({ store, clock, instance: anchor.instance })
  const resources = new Resources(store, clock)
  const { exchange } = config
  const verifications = closer.use('verifications', new Verifications({
    store,
    configuration,
    gateway,
    clock,
    log: log.child({ part: 'verification' }),
    validDays: config.validDays,
    environment: config.environment,
    seal: exchange === undefined ? undefined : async (id) => { await sealReport({ store, gateway, serviceCode: exchange.serviceCode }, id) }
  }))
  const harvest = new Harvest({ store, configuration, gateway, clock, log: log.child({ part: 'harvest' }) })
  const probes = new Probes({ store, configuration, gateway, applications, clock, log: log.child({ part: 'health' }) })
  const access = new AccessRequests({ store, clock, log: log.child({ part: 'access' }), core: config.core, gateways: config.gateways })
  const listen = config.listen ?? { host: '127.0.0.1', port: 0 }
  const publicUrl = `${(config.publicUrl ?? origin ?? `http://${listen.host}:${listen.port}`).replace(/\/$/, '').replace(new RegExp(`${BASE}$`), '')}${BASE}`
  const parts: Parts = { instance: anchor.instance, publicUrl, store, clock, entries, search: new CatalogSearch(store, entries), applications, resources, verifications, harvest, probes, access, configuration }

  await verifications.endBroken()
  await store.write((tx) => endBrokenRuns(tx, clock.now()))
  await resources.seed(anchor.instance, readPriorityResources(config.priorityResourcesFile))

  const exchangeUrl = exchange === undefined ? undefined : await listenForReports(exchange, closer)
  const app = await createCatalogApp({ config, parts, log, publicUrl: new URL(publicUrl) })
  closer.defer('listener', () => app.close())
  const url = config.listen === undefined ? undefined : `${await app.listen({ ...config.listen })}${BASE}`
  if (url === undefined) await app.ready()
  startTimers(config, parts, log, closer)
  log.info({ url, client: formatClientId(gateway.client), exchangeUrl }, 'catalog ready')
  return {
    url,
    exchangeUrl,
    parts,
    handle: (request, response) => { app.routing(request, response) },
    close: () => closer.close(),
    [Symbol.asyncDispose]: () => closer.close()
  }
}

async function anchorOf (config: CatalogConfig, given: Buffer | undefined): Promise<Anchor> {
  if (given !== undefined) return parseAnchor(given)
  if (config.anchorFile === undefined) throw new Error('the catalog needs a configuration anchor: setting `anchor`')
  return parseAnchor(await readFile(config.anchorFile))
}

async function listenForReports (address: { readonly host: string, readonly port: number }, closer: Closer): Promise<string> {
  const app: FastifyInstance = fastify({ logger: false, requestTimeout: 30_000, keepAliveTimeout: 75_000 })
  closer.defer('exchange listener', () => app.close())
  await app.register(reportService)
  return `${await app.listen({ host: address.host, port: address.port })}/report`
}

const FIRST_HARVEST_MS = 2000
const FIRST_PROBE_MS = 20_000
const FIRST_SEARCH_MS = 100
const FOLLOW_SECONDS = 30
/** One cycle of the configuration. */
const SUSPENSION_SECONDS = 60

function startTimers (config: CatalogConfig, { store, clock, configuration, harvest, resources, probes, access, search }: Parts, log: Logger, closer: Closer): void {
  const repeat = (name: string, seconds: number, afterMs: number, work: () => Promise<unknown>): void => {
    closer.use(name, new Repeating(name, seconds, work, log)).start(afterMs)
  }
  repeat('harvest', config.harvestSeconds, FIRST_HARVEST_MS, async () => {
    await harvest.run()
    await resources.takeStatus()
  })
  const suspensions = new FollowedSuspensions()
  repeat('suspensions', config.probeSeconds === 0 ? 0 : SUSPENSION_SECONDS, FIRST_PROBE_MS, async () => await suspensions.follow(store, await configuration.get(true), clock.now()))
  // The first reader need not wait until the index is made.
  repeat('search', config.harvestSeconds, FIRST_SEARCH_MS, () => search.find({ query: '', viewer: PUBLIC }))
  repeat('probes', config.probeSeconds, FIRST_PROBE_MS, () => probes.run())
  repeat('access requests', config.probeSeconds === 0 ? 0 : FOLLOW_SECONDS, FIRST_PROBE_MS, () => access.follow())
}
