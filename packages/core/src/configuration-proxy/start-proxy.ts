import { Closer, createHealth, createMetrics, createOpsApp, systemClock, type Clock, type Logger } from '@trembita/daemon'
import { closeListener } from '../close-listener.ts'
import { CORE_VERSION } from '../version.ts'
import type { ProxyConfig } from './config.ts'
import { lockDataFolder } from '../data-folder-lock.ts'
import { Proxied } from './proxied-source.ts'
import { createProxyApp } from './proxy-app.ts'

/** A running configuration proxy. */
export interface ConfigurationProxy extends AsyncDisposable {
  readonly addresses: { readonly configuration: string, readonly admin: string }
  /** Fetches and signs all sources now. */
  refresh (): Promise<void>
  close (): Promise<void>
}

/** Starts a proxy: each source is fetched, signed again and offered, every minute (xroad-trust §2.9). */
export async function startConfigurationProxy (config: ProxyConfig, log: Logger, clock: Clock = systemClock): Promise<ConfigurationProxy> {
  const closer = new Closer()
  try {
    return await compose(config, log, clock, closer)
  } catch (error) {
    await closer.close()
    throw error
  }
}

async function compose (config: ProxyConfig, log: Logger, clock: Clock, closer: Closer): Promise<ConfigurationProxy> {
  closer.use('data folder', lockDataFolder(config.dataFolder))
  const metrics = createMetrics('trembita', { process: true })
  const health = createHealth()
  const sources = config.sources.map((source) => new Proxied(config, source, clock, log.child({ part: 'configuration-proxy' })))
  for (const source of sources) {
    await source.open()
    health.add(`configuration ${source.name}`, async () => {
      const { expiresAt, failure } = source.status
      if (expiresAt === undefined || clock.now() > expiresAt) return { status: 'fail', message: failure ?? 'nothing is published yet' }
      const message = `published, valid until ${expiresAt.toISOString()}`
      return failure === undefined ? { status: 'pass', message } : { status: 'warn', message: `${message}; the last attempt failed` }
    })
  }
  const app = createProxyApp(new Map(sources.map((source) => [source.name, source])), metrics)
  closer.defer('configuration listener', () => closeListener(app))
  const configuration = await app.listen({ ...config.listen.configuration })
  const ops = createOpsApp({ health, metrics, info: { name: 'trembita-core configuration-proxy', version: CORE_VERSION } })
  closer.defer('admin listener', () => closeListener(ops))
  const admin = await ops.listen({ ...config.listen.admin })

  let running: Promise<void> | undefined
  const refresh = (): Promise<void> => {
    running ??= Promise.all(sources.map((source) => source.refresh())).then(() => {}).finally(() => { running = undefined })
    return running
  }
  const timer = setInterval(() => { refresh().catch(() => {}) }, config.refreshSeconds * 1000)
  closer.defer('refreshing', async () => {
    clearInterval(timer)
    await running
  })
  await refresh()
  return { addresses: { configuration, admin }, refresh, close: () => closer.close(), [Symbol.asyncDispose]: () => closer.close() }
}
