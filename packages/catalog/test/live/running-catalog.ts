import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Test } from 'tap'
import { createLogger, readSecretFile, type Secret } from '@trembita/daemon'
import { freePorts, startFederation, type Federation } from '@trembita/testnet/federation'
import { startIdentityProvider, type IdentityProvider } from '@trembita/testnet/identity-provider'
import { startCatalog, type Catalog, type CatalogConfig } from '../../src/index.ts'
import type { CatalogActor } from '../../src/catalog-actor.ts'
import { startRegister, type Register } from './register.ts'

export const SERVICE = 'TEST/GOV/2002/registry/vehicles'
export const SOAP_SERVICE = 'TEST/GOV/2002/registry/owner/v1'
export const PUBLISHER: CatalogActor = { id: 'user:publisher', name: 'Publisher', admin: false, publisher: true, organisations: ['2002'] }
export const CONSUMER: CatalogActor = { id: 'user:consumer', name: 'Consumer', admin: false, publisher: true, organisations: ['1001'] }
export const ADMIN: CatalogActor = { id: 'user:admin', name: 'Admin', admin: true, publisher: false, organisations: [] }

export interface RunningCatalog {
  readonly federation: Federation
  readonly register: Register
  readonly provider: IdentityProvider
  readonly catalog: Catalog
  readonly folder: string
  readonly config: CatalogConfig
  /** Of the consumer's gateway, for information systems. */
  readonly gatewayUrl: string
  /** Ends the catalog that runs and starts another on the same data. */
  restart (): Promise<Catalog>
}

const PERSONS = [
  { id: 'publisher', name: 'Олена Видавець', duty: { uk: 'видавець', en: 'publisher' }, roles: ['CATALOG_OWNER'], claims: { organisations: ['2002'] } },
  { id: 'consumer', name: 'Петро Споживач', duty: { uk: 'споживач', en: 'consumer' }, roles: ['CATALOG_OWNER'], claims: { organisations: ['1001'] } },
  { id: 'admin', name: 'Ірина Адміністратор', duty: { uk: 'адміністратор', en: 'administrator' }, roles: ['CATALOG_ADMINISTRATOR'] }
] as const

/** A real federation: the catalog's member and a consumer at one gateway, a register of vehicles at the other. */
export async function runCatalog (t: Test, change: Partial<CatalogConfig> = {}): Promise<RunningCatalog> {
  const folder = await mkdtemp(join(tmpdir(), 'trembita-catalog-'))
  const register = await startRegister()
  const [exchangePort, pagesPort] = [await freePorts(1), await freePorts(1)]
  const right = (subject: string, service: string): object => ({ subject: `client:TEST/${subject}`, service })
  const federation = await startFederation({
    instance: 'TEST',
    members: [
      { memberClass: 'GOV', memberCode: '1001', name: 'Рада споживачів', subsystems: [{ code: 'portal' }] },
      { memberClass: 'GOV', memberCode: '9021', name: 'Адміністратор системи', subsystems: [{ code: 'CATALOG' }] },
      { memberClass: 'GOV', memberCode: '2002', name: 'Рада реєстру', subsystems: [{ code: 'registry', name: 'Реєстр' }] }
    ],
    gateways: [
      {
        code: 'gwa',
        owner: 'GOV/9021',
        clients: ['GOV/9021/CATALOG', 'GOV/1001/portal'],
        serverConf: {
          clients: [{ id: 'TEST/GOV/9021' }, { id: 'TEST/GOV/1001/portal' }, {
            id: 'TEST/GOV/9021/CATALOG',
            descriptions: [{ type: 'REST', url: `http://127.0.0.1:${exchangePort}/report`, services: [{ code: 'report', url: `http://127.0.0.1:${exchangePort}/report`, verifyTls: false }] }],
            rights: [right('GOV/9021/CATALOG', 'report')]
          }]
        }
      },
      {
        code: 'gwb',
        owner: 'GOV/2002',
        clients: ['GOV/2002/registry'],
        serverConf: {
          clients: [{ id: 'TEST/GOV/2002' }, {
            id: 'TEST/GOV/2002/registry',
            descriptions: [
              { type: 'OPENAPI3', url: `${register.url}/openapi.json`, services: [{ code: 'vehicles', url: `${register.url}/vehicles`, verifyTls: false }] },
              { type: 'WSDL', url: `${register.url}/soap`, services: [{ code: 'owner', version: 'v1', url: `${register.url}/soap`, verifyTls: false }] }
            ],
            rights: ['GOV/9021/CATALOG', 'GOV/1001/portal'].flatMap((subject) => [right(subject, 'vehicles'), right(subject, 'owner')])
          }]
        }
      }
    ]
  }, folder, { logLevel: 'error' })
  const provider = await startIdentityProvider({ clients: [{ id: 'catalog', name: 'Каталог', url: `http://127.0.0.1:${pagesPort}/catalog` }], persons: [...PERSONS] })
  await mkdir(join(folder, 'catalog'), { recursive: true })
  const gatewayUrl = `http://127.0.0.1:${federation.provisioned.gateways[0]!.ports.consumerHttp}`
  const config: CatalogConfig = {
    dataFolder: join(folder, 'catalog'),
    logLevel: 'error',
    listen: { host: '127.0.0.1', port: pagesPort },
    exchange: { host: '127.0.0.1', port: exchangePort, serviceCode: 'report' },
    openId: { issuer: provider.issuer, clientId: 'catalog' },
    rateLimit: { perSecond: 10_000, perMinute: 100_000 },
    gateway: { url: gatewayUrl, client: { instance: 'TEST', memberClass: 'GOV', memberCode: '9021', subsystemCode: 'CATALOG' }, timeoutMs: 5000 },
    harvestSeconds: 0,
    probeSeconds: 0,
    validDays: 7,
    gateways: new Map(),
    ...change
  }
  const anchor = (await federation.core.anchor('internal')).bytes
  const start = async (): Promise<Catalog> => await startCatalog(config, createLogger('catalog', 'error'), { anchor: Buffer.from(anchor) })
  const running = { catalog: await start() }
  t.teardown(async () => {
    await running.catalog.close()
    await federation.close()
    await provider.close()
    await register.close()
    await rm(folder, { recursive: true, force: true })
  })
  return {
    federation,
    register,
    provider,
    folder,
    config,
    gatewayUrl,
    get catalog () { return running.catalog },
    restart: async () => {
      await running.catalog.close()
      running.catalog = await start()
      return running.catalog
    }
  }
}

/** A secret in a file, as configuration reads it. */
export async function secretFile (path: string, text: string): Promise<Secret> {
  await writeFile(path, text, { mode: 0o600 })
  return readSecretFile(path)
}
