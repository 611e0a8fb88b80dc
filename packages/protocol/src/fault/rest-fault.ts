import { escapeText } from '../xml/index.ts'
import type { Fault } from './fault.ts'

/** A fault as a REST caller sees it (PR-REST §4.6): also sent as header `X-Road-Error: <code>`. */
export interface RestFault {
  readonly status: 400 | 500
  readonly contentType: string
  readonly body: string
}

/** 500 for what a gateway or a provider is to blame for, 400 for the rest. Both spellings of the prefix count, unlike X-Road's own check. */
export function restStatusOf (code: string): 400 | 500 {
  return /^server\./i.test(code) ? 500 : 400
}

/** Which XML type the caller's `Accept` asks for, if any. */
export function acceptsXml (accept: string | undefined): 'text/xml' | 'application/xml' | undefined {
  if (accept === undefined) return undefined
  for (const item of accept.split(',')) {
    const type = item.split(';', 1)[0]?.trim().toLowerCase()
    if (type === 'text/xml' || type === 'text/*') return 'text/xml'
    if (type === 'application/xml') return 'application/xml'
  }
  return undefined
}

export function formatRestFault (fault: Fault, accept?: string): RestFault {
  const status = restStatusOf(fault.code)
  const xml = acceptsXml(accept)
  if (xml !== undefined) {
    const body = '<?xml version="1.0" encoding="UTF-8" standalone="no"?><error>' +
      `<type>${escapeText(fault.code)}</type><message>${escapeText(fault.message)}</message><detail>${escapeText(fault.detail)}</detail></error>`
    return { status, contentType: `${xml};charset=utf-8`, body }
  }
  return { status, contentType: 'application/json;charset=utf-8', body: JSON.stringify({ type: fault.code, message: fault.message, detail: fault.detail }) }
}
