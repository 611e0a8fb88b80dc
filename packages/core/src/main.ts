import { createLogger, runCli, untilSignal, UsageError } from '@trembita/daemon'
import { readCoreConfig } from './config.ts'
import { startCore } from './core.ts'
import { CORE_VERSION } from './version.ts'

/** The daemon: configuration, start, wait for a signal. */
export async function main (): Promise<void> {
  await runCli({
    name: 'trembita-core',
    version: CORE_VERSION,
    summary: 'Core of the system: keeps the registry of participants and publishes the signed configuration, X-Road versions 2 to 6.',
    notes: [
      'Settings of the file can be overridden by TREMBITA_CORE_* variables; docs/configuration.md lists them.',
      'Exit codes: 0 stopped, 1 failed, 2 usage or configuration.'
    ],
    main: async ({ config: path }) => {
      if (path === undefined) throw new UsageError('which configuration? give --config FILE')
      const config = readCoreConfig(path, process.env)
      const log = createLogger('core', config.logLevel)
      await using core = await startCore(config, log)
      log.info({ addresses: core.addresses }, 'core started')
      const signal = await untilSignal()
      log.info({ signal }, 'stopping')
    }
  })
}
