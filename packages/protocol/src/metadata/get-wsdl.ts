import { randomUUID } from 'node:crypto'
import { Fault } from '../fault/index.ts'
import { withBody, XROAD_NS, type HeaderList, type SoapOptions } from '../message/index.ts'
import { decodeXml, escapeText, parseXmlTree, XML_BYTES_MAX } from '../xml/index.ts'

/** Which WSDL a caller of SOAP getWsdl asks for. */
export interface GetWsdlRequest {
  readonly serviceCode: string
  readonly serviceVersion?: string | undefined
}

/**
 * Reads the body of a getWsdl request.
 *
 * @throws {Fault} `InvalidRequest` without a service code.
 * @see xroad-messages §5.3
 */
export function parseGetWsdl (envelope: Uint8Array, options: SoapOptions = {}): GetWsdlRequest {
  const root = parseXmlTree(Buffer.from(decodeXml(envelope, options.charset)), { bytesMax: 2 * XML_BYTES_MAX })
  const element = root.child('Body')?.elements()[0]
  const serviceCode = element?.child('serviceCode', XROAD_NS)?.text().trim()
  if (serviceCode === undefined || serviceCode === '') throw new Fault('InvalidRequest', 'Missing serviceCode in message body')
  const serviceVersion = element?.child('serviceVersion', XROAD_NS)?.text().trim()
  return serviceVersion === undefined || serviceVersion === '' ? { serviceCode } : { serviceCode, serviceVersion }
}

/** The SOAP part of the answer; the request hash is added as for any answer. */
export function answerGetWsdl (request: Uint8Array, { serviceCode, serviceVersion }: GetWsdlRequest, options: SoapOptions = {}): Buffer {
  const version = serviceVersion === undefined ? '' : `<xroad:serviceVersion>${escapeText(serviceVersion)}</xroad:serviceVersion>`
  return withBody(request, `<xroad:getWsdlResponse xmlns:xroad="${XROAD_NS}"><xroad:serviceCode>${escapeText(serviceCode)}</xroad:serviceCode>${version}</xroad:getWsdlResponse>`, options)
}

/** Outer content type of the answer for a boundary: `multipart/related` with SOAP first and the WSDL as its attachment. */
export function getWsdlContentType (boundary: string): string {
  return `multipart/related; type="text/xml"; charset=UTF-8; boundary=${boundary}`
}

/** Part headers of the WSDL attachment, beside its type `text/xml`. */
export function wsdlAttachmentHeaders (uuid: string = randomUUID()): HeaderList {
  return [['Content-Transfer-Encoding', 'binary'], ['Content-ID', `<wsdl=${uuid}@x-road.eu>`]]
}
