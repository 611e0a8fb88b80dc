import { join } from 'node:path'
import { Closer, createHealth, createMetrics, openDatabase, systemClock, type Clock, type Health, type Logger } from '@trembita/daemon'
import { createAdminApp } from './admin/index.ts'
import { closeListener } from './close-listener.ts'
import type { CoreConfig } from './config.ts'
import { MIGRATIONS } from './db/index.ts'
import { Anchors, createConfigurationApp, OptionalParts, Publisher, PublicFolder, SigningKeys, type AnchorFile, type SourceKind } from './globalconf/index.ts'
import { Registry } from './registry/index.ts'
import { applySeed, type Seed } from './seed/index.ts'
import { TrustServices } from './trust/index.ts'
import { CORE_VERSION } from './version.ts'

/** URLs where a running core listens. */
export interface CoreAddresses {
  readonly admin: string
  readonly configuration: string
}

/** A running core. */
export interface Core extends AsyncDisposable {
  readonly addresses: CoreAddresses
  readonly registry: Registry
  readonly trust: TrustServices
  /** What a gateway is set up with (`internal`), or another instance (`external`). */
  anchor (kind: SourceKind): AnchorFile
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

async function compose (config: CoreConfig, log: Logger, clock: Clock, closer: Closer): Promise<Core> {
  const metrics = createMetrics('trembita', { process: true })
  const health = createHealth()
  const db = closer.use('registry', openDatabase(join(config.dataFolder, 'registry.db'), MIGRATIONS))
  const registry = new Registry(db, clock)
  const trust = new TrustServices(db)
  const parts = new OptionalParts(db, clock)
  const anchors = new Anchors(db, clock)
  const keys = new SigningKeys(db, clock, config.passphrase, config.node ?? 'core')
  const target = { registry, trust, anchors, parts }
  if (config.seed !== undefined && applySeed(target, config.seed)) log.info({ instance: config.seed.instance }, 'seed applied')

  const folder = new PublicFolder(join(config.dataFolder, 'public'))
  const anchor = (kind: SourceKind): AnchorFile => {
    const { instance } = registry.parameters()
    if (instance === '') throw Object.assign(new Error('the registry is empty: there is no anchor yet'), { statusCode: 503 })
    return anchors.anchor(kind, instance, keys.nodes())
  }
  const publisher = closer.use('publisher', new Publisher({
    ...target, keys, folder, clock, log: log.child({ part: 'globalconf' }), metrics, regenerateSeconds: config.regenerateSeconds ?? 60
  }))
  const app = createConfigurationApp({ folder, currentStamp: () => publisher.stamp, anchor, metrics })
  closer.defer('configuration listener', () => closeListener(app))
  const configuration = await app.listen({ ...config.listen.configuration })
  await keys.open(config.publicAddress ?? new URL(configuration).host, config.keyType ?? 'rsa')
  await publisher.start()

  addHealthChecks(health, registry, publisher, clock)
  const admin = createAdminApp({ health, metrics, anchor, info: { name: 'trembita-core', version: CORE_VERSION, instance: registry.parameters().instance } })
  closer.defer('admin listener', () => closeListener(admin))
  return {
    addresses: { configuration, admin: await admin.listen({ ...config.listen.admin }) },
    registry,
    trust,
    anchor,
    seed: async (seed) => {
      if (applySeed(target, seed)) await publisher.publish()
    },
    publish: () => publisher.publish(),
    close: () => closer.close(),
    [Symbol.asyncDispose]: () => closer.close()
  }
}

function addHealthChecks (health: Health, registry: Registry, publisher: Publisher, clock: Clock): void {
  health.add('registry', async () => {
    const { instance } = registry.parameters()
    return instance === '' ? { status: 'fail', message: 'the registry is empty' } : { status: 'pass', message: `instance ${instance}` }
  })
  health.add('configuration', async () => {
    const { expiresAt, failure } = publisher.status
    if (expiresAt === undefined || clock.now() > expiresAt) return { status: 'fail', message: 'no valid configuration is published' }
    const message = `published, valid until ${expiresAt.toISOString()}`
    return failure === undefined ? { status: 'pass', message } : { status: 'warn', message: `${message}; the last attempt failed` }
  })
}
