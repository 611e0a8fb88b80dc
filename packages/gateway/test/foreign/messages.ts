import { randomUUID } from 'node:crypto'
import { restHead, type ForeignRequest } from '@trembita/testnet/foreign-peer'

export const SOAP = 'http://schemas.xmlsoap.org/soap/envelope/'
const XROAD = 'http://x-road.eu/xsd/xroad.xsd'
const IDENTIFIERS = 'http://x-road.eu/xsd/identifiers'

export interface EnvelopeOptions {
  /** `I/CLASS/CODE[/SUBSYSTEM]` */
  readonly client: string
  /** `I/CLASS/CODE/SUBSYSTEM/SERVICE[/VERSION]` */
  readonly service: string
  readonly id?: string | undefined
  /** More header elements. */
  readonly header?: string | undefined
  readonly body?: string | undefined
}

function parts (names: readonly string[], values: string): string {
  return values.split('/').map((value, index) => `<id:${names[index]}>${value}</id:${names[index]}>`).join('')
}

const CLIENT = ['xRoadInstance', 'memberClass', 'memberCode', 'subsystemCode']

/** An envelope as an information system writes it: prefixes and order of elements of its own. */
export function envelope ({ client, service, id = randomUUID(), header = '', body = '<p:lookup xmlns:p="urn:demo"><p:key>Ґ9</p:key><p:empty/></p:lookup>' }: EnvelopeOptions): string {
  return `<?xml version="1.0" encoding="utf-8"?>\r\n<soap:Envelope xmlns:soap="${SOAP}" xmlns:xro="${XROAD}" xmlns:id="${IDENTIFIERS}">\r\n  <soap:Header>\r\n` +
    `    <xro:userId>EE12345678901</xro:userId>\r\n    <xro:id>${id}</xro:id>\r\n    <xro:protocolVersion>4.0</xro:protocolVersion>\r\n` +
    `    <xro:service id:objectType="SERVICE">${parts([...CLIENT, 'serviceCode', 'serviceVersion'], service)}</xro:service>\r\n` +
    `    <xro:client id:objectType="${client.split('/').length === 3 ? 'MEMBER' : 'SUBSYSTEM'}">${parts(CLIENT, client)}</xro:client>\r\n${header}` +
    `  </soap:Header>\r\n  <soap:Body>${body}</soap:Body>\r\n</soap:Envelope>`
}

/** A REST request of a foreign gateway's client. */
export function foreignRest (options: { client: string, service: string, method?: string, path?: string, body?: Buffer, headers?: readonly (readonly [string, string])[], id?: string }): ForeignRequest {
  const requestId = randomUUID()
  const { client, service, method = options.body === undefined ? 'GET' : 'POST', path = '', body, headers = [] } = options
  return {
    protocol: 'rest',
    member: client.split('/').slice(1, 3).join('/'),
    requestId,
    head: restHead(method, `/r1/${service}${path}`, [
      ['X-Road-Client', client], ['Accept', '*/*'], ...headers, ['x-road-request-id', requestId], ['x-road-id', options.id ?? `TEST-${randomUUID()}`]
    ]),
    body
  }
}

/** A SOAP request of a foreign gateway's client. */
export function foreignSoap (options: EnvelopeOptions, more: Partial<ForeignRequest> = {}): ForeignRequest {
  return { protocol: 'soap', member: options.client.split('/').slice(1, 3).join('/'), head: Buffer.from(envelope(options)), requestId: randomUUID(), soapAction: '""', ...more }
}
