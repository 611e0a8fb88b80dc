import { readConfigFile, toConfig, type ConfigReader } from '@trembita/daemon'
import { join } from 'node:path'

/** How the application speaks for a body: through that body's gateway and as that body's subsystem, never another's. */
export interface BodyGateway {
  /** ЄДРПОУ of the body. */
  readonly code: string
  /** Its gateway's address for information systems. */
  readonly gateway: string
  /** Demonstration only: connect the body at the first start, with this official (id of the personnel system) as organisation administrator. */
  readonly connectWith?: string | undefined
}

export interface OfficeOptions {
  /** Databases and key of sealed identities. */
  readonly dataFolder: string
  readonly instance: string
  /** Of each listener: 0 for any free port. */
  readonly port?: number | undefined
  readonly servicesPort?: number | undefined
  readonly host?: string | undefined
  /** What browsers reach the pages at; default the address of the listener, for which the port must be known. */
  readonly publicUrl?: string | undefined
  readonly openId: { readonly issuer: string, readonly clientId: string }
  /** The portal operator itself: asks the personnel system on behalf of the technical administrator. */
  readonly operator: BodyGateway
  readonly bodies: readonly BodyGateway[]
  /** `CLASS/CODE/SUBSYSTEM` of the personnel system; default `GOV/90000073/HRM`. */
  readonly personnel?: string | undefined
  /** How often the statuses of officials are asked for; default 60. */
  readonly syncSeconds?: number | undefined
  /** How long the last good answer of the personnel system holds; default 86400. */
  readonly statusSeconds?: number | undefined
  /** How often unsent messages are tried; default 5. */
  readonly retrySeconds?: number | undefined
  readonly gatewayTimeoutMs?: number | undefined
  /** Requests of one IP address to the pages; default 20 a second, 600 a minute. */
  readonly rateLimit?: { readonly perSecond: number, readonly perMinute: number } | undefined
  readonly log?: boolean | undefined
}

/** Reads the settings of a process. @throws {ConfigError} with all problems at once. */
export function readOfficeConfig (path: string, env: Readonly<Record<string, string | undefined>>): OfficeOptions {
  return toConfig({ file: readConfigFile(path), env, envPrefix: 'TREMBITA_OFFICE', name: 'diia-office' }, (config) => {
    const body = (section: ConfigReader): BodyGateway => ({ code: section.string('code'), gateway: section.url('gateway').href })
    return {
      dataFolder: config.path('dataFolder'),
      instance: config.string('instance'),
      host: config.string('host', '127.0.0.1'),
      port: config.port('port', 4320),
      servicesPort: config.port('servicesPort', 4321),
      publicUrl: config.optional('publicUrl', (name) => config.url(name).href),
      openId: config.section('openId', (section) => ({ issuer: section.string('issuer'), clientId: section.string('clientId', 'diia-office') })),
      operator: config.section('operator', body),
      bodies: config.list('bodies', (item) => ({
        ...body(item),
        connectWith: item.optional('connectWith', (name) => item.string(name))
      })),
      personnel: config.string('personnel', 'GOV/90000073/HRM'),
      syncSeconds: config.integer('syncSeconds', 60, { min: 1, max: 86_400 }),
      statusSeconds: config.integer('statusSeconds', 86_400, { min: 60 }),
      retrySeconds: config.integer('retrySeconds', 5, { min: 1, max: 3600 }),
      log: true
    }
  })
}

export function keyFileOf (dataFolder: string): string {
  return join(dataFolder, 'identity.key')
}
