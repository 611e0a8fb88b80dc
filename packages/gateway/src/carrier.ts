import type { Server } from 'node:http'
import type { Server as TlsServer } from 'node:https'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { closeServer, type Closer, type Clock, type Logger, type Metrics } from '@trembita/daemon'
import { memberOf, type ServerId } from '@trembita/protocol/identifiers'
import { AccessLog } from './accesslog/index.ts'
import { AgreementEvents, Agreements, AgreementSealer, AnswerReader, type AgreementParts } from './agreements/index.ts'
import { PROXY_VERSION, type GatewayConfig, type ListenAddress } from './config.ts'
import { askAsOwner, askService, createConsumerServer, type ConsumerServerDeps } from './consumer/index.ts'
import { Downloads } from './downloads/index.ts'
import { ExchangeMetrics, type OnStep } from './exchange/index.ts'
import { followConfiguration } from './follow-configuration.ts'
import type { GlobalConf } from './globalconf/index.ts'
import type { Installation } from './installation.ts'
import { openInternalTls } from './internaltls/index.ts'
import { ManagementClient } from './management/index.ts'
import { BODY_BYTES_MAX_DEFAULT, openMessageLog, type MessageLog } from './messagelog/index.ts'
import { createMetaservices } from './metaservice/index.ts'
import { createOcspServer, OcspKeeper } from './ocsp/index.ts'
import { createProviderServer, showIdentity } from './provider/index.ts'
import type { ServerConf } from './serverconf/index.ts'
import { ServiceCaller } from './services/index.ts'
import { Signer, type SoftwareToken } from './signer/index.ts'
import { Spool, testPeer, Transport, type PeerTest } from './transport/index.ts'
import { Trust } from './trust/index.ts'
import { Upkeep } from './upkeep.ts'

/** An exchange that is not done by then is broken off when the gateway stops; its caller sees no answer. */
const IN_FLIGHT_PATIENCE_MS = 60_000

/** What a carrier stands on: all of it there before the gateway knows who it is. */
export interface CarrierBase {
  readonly config: GatewayConfig
  readonly clock: Clock
  readonly log: Logger
  readonly metrics: Metrics
  readonly token: SoftwareToken
  readonly serverconf: ServerConf
  readonly globalconf: GlobalConf
  readonly installation: Installation
  readonly onStep: OnStep | undefined
}

/** URLs (for the message port: `host:port`) of the listeners that carry messages. */
export interface CarrierAddresses {
  readonly consumerHttp?: string | undefined
  readonly consumerHttps?: string | undefined
  readonly messages: string
  readonly ocsp: string
}

/** The parts of a gateway that carry messages, running. */
export interface Carrier {
  readonly addresses: CarrierAddresses
  readonly messagelog: MessageLog
  readonly ocsp: OcspKeeper
  readonly signer: Signer
  readonly management: ManagementClient
  readonly services: ServiceCaller
  readonly upkeep: Upkeep
  readonly agreements: AgreementParts
  readonly accesslog: AccessLog
  /** Knocks at another gateway. @throws {Fault} when it cannot be used. */
  testPeer (server: ServerId): Promise<PeerTest>
}

/** Somebody waits for the answer. */
const PEER_TEST_MS = 10_000

/** Makes and joins everything that works only for a gateway that has a name: from the message log to the listeners. */
export async function startCarrier (base: CarrierBase, closer: Closer): Promise<Carrier> {
  const { config, clock, log, metrics, token, serverconf, globalconf, installation } = base
  const server = (): ServerId => installation.server()!
  const { dataFolder, listen } = config
  const ocsp = new OcspKeeper({ folder: join(dataFolder, 'ocsp'), clock, log: log.child({ part: 'ocsp' }) })
  await ocsp.start()
  const signer = new Signer({ token, globalconf, ocsp, clock, batchMax: config.signing?.batchMax ?? 16 })
  const trust = new Trust(globalconf, clock)
  const internalTls = await openInternalTls(dataFolder, [listen.consumerHttps?.host ?? 'localhost'])
  const messagelog = closer.use('message log', await openLog(config, globalconf, log, clock, metrics))
  const spool = new Spool(messagelog)
  const transport = closer.use('transport', new Transport({
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
  const events = closer.use('agreement events', new AgreementEvents(join(dataFolder, 'agreement-events.db'), config.agreements?.keepEventsDays ?? 1095))
  const agreements = new Agreements({
    clock, log: log.child({ part: 'agreements' }), metrics, events, spool, reader: closer.use('reader of large answers', new AnswerReader()), bodyBytesMax: config.agreements?.bodyBytesMax ?? BODY_BYTES_MAX_DEFAULT
  })
  const sealer = closer.use('seals of agreements', new AgreementSealer({ signer, globalconf, clock, log: log.child({ part: 'agreements' }) }))
  const accesslog = closer.use('access log', await AccessLog.open({
    folder: join(dataFolder, 'accesslog'),
    pin: Buffer.from(config.pin),
    clock,
    log: log.child({ part: 'accesslog' }),
    metrics,
    serverconf,
    monitoring: () => config.monitoring ?? serverconf.monitoring(),
    waitingMax: config.accessLog?.waitingMax
  }))
  const exchangeMetrics = new ExchangeMetrics(metrics, base.onStep)
  const common = { clock, server, globalconf, serverconf, signer, trust, messagelog, metrics: exchangeMetrics, spool }

  const provider = createProviderServer({
    ...common,
    log: log.child({ part: 'provider' }),
    metaservices: createMetaservices({ services }),
    services,
    agreements,
    accesslog,
    minPeerVersion: config.transport?.minPeerVersion
  })
  const upkeep = new Upkeep({
    globalconf,
    ocsp,
    signer,
    clock,
    log: log.child({ part: 'upkeep' }),
    follow: async (snapshot) => { await followConfiguration({ installation, serverconf, token, log }, snapshot) },
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
      owner: () => memberOf(server()),
      internalCertificateHash: internalTls.certificateHash,
      ask: async (soap) => await askAsOwner(consumerDeps, soap)
    })
  }
  const management = new ManagementClient({ server, globalconf, signer, clock, ask: async (soap, attached) => await askAsOwner(consumerDeps, soap, attached) })
  const freshness = (): number => globalconf.current().ocspFreshnessSeconds
  const addresses: CarrierAddresses = {
    messages: (await listenOn(provider, listen.messages, closer, 'message port')).replace('https://', ''),
    ocsp: await listenOn(createOcspServer((sha1) => ocsp.getBySha1(sha1, freshness())), listen.ocsp, closer, 'OCSP port'),
    ...(listen.consumerHttp === undefined ? {} : { consumerHttp: await listenOn(createConsumerServer(consumerDeps), listen.consumerHttp, closer, 'consumer HTTP') }),
    ...(listen.consumerHttps === undefined ? {} : { consumerHttps: await listenOn(createConsumerServer(consumerDeps, internalTls), listen.consumerHttps, closer, 'consumer HTTPS') })
  }
  accesslog.start(async (client, service, path, body) => {
    const { instance } = server()
    const [memberClass = '', memberCode = '', subsystemCode = '', serviceCode = ''] = service.split('/')
    const [clientClass = '', clientCode = '', clientSubsystem = ''] = client.split('/')
    const from = { instance, memberClass: clientClass, memberCode: clientCode, subsystemCode: clientSubsystem }
    return await inTime(askService(consumerDeps, from, { instance, memberClass, memberCode, subsystemCode, serviceCode }, path, body))
  })
  return { addresses, messagelog, ocsp, signer, management, services, upkeep, agreements: { events, sealer, globalconf, clock }, accesslog, testPeer: (id) => testPeer({ trust, ocsp, globalconf }, signer.auth(), id, PEER_TEST_MS) }
}

/** A report that is not answered by then is tried again; the exchange behind it ends by the limits of the transport. */
const REPORT_TIMEOUT_MS = 60_000

async function inTime<T> (work: Promise<T>): Promise<T> {
  const late = Promise.withResolvers<never>()
  const timer = setTimeout(() => { late.reject(new Error('no answer in time')) }, REPORT_TIMEOUT_MS)
  try {
    return await Promise.race([work, late.promise])
  } finally {
    clearTimeout(timer)
  }
}

async function openLog (config: GatewayConfig, globalconf: GlobalConf, log: Logger, clock: Clock, metrics: Metrics): Promise<MessageLog> {
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
