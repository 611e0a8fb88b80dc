import { execFile } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { createServer } from 'node:http'
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { readCoreConfig, startCore, type Core } from '@trembita/core'
import { Closer, createLogger } from '@trembita/daemon'
import { readGatewayConfig, startGateway, type Gateway } from '@trembita/gateway'
import { stringify } from 'yaml'
import { startDevelopmentCa, type DevelopmentCa } from '../../src/development-ca/index.ts'
import { freePorts } from '../../src/federation/index.ts'
import { AdminApi, joinEnvironment, type ApprovedRequest, type JoiningPlan, type Parties } from '../../src/joining/index.ts'
import { createTestPki, type TestPki } from '../../src/pki/index.ts'

const run = promisify(execFile)
const host = '127.0.0.1'
const CORE = fileURLToPath(new URL('../../../core/bin/trembita-core.ts', import.meta.url))
const GATEWAY = fileURLToPath(new URL('../../../gateway/bin/trembita-gateway.ts', import.meta.url))
const OPERATOR = ['XROAD_SECURITY_OFFICER', 'XROAD_REGISTRATION_OFFICER', 'XROAD_SYSTEM_ADMINISTRATOR', 'TREMBITA_HOLDER']
const ADMINISTRATOR = ['XROAD_SECURITY_OFFICER', 'XROAD_REGISTRATION_OFFICER', 'XROAD_SERVICE_ADMINISTRATOR', 'XROAD_SYSTEM_ADMINISTRATOR']

/** An environment whose gateways joined by the administration APIs alone. */
export interface Joined extends AsyncDisposable {
  readonly plan: JoiningPlan
  readonly parties: Parties
  readonly core: Core
  readonly gateways: ReadonlyMap<string, Gateway>
  /** What gateways asked for while joining, as approved. */
  readonly approved: readonly ApprovedRequest[]
  /** Calls a REST service as an information system of `client` at a gateway. */
  call (gateway: string, client: string, service: string, headers?: Readonly<Record<string, string>>): Promise<{ readonly status: number, readonly fault: string | undefined, readonly body: string }>
}

/** Ports of gateways must be known before they run: their plan names them. */
export async function portsFor (codes: readonly string[]): Promise<Readonly<Record<string, number>>> {
  const ports: Record<string, number> = {}
  for (const code of codes) ports[code] = await freePorts(5)
  return ports
}

/** Starts a core and the gateways of a plan, all empty, over real HTTP and TLS on loopback, and has them join. */
export async function startJoined (plan: JoiningPlan, ports: Readonly<Record<string, number>>, shared: { readonly pki?: TestPki, readonly gatewaySettings?: object } = {}): Promise<Joined> {
  const closer = new Closer()
  try {
    return await compose(plan, ports, shared, closer)
  } catch (error) {
    await closer.close()
    throw error
  }
}

async function compose (plan: JoiningPlan, ports: Readonly<Record<string, number>>, { pki, gatewaySettings }: { readonly pki?: TestPki, readonly gatewaySettings?: object }, closer: Closer): Promise<Joined> {
  const folder = await mkdtemp(join(tmpdir(), 'trembita-joined-'))
  closer.defer('folder', () => rm(folder, { recursive: true, force: true, maxRetries: 3 }))
  const ca: DevelopmentCa = closer.use('certification authority', await startDevelopmentCa({ pki: pki ?? await createTestPki() }))
  const corePort = await freePorts(4)
  const coreFile = await writeSettings(join(folder, 'core'), 'passphraseFile', {
    listen: Object.fromEntries(['admin', 'registration', 'management', 'configuration'].map((name, index) => [name, { host, port: corePort + index }])),
    keyType: 'ec',
    rateLimit: { perSecond: 1000, perMinute: 50_000 },
    management: { requestsPerMinute: 0 }
  })
  const gatewayFiles = new Map<string, string>()
  for (const { code } of plan.gateways) {
    gatewayFiles.set(code, await writeSettings(join(folder, code), 'pinFile', {
      listen: Object.fromEntries(['console', 'consumerHttp', 'consumerHttps', 'messages', 'ocsp'].map((name, index) => [name, { host, port: ports[code]! + index }])),
      globalConf: { refreshSeconds: 1 },
      ...gatewaySettings
    }))
  }
  const core = closer.use('core', await startCore(readCoreConfig(coreFile, {}), createLogger('core', 'fatal')))
  const gateways = new Map<string, Gateway>()
  for (const [code, file] of gatewayFiles) gateways.set(code, closer.use(code, await startGateway(readGatewayConfig(file, {}), createLogger(code, 'fatal'))))
  const [coreApi, ...apis] = await Promise.all([
    apiOf(CORE, coreFile, core.addresses.admin, OPERATOR),
    ...[...gatewayFiles].map(async ([code, file]) => [code, await apiOf(GATEWAY, file, gateways.get(code)!.addresses.console, ADMINISTRATOR)] as const)
  ])
  const parties: Parties = { core: coreApi, ca: { ca: ca.url, ocsp: ca.ocsp.url, tsa: ca.tsa.url }, gateways: new Map(apis) }
  return {
    plan,
    parties,
    core,
    gateways,
    approved: await joinEnvironment(plan, parties),
    async call (gateway, client, service, headers = {}) {
      const response = await fetch(`${gateways.get(gateway)!.addresses.consumerHttp}/r1/${service}/x`, { headers: { 'x-road-client': client, ...headers } })
      return { status: response.status, body: await response.text(), fault: response.headers.get('x-road-error') ?? undefined }
    },
    [Symbol.asyncDispose]: () => closer.close()
  }
}

async function writeSettings (folder: string, secret: 'passphraseFile' | 'pinFile', settings: object): Promise<string> {
  await mkdir(folder)
  await writeFile(join(folder, 'secret'), randomBytes(18).toString('base64url'), { mode: 0o600 })
  const file = join(folder, 'settings.yaml')
  await writeFile(file, stringify({ [secret]: 'secret', ...settings }))
  return file
}

async function apiOf (program: string, config: string, url: string, roles: readonly string[]): Promise<AdminApi> {
  const { stdout } = await run(process.execPath, [program, 'api-key', 'create', '--config', config, ...roles.flatMap((role) => ['--role', role])])
  return new AdminApi(url, stdout.trim())
}

/** An information system that answers everything with one record of two fields. */
export async function startInformationSystem (): Promise<AsyncDisposable & { readonly url: string }> {
  const server = createServer((request, response) => {
    request.resume()
    response.writeHead(200, { 'content-type': 'application/json' }).end('{"name":"Громада","debt":"100.00"}')
  })
  await new Promise<void>((resolve) => { server.listen(0, host, resolve) })
  return {
    url: `http://${host}:${(server.address() as AddressInfo).port}`,
    async [Symbol.asyncDispose] () {
      await new Promise((resolve) => {
        server.close(resolve)
        server.closeAllConnections()
      })
    }
  }
}

/** Calls without a pause until told to stop: what is done meanwhile must not lose one of them. */
export function callAllTheTime (call: () => Promise<{ readonly status: number, readonly fault: string | undefined }>): { more (count: number): Promise<void>, end (): Promise<string[]> } {
  const state = { running: true, count: 0 }
  const outcomes = new Set<string>()
  const waiting: { readonly at: number, readonly resolve: () => void }[] = []
  const callers = Array.from({ length: 2 }, async () => {
    while (state.running) {
      const { status, fault } = await call().catch((error: Error) => ({ status: 0, fault: error.message }))
      outcomes.add(fault === undefined ? String(status) : `${status} ${fault}`)
      state.count++
      for (const one of waiting) if (state.count >= one.at) one.resolve()
    }
  })
  return {
    /** So many more calls have been answered. */
    more: (count) => new Promise((resolve) => { waiting.push({ at: state.count + count, resolve }) }),
    /** @returns each outcome, once. */
    end: async () => {
      state.running = false
      await Promise.all(callers)
      return [...outcomes]
    }
  }
}
