import { escapeText, readXml, XML_BYTES_MAX } from '../xml/index.ts'
import type { Fault } from './fault.ts'

const SOAP_ENV = 'http://schemas.xmlsoap.org/soap/envelope/'
const SOAP12_ENV = 'http://www.w3.org/2003/05/soap-envelope'

export interface SoapFault {
  readonly code: string
  readonly string: string
  readonly detail: string
}

/** The fault envelope of PR-MESS §2.6: one line, no X-Road headers. */
export function formatSoapFault (fault: SoapFault | Fault): Buffer {
  const string = fault instanceof Error ? fault.message : fault.string
  return Buffer.from('<?xml version="1.0" encoding="UTF-8"?>' +
    `<SOAP-ENV:Envelope xmlns:SOAP-ENV="${SOAP_ENV}"><SOAP-ENV:Body><SOAP-ENV:Fault>` +
    `<faultcode>${escapeText(fault.code)}</faultcode><faultstring>${escapeText(string)}</faultstring><faultactor></faultactor>` +
    `<detail><faultDetail xmlns="">${escapeText(fault.detail)}</faultDetail></detail>` +
    '</SOAP-ENV:Fault></SOAP-ENV:Body></SOAP-ENV:Envelope>')
}

/**
 * Gathers the text of a Fault element while it is read: SOAP 1.1's faultcode, faultstring and detail (that of `faultDetail` when
 * there is one), or SOAP 1.2's Code/Value, Reason/Text and Detail. Children are found by local name in any namespace.
 */
export class SoapFaultText {
  readonly #path: string[] = []
  readonly #soap12: boolean
  #code = ''
  #string = ''
  #detail = ''
  #faultDetail: string | undefined

  constructor (namespace: string) {
    this.#soap12 = namespace === SOAP12_ENV
  }

  /** An element below Fault. */
  open (local: string): void {
    this.#path.push(local)
    if (!this.#soap12 && this.#path.length === 2 && local === 'faultDetail' && this.#path[0] === 'detail') this.#faultDetail ??= ''
  }

  text (value: string): void {
    const [first, second] = this.#path
    const length = this.#path.length
    if (this.#soap12) {
      if (length === 2 && first === 'Code' && second === 'Value') this.#code += value
      else if (length === 2 && first === 'Reason' && second === 'Text') this.#string += value
      else if (first === 'Detail') this.#detail += value
    } else if (first === 'faultcode') {
      this.#code += value
    } else if (first === 'faultstring') {
      this.#string += value
    } else if (first === 'detail') {
      if (second === 'faultDetail') this.#faultDetail += value
      else this.#detail += value
    }
  }

  close (): void {
    this.#path.pop()
  }

  get fault (): SoapFault {
    return { code: this.#code.trim(), string: this.#string, detail: (this.#faultDetail ?? this.#detail).trim() }
  }
}

/**
 * Reads a fault envelope of SOAP 1.1, or of 1.2 as a service behind another of our gateways may send it.
 *
 * @returns undefined when the document is well-formed but is no envelope whose body holds a Fault.
 * @throws {Fault} `InvalidXml` when the bytes are not well-formed XML or break a limit.
 */
export function parseSoapFault (bytes: Uint8Array): SoapFault | undefined {
  let depth = 0
  let namespace: string | undefined
  let inBody = false
  let found: SoapFaultText | undefined
  let inside = false
  readXml(bytes, { bytesMax: XML_BYTES_MAX }, {
    open ({ local, ns }) {
      depth++
      if (inside) found!.open(local)
      else if (depth === 1 && local === 'Envelope' && (ns === SOAP_ENV || ns === SOAP12_ENV)) namespace = ns
      else if (depth === 2) inBody = ns === namespace && local === 'Body'
      else if (depth === 3 && inBody && ns === namespace && local === 'Fault' && found === undefined) {
        found = new SoapFaultText(ns)
        inside = true
      }
    },
    text (value) { if (inside) found!.text(value) },
    close () {
      if (inside && depth === 3) inside = false
      else if (inside) found!.close()
      depth--
    }
  })
  return found?.fault
}
