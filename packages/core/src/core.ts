import { join } from 'node:path'
import { Closer, createHealth, createMetrics, systemClock, type Clock, type Logger } from '@trembita/daemon'
import { openPostgresStore, openSqliteStore, type SqlStore } from '@trembita/daemon/store'
import type { Mount } from './admin/index.ts'
import { createAdministration } from './administration.ts'
import { AgreementsPart } from './agreements/index.ts'
import { Changes } from './audit/index.ts'
import { Backups } from './backup/index.ts'
import { classifierService } from './classifiers/index.ts'
import { closeListener } from './close-listener.ts'
import { lockDataFolder } from './data-folder-lock.ts'
import type { CoreConfig } from './config.ts'
import { MIGRATIONS } from './db/index.ts'
import { createConfiguration, SigningKeys, type AnchorFile, type SourceKind } from './globalconf/index.ts'
import { addHealthChecks } from './health.ts'
import { ServerAddress } from './instance/index.ts'
import { managementWsdlRoute, startManagementListeners, type ManagementListeners } from './management-listeners.ts'
import { CurrentTrust, Registration } from './registration/index.ts'
import { refreshNameIndex } from './registry/index.ts'
import { applySeed, type Seed } from './seed/index.ts'
import { SuspensionSchedule, suspensionsPart } from './suspension/index.ts'
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

/**
 * Starts a core: the one place where its parts are made and joined. They close in reverse.
 *
 * @param mounts what else the admin listener serves, below paths of their own.
 */
export async function startCore (config: CoreConfig, log: Logger, clock: Clock = systemClock, mounts: readonly Mount[] = []): Promise<Core> {
  const closer = new Closer()
  try {
    return await compose(config, log, clock, closer, mounts)
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

async function compose (config: CoreConfig, log: Logger, clock: Clock, closer: Closer, mounts: readonly Mount[]): Promise<Core> {
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
  const administration = await createAdministration({
    config,
    store,
    changes,
    clock,
    log,
    health,
    metrics,
    keys,
    signedConfiguration,
    registration,
    currentTrust,
    agreementsPart,
    address,
    backups,
    mounts,
    services: () => listeners?.described(address.current)
  })
  closer.defer('admin listener', () => closeListener(administration))
  return {
    addresses: { configuration, registration: listeners.registration, management: listeners.management, admin: await administration.listen({ ...config.listen.admin }) },
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
