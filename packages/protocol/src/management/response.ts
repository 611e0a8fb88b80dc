import { Fault, parseSoapFault, RelayedFault } from '../fault/index.ts'
import { checkSoapAnswer, parseSoap, SOAP_NS, XROAD_NS, type SoapMessage } from '../message/index.ts'
import { decodeXml, readXmlText } from '../xml/index.ts'
import { bodyOf, MANAGEMENT_BYTES_MAX } from './parse-request.ts'
import type { ParsedManagementRequest } from './types.ts'

/** An answer is its request and an id; the gateways on the way add a hash to its header. */
const ANSWER_BYTES_MAX = MANAGEMENT_BYTES_MAX * 2

/**
 * Writes the answer to a request: the request's own text with its body element renamed `<code>Response` and the id as its
 * last child, so that every header field comes back as it was sent. UTF-8.
 *
 * @see xroad-trust §4.1
 */
export function writeManagementResponse ({ soap, charset }: ParsedManagementRequest, requestId: number): Buffer {
  const text = decodeXml(soap, charset).replace(/^\ufeff/, '')
  const { name, openStart, openEnd, closeStart, closeEnd } = placesOf(text)
  const selfClosing = closeStart === openStart
  const id = `<xroad:requestId xmlns:xroad="${XROAD_NS}">${requestId}</xroad:requestId>`
  const attributes = text.slice(openStart + 1 + name.length, openEnd - (selfClosing ? 2 : 1))
  return Buffer.from(asUtf8(text.slice(0, openStart)) + `<${name}Response${attributes}>` +
    (selfClosing ? '' : text.slice(openEnd, closeStart)) + `${id}</${name}Response>` + text.slice(closeEnd))
}

/** Offsets of the body's element in the text. */
function placesOf (text: string): { name: string, openStart: number, openEnd: number, closeStart: number, closeEnd: number } {
  let depth = 0
  let inBody = false
  const places = { name: '', openStart: 0, openEnd: 0, closeStart: 0, closeEnd: 0 }
  readXmlText(text, {}, {
    open (element, start, end) {
      depth++
      if (depth === 2) inBody = element.local === 'Body' && element.ns === SOAP_NS
      else if (depth === 3 && inBody) Object.assign(places, { name: element.name, openStart: start, openEnd: end })
    },
    close (_element, start, end) {
      if (depth === 3 && inBody) Object.assign(places, { closeStart: start, closeEnd: end })
      depth--
    }
  })
  return places
}

/** The declaration names the charset that the text had before. */
function asUtf8 (text: string): string {
  return text.replace(/^(<\?xml[^>]*?\sencoding\s*=\s*)(?:"[^"]*"|'[^']*')/, '$1"UTF-8"')
}

/**
 * Reads what the core answered.
 *
 * @returns the id of the request at the core; 0 after a dry run.
 * @throws {RelayedFault} the core's refusal.
 * @throws {Fault} `InconsistentResponse` when it answers another request; `InvalidMessage` without an id; as `parseSoap`.
 */
export function parseManagementResponse (bytes: Uint8Array, request: SoapMessage, charset?: string): number {
  const parsed = parseSoap(bytes, { charset })
  if (parsed.kind === 'fault') throw new RelayedFault(parsed.fault, bytes)
  checkSoapAnswer(request, parsed.message)
  const body = bodyOf(bytes, charset, ANSWER_BYTES_MAX)
  if (body.local.toLowerCase() !== `${request.service.serviceCode}Response`.toLowerCase()) {
    throw new Fault('InconsistentResponse', 'the answer is that of another management service')
  }
  const text = body.child('requestId', XROAD_NS)?.text().trim() ?? ''
  if (!/^\d{1,15}$/.test(text)) throw new Fault('InvalidMessage', 'the answer of the management service has no request id')
  return Number(text)
}

/** The fault in an HTTP answer of a management service, if it is one. */
export function parseManagementFault (bytes: Uint8Array): RelayedFault | undefined {
  try {
    const fault = parseSoapFault(bytes)
    return fault === undefined ? undefined : new RelayedFault(fault, bytes)
  } catch (thrown) {
    if (thrown instanceof Fault) return undefined
    throw thrown
  }
}
