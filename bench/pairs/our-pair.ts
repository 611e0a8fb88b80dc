import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createLogger } from '@trembita/daemon'
import { readCoreConfig, startCore } from '@trembita/core'
import { distributeAnchor, provision, SMALL_CLIENT, SMALL_PROVIDER, smallPlan, startTrust } from '@trembita/testnet'
import { startChild } from '../child.ts'
import type { Pair, SealKeyKind } from './pair.ts'

export interface OurPairOptions {
  /** Address of the service behind the provider's gateway. */
  readonly serviceUrl: string
  readonly key: SealKeyKind
}

const GATEWAY = join(import.meta.dirname, 'our-gateway.ts')

/** Two gateways, each a process of its own, with everything on: signing, verification, OCSP, durable log, timestamps. */
export async function startOurPair ({ serviceUrl, key }: OurPairOptions): Promise<Pair> {
  const folder = await mkdtemp(join(tmpdir(), 'trembita-bench-'))
  const parts = new AsyncDisposableStack()
  parts.defer(() => rm(folder, { recursive: true, force: true }))
  try {
    const sealKeys = key === 'P-256' ? 'ec' : 'rsa'
    const plan = smallPlan({ serviceUrl, sealKeys, settings: { logLevel: 'warn', messageLog: { bodyBytesMax: '64 MiB', archiveIntervalSeconds: 0 } } })
    const provisioned = await provision(plan, folder)
    parts.use(await startTrust(provisioned))
    parts.use(await startCore(readCoreConfig(provisioned.coreConfigFile, {}), createLogger('core', 'error')))
    await distributeAnchor(provisioned)
    const [consumer, provider] = await Promise.all(provisioned.gateways.map(async ({ configFile }) =>
      parts.adopt(await startChild(GATEWAY, [configFile]), (child) => child.close())))
    const consoles = provisioned.gateways.map(({ ports }) => `http://127.0.0.1:${ports.console}`)
    return {
      name: 'ours',
      url: `${consumer!.ready}/r1/${SMALL_PROVIDER}/people`,
      headers: { 'x-road-client': SMALL_CLIENT },
      pids: [consumer!.pid, provider!.pid],
      steps: () => stepsOf(consoles),
      close: () => parts.disposeAsync()
    }
  } catch (error) {
    await parts.disposeAsync()
    throw error
  }
}

/** Time of each step so far, ms, as the gateways' metrics tell it. */
async function stepsOf (consoles: readonly string[]): Promise<Record<string, number>> {
  const steps: Record<string, number> = {}
  for (const url of consoles) {
    const text = await (await fetch(`${url}/metrics`)).text()
    for (const [, side, step, seconds] of text.matchAll(/^trembita_exchange_step_seconds_total\{side="(\w+)",step="(\w+)"\} (\S+)$/gm)) {
      // The consumer's wait holds the provider's whole work, which is counted there.
      if (step !== 'exchange') steps[`${side!} ${step!}`] = Number(seconds) * 1000
    }
  }
  return steps
}
