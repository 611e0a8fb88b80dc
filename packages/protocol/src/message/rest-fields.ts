import { Fault } from '../fault/index.ts'
import {
  parseClientId, parseRepresentedParty, parseServerId, decodeIdentifierPart,
  type ClientId, type RepresentedParty, type ServerId, type ServiceId
} from '../identifiers/index.ts'
import type { HeaderList } from './headers.ts'

/** What line 2 of a request head says. */
export interface RestTarget {
  readonly service: ServiceId
  readonly servicePath: string
  readonly query: string | undefined
}

/**
 * Takes `/r1/{instance}/{class}/{member}/{subsystem}/{service}[/path][?query]` apart. Path and query stay raw.
 *
 * @throws {Fault} `InternalError` as X-Road answers a malformed path: other version, fewer than five identifier parts, bad escapes.
 * @see PR-REST §4.1
 */
export function parseRestTarget (target: string): RestTarget {
  const mark = target.indexOf('?')
  const path = mark < 0 ? target : target.slice(0, mark)
  const query = mark < 0 ? undefined : target.slice(mark + 1)
  if (!path.startsWith('/r1/')) throw new Fault('InternalError', 'REST path: expected /r1/')
  const parts: string[] = []
  let from = 4
  let servicePath = ''
  while (parts.length < 5) {
    const slash = path.indexOf('/', from)
    if (slash < 0) {
      parts.push(path.slice(from))
      break
    }
    parts.push(path.slice(from, slash))
    from = slash + 1
    if (parts.length === 5) servicePath = path.slice(slash)
  }
  if (parts.length < 5) throw new Fault('InternalError', 'REST path: expected instance, member class, member code, subsystem code and service code')
  return {
    service: {
      instance: decodeIdentifierPart(parts[0]!, 'REST path'),
      memberClass: decodeIdentifierPart(parts[1]!, 'REST path'),
      memberCode: decodeIdentifierPart(parts[2]!, 'REST path'),
      subsystemCode: decodeIdentifierPart(parts[3]!, 'REST path'),
      serviceCode: decodeIdentifierPart(parts[4]!, 'REST path')
    },
    servicePath,
    query
  }
}

/** X-Road fields of a request's headers; of several equal names the last counts. */
export interface RestRequestFields {
  client?: ClientId
  id?: string
  requestId?: string
  userId?: string
  issue?: string
  securityServer?: ServerId
  representedParty?: RepresentedParty
}

/**
 * Reads the X-Road headers of a request.
 *
 * @throws {Fault} `InternalError` for a value with another number of parts or with bad escapes.
 */
export function readRestRequestFields (headers: HeaderList): RestRequestFields {
  const fields: RestRequestFields = {}
  let client: string | undefined
  for (const [name, value] of headers) {
    // Cheap test first: most headers are none of ours.
    if (name.length < 9 || name.charCodeAt(6) !== 0x2d || (name.charCodeAt(0) | 0x20) !== 0x78) continue
    switch (name.toLowerCase()) {
      case 'x-road-client': client = value; break
      case 'x-road-id': fields.id = value; break
      case 'x-road-request-id': fields.requestId = value; break
      case 'x-road-userid': fields.userId = value; break
      case 'x-road-issue': fields.issue = value; break
      case 'x-road-security-server': fields.securityServer = parseServerId(value); break
      case 'x-road-represented-party': fields.representedParty = parseRepresentedParty(value); break
    }
  }
  if (client !== undefined) fields.client = parseClientId(client)
  return fields
}
