import type { ClientId, ServiceId } from '@trembita/protocol/identifiers'
import { formatIdentifierParts, IDENTIFIERS_NS, SOAP_NS, XROAD_NS } from '@trembita/protocol/message'
import { escapeText, parseXmlTree, type XmlTree } from '@trembita/protocol/xml'

const XML_BYTES_MAX = 12 * 1024 * 1024
const XML_DEPTH_MAX = 100

/** A request of message protocol 4.0 with one body element. */
export function formatSoapRequest (client: ClientId, service: ServiceId, body: string, messageId: string): string {
  const identifiers = (id: ClientId | ServiceId): string => formatIdentifierParts(id as ServiceId)
  return `<?xml version="1.0" encoding="UTF-8"?><s:Envelope xmlns:s="${SOAP_NS}" xmlns:xroad="${XROAD_NS}" xmlns:id="${IDENTIFIERS_NS}"><s:Header>` +
    `<xroad:client id:objectType="${client.subsystemCode === undefined ? 'MEMBER' : 'SUBSYSTEM'}">${identifiers(client)}</xroad:client>` +
    `<xroad:service id:objectType="SERVICE">${identifiers(service)}</xroad:service>` +
    `<xroad:id>${escapeText(messageId)}</xroad:id><xroad:protocolVersion>4.0</xroad:protocolVersion></s:Header><s:Body>${body}</s:Body></s:Envelope>`
}

export interface SoapFault {
  readonly code: string
  readonly message: string
}

/** The envelope of an answer. @throws {Fault} `InvalidXml` */
export function readEnvelope (bytes: Uint8Array): XmlTree {
  return parseXmlTree(bytes, { bytesMax: XML_BYTES_MAX, depthMax: XML_DEPTH_MAX })
}

/** The fault of an answer; undefined for any other. */
export function readSoapFault (bytes: Buffer): SoapFault | undefined {
  // Attachments stand behind; a fault has none.
  if (!/^\s*</.test(bytes.toString('utf8', 0, 64)) || !bytes.includes('Fault')) return undefined
  let root: XmlTree
  try {
    root = readEnvelope(bytes)
  } catch {
    // What is no XML is no fault either; whoever wants the body says what is wrong with it.
    return undefined
  }
  const fault = root.child('Body')?.child('Fault')
  if (fault === undefined) return undefined
  return { code: (fault.child('faultcode')?.text() ?? '').trim().replace(/^[^:]*:/, ''), message: (fault.child('faultstring')?.text() ?? '').trim() }
}
