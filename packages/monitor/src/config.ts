import { LOG_LEVELS, readConfigFile, toConfig, type ConfigReader, type LogLevel, type Secret } from '@trembita/daemon'
import { readOpenIdSettings, readRateLimit, type OpenIdSettings, type RateLimit } from '@trembita/daemon/accounts'
import { parseVerifierKey, TlogError } from '@trembita/protocol/tlog'
import type { RegisteredComponent } from './events/index.ts'
import type { WitnessSettings } from './ledger/index.ts'
import { PUSH_SERVICE_HOSTS } from './notice/index.ts'
import type { BodyContact } from './portal/index.ts'

export interface ListenAddress {
  readonly host: string
  /** 0: any free port. */
  readonly port: number
}

/** The citizen's side: pages and notices. */
export interface PortalConfig {
  /** What browsers reach the portal at; default: what it listens on. */
  readonly publicUrl?: string | undefined
  readonly openId?: OpenIdSettings | undefined
  readonly rateLimit?: RateLimit | undefined
  /** 32 bytes: identities, settings and tags of notices are sealed under keys made of it. */
  readonly key: Secret
  /** Nothing here is about real people; every page says so. */
  readonly synthetic: boolean
  /** `mailto:` or `https:`, for push services. */
  readonly pushContact: string
  readonly pushHosts: readonly string[]
  /** `host:port` of push services on this machine, by http: development alone. */
  readonly developmentPushHosts: readonly string[]
  readonly mail?: { readonly smtpUrl: Secret, readonly from: string } | undefined
  readonly appPush?: { readonly subsystemUrl: string, readonly client: string } | undefined
  readonly contacts: Readonly<Record<string, BodyContact>>
}

/** How a monitor is set up. docs/monitor.md tells each setting. */
export interface MonitorConfig {
  readonly instance: string
  readonly dataFolder: string
  readonly logLevel?: LogLevel | undefined
  readonly listen: {
    /** Citizens' pages and the public log. */
    readonly portal: ListenAddress
    /** Services for the exchange: our gateway alone may reach it. */
    readonly exchange: ListenAddress
    /** Health, metrics, operators' API. */
    readonly admin: ListenAddress
  }
  /** Holds a `postgresql://` address; default: a file of its own. */
  readonly database?: Secret | undefined
  /** Opens the key of the log. */
  readonly passphrase: Secret
  readonly log: {
    /** URL without scheme: `monitor.example.gov.ua/log`. */
    readonly origin: string
    readonly witnesses: readonly WitnessSettings[]
    /** How many of them must have cosigned. */
    readonly quorum: number
    readonly batchMs?: number | undefined
  }
  readonly components: readonly RegisteredComponent[]
  /** Recipients whose accesses may be hidden for a time, by code. */
  readonly mayHide: readonly string[]
  readonly keyService: { readonly url: string, readonly token: Secret }
  readonly portal: PortalConfig
}

const KEY_BYTES = 32

function listenAddress (config: ConfigReader, port: number): ListenAddress {
  return { host: config.string('host', '127.0.0.1'), port: config.port('port', port) }
}

function readWitness (config: ConfigReader): WitnessSettings | undefined {
  const text = config.string('verifierKey')
  const url = config.url('url').href
  try {
    return { key: parseVerifierKey(text), url }
  } catch (error) {
    if (!(error instanceof TlogError)) throw error
    config.problem('verifierKey', error.message)
    return undefined
  }
}

function readLog (log: ConfigReader): MonitorConfig['log'] {
  const witnesses = log.list('witnesses', readWitness).filter((witness) => witness !== undefined)
  const quorum = log.integer('quorum', Math.min(1, witnesses.length))
  if (quorum > witnesses.length) log.problem('quorum', `expected at most ${witnesses.length}, the number of witnesses`)
  const origin = log.string('origin')
  if (!/^[^+\s]{1,255}$/.test(origin)) log.problem('origin', 'expected a URL without scheme')
  return { origin, witnesses, quorum, batchMs: log.integer('batchMs', 500, { min: 10, max: 60_000 }) }
}

function readName (config: ConfigReader): { readonly uk: string, readonly en?: string | undefined } {
  return config.section('name', (name) => ({ uk: name.string('uk'), en: name.optional('en', (key) => name.string(key)) }))
}

function readContact (contact: ConfigReader): readonly [string, BodyContact] {
  return [contact.string('code'), {
    name: readName(contact),
    officer: contact.optional('officer', (name) => contact.section(name, (officer) => ({ uk: officer.string('uk'), en: officer.optional('en', (key) => officer.string(key)) }))),
    email: contact.optional('email', (name) => contact.string(name)),
    phone: contact.optional('phone', (name) => contact.string(name)),
    url: contact.optional('url', (name) => contact.url(name).href)
  }]
}

function readPortal (portal: ConfigReader): PortalConfig {
  const key = portal.secret('keyFile')
  if (key.bytes.length !== KEY_BYTES && key.bytes.length > 0) portal.problem('keyFile', `expected ${KEY_BYTES} bytes`)
  return {
    key,
    publicUrl: portal.optional('publicUrl', (name) => portal.url(name).href),
    openId: portal.optional('openId', (name) => portal.section(name, (openId) => readOpenIdSettings(openId, []))),
    rateLimit: portal.section('rateLimit', readRateLimit),
    synthetic: portal.boolean('synthetic', false),
    pushContact: portal.string('pushContact', 'mailto:monitor@example.gov.ua'),
    pushHosts: portal.strings('pushHosts', PUSH_SERVICE_HOSTS),
    developmentPushHosts: portal.strings('developmentPushHosts', []),
    mail: portal.optional('mail', (name) => portal.section(name, (mail) => ({ smtpUrl: mail.secret('smtpUrlFile'), from: mail.string('from') }))),
    appPush: portal.optional('appPush', (name) => portal.section(name, (app) => ({ subsystemUrl: app.url('subsystemUrl').href, client: app.string('client') }))),
    contacts: Object.fromEntries(portal.list('contacts', readContact))
  }
}

/** Reads a monitor's configuration file, with `TREMBITA_MONITOR_*` of the environment over it. @throws {ConfigError} with every problem at once. */
export function readMonitorConfig (path: string, env: Readonly<Record<string, string | undefined>>): MonitorConfig {
  return toConfig({ file: readConfigFile(path), env, envPrefix: 'TREMBITA_MONITOR', name: 'monitor' }, (root) => ({
    instance: root.string('instance'),
    dataFolder: root.path('dataFolder', 'monitor'),
    logLevel: root.oneOf('logLevel', LOG_LEVELS, 'info'),
    listen: root.section('listen', (listen) => ({
      portal: listen.section('portal', (one) => listenAddress(one, 4100)),
      exchange: listen.section('exchange', (one) => listenAddress(one, 4101)),
      admin: listen.section('admin', (one) => listenAddress(one, 4107))
    })),
    database: root.optional('databaseUrlFile', (name) => root.secret(name)),
    passphrase: root.secret('passphraseFile'),
    log: root.section('log', readLog),
    components: root.list('components', (one) => ({ id: one.string('id'), client: one.string('client'), name: readName(one), registries: one.optional('registries', (name) => one.strings(name)) })),
    mayHide: root.strings('mayHide', []),
    keyService: root.section('keyService', (service) => ({ url: service.url('url', 'http://127.0.0.1:4102').href, token: service.secret('tokenFile') })),
    portal: root.section('portal', readPortal)
  }))
}
