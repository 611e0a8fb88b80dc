import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { GATEWAYS, PORTS } from '../plan/index.ts'
import { host, LIMITS, openId } from './defaults.ts'
import { writeCatalog } from './catalog.ts'
import { keepKey, keepSecret, writeConfig } from './files.ts'
import { writeIndexKeys, writeMonitor } from './monitor.ts'
import { writeCabinet, writeCentres, writeOffice, writePortal } from './participants.ts'

/** Configuration files of the processes. Nothing in those of gateways says who they are: that they learn by joining. */
export interface Settings {
  readonly core: string
  /** Master key of pseudonyms, which registers and the cabinet's component share. */
  readonly pseudonymKey: string
  /** By code. */
  readonly gateways: ReadonlyMap<string, string>
  readonly monitor: string
  readonly indexKeys: string
  readonly portal: string
  readonly cabinet: string
  readonly office: string
  readonly centres: string
  /** Folder of the registers. */
  readonly registers: string
  /** Folder of the witness of the log. */
  readonly witness: string
}

/** A script is quicker than people are, and everybody comes from one address. */
const CORE_LIMITS = { rateLimit: LIMITS, management: { requestsPerMinute: 600 } }

/** Writes the settings. Done on a folder that has them, it keeps the secrets. */
export async function writeSettings (folder: string): Promise<Settings> {
  if (existsSync(join(folder, 'ports.json'))) throw new Error(`${folder} was made by an earlier version, which wrote the registry itself: clear it (npm run demo:reset) and start again`)
  const gateways = new Map<string, string>()
  for (const [code, ports] of Object.entries(GATEWAYS)) gateways.set(code, await writeGateway(join(folder, 'gateways', code), ports))
  const pseudonymKey = await keepKey(join(folder, 'pseudonym-master.key'))
  const portal = join(folder, 'portal')
  const witness = join(folder, 'witness')
  return {
    core: await writeCore(join(folder, 'core'), await writeCatalog(join(folder, 'catalog'), { coreKey: join(folder, 'core', 'operator.key'), gatewayKey: (code) => administratorKeyOf(folder, code) })),
    pseudonymKey,
    gateways,
    monitor: await writeMonitor(join(folder, 'monitor'), witness),
    indexKeys: await writeIndexKeys(join(folder, 'index-keys'), join(folder, 'monitor')),
    portal: await writePortal(portal),
    cabinet: await writeCabinet(join(folder, 'cabinet'), { pseudonymKey, portalFolder: portal }),
    office: await writeOffice(join(folder, 'office')),
    centres: await writeCentres(join(folder, 'centres')),
    registers: join(folder, 'registers'),
    witness
  }
}

/** Where a gateway's administrator keeps the API key. */
export function administratorKeyOf (folder: string, code: string): string {
  return join(folder, 'gateways', code, 'administrator.key')
}

async function writeCore (folder: string, catalog: string): Promise<string> {
  await keepSecret(join(folder, 'passphrase'))
  return await writeConfig(join(folder, 'core.yaml'), {
    dataFolder: 'data',
    passphraseFile: 'passphrase',
    listen: Object.fromEntries(Object.entries(PORTS.core).map(([name, port]) => [name, { host, port }])),
    openId: openId('trembita-core'),
    catalog,
    ...CORE_LIMITS
  })
}

async function writeGateway (folder: string, ports: Readonly<Record<string, number>>): Promise<string> {
  await keepSecret(join(folder, 'pin'))
  return await writeConfig(join(folder, 'gateway.yaml'), {
    dataFolder: 'data',
    pinFile: 'pin',
    // So that nobody waits a minute to see what an operator decided.
    globalConf: { refreshSeconds: 1 },
    openId: openId('trembita-gateway'),
    rateLimit: LIMITS,
    listen: Object.fromEntries(Object.entries(ports).map(([name, port]) => [name, { host, port }]))
  })
}
