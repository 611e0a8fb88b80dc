import { createLogger, runCli, systemClock, untilSignal, UsageError, type CliArguments } from '@trembita/daemon'
import { API_KEY_OPTIONS } from '@trembita/daemon/accounts'
import { makeApiKey } from './admin/index.ts'
import { readGatewayConfig, type GatewayConfig } from './config.ts'
import { startGateway } from './gateway.ts'
import { GATEWAY_VERSION } from './version.ts'

/** The daemon: configuration, start, wait for a signal. */
export async function main (): Promise<void> {
  await runCli({
    name: 'trembita-gateway',
    version: GATEWAY_VERSION,
    summary: 'Secure exchange gateway: carries sealed messages between information systems, X-Road protocol 4.0 and r1.',
    notes: [
      'Settings of the file can be overridden by TREMBITA_GATEWAY_* variables; docs/configuration.md lists them.',
      'A gateway whose file names no server waits to be initialised over the administration API of its console.',
      'SIGTERM finishes what is in flight and stops; a second one stops at once.',
      'Exit codes: 0 stopped, 1 failed, 2 usage or configuration.'
    ],
    commands: {
      'api-key create': {
        summary: 'Makes a key for the administration API and prints it, once. Works while the gateway runs and while it does not.',
        options: API_KEY_OPTIONS,
        main: async (args) => { process.stdout.write(`${await makeApiKey(readConfig(args).dataFolder, args.options, systemClock)}\n`) }
      }
    },
    main: async (args) => {
      const config = readConfig(args)
      const log = createLogger('gateway', config.logLevel)
      const started = performance.now()
      await using gateway = await startGateway(config, log)
      log.info({ addresses: gateway.addresses, startMs: Math.round(performance.now() - started) }, 'gateway started')
      const signal = await untilSignal()
      log.info({ signal }, 'stopping: no new calls, finishing those under way')
    }
  })
}

function readConfig ({ config: path }: CliArguments): GatewayConfig {
  if (path === undefined) throw new UsageError('which configuration? give --config FILE')
  return readGatewayConfig(path, process.env)
}
