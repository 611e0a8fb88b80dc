import { createLogger, runCli, untilSignal, UsageError } from '@trembita/daemon'
import { readGatewayConfig } from './config.ts'
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
      'SIGTERM finishes what is in flight and stops; a second one stops at once.',
      'Exit codes: 0 stopped, 1 failed, 2 usage or configuration.'
    ],
    main: async ({ config: path }) => {
      if (path === undefined) throw new UsageError('which configuration? give --config FILE')
      const config = readGatewayConfig(path, process.env)
      const log = createLogger('gateway', config.logLevel)
      const started = performance.now()
      await using gateway = await startGateway(config, log)
      log.info({ addresses: gateway.addresses, startMs: Math.round(performance.now() - started) }, 'gateway started')
      const signal = await untilSignal()
      log.info({ signal }, 'stopping: no new calls, finishing those under way')
    }
  })
}
