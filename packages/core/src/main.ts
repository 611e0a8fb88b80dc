import { createLogger, runCli, systemClock, untilSignal, UsageError, type CliArguments } from '@trembita/daemon'
import { API_KEY_OPTIONS, createApiKeyAtMachine } from '@trembita/daemon/accounts'
import { coreApiKeys } from './accounts.ts'
import { Changes } from './audit/index.ts'
import { readCoreConfig, type CoreConfig } from './config.ts'
import { openCoreStore, startCore } from './core.ts'
import { CORE_VERSION } from './version.ts'

/** The daemon, and what an operator does at the machine itself. */
export async function main (): Promise<void> {
  await runCli({
    name: 'trembita-core',
    version: CORE_VERSION,
    summary: 'Core of the system: keeps the registry of participants and publishes the signed configuration, X-Road versions 2 to 6.',
    notes: [
      'Settings of the file can be overridden by TREMBITA_CORE_* variables; docs/configuration.md lists them.',
      'Exit codes: 0 stopped, 1 failed, 2 usage or configuration.'
    ],
    commands: {
      'api-key create': {
        summary: 'Makes a key for the administration API and prints it, once. Works while the core runs and while it does not.',
        options: API_KEY_OPTIONS,
        main: createApiKey
      }
    },
    main: async (args) => {
      const config = readConfig(args)
      const log = createLogger('core', config.logLevel)
      await using core = await startCore(config, log)
      log.info({ addresses: core.addresses }, 'core started')
      const signal = await untilSignal()
      log.info({ signal }, 'stopping')
    }
  })
}

function readConfig ({ config: path }: CliArguments): CoreConfig {
  if (path === undefined) throw new UsageError('which configuration? give --config FILE')
  return readCoreConfig(path, process.env)
}

/** Whoever may read the data of the core may do so: the permissions of its files are the sign-in. */
async function createApiKey (args: CliArguments): Promise<void> {
  const store = await openCoreStore(readConfig(args))
  try {
    const { key } = await createApiKeyAtMachine(coreApiKeys(store, new Changes(store, systemClock), systemClock), args.options, systemClock.now())
    process.stdout.write(`${key}\n`)
  } finally {
    await store.close()
  }
}
