import { isIP } from 'node:net'
import { LOG_LEVELS, readConfigFile, toConfig, type ConfigReader, type LogLevel, type Secret } from '@trembita/daemon'
import { readOpenIdSettings, readRateLimit, type OpenIdSettings } from '@trembita/daemon/accounts'
import type { SigningKeyType } from './globalconf/index.ts'
import { ROLES } from './admin/index.ts'
import { readSeed, type Seed } from './seed/index.ts'

export interface ListenAddress {
  readonly host: string
  /** 0: any free port. */
  readonly port: number
}

/** How a core is set up. docs/configuration.md tells each setting. */
export interface CoreConfig {
  readonly dataFolder: string
  readonly logLevel?: LogLevel | undefined
  readonly listen: {
    /** Health, metrics, anchors; the console of operators. */
    readonly admin: ListenAddress
    /** Signed configuration, for every gateway. */
    readonly configuration: ListenAddress
    /** Registration of authentication certificates, TLS; absent: gateways cannot register themselves. */
    readonly registration?: ListenAddress | undefined
    /** The other management services, TLS, for the gateway that publishes them. */
    readonly management?: ListenAddress | undefined
  }
  /** Holds the `postgresql://` address of the database that several cores share; default: a file of this core's own. */
  readonly database?: Secret | undefined
  /** What browsers reach the console at; default: what it listens on. */
  readonly publicUrl?: string | undefined
  /** Where people sign in; without it only API keys open the console's API. */
  readonly openId?: OpenIdSettings | undefined
  /** `host` or `host:port` that gateways reach the configuration listener at; default: what it listens on. */
  readonly publicAddress?: string | undefined
  /** Requests of one IP address to the console and its API; default X-Road's. */
  readonly rateLimit?: { readonly perSecond: number, readonly perMinute: number } | undefined
  /** Management requests of one IP address to each of the two listeners, in a minute; 0: no limit; default 10, as X-Road has it. */
  readonly management?: { readonly requestsPerMinute: number } | undefined
  /** Opens the signing keys. */
  readonly passphrase: Secret
  /** For keys that are made from now on; default `rsa`. */
  readonly keyType?: SigningKeyType | undefined
  /** Name of this core among several that sign for one instance; default `core`. */
  readonly node?: string | undefined
  /** Seconds between publications; default 60. */
  readonly regenerateSeconds?: number | undefined
  /** How long what was last made is signed again while the database cannot be reached; default 3600. */
  readonly withoutDatabaseSeconds?: number | undefined
  readonly seed?: Seed | undefined
  /** Configuration file of the catalog that is served at `/catalog` of the admin listener. */
  readonly catalog?: string | undefined
}

function listenAddress (config: ConfigReader, port: number): ListenAddress {
  const host = config.string('host', '127.0.0.1')
  if (isIP(host) === 0 && !/^[a-z0-9.-]+$/i.test(host)) config.problem('host', 'expected a host name or an IP address')
  return { host, port: config.port('port', port) }
}

/** Who listens on every interface cannot know by which of them gateways come, and a guess would stand in every anchor. */
function readPublicAddress (root: ConfigReader, listenHost: string): string | undefined {
  const address = root.optional('publicAddress', (name) => root.string(name))
  if (address === undefined && ['0.0.0.0', '::'].includes(listenHost)) root.problem('publicAddress', 'missing: the configuration listener is on every interface')
  return address
}

/**
 * Reads a core's configuration file, with `TREMBITA_CORE_*` of the environment over it, and the seed that it names.
 *
 * @throws {ConfigError} with every problem of a file at once.
 */
export function readCoreConfig (path: string, env: Readonly<Record<string, string | undefined>>): CoreConfig {
  const file = readConfigFile(path)
  const { seedFile, ...config } = toConfig({ file, env, envPrefix: 'TREMBITA_CORE', name: 'core' }, (root) => {
    const listen = root.section('listen', (listen) => ({
      admin: listen.section('admin', (one) => listenAddress(one, 4000)),
      configuration: listen.section('configuration', (one) => listenAddress(one, 4080)),
      registration: listen.section('registration', (one) => listenAddress(one, 4001)),
      management: listen.section('management', (one) => listenAddress(one, 4002))
    }))
    return {
      dataFolder: root.path('dataFolder', 'data'),
      logLevel: root.oneOf('logLevel', LOG_LEVELS, 'info'),
      listen,
      publicAddress: readPublicAddress(root, listen.configuration.host),
      database: root.optional('databaseUrlFile', (name) => root.secret(name)),
      publicUrl: root.optional('publicUrl', (name) => root.url(name).href),
      openId: root.optional('openId', (name) => root.section(name, (openId) => readOpenIdSettings(openId, ROLES))),
      management: root.section('management', (management) => ({ requestsPerMinute: management.integer('requestsPerMinute', 10, { min: 0, max: 1_000_000 }) })),
      rateLimit: root.section('rateLimit', readRateLimit),
      passphrase: root.secret('passphraseFile'),
      keyType: root.oneOf('keyType', ['rsa', 'ec'] as const, 'rsa'),
      node: root.string('node', 'core'),
      regenerateSeconds: root.integer('regenerateSeconds', 60, { min: 1, max: 3600 }),
      withoutDatabaseSeconds: root.integer('withoutDatabaseSeconds', 3600, { min: 0, max: 604_800 }),
      seedFile: root.optional('seed', (name) => root.path(name)),
      catalog: root.optional('catalog', (name) => root.path(name))
    }
  })
  return { ...config, seed: seedFile === undefined ? undefined : readSeed(readConfigFile(seedFile)) }
}
