import { isIP } from 'node:net'
import { LOG_LEVELS, readConfigFile, toConfig, type ConfigReader, type LogLevel, type Secret } from '@trembita/daemon'
import type { SigningKeyType } from '../globalconf/index.ts'

export interface ProxyListenAddress {
  readonly host: string
  readonly port: number
}

/** A configuration of another instance that is signed again. */
export interface ProxiedSource {
  /** First part of its addresses: `http://<publicAddress>/<name>/conf`. */
  readonly name: string
  /** Path of the anchor that the proxy itself trusts. */
  readonly anchor: string
}

/** How a configuration proxy is set up. docs/configuration.md tells each setting. */
export interface ProxyConfig {
  readonly dataFolder: string
  readonly logLevel?: LogLevel | undefined
  readonly listen: { readonly configuration: ProxyListenAddress, readonly admin: ProxyListenAddress }
  readonly publicAddress: string
  readonly passphrase: Secret
  readonly keyType: SigningKeyType
  /** Seconds between downloads. */
  readonly refreshSeconds: number
  /** Lifetime of each directory that the proxy signs. */
  readonly validitySeconds: number
  readonly sources: readonly ProxiedSource[]
}

function listenAddress (config: ConfigReader, port: number): ProxyListenAddress {
  const host = config.string('host', '127.0.0.1')
  if (isIP(host) === 0 && !/^[a-z0-9.-]+$/i.test(host)) config.problem('host', 'expected a host name or an IP address')
  return { host, port: config.port('port', port) }
}

function sourceName (config: ConfigReader): string {
  const name = config.string('name')
  // It becomes a part of addresses and a folder.
  if (!/^[A-Za-z0-9][A-Za-z0-9_-]{0,62}$/.test(name)) config.problem('name', 'expected letters, digits, - and _')
  return name
}

/**
 * Reads a proxy's configuration file, with `TREMBITA_CONFIGURATION_PROXY_*` of the environment over it.
 *
 * @throws {ConfigError} with every problem at once.
 */
export function readProxyConfig (path: string, env: Readonly<Record<string, string | undefined>>): ProxyConfig {
  return toConfig({ file: readConfigFile(path), env, envPrefix: 'TREMBITA_CONFIGURATION_PROXY', name: 'configuration-proxy' }, (root) => {
    const sources = root.list('sources', (item) => ({ name: sourceName(item), anchor: item.path('anchor') }))
    if (sources.length === 0) root.problem('sources', 'missing: whose configuration?')
    if (new Set(sources.map(({ name }) => name)).size !== sources.length) root.problem('sources', 'two of one name')
    return {
      dataFolder: root.path('dataFolder', 'data'),
      logLevel: root.oneOf('logLevel', LOG_LEVELS, 'info'),
      listen: root.section('listen', (listen) => ({
        configuration: listen.section('configuration', (one) => listenAddress(one, 4081)),
        admin: listen.section('admin', (one) => listenAddress(one, 4082))
      })),
      publicAddress: root.string('publicAddress'),
      passphrase: root.secret('passphraseFile'),
      keyType: root.oneOf('keyType', ['rsa', 'ec'] as const, 'rsa'),
      refreshSeconds: root.integer('refreshSeconds', 60, { min: 1, max: 3600 }),
      validitySeconds: root.integer('validitySeconds', 600, { min: 10, max: 86_400 }),
      sources
    }
  })
}
