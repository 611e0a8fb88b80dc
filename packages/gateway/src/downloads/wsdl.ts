import { randomUUID } from 'node:crypto'
import { Fault } from '@trembita/protocol/fault'
import { describeService, type ClientId, type ServiceId } from '@trembita/protocol/identifiers'
import { formatIdentifierParts, IDENTIFIERS_NS, SOAP_NS, XROAD_NS } from '@trembita/protocol/message'
import { clientWsdl } from '@trembita/protocol/metadata'
import { escapeText } from '@trembita/protocol/xml'
import type { DownloadDeps } from './deps.ts'
import { sendBytes, sendText, type Download } from './downloads.ts'

/**
 * `GET /wsdl?xRoadInstance=…&serviceCode=…` (trembita.md §5): the WSDL of one service for this gateway's clients. It is asked of
 * the provider through the exchange, by this gateway's owner, since the caller does not say who it is.
 */
export async function serveWsdl (deps: DownloadDeps, { query, request, response, peer }: Download): Promise<void> {
  const parameter = (name: string): string => query.get(name)?.trim() ?? ''
  const missing = ['xRoadInstance', 'memberClass', 'memberCode', 'serviceCode'].filter((name) => parameter(name) === '')
  if (missing.length > 0) return sendText(response, 400, `Missing parameter: ${missing.join(', ')}`)
  const subsystemCode = parameter('subsystemCode')
  const version = parameter('serviceVersion') || parameter('version')
  const provider: ClientId = {
    instance: parameter('xRoadInstance'),
    memberClass: parameter('memberClass'),
    memberCode: parameter('memberCode'),
    ...(subsystemCode === '' ? {} : { subsystemCode })
  }
  const service: ServiceId = { ...provider, serviceCode: parameter('serviceCode'), ...(version === '' ? {} : { serviceVersion: version }) }
  const { attachments } = await deps.ask(getWsdlRequest(deps.owner(), provider, service))
  if (attachments[0] === undefined) throw new Fault('InternalError', `the provider's gateway gave no WSDL of ${describeService(service)}`)
  // The address as the client reached it: behind a port map only the Host header knows it.
  const host = request.headers.host ?? `${request.socket.localAddress ?? 'localhost'}:${request.socket.localPort ?? 80}`
  const wsdl = clientWsdl(attachments[0], {
    serviceCode: service.serviceCode,
    serviceVersion: service.serviceVersion,
    location: `${peer.secure ? 'https' : 'http'}://${host}/`
  })
  sendBytes(response, 200, 'text/xml; charset=UTF-8', wsdl)
}

function getWsdlRequest (owner: ClientId, provider: ClientId, service: ServiceId): Buffer {
  const version = service.serviceVersion === undefined ? '' : `<xroad:serviceVersion>${escapeText(service.serviceVersion)}</xroad:serviceVersion>`
  return Buffer.from('<?xml version="1.0" encoding="UTF-8"?>' +
    `<soap:Envelope xmlns:soap="${SOAP_NS}" xmlns:xroad="${XROAD_NS}" xmlns:id="${IDENTIFIERS_NS}"><soap:Header>` +
    `<xroad:client id:objectType="MEMBER">${formatIdentifierParts(owner)}</xroad:client>` +
    `<xroad:service id:objectType="SERVICE">${formatIdentifierParts({ ...provider, serviceCode: 'getWsdl' })}</xroad:service>` +
    `<xroad:id>${randomUUID()}</xroad:id><xroad:protocolVersion>4.0</xroad:protocolVersion>` +
    `</soap:Header><soap:Body><xroad:getWsdl><xroad:serviceCode>${escapeText(service.serviceCode)}</xroad:serviceCode>${version}</xroad:getWsdl></soap:Body></soap:Envelope>`)
}
