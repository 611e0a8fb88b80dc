import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { Closer, createHealth, createMetrics, systemClock, type Clock, type Logger, type Metrics } from '@trembita/daemon'
import { formatServerId, type ServerId } from '@trembita/protocol/identifiers'
import { createConsoleApp, openAdminFiles } from './admin/index.ts'
import { consoleProblemPage, createConsolePages, type ConsoleFacts } from './console/index.ts'
import { startCarrier, type Carrier, type CarrierAddresses } from './carrier.ts'
import type { GatewayConfig, ListenAddress } from './config.ts'
import type { OnStep } from './exchange/index.ts'
import { startGlobalConf, type GlobalConf } from './globalconf/index.ts'
import { addHealthChecks, addInitialisationCheck } from './health.ts'
import { Installation } from './installation.ts'
import { internalCertificateFile } from './internaltls/index.ts'
import { openServerConf, type ServerConf } from './serverconf/index.ts'
import { SoftwareToken } from './signer/index.ts'
import { GATEWAY_VERSION } from './version.ts'

/** Where a gateway listens. Before it is initialised there is the console alone. */
export interface GatewayAddresses extends Partial<CarrierAddresses> {
  readonly console: string
}

/** Ways to watch a gateway from the program that embeds it. */
export interface GatewayHooks {
  readonly onStep?: OnStep | undefined
}

/** A running gateway. */
export interface Gateway extends AsyncDisposable {
  readonly addresses: GatewayAddresses
  /** Undefined until there is an anchor. */
  readonly globalconf: GlobalConf | undefined
  /** What carries messages; undefined until the gateway knows who it is. */
  readonly carrier: Carrier | undefined
  readonly serverconf: ServerConf
  readonly token: SoftwareToken
  /** Takes up at once what changed in the token or the configuration. */
  refresh (): Promise<void>
  /** Takes no new calls, finishes those under way, writes what waits, closes. */
  close (): Promise<void>
}

/**
 * Starts a gateway: the one place where its parts are made and joined. They close in reverse.
 *
 * One that was never initialised, by its configuration file or by an administrator, offers its console alone; the parts that
 * carry messages come up when it is. A gateway without keys, or without a configuration it can reach, starts too: it says so
 * at `/health/ready` and refuses exchanges with the fault that names what is missing.
 */
export async function startGateway (config: GatewayConfig, log: Logger, clock: Clock = systemClock, hooks: GatewayHooks = {}): Promise<Gateway> {
  const closer = new Closer()
  try {
    return await compose(config, log, clock, closer, hooks)
  } catch (error) {
    await closer.close()
    throw error
  }
}

async function compose (config: GatewayConfig, log: Logger, clock: Clock, closer: Closer, hooks: GatewayHooks): Promise<Gateway> {
  const { dataFolder, listen } = config
  await mkdir(dataFolder, { recursive: true, mode: 0o700 })
  const metrics = createMetrics('trembita', { process: true })
  const health = createHealth()
  const token = await SoftwareToken.open(join(dataFolder, 'token'), config.pin)
  const serverconf = closer.use('server configuration', openServerConf(join(dataFolder, 'serverconf.db')))
  if (config.serverConf !== undefined) serverconf.apply(config.serverConf)
  const installation = new Installation(config, serverconf)
  const endInitialisationCheck = addInitialisationCheck(health, installation)
  const server = (): ServerId => installation.server()!
  const inTurn = oneAfterAnother()
  let globalconf: GlobalConf | undefined
  let carrier: Carrier | undefined

  /** Follows the configuration that the anchor names. */
  async function follow (anchor: string | Uint8Array): Promise<void> {
    globalconf = closer.use('global configuration', await startGlobalConf({
      anchor, folder: join(dataFolder, 'globalconf'), clock, log: log.child({ part: 'globalconf' }), ...config.globalConf
    }))
  }

  /** Carries messages from now on. */
  async function carry (globalconf: GlobalConf): Promise<void> {
    const parts = closer.use('carrier', new Closer())
    // A second try registers them anew.
    parts.defer('figures', forgetFrom(metrics))
    try {
      carrier = await startCarrier({ config, clock, log, metrics, token, serverconf, globalconf, installation, onStep: hooks.onStep }, parts)
    } catch (error) {
      await parts.close()
      throw error
    }
    endInitialisationCheck()
    addHealthChecks(health, { server, globalconf, serverconf, signer: carrier.signer, messagelog: carrier.messagelog, accesslog: carrier.accesslog, clock })
  }

  const facts = (): ConsoleFacts => ({ server: installation.server(), version: GATEWAY_VERSION })
  const publicUrl = config.publicUrl === undefined ? consoleUrl(listen.console) : new URL(config.publicUrl)
  const signIn = { publicUrl, openId: config.openId, rateLimit: config.rateLimit, problemPage: consoleProblemPage(facts) }
  const { accounts, audit } = closer.use('accounts', await openAdminFiles(dataFolder, signIn, clock))
  const app = closer.use('console', await createConsoleApp({
    health,
    metrics,
    info: {
      name: 'trembita-gateway',
      version: GATEWAY_VERSION,
      get server () { return installation.server() === undefined ? '' : formatServerId(server()) }
    }
  }, {
    clock,
    log: log.child({ part: 'admin' }),
    accounts,
    audit,
    health,
    installation,
    token,
    serverconf,
    monitoring: () => config.monitoring ?? serverconf.monitoring(),
    internalCertificateFile: internalCertificateFile(dataFolder),
    globalconf: () => globalconf,
    running: () => carrier === undefined ? undefined : { ...carrier, reconsider: () => carrier!.upkeep.reconsider() },
    useAnchor: async (bytes) => {
      await inTurn(async () => {
        await installation.saveAnchor(bytes)
        if (globalconf === undefined) await follow(installation.anchor()!)
        else await globalconf.refresh()
      })
    },
    initialise: async (id) => {
      return await inTurn(async () => {
        if (installation.server() !== undefined) return false
        serverconf.nameServer(id)
        try {
          await carry(globalconf!)
        } catch (error) {
          serverconf.unnameServer()
          throw error
        }
        log.info({ server: formatServerId(id), addresses: carrier?.addresses }, 'gateway initialised')
        return true
      })
    },
    isPin: (pin) => pin === config.pin
  }, createConsolePages({ accounts, facts, openId: config.openId })))

  const anchor = installation.anchor()
  if (anchor !== undefined) await follow(anchor)
  if (globalconf !== undefined && installation.server() !== undefined) await carry(globalconf)
  const address = await app.listen({ ...listen.console })
  return {
    get addresses () { return { ...carrier?.addresses, console: address } },
    get globalconf () { return globalconf },
    get carrier () { return carrier },
    serverconf,
    token,
    refresh: async () => {
      await globalconf?.refreshNow()
      await carrier?.upkeep.refresh()
    },
    close: () => closer.close(),
    [Symbol.asyncDispose]: () => closer.close()
  }
}

/** What administrators reach the console at, as far as this process knows. */
function consoleUrl ({ host, port }: ListenAddress): URL {
  return new URL(`http://${host.includes(':') ? `[${host}]` : host}:${port}`)
}

/** Forgets, when called, the figures that were registered since now. */
function forgetFrom ({ registry }: Metrics): () => void {
  const known = new Set(registry.getMetricsAsArray().map(({ name }) => name))
  return () => {
    for (const { name } of registry.getMetricsAsArray()) if (!known.has(name)) registry.removeSingleMetric(name)
  }
}

/** Runs what it is given one after another. */
function oneAfterAnother (): <T>(work: () => Promise<T>) => Promise<T> {
  let last: Promise<unknown> = Promise.resolve()
  return async (work) => {
    const run = last.then(work, work)
    last = run.catch(() => {})
    return await run
  }
}
