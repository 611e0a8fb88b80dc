import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { createLogger, type Clock, type Logger } from '@trembita/daemon'
import { readCoreConfig, startCore, type Core } from '@trembita/core'
import { distributeAnchor, provision, startTrust, type FederationPlan, type Provisioned, type ProvisionedGateway, type RunningTrust } from '@trembita/testnet'
import { readGatewayConfig, startGateway, type Gateway, type GatewayAddresses, type GatewayHooks } from '../../src/index.ts'

/** A line that a gateway logged. */
export type LogLine = Readonly<Record<string, unknown>> & { readonly msg?: string }

/** A gateway as a process of its own, as operators run it. */
export interface GatewayProcess {
  readonly child: ChildProcess
  readonly pid: number
  readonly addresses: GatewayAddresses
  readonly lines: LogLine[]
  /** Resolves with how it ended. */
  readonly ended: Promise<{ code: number | null, signal: NodeJS.Signals | null }>
  /** kill -9; resolves when it is gone. */
  kill (): Promise<void>
  /** SIGTERM; resolves with the exit code. */
  stop (): Promise<number | null>
}

/** A gateway inside the test, its log in the test's hands. */
export interface EmbeddedGateway {
  readonly gateway: Gateway
  readonly addresses: GatewayAddresses
  readonly lines: LogLine[]
}

/** Trust services and core of a plan in this process; gateways are started by the test, inside or outside. */
export interface Network {
  readonly folder: string
  readonly provisioned: Provisioned
  readonly trust: RunningTrust
  readonly core: Core
  planned (code: string): ProvisionedGateway
  pin (code: string): Promise<string>
  /** @param program started instead of `bin/trembita-gateway.ts --config FILE`; gets the file first. */
  spawn (code: string, program?: { file: string, args: readonly string[] }): Promise<GatewayProcess>
  embed (code: string, options?: { clock?: Clock, hooks?: GatewayHooks }): Promise<EmbeddedGateway>
}

const DAEMON = fileURLToPath(new URL('../../bin/trembita-gateway.ts', import.meta.url))

/** What a test tells about its end: tap's `t`, narrowed. */
export interface Teardown { teardown (run: () => unknown): unknown }

/** Brings up all of a plan but its gateways; the test's end stops everything that was started through it. */
export async function startNetwork (t: Teardown, plan: FederationPlan): Promise<Network> {
  const folder = await mkdtemp(join(tmpdir(), 'trembita-network-'))
  t.teardown(() => rm(folder, { recursive: true, force: true, maxRetries: 3 }))
  const provisioned = await provision(plan, folder)
  const trust = await startTrust(provisioned)
  t.teardown(() => trust[Symbol.asyncDispose]())
  const core = await startCore(readCoreConfig(provisioned.coreConfigFile, {}), createLogger('core', 'error'))
  t.teardown(() => core.close())
  await distributeAnchor(provisioned)
  const planned = (code: string): ProvisionedGateway => {
    const found = provisioned.gateways.find((gateway) => gateway.code === code)
    if (found === undefined) throw new Error(`no gateway ${code} in the plan`)
    return found
  }
  return {
    folder,
    provisioned,
    trust,
    core,
    planned,
    pin: async (code) => await readFile(join(planned(code).folder, 'pin'), 'utf8'),
    async spawn (code, program) {
      const { configFile } = planned(code)
      const process = await spawnGateway(program === undefined ? [DAEMON, '--config', configFile] : [program.file, configFile, ...program.args])
      t.teardown(() => process.kill())
      return process
    },
    async embed (code, { clock, hooks } = {}) {
      const lines: LogLine[] = []
      const log: Logger = createLogger(code, 'debug', { write: (line: string) => { lines.push(JSON.parse(line) as LogLine) } })
      const gateway = await startGateway(readGatewayConfig(planned(code).configFile, {}), log, clock, hooks)
      t.teardown(() => gateway.close())
      return { gateway, addresses: gateway.addresses, lines }
    }
  }
}

async function spawnGateway (args: readonly string[]): Promise<GatewayProcess> {
  const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'pipe'] })
  // A test that is ended from outside leaves no gateway behind.
  const killed = (): void => { child.kill('SIGKILL') }
  process.once('exit', killed)
  const lines: LogLine[] = []
  let complaint = ''
  child.stderr.on('data', (chunk: Buffer) => { complaint += chunk.toString() })
  const ended = once(child, 'close').then(([code, signal]) => {
    process.off('exit', killed)
    return { code: code as number | null, signal: signal as NodeJS.Signals | null }
  })
  const addresses = await new Promise<GatewayAddresses>((resolve, reject) => {
    createInterface({ input: child.stdout }).on('line', (text) => {
      const line = JSON.parse(text) as LogLine
      lines.push(line)
      if (line.msg === 'gateway started') resolve(line.addresses as GatewayAddresses)
    })
    ended.then(({ code, signal }) => { reject(new Error(`gateway ended with ${code ?? signal} before it had started: ${complaint}`)) }, reject)
  })
  return {
    child,
    pid: child.pid!,
    addresses,
    lines,
    ended,
    async kill () {
      child.kill('SIGKILL')
      await ended
    },
    async stop () {
      child.kill('SIGTERM')
      return (await ended).code
    }
  }
}
