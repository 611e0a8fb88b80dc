import { Fault } from '../fault/index.ts'
import { encodeClientId, encodeServiceId, type ServiceId } from '../identifiers/index.ts'
import { fromRawHeaders, isHeaderValue, lastHeader, STRIPPED_HEADERS, textOfWire } from './headers.ts'
import type { RestRequest } from './rest.ts'
import { buildRestRequest, type RestRequestInput } from './rest-request.ts'
import { readUxpIdentity } from './uxp-identity.ts'

export interface UxpRequestInput extends RestRequestInput {
  /** Raw target, `/restapi…`. */
  readonly target: string
  /** Own instance of the gateway. */
  readonly instance: string
}

export interface UxpRequest {
  /** In X-Road's form: what is signed, logged and sent. */
  readonly request: RestRequest
  readonly bytes: Buffer
  /** `Uxp-Transaction-Id`, the same as the request id. */
  readonly transactionId: string
  /** What was tolerated; safe to log. */
  readonly warnings: readonly string[]
}

/** Methods of Trembita's REST interface (trembita §1). */
const UXP_METHODS: ReadonlySet<string> = new Set(['HEAD', 'GET', 'DELETE', 'POST', 'PUT', 'PATCH'])

/** Written by us in their one right form, whatever the client sent. */
const REWRITTEN: ReadonlySet<string> = new Set([
  'uxp-client', 'uxp-service', 'uxp-transaction-id', 'uxp-purpose-ids',
  'x-road-client', 'x-road-id', 'x-road-request-id', 'x-road-request-hash', 'x-road-userid', 'x-road-issue'
])

/**
 * A service with its version folded into the code: `PersonSearch` + `v1` is `PersonSearch.v1`. X-Road's REST has five identifier
 * segments and no version, so between gateways, in the registry of services and in access rights the version is part of the service
 * code; `Uxp-Service` inside the signed head still says it apart.
 */
export function withoutVersion (service: ServiceId): ServiceId {
  const { serviceVersion, ...rest } = service
  return serviceVersion === undefined ? rest : { ...rest, serviceCode: `${service.serviceCode}.${serviceVersion}` }
}

/**
 * Makes an X-Road REST request of one in the Trembita dialect. The signed head holds both header families: all the client
 * sent (hop-by-hop headers apart) and the `X-Road-*` equivalents, so a service may read either.
 *
 * The id is the first of `Uxp-Queryid`, `Uxp-Id`, parameter `queryId`, `X-Road-Id`, or a new one; the user is `Uxp-Userid` or parameter
 * `userId`. The query goes to the service whole. A purpose that is empty or `""` counts as not given; `Purpose-Id` is read in its place.
 *
 * @throws {Fault} `BadRequest` for missing or malformed identifiers, `InvalidHttpMethod` (origin `Client`), and as `createRestRequest`.
 * @see trembita §3, §19; PR-REST §4
 */
export function fromUxp (input: UxpRequestInput): UxpRequest {
  if (!UXP_METHODS.has(input.method)) throw new Fault('InvalidHttpMethod', `Unsupported HTTP method ${input.method.slice(0, 16)}`, { origin: 'Client' })
  const target = textOfWire(input.target)
  const mark = target.indexOf('?')
  const path = mark < 0 ? target : target.slice(0, mark)
  const search = mark < 0 ? '' : target.slice(mark)
  const query = new URLSearchParams(search)
  const received = fromRawHeaders(input.rawHeaders)
  const { client, service, servicePath, warnings: found } = readUxpIdentity(path, query, received, input.instance)
  const warnings = [...found]
  const value = (name: string): string | undefined => lastHeader(received, name) || undefined

  const id = value('uxp-queryid') ?? value('uxp-id') ?? (query.get('queryId') || (value('x-road-id') ?? input.newId()))
  const userId = value('uxp-userid') ?? (query.get('userId') || value('x-road-userid'))
  const issue = value('uxp-issue') ?? value('x-road-issue')
  for (const [name, text] of [['queryId', id], ['userId', userId]] as const) {
    if (text !== undefined && !isHeaderValue(text)) throw new Fault('BadRequest', `parameter ${name}: control characters are not allowed`)
  }
  const purpose = purposeOf(value, warnings)

  const headers = received.filter(([name]) => {
    const lower = name.toLowerCase()
    return !STRIPPED_HEADERS.has(lower) && !REWRITTEN.has(lower)
  })
  const add = (name: string, text: string | undefined): void => { if (text !== undefined) headers.push([name, text]) }
  add('Uxp-Client', encodeClientId(client))
  add('Uxp-Service', encodeServiceId(service))
  add('Uxp-Purpose-Ids', purpose)
  if (value('uxp-queryid') === undefined) add('Uxp-Queryid', id)
  if (value('uxp-userid') === undefined) add('Uxp-Userid', userId)
  add('Uxp-Transaction-Id', input.requestId)
  add('X-Road-Client', encodeClientId(client))
  add('X-Road-UserId', userId)
  add('X-Road-Issue', issue)
  add('x-road-id', id)
  const { request, bytes } = buildRestRequest(input.method, `/r1/${encodeServiceId(withoutVersion(service))}${servicePath}${search}`, headers, input.requestId, input.newId)
  return { request, bytes, transactionId: input.requestId, warnings }
}

function purposeOf (value: (name: string) => string | undefined, warnings: string[]): string | undefined {
  const given = (text: string | undefined): text is string => text !== undefined && text.trim() !== '' && text.trim() !== '""'
  const own = value('uxp-purpose-ids')
  if (given(own)) return own
  if (own !== undefined) warnings.push('Uxp-Purpose-Ids is empty: read as not given')
  const other = value('purpose-id')
  if (!given(other)) return undefined
  warnings.push('Purpose-Id read in place of Uxp-Purpose-Ids')
  return other
}
