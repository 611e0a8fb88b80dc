import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createLogger } from '@trembita/daemon'
import { readCoreConfig, startCore } from '@trembita/core'
import { distributeAnchor, provision, SMALL_CLIENT, SMALL_PROVIDER, smallPlan, startTrust, type FederationPlan } from '@trembita/testnet'
import { startChild } from '../child.ts'
import type { Pair } from '../pairs/pair.ts'

const GATEWAY = join(import.meta.dirname, '../pairs/our-gateway.ts')

/** A person in a header of the request, and a look through the answer. */
const RULES = {
  policy: 'strict',
  registry: { code: 'REG', name: { uk: 'Реєстр' } },
  rules: [{ id: 'people', subjects: [{ select: 'header:Uxp-Subject-Id', type: 'RNOKPP' }, { select: 'json:/items/*/rnokpp', type: 'RNOKPP' }], operation: 'retrieve', categories: ['identity'] }]
}

/**
 * Two gateways, each a process of its own, whose provider gives one service twice: with capture of accesses, strict, and without.
 * Nobody takes the events: they lie encrypted on disk.
 */
export async function startCapturePairs (serviceUrl: string): Promise<{ readonly off: Pair, readonly on: Pair, close (): Promise<void> }> {
  const folder = await mkdtemp(join(tmpdir(), 'trembita-bench-'))
  const parts = new AsyncDisposableStack()
  parts.defer(() => rm(folder, { recursive: true, force: true }))
  try {
    const provisioned = await provision(planOf(serviceUrl), folder)
    parts.use(await startTrust(provisioned))
    parts.use(await startCore(readCoreConfig(provisioned.coreConfigFile, {}), createLogger('core', 'error')))
    await distributeAnchor(provisioned)
    const [consumer, provider] = await Promise.all(provisioned.gateways.map(async ({ configFile }) => parts.adopt(await startChild(GATEWAY, [configFile], {}, 60_000), (child) => child.close())))
    const pairOf = (name: string, service: string): Pair => ({
      name,
      url: `${consumer!.ready}/r1/${SMALL_PROVIDER}/${service}`,
      headers: { 'x-road-client': SMALL_CLIENT, 'uxp-subject-id': '3000300007', 'x-road-userid': 'officer' },
      pids: [consumer!.pid, provider!.pid],
      close: async () => {}
    })
    return { off: pairOf('off', 'people'), on: pairOf('on', 'watched'), close: () => parts.disposeAsync() }
  } catch (error) {
    await parts.disposeAsync()
    throw error
  }
}

function planOf (serviceUrl: string): FederationPlan {
  const plan = smallPlan({ serviceUrl, settings: { logLevel: 'warn', messageLog: { bodyBytesMax: '64 MiB', archiveIntervalSeconds: 0 } } })
  const [gwa, gwb] = plan.gateways as [FederationPlan['gateways'][number], FederationPlan['gateways'][number]]
  const description = (code: string, more: object): object => ({ type: 'REST', url: `${serviceUrl}/${code}`, services: [{ code, url: `${serviceUrl}/${code}`, verifyTls: false, ...more }] })
  const right = (service: string): object => ({ subject: `client:${SMALL_CLIENT}`, service })
  return {
    ...plan,
    gateways: [gwa, {
      ...gwb,
      serverConf: { clients: [{ id: 'TEST/GOV/2002' }, { id: SMALL_PROVIDER, descriptions: [description('people', {}), description('watched', { personalData: JSON.stringify(RULES) })], rights: ['people', 'watched'].map(right) }] }
    }]
  }
}
