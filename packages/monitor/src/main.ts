import { createLogger, runCli, systemClock, untilSignal, UsageError, type CliArguments } from '@trembita/daemon'
import { API_KEY_OPTIONS, createApiKeyAtMachine } from '@trembita/daemon/accounts'
import { readMonitorConfig, type MonitorConfig } from './config.ts'
import { EpochKeys, readIndexKeysConfig, startIndexKeys } from './index-keys/index.ts'
import { openMonitorStore, startMonitor } from './monitor.ts'
import { operatorKeys } from './operators.ts'
import { MONITOR_VERSION } from './version.ts'

/** The daemon, the key service beside it, and what an operator does at the machine itself. */
export async function main (): Promise<void> {
  await runCli({
    name: 'trembita-monitor',
    version: MONITOR_VERSION,
    summary: 'Monitor of access to personal data: takes events, keeps a verifiable log, shows people who asked for their data, and tells them.',
    notes: [
      'Settings of the files can be overridden by TREMBITA_MONITOR_* and TREMBITA_INDEX_KEYS_* variables; docs/monitor.md lists them.',
      'Exit codes: 0 stopped, 1 failed, 2 usage or configuration.'
    ],
    commands: {
      'index-keys destroy': {
        summary: 'Destroys the key of a month: nobody can be found in what was indexed by it, for good. Works while the key service runs.',
        positionals: ['YYYY-MM'],
        main: async (args) => {
          const config = readIndexKeysConfig(pathOf(args), process.env)
          await (await EpochKeys.open(config.dataFolder, config.passphrase, systemClock)).destroy(args.positionals[0]!)
          process.stdout.write(`the key of ${args.positionals[0]!} is destroyed\n`)
        }
      },
      'index-keys': {
        summary: 'Runs the key service: index keys for components, indexes for the portal. A process and a data folder of its own.',
        main: async (args) => {
          const config = readIndexKeysConfig(pathOf(args), process.env)
          const log = createLogger('index-keys', config.logLevel)
          await using service = await startIndexKeys(config, log)
          log.info({ url: service.url }, 'key service started')
          log.info({ signal: await untilSignal() }, 'stopping')
        }
      },
      'api-key create': {
        summary: 'Makes a key for the operators\' API and prints it, once.',
        options: API_KEY_OPTIONS,
        main: async (args) => {
          const config = readConfig(args)
          const store = await openMonitorStore(config)
          try {
            const keys = operatorKeys(store, systemClock, createLogger('monitor', 'silent'))
            process.stdout.write(`${(await createApiKeyAtMachine(keys, args.options, systemClock.now())).key}\n`)
          } finally {
            await store.close()
          }
        }
      }
    },
    main: async (args) => {
      const config = readConfig(args)
      const log = createLogger('monitor', config.logLevel)
      await using monitor = await startMonitor(config, log)
      log.info({ addresses: monitor.addresses }, 'monitor started')
      log.info({ signal: await untilSignal() }, 'stopping')
    }
  })
}

function readConfig (args: CliArguments): MonitorConfig {
  return readMonitorConfig(pathOf(args), process.env)
}

function pathOf ({ config }: CliArguments): string {
  if (config === undefined) throw new UsageError('which configuration? give --config FILE')
  return config
}
