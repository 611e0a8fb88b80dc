import { Fault } from '../fault/index.ts'
import { decodeIdentifierPart, parseClientId, parseServiceId, type ClientId, type ServiceId } from '../identifiers/index.ts'
import { lastHeader, type HeaderList } from './headers.ts'

/** Who calls what, as a Trembita client says it. */
export interface UxpIdentity {
  readonly client: ClientId
  /** With `serviceVersion` when one was named. */
  readonly service: ServiceId
  /** Raw path for the service, '' or with its leading `/`. */
  readonly servicePath: string
  readonly warnings: readonly string[]
}

const PREFIX = '/restapi'

/**
 * Reads caller, service and path of a `/restapi` request: from `Uxp-Client` and `Uxp-Service`, or, when there is no
 * `Uxp-Client`, from path and query as Trembita 1.x clients put them there.
 *
 * @param path raw, `/restapi` or below it.
 * @param instance the gateway's own: a legacy client names none for itself.
 * @throws {Fault} `BadRequest`
 * @see trembita §3.1, §3.5
 */
export function readUxpIdentity (path: string, query: URLSearchParams, headers: HeaderList, instance: string): UxpIdentity {
  if (!path.startsWith(PREFIX) || (path.length > PREFIX.length && path[PREFIX.length] !== '/')) throw new Fault('BadRequest', 'path: expected /restapi')
  try {
    const client = lastHeader(headers, 'uxp-client')
    return client === undefined || client === '' ? legacy(path, query, instance) : fromHeaders(path, client, lastHeader(headers, 'uxp-service'))
  } catch (thrown) {
    // Malformed identifiers are argument errors in X-Road; Trembita has a kind of its own for them.
    if (thrown instanceof Fault && thrown.kind === 'InternalError') throw new Fault('BadRequest', thrown.message, { cause: thrown })
    throw thrown
  }
}

function fromHeaders (path: string, client: string, service: string | undefined): UxpIdentity {
  const warnings: string[] = []
  if (service === undefined || service === '') throw new Fault('BadRequest', 'header Uxp-Service is missing')
  let named = service
  if (named.endsWith('/')) {
    // Official clients write the slash of an empty version.
    named = named.slice(0, -1)
    warnings.push('Uxp-Service ends in a slash')
  }
  if (named.split('/').length < 5) throw new Fault('BadRequest', 'Uxp-Service header does not contain all required service identifier parts')
  return {
    client: parseClientId(client, 'Uxp-Client'),
    service: parseServiceId(named, 'Uxp-Service', true),
    servicePath: path.slice(PREFIX.length),
    warnings
  }
}

function legacy (path: string, query: URLSearchParams, instance: string): UxpIdentity {
  const [, , memberClass, memberCode, subsystemCode] = path.split('/')
  if (!query.has('serviceCode') || memberClass === undefined || memberCode === undefined || subsystemCode === undefined) {
    throw new Fault('BadRequest', 'header Uxp-Client is missing')
  }
  const client = {
    instance,
    memberClass: decodeIdentifierPart(memberClass, 'path'),
    memberCode: decodeIdentifierPart(memberCode, 'path'),
    subsystemCode: decodeIdentifierPart(subsystemCode, 'path')
  }
  const needed = (name: string): string => {
    const value = query.get(name)
    if (value === null || value === '') throw new Fault('BadRequest', `parameter ${name}: missing, not all required service identifier parts are given`)
    return value
  }
  const service = {
    instance: needed('xRoadInstance'),
    memberClass: needed('memberClass'),
    memberCode: needed('memberCode'),
    subsystemCode: needed('subsystemCode'),
    serviceCode: needed('serviceCode')
  }
  const serviceVersion = query.get('serviceVersion')
  return {
    client,
    service: serviceVersion === null || serviceVersion === '' ? service : { ...service, serviceVersion },
    servicePath: path.slice([PREFIX, memberClass, memberCode, subsystemCode].join('/').length),
    warnings: ['legacy path style: client in the path']
  }
}
