import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { startDevelopmentCa } from '@trembita/testnet/development-ca'
import { caCertificate, joinEnvironment, until, type AdminApi, type ApprovedRequest } from '@trembita/testnet/joining'
import { loadOrCreateTestPki } from '@trembita/testnet/pki'
import { apiWithKey, CORE_PROGRAM, GATEWAY_ADMINISTRATOR, GATEWAY_PROGRAM, HOLDER, OPERATOR } from './api-keys.ts'
import { allPorts, GATEWAYS, localhost, PLAN, PORTS } from './plan/index.ts'
import { checkPortsFree, startProcess, type Started } from './processes.ts'
import { programsOf } from './programs.ts'
import { administratorKeyOf, writeSettings, type Settings } from './settings/index.ts'

/** The running demonstration: every part but the certification authority is a process of its own, as in a real environment. */
export interface RunningFederation extends AsyncDisposable {
  /** The core's administration API, as its operators and as the holder. */
  readonly core: AdminApi
  readonly holder: AdminApi
  /** Of each gateway, by code. */
  readonly gateways: ReadonlyMap<string, AdminApi>
  /** Requests of gateways that were approved at this start; none at the second. */
  readonly approved: readonly ApprovedRequest[]
  /** Holds `root.pem`, `issuing.pem`, `issuing-ocsp.pem` of the certification authority. */
  readonly trustFolder: string
}

/** Brings the federation up, part after part, and has every gateway join. @param say called with one line per step. */
export async function startDemo (folder: string, say: (line: string) => void): Promise<RunningFederation> {
  await checkPortsFree(allPorts())
  const logs = join(folder, 'logs')
  await mkdir(logs, { recursive: true })
  const settings = await writeSettings(folder)
  const ca = await startDevelopmentCa({ pki: await loadOrCreateTestPki(join(folder, 'pki')), ports: PORTS.trust })
  say('certification authority, OCSP responder and timestamp service')
  const { core, holder, gateways } = await makeKeys(folder, settings)
  say('API keys made at each machine')
  const started: Started[] = []
  const stop = async (): Promise<void> => {
    await Promise.all(started.map((one) => one.stop()))
    await ca.close()
  }
  try {
    await together(programsOf(settings).map((one) => startProcess(one, join(logs, `${one.name}.log`))), started)
    say(`${started.length} processes: ${started.map(({ name }) => name).join(', ')}; none knows of another`)
    const approved = await joinEnvironment(PLAN, { core, ca: { ca: ca.url, ocsp: ca.ocsp.url, tsa: ca.tsa.url }, gateways }, say)
    for (const [code, { console: port }] of Object.entries(GATEWAYS)) await until(`${code} ready`, async () => (await fetch(localhost(port, '/health/ready'))).ok)
    return { core, holder, gateways, approved, trustFolder: await writeTrust(join(folder, 'trust'), ca.url), [Symbol.asyncDispose]: stop }
  } catch (error) {
    await stop()
    throw error
  }
}

/** Keys of operators, made at each machine itself; the catalog has keys of its own, which it reads when it starts. */
async function makeKeys (folder: string, settings: Settings): Promise<Pick<RunningFederation, 'core' | 'holder' | 'gateways'>> {
  const atCore = async (name: string, roles: readonly string[]): Promise<AdminApi> =>
    await apiWithKey({ program: CORE_PROGRAM, config: settings.core, url: localhost(PORTS.core.admin), roles, keyFile: join(folder, 'core', `${name}.key`) })
  const atGateway = async (code: string, config: string): Promise<readonly [string, AdminApi]> => [code, await apiWithKey({
    program: GATEWAY_PROGRAM, config, url: localhost(GATEWAYS[code]!.console), roles: GATEWAY_ADMINISTRATOR, keyFile: administratorKeyOf(folder, code)
  })]
  const ofCore = async (): Promise<Pick<RunningFederation, 'core' | 'holder'>> => {
    // One after another: the first makes the data folder.
    const core = await atCore('operator', OPERATOR)
    return { core, holder: await atCore('holder', HOLDER) }
  }
  const [centre, ...gateways] = await Promise.all([ofCore(), ...[...settings.gateways].map(([code, config]) => atGateway(code, config))])
  return { ...centre, gateways: new Map(gateways) }
}

/** What foreign tools verify by. */
async function writeTrust (folder: string, ca: string): Promise<string> {
  await mkdir(folder, { recursive: true })
  for (const [file, name] of [['root', 'root'], ['issuing', 'ca'], ['issuing-ocsp', 'ocsp']] as const) await writeFile(join(folder, `${file}.pem`), await caCertificate({ ca }, name))
  return folder
}

/** Waits for all; those that came up are remembered even when another did not, so that they are stopped. */
async function together (starting: readonly Promise<Started>[], started: Started[]): Promise<void> {
  const results = await Promise.allSettled(starting)
  for (const result of results) if (result.status === 'fulfilled') started.push(result.value)
  const failed = results.find((result) => result.status === 'rejected')
  if (failed !== undefined) throw failed.reason instanceof Error ? failed.reason : new Error(String(failed.reason))
}
