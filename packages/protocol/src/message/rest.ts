import type { ClientId, RepresentedParty, ServerId, ServiceId } from '../identifiers/index.ts'
import type { HeaderList } from './headers.ts'

/** Methods of REST messages; compared exactly (PR-REST §4.2). */
export const REST_METHODS: ReadonlySet<string> = new Set(['DELETE', 'GET', 'HEAD', 'OPTIONS', 'PATCH', 'POST', 'PUT', 'TRACE'])

/** Longest head accepted from a peer: far over what HTTP listeners take as headers. */
export const REST_HEAD_BYTES_MAX = 256 * 1024

/** Head of a REST request as it is signed; the body travels beside it. */
export interface RestRequest {
  readonly method: string
  /** Raw path and query, as the information system sent them: `/r1/ZZ/GOV/2002/registry/people/v1/find?name=a%20b`. */
  readonly target: string
  /** '' or what follows the service code, with its leading `/`; raw. */
  readonly servicePath: string
  /** Raw query without `?`; undefined when there is no `?`, '' when nothing follows it. */
  readonly query: string | undefined
  /** Everything that stands in the head, the `x-road-*` lines included. */
  readonly headers: HeaderList
  readonly client: ClientId
  readonly service: ServiceId
  /** X-Road-Id. */
  readonly id: string
  /** X-Road-Request-Id, made by the consumer's gateway for each request. */
  readonly requestId: string
  readonly userId?: string | undefined
  readonly issue?: string | undefined
  readonly securityServer?: ServerId | undefined
  readonly representedParty?: RepresentedParty | undefined
}

/** Head of a REST response as it is signed. */
export interface RestResponse {
  readonly status: number
  readonly reason: string
  readonly headers: HeaderList
  readonly client: ClientId
  readonly service: ServiceId
  readonly id: string
  readonly requestId: string
  /** base64; of {@link restRequestHash}. */
  readonly requestHash: string
}
