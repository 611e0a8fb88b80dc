import { escapeXml, type XmlNode } from '@trembita/example-information-system'
import type { Exchanged, Gateway, RequestOptions } from './exchange.ts'
import { askByRest, askByUxp, type RestQuestion } from './rest.ts'
import { askBySoap } from './soap.ts'

/** Where the registers are: member codes of the demo federation. */
export const EDR = 'GOV/90000038/EDR'
export const TAX = 'GOV/90000044/TAX'
export const VAT = 'GOV/90000044/VAT'

const EDR_NAMESPACE = 'http://edr.example.gov.ua/sevdeir/v1'

export interface Subject {
  readonly code: string
  readonly state: number
  readonly names: { readonly name: string }
}

export interface VatPayer {
  readonly number: string
  readonly registeredAt: string
  readonly annulledAt: string | null
}

/** Details of a legal entity, by the X-Road REST protocol. */
export function askEdrByRest (gateway: Gateway, code: string, options?: RequestOptions): Promise<Exchanged<Partial<Subject>>> {
  return askByRest(gateway, edrQuestion(gateway, code), options)
}

/** The same question in Trembita's dialect. */
export function askEdrByUxp (gateway: Gateway, code: string, options?: RequestOptions): Promise<Exchanged<Partial<Subject>>> {
  return askByUxp(gateway, edrQuestion(gateway, code), options)
}

/** The same question by SOAP. */
export function askEdrBySoap (gateway: Gateway, code: string, options?: RequestOptions): Promise<Exchanged<XmlNode>> {
  return askBySoap(gateway, {
    service: `${instanceOf(gateway)}/${EDR}/SubjectDetail/v1`,
    body: `<p:SubjectDetail xmlns:p="${EDR_NAMESPACE}"><p:code>${escapeXml(code)}</p:code></p:SubjectDetail>`
  }, options)
}

/** Is this legal entity a VAT payer? */
export function askVat (gateway: Gateway, code: string, options?: RequestOptions): Promise<Exchanged<Partial<VatPayer>>> {
  return askByRest(gateway, { service: `${instanceOf(gateway)}/${VAT}/vatPayerByCode`, path: `/${encodeURIComponent(code)}` }, options)
}

function edrQuestion (gateway: Gateway, code: string): RestQuestion {
  return { service: `${instanceOf(gateway)}/${EDR}/subjectByCode`, path: `/${encodeURIComponent(code)}` }
}

function instanceOf (gateway: Gateway): string {
  return gateway.client.split('/', 1)[0]!
}
