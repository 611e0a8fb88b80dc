import { randomBytes } from 'node:crypto'
import { existsSync } from 'node:fs'
import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { stringify } from 'yaml'
import { GATEWAYS, PORTS } from './plan/index.ts'

/** Configuration files of the processes. Nothing in them says who the gateways are: that they learn by joining. */
export interface Settings {
  readonly core: string
  /** Master key of pseudonyms, which registers and the cabinet's component share. */
  readonly pseudonymKey: string
  /** By code. */
  readonly gateways: ReadonlyMap<string, string>
}

const host = '127.0.0.1'
/** Everything comes from one address, and a script is quicker than people are. */
const LIMITS = { perSecond: 1000, perMinute: 50_000 }
const CORE_LIMITS = { rateLimit: LIMITS, management: { requestsPerMinute: 600 } }

/** Writes the settings. Done on a folder that has them, it keeps the secrets. */
export async function writeSettings (folder: string): Promise<Settings> {
  if (existsSync(join(folder, 'ports.json'))) throw new Error(`${folder} was made by an earlier version, which wrote the registry itself: clear it (npm run demo:reset) and start again`)
  const gateways = new Map<string, string>()
  for (const [code, ports] of Object.entries(GATEWAYS)) gateways.set(code, await writeGateway(join(folder, 'gateways', code), ports))
  const pseudonymKey = join(folder, 'pseudonym-master.key')
  if (!existsSync(pseudonymKey)) await writeFile(pseudonymKey, randomBytes(32), { mode: 0o600 })
  return { core: await writeCore(join(folder, 'core')), gateways, pseudonymKey }
}

async function writeCore (folder: string): Promise<string> {
  await mkdir(folder, { recursive: true, mode: 0o700 })
  await keepSecret(join(folder, 'passphrase'))
  const file = join(folder, 'core.yaml')
  await writeFile(file, stringify({
    dataFolder: 'data',
    passphraseFile: 'passphrase',
    listen: Object.fromEntries(Object.entries(PORTS.core).map(([name, port]) => [name, { host, port }])),
    openId: { issuer: `http://${host}:${PORTS.identityProvider}`, clientId: 'trembita-core' },
    ...CORE_LIMITS
  }))
  return file
}

async function writeGateway (folder: string, ports: Readonly<Record<string, number>>): Promise<string> {
  await mkdir(folder, { recursive: true, mode: 0o700 })
  await keepSecret(join(folder, 'pin'))
  const file = join(folder, 'gateway.yaml')
  await writeFile(file, stringify({
    dataFolder: 'data',
    pinFile: 'pin',
    // So that nobody waits a minute to see what an operator decided.
    globalConf: { refreshSeconds: 1 },
    openId: { issuer: `http://${host}:${PORTS.identityProvider}`, clientId: 'trembita-gateway' },
    rateLimit: LIMITS,
    listen: Object.fromEntries(Object.entries(ports).map(([name, port]) => [name, { host, port }]))
  }))
  return file
}

async function keepSecret (file: string): Promise<void> {
  if (!existsSync(file)) await writeFile(file, randomBytes(18).toString('base64url'), { mode: 0o600 })
}
