import { Fault } from '../fault/index.ts'
import { encodeClientId, encodeServiceId, isSameClient, isSameService, parseClientId, parseServiceId } from '../identifiers/index.ts'
import { fromRawHeaders, isHeaderValue, lastHeader, STRIPPED_HEADERS, textOfWire } from './headers.ts'
import type { RestRequest, RestResponse } from './rest.ts'
import { readRestHead, writeRestHead } from './rest-head.ts'

/** Names that a service may not set: the gateway writes them. `x-road-service` of a service survives beside ours, as in X-Road. */
const GATEWAY_HEADERS: ReadonlySet<string> = new Set(['x-road-id', 'x-road-request-hash', 'x-road-client', 'x-road-request-id'])

export interface RestResponseInput {
  readonly status: number
  readonly reason: string
  /** Headers of the service's answer as Node's `rawHeaders`. */
  readonly rawHeaders: readonly string[]
  readonly request: RestRequest
  /** base64, of `restRequestHash`. */
  readonly requestHash: string
}

/**
 * Makes the signed head of a response from what the service answered: its headers first, then the five `x-road-*` lines.
 *
 * @returns the value and exactly the bytes to hash, sign, log and send.
 * @throws {Fault} `InternalError` for a header that HTTP does not allow.
 * @see PR-REST §4.4; xroad-messages §1.3.3, §2.5.1
 */
export function createRestResponse (input: RestResponseInput): { response: RestResponse, bytes: Buffer } {
  const { request, requestHash, status } = input
  const reason = textOfWire(input.reason)
  if (!isHeaderValue(reason)) throw new Fault('InternalError', 'reason phrase: character not allowed')
  const headers: [string, string][] = []
  for (const header of fromRawHeaders(input.rawHeaders)) {
    const name = header[0].toLowerCase()
    if (!STRIPPED_HEADERS.has(name) && !GATEWAY_HEADERS.has(name)) headers.push(header)
  }
  headers.push(
    ['x-road-id', request.id],
    ['x-road-client', encodeClientId(request.client)],
    ['x-road-service', encodeServiceId(request.service)],
    ['x-road-request-id', request.requestId],
    ['x-road-request-hash', requestHash]
  )
  const response = { status, reason, headers, client: request.client, service: request.service, id: request.id, requestId: request.requestId, requestHash }
  return { response, bytes: writeRestHead(String(status), reason, headers) }
}

/**
 * Reads the head of a peer's response.
 *
 * @throws {Fault} `InternalError` for a malformed head, or one without id, client, service, request id or request hash.
 */
export function parseRestResponse (bytes: Uint8Array): RestResponse {
  const { first, second, headers } = readRestHead(bytes)
  if (!/^[1-9][0-9]{2}$/.test(first)) throw new Fault('InternalError', 'REST head: malformed status')
  if (!isHeaderValue(second)) throw new Fault('InternalError', 'REST head: malformed reason phrase')
  return {
    status: Number(first),
    reason: second,
    headers,
    client: parseClientId(needed('X-Road-Client')),
    service: parseServiceId(needed('X-Road-Service')),
    id: needed('X-Road-Id'),
    requestId: needed('X-Road-Request-Id'),
    requestHash: needed('X-Road-Request-Hash')
  }

  function needed (name: string): string {
    const value = lastHeader(headers, name.toLowerCase())
    if (value === undefined || value === '') throw new Fault('InternalError', `header ${name} is missing in the response`)
    return value
  }
}

/**
 * Checks that a response answers the request.
 *
 * @param requestHash our own hash of the request, base64.
 * @throws {Fault} `InconsistentResponse`
 */
export function checkRestAnswer (request: RestRequest, response: RestResponse, requestHash: string): void {
  if (!isSameClient(request.client, response.client)) throw new Fault('InconsistentResponse', 'response names another client than the request')
  if (request.id !== response.id) throw new Fault('InconsistentResponse', 'response has another X-Road-Id than the request')
  if (!isSameService(request.service, response.service)) throw new Fault('InconsistentResponse', 'response names another service than the request')
  if (request.requestId !== response.requestId) throw new Fault('InconsistentResponse', 'response has another X-Road-Request-Id than the request')
  if (requestHash !== response.requestHash) throw new Fault('InconsistentResponse', 'response was made for another request: its request hash differs')
}
