import { createServer } from 'node:net'
import { once } from 'node:events'
import { join } from 'node:path'
import { closeServer, Closer, createHealth, createMetrics, systemClock, type Clock, type Logger } from '@trembita/daemon'
import { ACCOUNT_SCHEMA, IDENTITY_SCHEMA } from '@trembita/daemon/accounts'
import { openPostgresStore, openSqliteStore, type SqlStore } from '@trembita/daemon/store'
import type { FastifyInstance } from 'fastify'
import { createCitizens } from './citizens.ts'
import type { ListenAddress, MonitorConfig } from './config.ts'
import { lockDataFolder } from './data-folder-lock.ts'
import { EVENTS_STEP, RETENTION_STEP } from './db/index.ts'
import { eventReader, heldSpans, RetentionJob, StoredFeed } from './events/index.ts'
import { createExchangeApp, describedService } from './exchange/index.ts'
import { addHealthChecks } from './health.ts'
import { KeyServiceClient } from './index-keys/index.ts'
import { Intake, intakeRoutes } from './intake/index.ts'
import { Ledger, logKeyOf, nextLeaf, receiptsOf } from './ledger/index.ts'
import { NOTICE_SCHEMA } from './notice/index.ts'
import { createOperatorsApp } from './operators.ts'
import { PORTAL_SCHEMA } from './portal/index.ts'
import { usageRoutes } from './usage/index.ts'
import { ReviewJob, VisibilityChanges } from './visibility/index.ts'

/** Schema of the monitor, step by step, for both kinds of store. A step is never edited once released. */
export const MIGRATIONS: readonly string[] = [EVENTS_STEP, ACCOUNT_SCHEMA, IDENTITY_SCHEMA, NOTICE_SCHEMA, PORTAL_SCHEMA, RETENTION_STEP]

/** URLs where a running monitor listens. */
export interface MonitorAddresses {
  readonly portal: string
  readonly exchange: string
  readonly admin: string
  /** Below the portal: checkpoint and tiles. */
  readonly log: string
}

/** A running monitor. */
export interface Monitor extends AsyncDisposable {
  readonly addresses: MonitorAddresses
  readonly store: SqlStore
  readonly ledger: Ledger
  readonly changes: VisibilityChanges
  close (): Promise<void>
}

const REPORT_ACCESS = {
  code: 'reportAccess', base: '/report-access', title: 'Приймання фактів доступу до персональних даних · Reports of access to personal data', description: 'Local components report here, each event once and in order.'
}
const FIND_USAGE = {
  code: 'findUsage', base: '/find-usage', title: 'Факти доступу до моїх персональних даних · Who used my personal data', description: 'Version 2 of findUsage: a person asks about himself.'
}
const PATIENCE_MS = 5000

/** Opens what a monitor keeps: its own file, or a database. */
export async function openMonitorStore ({ dataFolder, database }: Pick<MonitorConfig, 'dataFolder' | 'database'>): Promise<SqlStore> {
  return database === undefined
    ? await openSqliteStore(join(dataFolder, 'monitor.db'), MIGRATIONS)
    : await openPostgresStore(database.bytes.toString('utf8').trim(), MIGRATIONS)
}

/** Starts a monitor: the one place where its parts are made and joined. They close in reverse. */
export async function startMonitor (config: MonitorConfig, log: Logger, clock: Clock = systemClock): Promise<Monitor> {
  const closer = new Closer()
  try {
    return await compose(config, log, clock, closer)
  } catch (error) {
    await closer.close()
    throw error
  }
}

async function compose (config: MonitorConfig, log: Logger, clock: Clock, closer: Closer): Promise<Monitor> {
  const health = createHealth()
  const metrics = createMetrics('trembita', { process: true })
  closer.use('data folder', lockDataFolder(config.dataFolder))
  const store = closer.use('store', await openMonitorStore(config))
  const logFolder = join(config.dataFolder, 'log')
  const ledger = closer.use('ledger', await openLedger(config, store, logFolder, clock, log))
  const feed = new StoredFeed(store)
  const onStored = (): void => {
    ledger.wake()
    feed.ring()
  }
  const intake = new Intake({ store, clock, log: log.child({ part: 'intake' }), components: config.components, mayHide: config.mayHide, onStored })
  const changes = new VisibilityChanges({ store, clock, mayHide: config.mayHide, onChanged: onStored })
  const keys = new KeyServiceClient(config.keyService.url, config.keyService.token, () => heldSpans(store))
  const publicUrl = await publicUrlOf(config)
  const receipts = receiptsOf({ store, ledger, witnesses: config.log.witnesses, quorum: config.log.quorum, logUrl: new URL('/log', publicUrl).href })

  addHealthChecks(health, { store, ledger, components: config.components, clock })
  const operators = await createOperatorsApp({ store, clock, log: log.child({ part: 'operators' }), health, metrics, changes, components: config.components })
  const exchange = await createExchangeApp(log.child({ part: 'exchange' }), [
    describedService(REPORT_ACCESS, async (app) => { await app.register(intakeRoutes, { intake }) }),
    describedService(FIND_USAGE, async (app) => { await app.register(usageRoutes, { store, clock, events: eventReader(store, clock), indexes: keys }) })
  ])
  const citizens = await createCitizens({ config, store, clock, log, ledger, receipts, feed, keys, logFolder, publicUrl }, closer)
  const portal = await listen('portal listener', citizens.app, { host: config.listen.portal.host, port: Number(config.listen.portal.port === 0 ? publicUrl.port : config.listen.portal.port) }, closer)
  const addresses = { portal, log: `${portal}/log`, exchange: await listen('exchange listener', exchange, config.listen.exchange, closer), admin: await listen('admin listener', operators, config.listen.admin, closer) }
  citizens.start()
  closer.use('reviews', new ReviewJob(changes, log.child({ part: 'visibility' }))).start()
  closer.use('retention', new RetentionJob(store, clock, log.child({ part: 'retention' }))).start()
  // What was stored before a crash is published now.
  ledger.wake(0)
  return { addresses, store, ledger, changes, close: () => closer.close(), [Symbol.asyncDispose]: () => closer.close() }
}

async function openLedger (config: MonitorConfig, store: SqlStore, folder: string, clock: Clock, log: Logger): Promise<Ledger> {
  const { origin, witnesses, quorum, batchMs } = config.log
  const signer = await logKeyOf(join(config.dataFolder, 'log.key'), origin, config.passphrase, await nextLeaf(store) === 0)
  return await Ledger.open({ store, folder, signer, witnesses, quorum, batchMs, clock, log: log.child({ part: 'ledger' }) })
}

/** What browsers reach the portal at is part of cookies and receipts, so a free port is found before anything is made. */
async function publicUrlOf ({ listen: { portal }, portal: { publicUrl } }: MonitorConfig): Promise<URL> {
  if (publicUrl !== undefined) return new URL(publicUrl)
  if (portal.port !== 0) return new URL(`http://${portal.host}:${portal.port}`)
  const probe = createServer().listen(0, portal.host)
  await once(probe, 'listening')
  const { port } = probe.address() as { port: number }
  probe.close()
  await once(probe, 'close')
  return new URL(`http://${portal.host}:${port}`)
}

async function listen (name: string, app: FastifyInstance, address: ListenAddress, closer: Closer): Promise<string> {
  closer.defer(name, () => closeServer(app.server, PATIENCE_MS, () => app.close()))
  return await app.listen({ ...address })
}
