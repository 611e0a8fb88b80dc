import { readConfigFile, toConfig } from '@trembita/daemon'
import type { ServiceCentresOptions } from './index.ts'

/** Reads the settings of a process. @throws {ConfigError} with everything that is wrong. */
export function readCentresConfig (path: string, env: Readonly<Record<string, string | undefined>>): ServiceCentresOptions {
  return toConfig({ file: readConfigFile(path), env, envPrefix: 'CENTRES', name: 'service-centres' }, (root): ServiceCentresOptions => ({
    dataFolder: root.path('dataFolder', 'data'),
    host: root.string('host', '127.0.0.1'),
    port: root.port('port', 4330),
    servicesPort: root.port('servicesPort', 4331),
    publicUrl: root.optional('publicUrl', (name) => root.url(name).href),
    gateway: root.section('gateway', (gateway) => ({
      url: gateway.url('url').href,
      client: gateway.string('client'),
      timeoutMs: gateway.integer('timeoutMs', 10_000, { min: 100, max: 300_000 })
    })),
    openId: root.optional('openId', (name) => root.section(name, (openId) => ({ issuer: openId.string('issuer'), clientId: openId.string('clientId', 'service-centres') }))),
    quality: root.string('quality', 'GOV/90000067/QUALITY'),
    retrySeconds: root.integer('retrySeconds', 5, { min: 1, max: 3600 }),
    indicatorsSeconds: root.integer('indicatorsSeconds', 300, { min: 1, max: 86_400 }),
    log: root.boolean('log', true)
  }))
}
