import { type ConfigFile, readConfigFile, toConfig } from '@trembita/daemon'
import type { BusinessCabinetOptions } from './index.ts'

/**
 * Reads the cabinet's configuration.
 *
 * @throws {ConfigError} with everything that is wrong.
 */
export function readCabinetConfig (path: string, env: Readonly<Record<string, string | undefined>>): BusinessCabinetOptions {
  const file: ConfigFile = readConfigFile(path)
  return toConfig({ file, env, envPrefix: 'CABINET' }, (root): BusinessCabinetOptions => ({
    dataFolder: root.path('dataFolder', 'data'),
    host: root.string('host', '127.0.0.1'),
    port: root.port('port', 4310),
    servicesPort: root.port('servicesPort', 4311),
    publicUrl: root.optional('publicUrl', (name) => root.url(name).href),
    gateway: root.section('gateway', (gateway) => ({
      url: gateway.url('url').href,
      client: gateway.string('client'),
      timeoutMs: gateway.integer('timeoutMs', 30_000, { min: 100, max: 300_000 })
    })),
    pseudonymKeyFile: root.optional('pseudonymKeyFile', (name) => root.path(name)),
    portalKeysFile: root.optional('portalKeysFile', (name) => root.path(name)),
    portalChannel: root.boolean('portalChannel', false),
    proofUrl: root.optional('proofUrl', (name) => root.string(name)),
    openId: root.optional('openId', (name) => root.section(name, (openId) => ({
      issuer: openId.string('issuer'),
      clientId: openId.string('clientId', 'business-cabinet'),
      clientSecret: openId.optional('clientSecretFile', (secret) => openId.secret(secret))
    }))),
    project: root.section('project', (project) => ({ from: project.string('from', '2025-06-13'), until: project.string('until', '2027-06-12') })),
    retry: root.section('retry', (retry) => ({ firstSeconds: retry.integer('firstSeconds', 60, { min: 1 }), maxSeconds: retry.integer('maxSeconds', 3600, { min: 1 }) })),
    log: root.boolean('log', true)
  }))
}
