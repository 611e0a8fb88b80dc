import { randomUUID } from 'node:crypto'
import type { ClientId, ServiceId } from '@trembita/protocol/identifiers'
import { attachmentName, MESSAGE, pieceOf, seal, type SealKey } from '@trembita/protocol/signature'
import type { LogRecord, StoredBody } from '../../src/messagelog/index.ts'
import { markVerified } from '../../src/trust/index.ts'

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

/** A request of `CLIENT`, really sealed. */
export async function sealedRecord (key: SealKey, options: RecordOptions): Promise<LogRecord> {
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
    parts: markVerified(parts!),
    at
  }
}
