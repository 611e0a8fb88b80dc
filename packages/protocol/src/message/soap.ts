import type { SoapFault } from '../fault/index.ts'
import type { ClientId, RepresentedParty, ServerId, ServiceId } from '../identifiers/index.ts'

export const SOAP_NS = 'http://schemas.xmlsoap.org/soap/envelope/'
/** Only where the `soap12` option lets it in: Trembita clients may send it, X-Road peers refuse it. */
export const SOAP12_NS = 'http://www.w3.org/2003/05/soap-envelope'
export const XROAD_NS = 'http://x-road.eu/xsd/xroad.xsd'
export const IDENTIFIERS_NS = 'http://x-road.eu/xsd/identifiers'
export const REPRESENTATION_NS = 'http://x-road.eu/xsd/representation.xsd'

/** What the header of a SOAP message says, and the name of what its body holds (PR-MESS §2). */
export interface SoapMessage {
  readonly client: ClientId
  readonly service: ServiceId
  /** Any text, even empty: real systems send `?` and `1`, so it names no exchange by itself. */
  readonly id: string
  readonly userId?: string | undefined
  readonly issue?: string | undefined
  readonly protocolVersion: string
  readonly securityServer?: ServerId | undefined
  readonly representedParty?: RepresentedParty | undefined
  /** Only a response's counts. */
  readonly requestHash?: string | undefined
  /** Whether the body element ends in `Response`. */
  readonly isResponse: boolean
  /** Local name of the body element. */
  readonly bodyElement: string
}

export type ParsedSoap =
  | { readonly kind: 'message', readonly message: SoapMessage }
  | { readonly kind: 'fault', readonly fault: SoapFault }

export interface SoapOptions {
  /** `charset` of the Content-Type; UTF-8 when absent. The XML declaration is not asked. */
  readonly charset?: string | undefined
  /** Also takes SOAP 1.2 envelopes and faults. */
  readonly soap12?: boolean | undefined
}

/** Base types of a SOAP part (PR-MESS §2.2). */
export const SOAP_TYPES: ReadonlySet<string> = new Set(['text/xml', 'application/xop+xml'])
/** The same with SOAP 1.2's, for the Trembita dialect. */
export const SOAP12_TYPES: ReadonlySet<string> = new Set(['text/xml', 'application/xop+xml', 'application/soap+xml'])
