import { childOf, elementsOf, escapeXml, formatXml, parseXml, type XmlNode } from './xml.ts'

const SOAP = 'http://schemas.xmlsoap.org/soap/envelope/'
const XROAD = 'http://x-road.eu/xsd/xroad.xsd'

/** A SOAP 1.1 envelope with one body element. */
export interface SoapEnvelope {
  readonly header: XmlNode | undefined
  readonly body: XmlNode
}

/** @throws {Error} when it is no such envelope. */
export function readSoap (text: string): SoapEnvelope {
  const envelope = parseXml(text)
  if (envelope.local !== 'Envelope' || envelope.ns !== SOAP) throw new Error('not a SOAP 1.1 envelope')
  const body = childOf(envelope, 'Body')
  const [content, ...rest] = body === undefined ? [] : elementsOf(body)
  if (content === undefined || rest.length > 0) throw new Error('the body holds exactly one element')
  return { header: childOf(envelope, 'Header'), body: content }
}

/**
 * An answer with the request's own header: a provider returns every element of the X-Road header as it came
 * (PR-MESS §2.2), except the hash, which the gateway sets.
 */
export function soapAnswer (header: XmlNode | undefined, body: string): string {
  const kept = header === undefined ? '' : elementsOf(header).filter(({ local, ns }) => !(ns === XROAD && local === 'requestHash')).map(formatXml).join('')
  return envelope(`<s:Header>${kept}</s:Header>`, body)
}

export function soapFault (code: 'Client' | 'Server', string: string, detail: string): string {
  return envelope('', `<s:Fault><faultcode>s:${code}</faultcode><faultstring>${escapeXml(string)}</faultstring><detail>${detail}</detail></s:Fault>`)
}

function envelope (header: string, body: string): string {
  return `<?xml version="1.0" encoding="UTF-8"?><s:Envelope xmlns:s="${SOAP}">${header}<s:Body>${body}</s:Body></s:Envelope>`
}
