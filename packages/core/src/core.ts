import { join } from 'node:path'
import type { FastifyPluginAsync } from 'fastify'
import { Closer, createHealth, createMetrics, systemClock, type Clock, type Logger } from '@trembita/daemon'
import { apiKeyRoutes, sessionRoutes, signInRoutes } from '@trembita/daemon/accounts'
import { openPostgresStore, openSqliteStore, type SqlStore } from '@trembita/daemon/store'
import { ADMINISTRATION, createAdminApp } from './admin/index.ts'
import { Agreements, agreementsApi, AgreementsPart } from './agreements/index.ts'
import { Approvals, approvalsApi, holdForApproval, type Operation } from './approvals/index.ts'
import { auditApi, Changes } from './audit/index.ts'
import { AREAS } from './areas.ts'
import { backupApi, Backups } from './backup/index.ts'
import { createCoreAccounts } from './accounts.ts'
import { classifierApi, classifierService } from './classifiers/index.ts'
import { closeListener } from './close-listener.ts'
import { lockDataFolder } from './data-folder-lock.ts'
import type { CoreConfig } from './config.ts'
import { consolePages, consoleProblemPage, frameOf, type ConsoleDeps } from './console/index.ts'
import { MIGRATIONS } from './db/index.ts'
import { anchorFileRoute, createConfiguration, SigningKeys, type AnchorFile, type SourceKind } from './globalconf/index.ts'
import { addHealthChecks } from './health.ts'
import { instanceApi, ServerAddress } from './instance/index.ts'
import { managementWsdlRoute, startManagementListeners, type ManagementListeners } from './management-listeners.ts'
import { GatewayCertificates, overviewApi } from './overview/index.ts'
import { countPending, CurrentTrust, Registration, registrationApi } from './registration/index.ts'
import { readParameters, refreshNameIndex, registryApi } from './registry/index.ts'
import { applySeed, type Seed } from './seed/index.ts'
import { suspensionApi, suspensionMarks, SuspensionSchedule, suspensionsPart } from './suspension/index.ts'
import { trustApi } from './trust/index.ts'
import { CORE_VERSION } from './version.ts'

/** URLs where a running core listens. */
export interface CoreAddresses {
  readonly admin: string
  readonly configuration: string
  /** Services that gateways send their requests to; absent when the configuration has none. */
  readonly registration?: string | undefined
  readonly management?: string | undefined
}

/** A running core. */
export interface Core extends AsyncDisposable {
  readonly addresses: CoreAddresses
  readonly store: SqlStore
  readonly changes: Changes
  /** What a gateway is set up with (`internal`), or another instance (`external`). */
  anchor (kind: SourceKind): Promise<AnchorFile>
  /** Adds to the registry and publishes. */
  seed (seed: Seed): Promise<void>
  /** Publishes the present state of the registry; resolves when gateways can download it. */
  publish (): Promise<void>
  close (): Promise<void>
}

/** Starts a core: the one place where its parts are made and joined. They close in reverse. */
export async function startCore (config: CoreConfig, log: Logger, clock: Clock = systemClock): Promise<Core> {
  const closer = new Closer()
  try {
    return await compose(config, log, clock, closer)
  } catch (error) {
    await closer.close()
    throw error
  }
}

/** Opens what a core keeps: its own file, or the database that several cores share. */
export async function openCoreStore ({ dataFolder, database }: Pick<CoreConfig, 'dataFolder' | 'database'>): Promise<SqlStore> {
  return database === undefined
    ? await openSqliteStore(join(dataFolder, 'registry.db'), MIGRATIONS)
    : await openPostgresStore(database.bytes.toString('utf8').trim(), MIGRATIONS)
}

async function compose (config: CoreConfig, log: Logger, clock: Clock, closer: Closer): Promise<Core> {
  const metrics = createMetrics('trembita', { process: true })
  const health = createHealth()
  closer.use('data folder', lockDataFolder(config.dataFolder))
  const store = closer.use('store', await openCoreStore(config))
  await refreshNameIndex(store)
  const changes = new Changes(store, clock)
  const keys = new SigningKeys(store, changes, config.passphrase, config.node ?? 'core')
  if (config.seed !== undefined && await applySeed(changes, config.seed)) log.info({ instance: config.seed.instance }, 'seed applied')

  const agreementsPart = new AgreementsPart(clock)
  const node = config.node ?? 'core'
  const address = new ServerAddress({ store, changes, keys, keyType: config.keyType ?? 'rsa', node, configured: config.publicAddress })
  // eslint-disable-next-line prefer-const -- the publisher is made before the listeners and reads them later
  let listeners: ManagementListeners | undefined
  const signedConfiguration = createConfiguration({
    store,
    changes,
    keys,
    dataFolder: config.dataFolder,
    clock,
    log: log.child({ part: 'globalconf' }),
    metrics,
    regenerateSeconds: config.regenerateSeconds ?? 60,
    withoutDatabaseSeconds: config.withoutDatabaseSeconds,
    moreParts: [(reader) => agreementsPart.read(reader), suspensionsPart],
    services: () => ({ host: address.host, ...listeners?.services })
  }, closer)
  const { publisher, app, anchor } = signedConfiguration
  await app.register(classifierService({ store, clock, log: log.child({ part: 'classifiers' }), version: CORE_VERSION }))
  await app.register(managementWsdlRoute(() => listeners?.url))
  closer.defer('configuration listener', () => closeListener(app))
  const configuration = await app.listen({ ...config.listen.configuration })
  await address.open(new URL(configuration).host)
  const registration = new Registration({ store, changes })
  const currentTrust = new CurrentTrust(store)
  listeners = await startManagementListeners({
    config, host: () => address.host, store, trust: currentTrust, handler: registration, publication: () => publisher.status, clock, log: log.child({ part: 'management' }), metrics, closer
  })
  await closer.use('suspensions', new SuspensionSchedule({ store, changes, clock, log: log.child({ part: 'suspension' }) })).start()
  await signedConfiguration.start()

  const backups = closer.use('backups', new Backups({
    store,
    changes,
    dataFolder: config.dataFolder,
    passphrase: config.passphrase,
    signer: () => keys.signer('internal'),
    ownCertificates: async () => (await keys.nodes(store)).flatMap(({ internalCertificates }) => internalCertificates),
    onRestored: async () => {
      await keys.open(keys.address, config.keyType ?? 'rsa')
      await publisher.publish()
    },
    program: CORE_VERSION,
    clock,
    log: log.child({ part: 'backup' })
  }))
  backups.start()

  addHealthChecks(health, store, publisher, clock)
  const gatewayCertificates = new GatewayCertificates(store, clock)
  const approvals = new Approvals({ store, changes, clock })
  const operations = new Map<string, Operation>()
  const trust = (): ReturnType<CurrentTrust['current']> => currentTrust.current()
  const agreements = new Agreements({ changes, clock, trust, part: agreementsPart })
  const frame: ConsoleDeps['frame'] = async () => ({ instance: (await readParameters(store)).instance, waiting: { requests: await countPending(store), approvals: await approvals.waiting() } })
  const accounts = createCoreAccounts({ config, store, changes, clock, log, problemPage: consoleProblemPage(frame) })
  const api: FastifyPluginAsync[] = [
    // First, so that it stands in front of every operation.
    holdForApproval({ approvals, operations }),
    approvalsApi({ accounts, approvals, operations }),
    signedConfiguration.api,
    registryApi({ store, changes, suspended: suspensionMarks }),
    suspensionApi({ store, changes }),
    trustApi({ store, changes, clock }),
    agreementsApi({ store, clock, agreements, trust }),
    registrationApi({ store, registration, trust: currentTrust, clock }),
    instanceApi({ store, changes, registration, address, version: CORE_VERSION, node, services: () => listeners?.described(address.current) }),
    auditApi({ store, clock, instance: async () => (await readParameters(store)).instance, signer: () => keys.signer('internal') }),
    classifierApi({ store, changes, clock }),
    backupApi(backups),
    overviewApi({ store, publisher, clock, warnings: [signedConfiguration.warnings, () => gatewayCertificates.warnings()] }),
    async (app) => { await app.register(sessionRoutes, { accounts, access: ADMINISTRATION }) },
    async (app) => { await app.register(apiKeyRoutes, { apiKeys: accounts.apiKeys, access: ADMINISTRATION }) }
  ]
  const admin = await createAdminApp({
    accounts,
    health,
    metrics,
    log: log.child({ part: 'admin' }),
    info: { name: 'trembita-core', version: CORE_VERSION },
    api,
    web: {
      pageContext: (request) => frameOf(request, frame),
      https: accounts.publicUrl.protocol === 'https:',
      ...config.openId === undefined ? {} : { formActionOrigins: [new URL(config.openId.issuer).origin] }
    },
    pages: [
      anchorFileRoute(anchor),
      async (app) => { await app.register(signInRoutes, accounts) },
      async (app) => { consolePages(app, { accounts, frame, areas: AREAS }) }
    ]
  })
  closer.defer('admin listener', () => closeListener(admin))
  return {
    addresses: { configuration, registration: listeners.registration, management: listeners.management, admin: await admin.listen({ ...config.listen.admin }) },
    store,
    changes,
    anchor,
    seed: async (seed) => {
      if (await applySeed(changes, seed)) await publisher.publish()
    },
    publish: () => publisher.publish(),
    close: () => closer.close(),
    [Symbol.asyncDispose]: () => closer.close()
  }
}
