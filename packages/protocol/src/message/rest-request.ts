import { Fault } from '../fault/index.ts'
import { fromRawHeaders, isHeaderValue, STRIPPED_HEADERS, textOfWire, type HeaderList } from './headers.ts'
import { REST_METHODS, type RestRequest } from './rest.ts'
import { parseRestTarget, readRestRequestFields, type RestRequestFields } from './rest-fields.ts'
import { readRestHead, writeRestHead } from './rest-head.ts'

export interface RestRequestInput {
  readonly method: string
  /** Raw request target, path and query: Node's `request.url`. */
  readonly target: string
  /** Node's `request.rawHeaders`. */
  readonly rawHeaders: readonly string[]
  /** UUID of this exchange. */
  readonly requestId: string
  /** Makes an X-Road-Id when the information system sent none: `<own instance>-<uuid4>`. */
  readonly newId: () => string
}

/**
 * Java's URI, which a peer reads line 2 with: RFC 2396 characters, well-formed escapes, and non-ASCII that is no space or control.
 */
const STRICT_TARGET = /^(?:[A-Za-z0-9\-._~:/?@!$&'()*+,;=[\]]|[\u00a1-\u167f\u1681-\u1fff\u200b-\u2027\u202a-\u202e\u2030-\u205e\u2060-\u2fff\u3001-\uffff]|%[0-9A-Fa-f]{2})*$/

/**
 * Makes the signed head of a request from what an information system sent: hop-by-hop headers dropped, identifiers read,
 * `x-road-request-id` appended and, if absent, `x-road-id`.
 *
 * @returns the value and exactly the bytes to hash, sign, log and send.
 * @throws {Fault} `InvalidClientIdentifier` without X-Road-Client; `InternalError` for another method, a malformed path or identifier.
 * @see PR-REST §4; xroad-messages §1.3, §2.5.1
 */
export function createRestRequest (input: RestRequestInput): { request: RestRequest, bytes: Buffer } {
  const headers: [string, string][] = []
  for (const header of fromRawHeaders(input.rawHeaders)) {
    const name = header[0].toLowerCase()
    if (STRIPPED_HEADERS.has(name) || name === 'x-road-request-id' || name === 'x-road-request-hash') continue
    // A response needs a non-empty id to echo, so an empty one counts as none.
    if (name === 'x-road-id' && header[1] === '') continue
    headers.push(header)
  }
  return buildRestRequest(input.method, textOfWire(input.target), headers, input.requestId, input.newId)
}

/** The common end of {@link createRestRequest} and the Trembita dialect: `headers` are already what the head shall hold. */
export function buildRestRequest (method: string, target: string, headers: [string, string][], requestId: string, newId: () => string): { request: RestRequest, bytes: Buffer } {
  if (!REST_METHODS.has(method)) throw new Fault('InternalError', 'REST method not supported')
  if (/[\u0000-\u0020\u007f]/.test(target)) throw new Fault('InternalError', 'REST path: character not allowed')
  headers.push(['x-road-request-id', requestId])
  const fields = readRestRequestFields(headers)
  if (fields.id === undefined) {
    fields.id = newId()
    headers.push(['x-road-id', fields.id])
  }
  if (!isHeaderValue(fields.id) || !isHeaderValue(requestId)) throw new Fault('InternalError', 'X-Road-Id: character not allowed')
  return { request: assemble(method, target, headers, fields), bytes: writeRestHead(method, target, headers) }
}

/**
 * Reads the head of a peer's request.
 *
 * @throws {Fault} `InternalError` for everything a peer refuses (xroad-messages §2.5.1), `InvalidClientIdentifier` without
 *   X-Road-Client.
 */
export function parseRestRequest (bytes: Uint8Array): RestRequest {
  const { first, second, headers } = readRestHead(bytes)
  if (!REST_METHODS.has(first)) throw new Fault('InternalError', 'REST head: unknown method')
  if (!STRICT_TARGET.test(second) || second.startsWith('//')) throw new Fault('InternalError', 'REST head: path is no valid URI')
  return assemble(first, second, headers, readRestRequestFields(headers))
}

function assemble (method: string, target: string, headers: HeaderList, fields: RestRequestFields): RestRequest {
  const { service, servicePath, query } = parseRestTarget(target)
  const { client, id, requestId } = fields
  if (client === undefined) throw new Fault('InvalidClientIdentifier', 'header X-Road-Client is missing')
  if (id === undefined || id === '') throw new Fault('InternalError', 'header X-Road-Id is missing')
  if (requestId === undefined || requestId === '') throw new Fault('InternalError', 'header X-Road-Request-Id is missing')
  return {
    method,
    target,
    servicePath,
    query,
    headers,
    client,
    service,
    id,
    requestId,
    userId: fields.userId,
    issue: fields.issue,
    securityServer: fields.securityServer,
    representedParty: fields.representedParty
  }
}
