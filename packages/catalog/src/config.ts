import { readFileSync } from 'node:fs'
import { LOG_LEVELS, readConfigFile, Secret, toConfig, type ConfigReader, type LogLevel } from '@trembita/daemon'
import type { OpenIdSettings, RateLimit } from '@trembita/daemon/accounts'
import { parseClientId, type ClientId } from '@trembita/protocol/identifiers'
import type { AdminSettings } from './access/index.ts'
import type { GatewaySettings } from './exchange/index.ts'

export interface ListenAddress {
  readonly host: string
  /** 0: any free port. */
  readonly port: number
}

/** How a catalog is set up. docs/catalog.md tells each setting. */
export interface CatalogConfig {
  readonly dataFolder: string
  readonly logLevel?: LogLevel | undefined
  /** Pages and API; absent when the core serves them. */
  readonly listen?: ListenAddress | undefined
  /** Takes the catalog's own reports from its gateway, so that they are sealed; absent: reports have no seal. */
  readonly exchange?: ListenAddress & { readonly serviceCode: string } | undefined
  readonly publicUrl?: string | undefined
  /** Holds the `postgresql://` address of the database that several catalogs share; default: a file. */
  readonly database?: Secret | undefined
  readonly openId?: OpenIdSettings | undefined
  readonly rateLimit?: RateLimit | undefined
  /** File of the configuration anchor; the core gives its own. */
  readonly anchorFile?: string | undefined
  readonly gateway: GatewaySettings
  /** Seconds between harvests; 0: on demand only. */
  readonly harvestSeconds: number
  /** Seconds between rounds of probes; 0: on demand only. */
  readonly probeSeconds: number
  /** `test`: verification may try operations that change something, by the samples given; default `production`: never. */
  readonly environment?: 'test' | 'production' | undefined
  /** Days for which a passed verification may be published on. */
  readonly validDays: number
  /** Takes up agreements. */
  readonly core?: AdminSettings | undefined
  /** By `CLASS/CODE`: gateways of organisations that let the catalog give rights. */
  readonly gateways: ReadonlyMap<string, AdminSettings>
  /** Another list of priority resources. */
  readonly priorityResourcesFile?: string | undefined
}

function listenAddress (config: ConfigReader, port: number): ListenAddress {
  return { host: config.string('host', '127.0.0.1'), port: config.port('port', port) }
}

function clientOf (config: ConfigReader, name: string): ClientId {
  const text = config.string(name)
  try {
    const id = parseClientId(text, name)
    if (id.subsystemCode !== undefined) return id
  } catch {
    // Told below, with every other problem of the file.
  }
  config.problem(name, 'expected INSTANCE/CLASS/MEMBER/SUBSYSTEM')
  return { instance: '', memberClass: '', memberCode: '', subsystemCode: '' }
}

function readGateway (config: ConfigReader): GatewaySettings {
  const file = (name: string): Buffer | undefined => config.optional(name, (one) => readFileSync(config.path(one)))
  const [ca, certificate, key] = [file('caFile'), file('certificateFile'), config.optional('keyFile', (name) => config.secret(name))]
  return {
    url: config.url('url').href,
    client: clientOf(config, 'client'),
    timeoutMs: config.integer('timeoutMs', 15_000, { min: 100, max: 120_000 }),
    ...ca === undefined && certificate === undefined ? {} : { tls: { ca, certificate, key: key === undefined ? undefined : Buffer.from(key.bytes) } }
  }
}

function readAdmin (config: ConfigReader): AdminSettings {
  return { url: config.url('url').href, key: config.secret('keyFile') }
}

function readOpenId (openId: ConfigReader): OpenIdSettings {
  return {
    issuer: openId.url('issuer').href,
    clientId: openId.string('clientId'),
    clientSecret: openId.optional('clientSecretFile', (name) => openId.secret(name)),
    rolesClaim: openId.optional('rolesClaim', (name) => openId.string(name))
  }
}

/**
 * Reads a catalog's configuration file, with `TREMBITA_CATALOG_*` of the environment over it.
 *
 * @throws {ConfigError} with every problem of the file at once.
 */
export function readCatalogConfig (path: string, env: Readonly<Record<string, string | undefined>>): CatalogConfig {
  return toConfig({ file: readConfigFile(path), env, envPrefix: 'TREMBITA_CATALOG', name: 'catalog' }, (root): CatalogConfig => ({
    dataFolder: root.path('dataFolder', 'data'),
    logLevel: root.oneOf('logLevel', LOG_LEVELS, 'info'),
    listen: root.optional('listen', (name) => root.section(name, (one) => listenAddress(one, 4090))),
    exchange: root.optional('exchange', (name) => root.section(name, (one) => ({ ...listenAddress(one, 4091), serviceCode: one.string('serviceCode', 'report') }))),
    publicUrl: root.optional('publicUrl', (name) => root.url(name).href),
    database: root.optional('databaseUrlFile', (name) => root.secret(name)),
    openId: root.optional('openId', (name) => root.section(name, readOpenId)),
    rateLimit: root.section('rateLimit', (limit) => ({
      perSecond: limit.integer('perSecond', 20, { min: 1, max: 100_000 }),
      perMinute: limit.integer('perMinute', 600, { min: 1, max: 1_000_000 })
    })),
    anchorFile: root.optional('anchor', (name) => root.path(name)),
    gateway: root.section('gateway', readGateway),
    harvestSeconds: root.integer('harvestSeconds', 3600, { min: 0, max: 604_800 }),
    probeSeconds: root.integer('probeSeconds', 300, { min: 0, max: 86_400 }),
    environment: root.oneOf('environment', ['production', 'test'] as const, 'production'),
    validDays: root.integer('validDays', 7, { min: 1, max: 365 }),
    core: root.optional('core', (name) => root.section(name, readAdmin)),
    gateways: new Map(root.optional('gateways', (name) => root.list(name, (one) => [one.string('organisation'), readAdmin(one)] as const)) ?? []),
    priorityResourcesFile: root.optional('priorityResources', (name) => root.path(name))
  }))
}
