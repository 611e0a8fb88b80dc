import { createLogger, runCli, systemClock, untilSignal, UsageError, type CliArguments } from '@trembita/daemon'
import { API_KEY_OPTIONS, createApiKeyAtMachine } from '@trembita/daemon/accounts'
import { catalogApiKeys } from './accounts.ts'
import { startCatalog } from './catalog.ts'
import { readCatalogConfig, type CatalogConfig } from './config.ts'
import { openCatalogStore } from './db/index.ts'
import { CATALOG_VERSION } from './version.ts'

/** The catalog as a process of its own. */
export async function main (): Promise<void> {
  await runCli({
    name: 'trembita-catalog',
    version: CATALOG_VERSION,
    summary: 'Catalog of services: what participants offer, verified before it is published and watched afterwards.',
    notes: ['Settings of the file can be overridden by TREMBITA_CATALOG_* variables; docs/catalog.md lists them.', 'Exit codes: 0 stopped, 1 failed, 2 usage or configuration.'],
    commands: {
      'api-key create': {
        summary: 'Makes a key for the API and prints it, once. ORGANISATION:CODE among the roles says for whom it acts.',
        options: API_KEY_OPTIONS,
        main: async (args) => {
          const store = await openCatalogStore(readConfig(args))
          try {
            process.stdout.write(`${(await createApiKeyAtMachine(catalogApiKeys(store, systemClock), args.options, systemClock.now())).key}\n`)
          } finally {
            await store.close()
          }
        }
      }
    },
    main: async (args) => {
      const config = readConfig(args)
      const log = createLogger('catalog', config.logLevel)
      await using catalog = await startCatalog({ listen: { host: '127.0.0.1', port: 4090 }, ...config }, log)
      log.info({ url: catalog.url }, 'catalog started')
      const signal = await untilSignal()
      log.info({ signal }, 'stopping')
    }
  })
}

function readConfig ({ config: path }: CliArguments): CatalogConfig {
  if (path === undefined) throw new UsageError('which configuration? give --config FILE')
  return readCatalogConfig(path, process.env)
}
