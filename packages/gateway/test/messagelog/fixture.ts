import { randomUUID } from 'node:crypto'
import { createLogger, ManualClock, type Clock, type Logger, type LogLevel } from '@trembita/daemon'
import { readContainer, verifyContainer, type ContainerReport } from '@trembita/protocol/asic'
import type { ClientId, ServiceId } from '@trembita/protocol/identifiers'
import type { TrustStore } from '@trembita/protocol/pki'
import { attachmentName, MESSAGE, pieceOf, seal, type SealKey, signatureAlgorithmFor, signValue } from '@trembita/protocol/signature'
import { createTestPki, ocspResponseFor, startTimestamper, type TestPki, type TimestampFaults, type TrustService, trustStoreOfPki } from '@trembita/testnet/pki'
import { openMessageLog, type GatewayMessageLog, type LogRecord, type MessageLogOptions, type StoredBody, type TimestampingOptions } from '../../src/messagelog/index.ts'

export const CLIENT: ClientId = { instance: 'TEST', memberClass: 'GOV', memberCode: '00000001', subsystemCode: 'portal' }
export const SERVICE: ServiceId = { instance: 'TEST', memberClass: 'GOV', memberCode: '00000002', subsystemCode: 'registry', serviceCode: 'lookup' }
export const PIN = Buffer.from('4711')

/** What a REST call of `CLIENT` looks like when it is signed. */
export function restHead (queryId: string, requestId: string, extra: readonly string[] = []): Buffer {
  return Buffer.from([
    'POST', '/r1/TEST/GOV/00000002/registry/lookup/person?rnokpp=1234567890', 'Content-Type:application/json', 'X-Road-Client:TEST/GOV/00000001/portal',
    ...extra, `x-road-request-id:${requestId}`, `x-road-id:${encodeURIComponent(queryId)}`, ''
  ].join('\r\n'))
}

export function soapEnvelope (queryId: string, marker = ''): Buffer {
  return Buffer.from(`<?xml version="1.0" encoding="UTF-8"?>
<e:Envelope xmlns:e="http://schemas.xmlsoap.org/soap/envelope/" xmlns:x="http://x-road.eu/xsd/xroad.xsd" xmlns:i="http://x-road.eu/xsd/identifiers"><e:Header>
<x:client i:objectType="SUBSYSTEM"><i:xRoadInstance>TEST</i:xRoadInstance><i:memberClass>GOV</i:memberClass><i:memberCode>00000001</i:memberCode><i:subsystemCode>portal</i:subsystemCode></x:client>
<x:service i:objectType="SERVICE"><i:xRoadInstance>TEST</i:xRoadInstance><i:memberClass>GOV</i:memberClass><i:memberCode>00000002</i:memberCode><i:subsystemCode>registry</i:subsystemCode><i:serviceCode>lookup</i:serviceCode></x:service>
<x:id>${queryId}</x:id><x:protocolVersion>4.0</x:protocolVersion></e:Header><e:Body><p:lookup xmlns:p="urn:demo"><p:key>${marker}</p:key></p:lookup></e:Body></e:Envelope>
`)
}

export interface RecordOptions {
  readonly queryId?: string
  readonly protocol?: 'rest' | 'soap'
  readonly marker?: string
  readonly bodies?: readonly Uint8Array[]
  /** How the flow holds them; in memory when absent. */
  readonly held?: readonly StoredBody[]
  readonly party?: ClientId
  readonly at?: Date
  readonly direction?: 'request' | 'response'
}

/** A PKI with a time-stamping service that listens and one member's seal. */
export interface Authority {
  readonly pki: TestPki
  readonly trust: TrustStore
  readonly tsa: TrustService<TimestampFaults>
  readonly key: SealKey
  /** A request of `CLIENT`, really sealed. */
  record (options?: RecordOptions): Promise<LogRecord>
  timestamping (options?: Partial<TimestampingOptions>): TimestampingOptions
  verify (container: Uint8Array): Promise<ContainerReport>
  close (): Promise<void>
}

export async function startAuthority (): Promise<Authority> {
  const pki = await createTestPki()
  const trust = trustStoreOfPki(pki)
  const tsa = await startTimestamper(pki)
  const issued = await pki.issueSign({ member: { memberClass: 'GOV', memberCode: '00000001' } })
  const algorithm = signatureAlgorithmFor('ec')
  const key: SealKey = {
    certificate: issued.certificate,
    intermediates: [],
    ocspResponses: [ocspResponseFor(pki, issued.certificate)],
    algorithm,
    sign: (data) => signValue(algorithm, issued.privateKey, data)
  }
  return {
    pki,
    trust,
    tsa,
    key,
    record: async (options = {}) => await sealedRecord(key, options),
    timestamping: (options = {}) => ({
      providers: () => [{ name: 'tsa', url: tsa.url }],
      trusted: () => [pki.tsa.certificate],
      // Only when a test asks: rounds by themselves are tested where they are meant.
      firstDelaySeconds: 3600,
      ...options
    }),
    verify: async (container) => verifyContainer(await readContainer(container), (instance) => instance === trust.instance ? trust : undefined),
    close: () => tsa.close()
  }
}

async function sealedRecord (key: SealKey, options: RecordOptions): Promise<LogRecord> {
  const queryId = options.queryId ?? randomUUID()
  const requestId = randomUUID()
  const { protocol = 'rest', marker = '', bodies = [], at = new Date() } = options
  const message = protocol === 'rest' ? restHead(queryId, requestId, marker === '' ? [] : [`X-Note:${marker}`]) : soapEnvelope(queryId, marker)
  const [parts] = await seal(key, [[pieceOf(MESSAGE, message), ...bodies.map((bytes, i) => pieceOf(attachmentName(i + 1), bytes))]], at)
  return {
    direction: options.direction ?? 'request',
    side: 'consumer',
    queryId,
    requestId,
    party: options.party ?? CLIENT,
    client: CLIENT,
    service: SERVICE,
    protocol,
    message,
    bodies: options.held ?? bodies.map((bytes) => ({ kind: 'memory', bytes })),
    parts: parts!,
    at
  }
}

export function quietLogger (level: LogLevel = 'silent'): Logger {
  return createLogger('test', level)
}

export async function openLog (authority: Authority, folder: string, options: Partial<MessageLogOptions> = {}): Promise<GatewayMessageLog> {
  return await openMessageLog({
    folder, pin: PIN, clock: options.clock ?? systemLikeClock(), log: quietLogger(), timestamping: authority.timestamping(), ...options
  })
}

function systemLikeClock (): Clock {
  return { now: () => new Date() }
}

export { ManualClock }
