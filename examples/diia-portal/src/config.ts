import { toConfig, type ConfigFile, type ConfigReader } from '@trembita/daemon'
import { DEFAULT_LINKS, type PortalOptions } from './options.ts'

/**
 * Reads the portal's configuration; `DIIA_PORTAL_*` in the environment comes first. Partners are those of the demonstration.
 *
 * @throws {ConfigError} with all problems.
 */
export function toPortalOptions (file: ConfigFile | undefined, env: Readonly<Record<string, string | undefined>>): PortalOptions {
  return toConfig({ file, env, envPrefix: 'DIIA_PORTAL' }, (root): PortalOptions => ({
    dataFolder: root.path('dataFolder', 'diia-portal-data'),
    pages: root.section('pages', (section) => listenAt(section, 4210)),
    services: root.section('services', (section) => listenAt(section, 4211)),
    publicUrl: root.optional('publicUrl', (name) => root.url(name).href),
    identityProvider: root.section('identityProvider', (section) => ({ issuer: section.string('issuer', 'http://127.0.0.1:4200'), clientId: section.string('clientId', 'diia-portal') })),
    gateway: root.section('gateway', (section) => ({
      url: section.url('url', 'http://127.0.0.1:4601').href,
      client: section.string('client', 'SEVDEIR-DEMO/GOV/90000067/PORTAL'),
      timeoutMs: section.integer('timeoutMs', 15_000, { min: 100, max: 120_000 })
    })),
    links: root.section('links', (section) => ({
      monitor: section.url('monitor', DEFAULT_LINKS.monitor).href,
      cabinet: section.url('cabinet', DEFAULT_LINKS.cabinet).href,
      office: section.url('office', DEFAULT_LINKS.office).href,
      centres: section.url('centres', DEFAULT_LINKS.centres).href
    })),
    purposes: root.section('purposes', (section) => ({
      documents: section.optional('documents', (name) => section.string(name)), programmes: section.optional('programmes', (name) => section.string(name))
    })),
    seal: root.optional('seal', (name) => root.section(name, (section) => ({ keyFile: section.path('keyFile'), certificateFile: section.path('certificateFile') }))),
    offersChannel: root.boolean('offersChannel', true),
    pushOrigins: root.strings('pushOrigins', []),
    pushContact: root.string('pushContact', 'mailto:portal@example.org'),
    log: root.boolean('log', true)
  }))
}

function listenAt (section: ConfigReader, port: number): { readonly host: string, readonly port: number } {
  return { host: section.string('host', '127.0.0.1'), port: section.port('port', port) }
}
