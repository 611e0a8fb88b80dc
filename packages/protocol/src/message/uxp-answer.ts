import { restStatusOf, type Fault } from '../fault/index.ts'
import { encodeClientId, encodeServiceId } from '../identifiers/index.ts'
import { lastHeader, type HeaderList } from './headers.ts'
import type { RestRequest, RestResponse } from './rest.ts'

/** Headers that a caller of `/restapi` gets beside those of the response: `Uxp-Transaction-Id` (trembita §3.3). */
export function uxpAnswerHeaders (response: RestResponse): HeaderList {
  return lastHeader(response.headers, 'uxp-transaction-id') === response.requestId ? [] : [['Uxp-Transaction-Id', response.requestId]]
}

/**
 * Headers of the Trembita family that a service gets beside those of the request, when the caller used X-Road's: services
 * are told to log them (trembita §3.3).
 */
export function uxpServiceHeaders (request: RestRequest): HeaderList {
  const wanted: [string, string | undefined][] = [
    ['Uxp-Client', encodeClientId(request.client)],
    ['Uxp-Service', encodeServiceId(request.service)],
    ['Uxp-Queryid', request.id],
    ['Uxp-Userid', request.userId],
    ['Uxp-Issue', request.issue],
    ['Uxp-Transaction-Id', request.requestId]
  ]
  const present = new Set(request.headers.map(([name]) => name.toLowerCase()))
  return wanted.filter((header): header is [string, string] => header[1] !== undefined && !present.has(header[0].toLowerCase()))
}

/** Identifiers of the declared purposes of personal-data processing, `Uxp-Purpose-Ids`, separated by commas. */
export function purposeIdsOf (headers: HeaderList): string[] {
  const value = lastHeader(headers, 'uxp-purpose-ids') ?? ''
  return value.split(',').map((id) => id.trim()).filter((id) => id !== '' && id !== '""')
}

/** Longer texts would only break clients' header limits; the body has them whole. */
const FAULT_HEADER_MAX = 2000

/** Printable ASCII as it is, the rest (and `%`) as percent-encoded UTF-8: header-safe and reversible. */
function headerSafe (text: string): string {
  const safe = text.toWellFormed().replace(/[^\x20-\x24\x26-\x7e]+/g, (run) => encodeURIComponent(run))
  return safe.length <= FAULT_HEADER_MAX ? safe : safe.slice(0, FAULT_HEADER_MAX).replace(/%[0-9A-F]?$/, '')
}

/**
 * A fault as a caller of `/restapi` sees it: the message as plain text, code, text and detail as headers. Status by X-Road's
 * rule, 500 for `Server.*` and 400 else.
 *
 * @see trembita §8
 */
export function formatUxpFault (fault: Fault): { status: 400 | 500, headers: Record<string, string>, body: string } {
  return {
    status: restStatusOf(fault.code),
    headers: {
      'content-type': 'text/plain; charset=utf-8',
      'Uxp-FaultCode': headerSafe(fault.code),
      'Uxp-FaultString': headerSafe(fault.message),
      'Uxp-FaultDetail': headerSafe(fault.detail)
    },
    body: fault.message
  }
}
