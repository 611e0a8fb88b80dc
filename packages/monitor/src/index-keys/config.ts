import { LOG_LEVELS, readConfigFile, toConfig, type LogLevel, type Secret } from '@trembita/daemon'

/** A component and the registers whose keys it may have. */
export interface KeyComponent {
  readonly component: string
  /** `INSTANCE/CLASS/MEMBER/SUBSYSTEM` */
  readonly client: string
  readonly domains: readonly string[]
}

/** How the key service is set up; docs/monitor.md tells each setting. */
export interface IndexKeysConfig {
  readonly dataFolder: string
  readonly logLevel?: LogLevel | undefined
  readonly listen: { readonly host: string, readonly port: number }
  /** Opens the root key. */
  readonly passphrase: Secret
  /** The portal asks by it. */
  readonly portalToken: Secret
  readonly components: readonly KeyComponent[]
  /** Keys that one component may have in an hour; default 2000. */
  readonly keysPerHour?: number | undefined
  /** Questions of the portal in an hour; default 20,000. */
  readonly questionsPerHour?: number | undefined
}

/** Reads the file, with `TREMBITA_INDEX_KEYS_*` over it. @throws {ConfigError} */
export function readIndexKeysConfig (path: string, env: Readonly<Record<string, string | undefined>>): IndexKeysConfig {
  return toConfig({ file: readConfigFile(path), env, envPrefix: 'TREMBITA_INDEX_KEYS', name: 'index-keys' }, (root) => ({
    dataFolder: root.path('dataFolder', 'index-keys'),
    logLevel: root.oneOf('logLevel', LOG_LEVELS, 'info'),
    listen: root.section('listen', (listen) => ({ host: listen.string('host', '127.0.0.1'), port: listen.port('port', 4102) })),
    passphrase: root.secret('passphraseFile'),
    portalToken: root.secret('portalTokenFile'),
    components: root.list('components', (one) => ({ component: one.string('component'), client: one.string('client'), domains: one.strings('domains') })),
    keysPerHour: root.integer('keysPerHour', 2000, { min: 1 }),
    questionsPerHour: root.integer('questionsPerHour', 20_000, { min: 1 })
  }))
}
