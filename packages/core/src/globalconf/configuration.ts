import { join } from 'node:path'
import type { FastifyInstance, FastifyPluginAsync } from 'fastify'
import type { Clock, Closer, Logger, Metrics } from '@trembita/daemon'
import type { SqlStore } from '@trembita/daemon/store'
import { takeForms } from '../admin/index.ts'
import type { Changes } from '../audit/index.ts'
import { readParameters } from '../registry/index.ts'
import { Refusal } from '../refusal.ts'
import { ownAnchor, type AnchorFile } from './anchors.ts'
import { createConfigurationApp } from './configuration-app.ts'
import { ConfigurationParts } from './configuration-parts.ts'
import { Downloads } from './downloads.ts'
import { generationRoutes } from './generation-routes.ts'
import { Generations } from './generations.ts'
import { partRoutes } from './part-routes.ts'
import { PublicFolder } from './public-folder.ts'
import { PublicationRecords } from './publication-records.ts'
import { publicationRoutes } from './publication-routes.ts'
import { Publisher, type PublisherOptions } from './publisher.ts'
import { signingKeyRoutes } from './signing-key-routes.ts'
import type { SigningKeys, SourceKind } from './signing-keys.ts'
import { sourceRoutes } from './source-routes.ts'
import { trustedAnchorRoutes } from './trusted-anchor-routes.ts'
import { TrustedAnchors } from './trusted-anchors.ts'
import { configurationWarnings, type ConfigurationWarning } from './warnings.ts'

export interface ConfigurationOptions extends Pick<PublisherOptions, 'services' | 'moreParts' | 'regenerateSeconds' | 'withoutDatabaseSeconds' | 'pollSeconds'> {
  readonly store: SqlStore
  readonly changes: Changes
  readonly keys: SigningKeys
  readonly dataFolder: string
  readonly clock: Clock
  readonly log: Logger
  readonly metrics: Metrics
}

/** Everything about the signed configuration: making and publishing it, and what operators do with it. */
export interface Configuration {
  readonly publisher: Publisher
  /** What gateways download; not listening yet. */
  readonly app: FastifyInstance
  readonly api: FastifyPluginAsync
  anchor (kind: SourceKind): Promise<AnchorFile>
  warnings (): Promise<ConfigurationWarning[]>
  /** Begins to publish; the signing keys are open by then. */
  start (): Promise<void>
}

/** Joins the parts; `closer` ends them. */
export function createConfiguration (options: ConfigurationOptions, closer: Closer): Configuration {
  const { store, changes, keys, dataFolder, clock, log, metrics } = options
  const folder = new PublicFolder(join(dataFolder, 'public'))
  const generations = closer.use('generations', new Generations(join(dataFolder, 'generations'), folder, log))
  const downloads = new Downloads(store, keys.node, clock, log)
  const publisher = closer.use('publisher', new Publisher({ ...options, folder, records: new PublicationRecords(store, keys.node) }))
  publisher.onPublished((generation) => {
    generations.keep(generation)
    downloads.flush().catch(() => {})
  })
  const anchor = async (kind: SourceKind): Promise<AnchorFile> => {
    const { instance } = await readParameters(store)
    if (instance === '') throw new Refusal('conflict', 'not_initialised', 'the core is not initialised: there is no anchor yet')
    return await ownAnchor(store, kind, instance, await keys.nodes(store), clock.now())
  }
  return {
    publisher,
    app: createConfigurationApp({ folder, currentStamp: () => publisher.stamp, anchor, downloads, metrics }),
    anchor,
    api: async (app) => {
      takeForms(app)
      sourceRoutes(app, { store, changes, keys, anchor })
      signingKeyRoutes(app, { store, keys, clock })
      partRoutes(app, { parts: new ConfigurationParts(store, changes), publisher, folder })
      trustedAnchorRoutes(app, new TrustedAnchors(store, changes, clock))
      generationRoutes(app, generations)
      publicationRoutes(app, { store, changes, keys, clock, downloads })
    },
    warnings: () => configurationWarnings({ store, publisher, keys, downloads, clock }),
    start: async () => {
      await generations.open()
      await publisher.start()
    }
  }
}
