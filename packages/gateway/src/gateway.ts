import { mkdir } from 'node:fs/promises'
import type { Server } from 'node:http'
import type { Server as TlsServer } from 'node:https'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { Closer, closeServer, createHealth, createMetrics, createOpsApp, systemClock, type Clock, type Logger } from '@trembita/daemon'
import { formatServerId, memberOf } from '@trembita/protocol/identifiers'
import { askAsOwner, createConsumerServer, type ConsumerServerDeps } from './consumer/index.ts'
import { PROXY_VERSION, type GatewayConfig, type ListenAddress } from './config.ts'
import { Downloads } from './downloads/index.ts'
import { ExchangeMetrics, type OnStep } from './exchange/index.ts'
import { startGlobalConf, type GlobalConf } from './globalconf/index.ts'
import { addHealthChecks } from './health.ts'
import { openInternalTls } from './internaltls/index.ts'
import { openMessageLog, type MessageLog } from './messagelog/index.ts'
import { createMetaservices } from './metaservice/index.ts'
import { createOcspServer, OcspKeeper } from './ocsp/index.ts'
import { createProviderServer, showIdentity } from './provider/index.ts'
import { openServerConf, type ServerConf } from './serverconf/index.ts'
import { ServiceCaller } from './services/index.ts'
import { Signer, SoftwareToken } from './signer/index.ts'
import { Spool, Transport } from './transport/index.ts'
import { Trust } from './trust/index.ts'
import { Upkeep } from './upkeep.ts'
import { GATEWAY_VERSION } from './version.ts'

/** An exchange that is not done by then is broken off when the gateway stops; its caller sees no answer. */
const IN_FLIGHT_PATIENCE_MS = 60_000

/** URLs (for the message port: `host:port`) where a running gateway listens. */
export interface GatewayAddresses {
  readonly consumerHttp?: string | undefined
  readonly consumerHttps?: string | undefined
  readonly messages: string
  readonly ocsp: string
  readonly console: string
}

/** Ways to watch a gateway from the program that embeds it. */
export interface GatewayHooks {
  readonly onStep?: OnStep | undefined
}

/** A running gateway. */
export interface Gateway extends AsyncDisposable {
  readonly addresses: GatewayAddresses
  readonly globalconf: GlobalConf
  readonly serverconf: ServerConf
  readonly messagelog: MessageLog
  readonly token: SoftwareToken
  /** Takes up at once what changed in the token or the configuration. */
  refresh (): Promise<void>
  /** Takes no new calls, finishes those under way, writes what waits, closes. */
  close (): Promise<void>
}

/**
 * Starts a gateway: the one place where its parts are made and joined. They close in reverse.
 *
 * A gateway without keys, or without a configuration it can reach, starts too: it says so at `/health/ready` and refuses
 * exchanges with the fault that names what is missing.
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
  const globalconf = closer.use('global configuration', await startGlobalConf({
    anchor: config.anchor, folder: join(dataFolder, 'globalconf'), clock, log: log.child({ part: 'globalconf' }), ...config.globalConf
  }))
  const ocsp = new OcspKeeper({ folder: join(dataFolder, 'ocsp'), clock, log: log.child({ part: 'ocsp' }) })
  await ocsp.start()
  const signer = new Signer({ token, globalconf, ocsp, clock, batchMax: config.signing?.batchMax ?? 16 })
  const trust = new Trust(globalconf, clock)
  const internalTls = await openInternalTls(dataFolder, [listen.consumerHttps?.host ?? 'localhost'])
  const messagelog = closer.use('message log', await openLog(config, globalconf, log, clock, metrics))
  const spool = new Spool(messagelog)
  const transport = closer.use('transport', new Transport({
    signer,
    trust,
    ocsp,
    globalconf,
    clock,
    log: log.child({ part: 'transport' }),
    connectTimeoutMs: config.transport?.connectTimeoutMs ?? 30_000,
    answerTimeoutMs: config.transport?.answerTimeoutMs ?? 0,
    connectionsMax: config.transport?.connectionsMax ?? 128
  }))
  const services = closer.use('service calls', new ServiceCaller({ spool, messagelog, internalTls, connectionsMax: config.transport?.connectionsMax ?? 128 }))
  const exchangeMetrics = new ExchangeMetrics(metrics, hooks.onStep)
  const common = { clock, globalconf, serverconf, signer, trust, messagelog, metrics: exchangeMetrics, spool }

  const provider = createProviderServer({
    ...common,
    log: log.child({ part: 'provider' }),
    server: config.server,
    metaservices: createMetaservices({ services }),
    services,
    minPeerVersion: config.transport?.minPeerVersion
  })
  const upkeep = new Upkeep({
    globalconf,
    ocsp,
    signer,
    clock,
    log: log.child({ part: 'upkeep' }),
    onChange: () => {
      try {
        showIdentity(provider, signer.auth())
      } catch (error) {
        log.warn({ err: error }, 'this gateway has no usable authentication certificate')
      }
    }
  })
  closer.use('upkeep', upkeep)
  await upkeep.start()

  const consumerDeps: ConsumerServerDeps = {
    ...common,
    log: log.child({ part: 'consumer' }),
    transport,
    internalCertificateHash: internalTls.certificateHash,
    proxyVersion: PROXY_VERSION,
    soapReadTimeoutMs: 30_000,
    downloads: new Downloads({
      ...common,
      owner: memberOf(config.server),
      internalCertificateHash: internalTls.certificateHash,
      ask: async (soap) => await askAsOwner(consumerDeps, soap)
    })
  }
  addHealthChecks(health, { server: config.server, globalconf, serverconf, signer, messagelog, clock })
  const ops = createOpsApp({ health, metrics, info: { name: 'trembita-gateway', version: GATEWAY_VERSION, server: formatServerId(config.server) } })
  closer.use('console', ops)

  const freshness = (): number => globalconf.current().ocspFreshnessSeconds
  const addresses: GatewayAddresses = {
    messages: (await listenOn(provider, listen.messages, closer, 'message port')).replace('https://', ''),
    ocsp: await listenOn(createOcspServer((sha1) => ocsp.getBySha1(sha1, freshness())), listen.ocsp, closer, 'OCSP port'),
    console: await ops.listen({ ...listen.console }),
    ...(listen.consumerHttp === undefined ? {} : { consumerHttp: await listenOn(createConsumerServer(consumerDeps), listen.consumerHttp, closer, 'consumer HTTP') }),
    ...(listen.consumerHttps === undefined ? {} : { consumerHttps: await listenOn(createConsumerServer(consumerDeps, internalTls), listen.consumerHttps, closer, 'consumer HTTPS') })
  }
  return {
    addresses,
    globalconf,
    serverconf,
    messagelog,
    token,
    refresh: async () => {
      await globalconf.refresh()
      await upkeep.refresh()
    },
    close: () => closer.close(),
    [Symbol.asyncDispose]: () => closer.close()
  }
}

async function openLog (config: GatewayConfig, globalconf: GlobalConf, log: Logger, clock: Clock, metrics: ReturnType<typeof createMetrics>): Promise<MessageLog> {
  const settings = config.messageLog
  return await openMessageLog({
    folder: join(config.dataFolder, 'messagelog'),
    pin: Buffer.from(config.pin),
    clock,
    log: log.child({ part: 'messagelog' }),
    metrics,
    limits: {
      bodyBytesMax: settings?.bodyBytesMax,
      truncatedBodyAllowed: settings?.truncatedBodyAllowed,
      bodyLogging: () => settings?.bodyLogging ?? true
    },
    timestamping: {
      providers: () => globalconf.current().timestampers(),
      trusted: () => globalconf.current().timestampers().map(({ certificate }) => certificate),
      intervalSeconds: () => settings?.timestampIntervalSeconds ?? globalconf.current().timestampingIntervalSeconds,
      failurePeriodSeconds: settings?.timestampFailurePeriodSeconds,
      immediately: settings?.timestampImmediately
    },
    ...(settings?.archiveIntervalSeconds === 0
      ? {}
      : { archive: { intervalSeconds: settings?.archiveIntervalSeconds, keepRecordsDays: settings?.keepRecordsDays } })
  })
}

/** Listens, and registers a closing that lets running calls finish. */
async function listenOn (server: Server | TlsServer, address: ListenAddress, closer: Closer, name: string): Promise<string> {
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.listen(address.port, address.host, () => {
      server.off('error', reject)
      resolve()
    })
  })
  closer.defer(name, () => closeServer(server, IN_FLIGHT_PATIENCE_MS))
  const { port } = server.address() as AddressInfo
  const host = address.host.includes(':') ? `[${address.host}]` : address.host
  return `${'setSecureContext' in server ? 'https' : 'http'}://${host}:${port}`
}
