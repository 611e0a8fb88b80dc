import { childOf, formatTraceparent, parseTraceparent, type TraceContext } from '@trembita/daemon'
import { Fault } from '@trembita/protocol/fault'
import { encodeClientId, isSameService, parseServiceId, type ServiceId } from '@trembita/protocol/identifiers'
import { lastHeader, uxpServiceHeaders, withoutVersion, type HeaderList, type RestRequest } from '@trembita/protocol/message'

const TRACE_HEADERS: ReadonlySet<string> = new Set(['traceparent', 'tracestate'])
/** Read by their last value when the request was checked: a service must not find another one before it. */
const SINGLE_HEADERS: ReadonlySet<string> = new Set(['x-road-client', 'x-road-id', 'x-road-request-id', 'uxp-client', 'uxp-service', 'uxp-transaction-id'])

/**
 * Headers with which a REST service is called: those of the sealed head, and Trembita's where they are missing. Who asks, for
 * what and in which exchange stands once and is what was verified: a client may write anything into its own sealed head.
 */
export function restServiceHeaders (rest: RestRequest, trace: TraceContext): HeaderList {
  const headers = rest.headers.filter(([name, value], index) => {
    const lower = name.toLowerCase()
    if (TRACE_HEADERS.has(lower)) return false
    if (!SINGLE_HEADERS.has(lower)) return true
    return rest.headers.findLastIndex(([other]) => other.toLowerCase() === lower) === index && holds(lower, value, rest)
  })
  return [...headers, ...uxpServiceHeaders({ ...rest, headers }), ...traceHeaders(traceOf(rest, trace))]
}

/** A SOAP service gets no headers of its client; those tell it the exchange and the trace. */
export function soapServiceHeaders (requestId: string, trace: TraceContext): HeaderList {
  return [['Uxp-Transaction-Id', requestId], ...traceHeaders(trace)]
}

/** Whether a header of the Trembita family says what was verified. */
function holds (lower: string, value: string, rest: RestRequest): boolean {
  if (lower === 'uxp-client') return value === encodeClientId(rest.client)
  if (lower === 'uxp-transaction-id') return value === rest.requestId
  return lower !== 'uxp-service' || namesService(value, rest.service)
}

/** `Uxp-Service` may say the version apart, which between gateways is part of the service code. */
function namesService (value: string, service: ServiceId): boolean {
  try {
    return isSameService(withoutVersion(parseServiceId(value, 'Uxp-Service', true)), service)
  } catch (error) {
    if (error instanceof Fault) return false
    throw error
  }
}

/** The client's own trace stands in the sealed head too, and there alone when its gateway knows nothing of traces. */
function traceOf ({ headers }: RestRequest, trace: TraceContext): TraceContext {
  const sealed = parseTraceparent(lastHeader(headers, 'traceparent'), lastHeader(headers, 'tracestate'))
  return sealed === undefined || sealed.traceId === trace.traceId ? trace : childOf(sealed)
}

function traceHeaders (trace: TraceContext): HeaderList {
  return [['traceparent', formatTraceparent(trace)], ...(trace.state === undefined ? [] : [['tracestate', trace.state] as const])]
}
