import { escapeText, readXml, XML_BYTES_MAX } from '../xml/index.ts'
import type { Fault } from './fault.ts'

const SOAP_ENV = 'http://schemas.xmlsoap.org/soap/envelope/'

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
 * Reads a SOAP 1.1 fault envelope. Children are found by local name in any namespace.
 *
 * @returns undefined when the document is well-formed but its body holds no Fault.
 * @throws {Fault} `InvalidXml` when the bytes are not well-formed XML or break a limit.
 */
export function parseSoapFault (bytes: Uint8Array): SoapFault | undefined {
  const path: string[] = []
  const text: Record<string, string> = {}
  let isFault = false
  readXml(bytes, { bytesMax: XML_BYTES_MAX }, {
    open (element) {
      path.push(element.local)
      if (path.length === 3 && path[1] === 'Body' && element.local === 'Fault') isFault = true
    },
    text (value) {
      if (!isFault || path.length < 4 || path[2] !== 'Fault') return
      const key = path.length === 4 ? path[3]! : path[3] === 'detail' && path[4] === 'faultDetail' ? 'faultDetail' : path[3]!
      text[key] = (text[key] ?? '') + value
    },
    close () { path.pop() }
  })
  if (!isFault) return undefined
  return { code: text.faultcode ?? '', string: text.faultstring ?? '', detail: (text.faultDetail ?? text.detail ?? '').trim() }
}
