import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { distributeAnchor, provision, startTrust, type Provisioned } from '@trembita/testnet'
import { PLAN, PORTS } from './plan.ts'
import { checkPortsFree, startProcess, type Started } from './processes.ts'

/** The running demonstration: every part but the trust services is a process of its own, as in a real environment. */
export interface RunningFederation extends AsyncDisposable {
  readonly provisioned: Provisioned
}

const program = (path: string): URL => new URL(`../../../${path}`, import.meta.url)
const localhost = (port: number, path = ''): string => `http://127.0.0.1:${port}${path}`

/** Brings the federation up, part after part. @param say called with one line per step. */
export async function startDemo (folder: string, say: (line: string) => void): Promise<RunningFederation> {
  await checkPortsFree([
    PORTS.core.admin, PORTS.core.configuration, PORTS.trust.ocsp, PORTS.trust.timestamps, PORTS.edr, PORTS.tax,
    ...Object.values(PORTS.consumer), PORTS.consumer.messages + 1, ...Object.values(PORTS.provider), PORTS.provider.messages + 1
  ])
  const logs = join(folder, 'logs')
  await mkdir(logs, { recursive: true })
  say('development PKI, keys and certificates')
  const provisioned = await provision(PLAN, folder)
  say('OCSP responder and timestamp service')
  const trust = await startTrust(provisioned)
  const started: Started[] = []
  const stop = async (): Promise<void> => {
    for (const one of started.reverse()) await one.stop()
    await trust[Symbol.asyncDispose]()
  }
  try {
    say('core: registry and signed configuration; registers: EDR, tax')
    await together([
      startProcess('core', program('packages/core/bin/trembita-core.ts'), ['--config', provisioned.coreConfigFile], join(logs, 'core.log'), localhost(PORTS.core.admin, '/health/ready')),
      startProcess('EDR', program('examples/edr-registry/src/main.ts'), ['--port', String(PORTS.edr)], join(logs, 'edr.log'), localhost(PORTS.edr, '/health')),
      startProcess('tax', program('examples/tax-registry/src/main.ts'), ['--port', String(PORTS.tax)], join(logs, 'tax.log'), localhost(PORTS.tax, '/health'))
    ], started)
    await distributeAnchor(provisioned)
    say('two gateways, each from its anchor')
    await together(provisioned.gateways.map(async ({ code, configFile, ports }) =>
      await startProcess(code, program('packages/gateway/bin/trembita-gateway.ts'), ['--config', configFile], join(logs, `${code}.log`), localhost(ports.console, '/health/ready'))), started)
  } catch (error) {
    await stop()
    throw error
  }
  return { provisioned, [Symbol.asyncDispose]: stop }
}

/** Waits for all; those that came up are remembered even when another did not, so that they are stopped. */
async function together (starting: readonly Promise<Started>[], started: Started[]): Promise<void> {
  const results = await Promise.allSettled(starting)
  for (const result of results) if (result.status === 'fulfilled') started.push(result.value)
  const failed = results.find((result) => result.status === 'rejected')
  if (failed !== undefined) throw failed.reason instanceof Error ? failed.reason : new Error(String(failed.reason))
}
