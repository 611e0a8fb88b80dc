import { readFileSync } from 'node:fs'
import { isIP } from 'node:net'
import { describeSystemError, LOG_LEVELS, readConfigFile, toConfig, type ConfigReader, type LogLevel } from '@trembita/daemon'
import { readOpenIdSettings, readRateLimit, type OpenIdSettings, type RateLimit } from '@trembita/daemon/accounts'
import { Fault } from '@trembita/protocol/fault'
import { parseAnchor } from '@trembita/protocol/globalconf'
import type { ServerId } from '@trembita/protocol/identifiers'
import { GATEWAY_ROLES } from './admin/index.ts'
import { checkMonitoring, SettingsError, type MonitoringSettings } from './accesslog/index.ts'
import { readServerConfSeed, type ServerConfSeed } from './serverconf/index.ts'

export interface ListenAddress {
  readonly host: string
  /** 0: any free port. */
  readonly port: number
}

/** How a gateway is set up. Every time is in the unit its name ends with. docs/configuration.md tells each setting. */
export interface GatewayConfig {
  /** Without it the gateway waits to be told over the administration API. */
  readonly server?: ServerId | undefined
  readonly dataFolder: string
  /** Path of the configuration anchor, or its bytes. Without it the administration API takes one. */
  readonly anchor?: string | Uint8Array | undefined
  /** PIN of the software token. */
  readonly pin: string
  readonly logLevel?: LogLevel | undefined
  readonly listen: {
    readonly consumerHttp?: ListenAddress | undefined
    readonly consumerHttps?: ListenAddress | undefined
    readonly messages: ListenAddress
    readonly ocsp: ListenAddress
    readonly console: ListenAddress
  }
  /** What browsers reach the console at; default: what it listens on. */
  readonly publicUrl?: string | undefined
  /** Where people sign in to the console; without it only API keys open its API. */
  readonly openId?: OpenIdSettings | undefined
  /** Requests of one IP address to the console and its API; default X-Road's. */
  readonly rateLimit?: RateLimit | undefined
  /** Clients, services and rights to put into the server configuration at start. */
  readonly serverConf?: ServerConfSeed | undefined
  readonly globalConf?: { readonly refreshSeconds?: number | undefined, readonly allowedFederations?: 'none' | 'all' | readonly string[] | undefined } | undefined
  readonly signing?: { readonly batchMax?: number | undefined } | undefined
  readonly transport?: {
    readonly connectTimeoutMs?: number | undefined
    readonly answerTimeoutMs?: number | undefined
    readonly connectionsMax?: number | undefined
    readonly minPeerVersion?: string | undefined
  } | undefined
  /** Where accesses to personal data are reported; without it the administration API says. */
  readonly monitoring?: MonitoringSettings | undefined
  readonly accessLog?: { readonly waitingMax?: number | undefined } | undefined
  readonly agreements?: { readonly bodyBytesMax?: number | undefined, readonly keepEventsDays?: number | undefined } | undefined
  readonly messageLog?: {
    readonly bodyBytesMax?: number | undefined
    readonly truncatedBodyAllowed?: boolean | undefined
    readonly bodyLogging?: boolean | undefined
    readonly timestampImmediately?: boolean | undefined
    readonly timestampIntervalSeconds?: number | undefined
    readonly timestampFailurePeriodSeconds?: number | undefined
    readonly archiveIntervalSeconds?: number | undefined
    readonly keepRecordsDays?: number | undefined
  } | undefined
}

/** Version that peers are told: X-Road's, since operators may refuse what is older (xroad-messages §2.3). */
export const PROXY_VERSION = '7.8.0'

function address (config: ConfigReader, port: number): ListenAddress {
  const host = config.string('host', '127.0.0.1')
  if (isIP(host) === 0 && !/^[a-z0-9.-]+$/i.test(host)) config.problem('host', 'expected a host name or an IP address')
  return { host, port: config.port('port', port) }
}

function readServerId (config: ConfigReader, name: string): ServerId {
  const [instance = '', memberClass = '', memberCode = '', serverCode = '', ...rest] = config.string(name).split('/')
  if ([instance, memberClass, memberCode, serverCode].includes('') || rest.length > 0) config.problem(name, 'expected INSTANCE/CLASS/CODE/SERVERCODE')
  return { instance, memberClass, memberCode, serverCode }
}

/**
 * The anchor is read again whenever configuration is downloaded; here it is only looked at, so that a wrong one is found
 * together with whatever else is wrong, and not as a failure later.
 */
function readAnchorPath (config: ConfigReader, path: string, instance: string): string {
  try {
    const anchor = parseAnchor(readFileSync(path))
    if (instance !== '' && anchor.instance !== instance) config.problem('anchor', `${path} is of instance ${anchor.instance}, and server is of ${instance}`)
  } catch (error) {
    config.problem('anchor', error instanceof Fault ? `${path} is no configuration anchor: ${error.message}` : `cannot read ${describeSystemError(error) ?? path}; the core gives it at /anchor`)
  }
  return path
}

/**
 * Reads a gateway's configuration file, with `TREMBITA_GATEWAY_*` of the environment over it.
 *
 * @throws {ConfigError} with every problem at once.
 */
export function readGatewayConfig (path: string, env: Readonly<Record<string, string | undefined>>): GatewayConfig {
  const file = readConfigFile(path)
  const config = toConfig({ file, env, envPrefix: 'TREMBITA_GATEWAY', name: 'gateway' }, (root) => {
    const server = root.optional('server', (name) => readServerId(root, name))
    const path = server === undefined ? root.optional('anchor', (name) => root.path(name)) : root.path('anchor', 'configuration-anchor.xml')
    const anchor = path === undefined ? undefined : readAnchorPath(root, path, server?.instance ?? '')
    return { server, anchor, ...readSettings(root) }
  })
  const { serverConfFile, pin, ...rest } = config
  return {
    ...rest,
    pin: pin.bytes.toString('utf8'),
    ...(serverConfFile === undefined ? {} : { serverConf: readServerConfSeed(readConfigFile(serverConfFile)) })
  }
}

function readSettings (root: ConfigReader) {
  return {
    dataFolder: root.path('dataFolder', 'data'),
    pin: root.secret('pinFile'),
    logLevel: root.oneOf('logLevel', LOG_LEVELS, 'info'),
    listen: root.section('listen', (listen) => ({
      consumerHttp: listen.section('consumerHttp', (one) => address(one, 8080)),
      consumerHttps: listen.section('consumerHttps', (one) => address(one, 8443)),
      messages: listen.section('messages', (one) => address(one, 5500)),
      ocsp: listen.section('ocsp', (one) => address(one, 5577)),
      console: listen.section('console', (one) => address(one, 4000))
    })),
    publicUrl: root.optional('publicUrl', (name) => root.url(name).href),
    openId: root.optional('openId', (name) => root.section(name, (openId) => readOpenIdSettings(openId, GATEWAY_ROLES))),
    rateLimit: root.section('rateLimit', readRateLimit),
    serverConfFile: root.optional('serverConf', (name) => root.path(name)),
    globalConf: root.section('globalConf', (conf) => ({
      refreshSeconds: conf.integer('refreshSeconds', 60, { min: 1, max: 3600 }),
      allowedFederations: federations(conf.strings('allowedFederations', []))
    })),
    signing: root.section('signing', (signing) => ({ batchMax: signing.integer('batchMax', 16, { min: 1, max: 256 }) })),
    transport: root.section('transport', (transport) => ({
      connectTimeoutMs: transport.integer('connectTimeoutMs', 30_000, { min: 100 }),
      answerTimeoutMs: transport.integer('answerTimeoutMs', 0),
      connectionsMax: transport.integer('connectionsMax', 128, { min: 1, max: 10_000 }),
      minPeerVersion: transport.optional('minPeerVersion', (name) => readVersion(transport, name))
    })),
    monitoring: root.optional('monitoring', (name) => root.section(name, readMonitoring)),
    accessLog: root.section('accessLog', (section) => ({ waitingMax: section.integer('waitingMax', 1_000_000, { min: 1 }) })),
    agreements: root.section('agreements', (agreements) => ({
      bodyBytesMax: agreements.bytes('bodyBytesMax', 10 * 1024 * 1024),
      keepEventsDays: agreements.integer('keepEventsDays', 1095, { min: 1, max: 36_500 })
    })),
    messageLog: root.section('messageLog', (log) => ({
      bodyBytesMax: log.bytes('bodyBytesMax', 10 * 1024 * 1024),
      truncatedBodyAllowed: log.boolean('truncatedBodyAllowed', false),
      bodyLogging: log.boolean('bodyLogging', true),
      timestampImmediately: log.boolean('timestampImmediately', false),
      timestampIntervalSeconds: log.optional('timestampIntervalSeconds', (name) => log.integer(name, undefined, { min: 1, max: 86_400 })),
      timestampFailurePeriodSeconds: log.integer('timestampFailurePeriodSeconds', 14_400),
      archiveIntervalSeconds: log.integer('archiveIntervalSeconds', 6 * 3600, { min: 0 }),
      keepRecordsDays: log.integer('keepRecordsDays', 30, { min: 1 })
    }))
  }
}

function readMonitoring (monitoring: ConfigReader): MonitoringSettings {
  const settings: MonitoringSettings = {
    component: monitoring.string('component'),
    client: monitoring.string('client'),
    service: monitoring.string('service'),
    keyService: monitoring.string('keyService'),
    domain: monitoring.string('domain')
  }
  try {
    checkMonitoring(settings)
  } catch (error) {
    if (!(error instanceof SettingsError)) throw error
    for (const [name, problem] of Object.entries(error.problems)) monitoring.problem(name, problem)
  }
  return settings
}

/** One that cannot be compared would refuse every peer. */
function readVersion (config: ConfigReader, name: string): string {
  const version = config.string(name)
  if (!/^\d{1,5}\.\d{1,5}\.\d{1,5}$/.test(version)) config.problem(name, 'expected a version such as 7.4.0, in quotes')
  return version
}

function federations (names: readonly string[]): 'none' | 'all' | readonly string[] {
  const lower = names.map((name) => name.toLowerCase())
  // `none` overrides everything, `all` overrides lists (xroad-trust §2.6).
  if (lower.length === 0 || lower.includes('none')) return 'none'
  return lower.includes('all') ? 'all' : names
}
