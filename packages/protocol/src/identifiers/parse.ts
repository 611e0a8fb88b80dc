import { Fault } from '../fault/index.ts'
import { decodeIdentifierPart } from './characters.ts'
import type { ClientId, ServerId, ServiceId } from './identifiers.ts'

export interface RepresentedParty {
  readonly partyClass?: string
  readonly partyCode: string
}

function parts (header: string, where: string, min: number, max: number): string[] {
  const split = header.split('/')
  if (split.length < min || split.length > max) {
    throw new Fault('InternalError', `${where}: expected ${min === max ? min : `${min} or ${max}`} parts, got ${split.length}`)
  }
  return split.map((part) => decodeIdentifierPart(part, where))
}

/**
 * Reads the value of an `X-Road-Client` or `Uxp-Client` header.
 *
 * @param header `INSTANCE/CLASS/MEMBER[/SUBSYSTEM]`, each part percent-encoded UTF-8.
 * @throws {Fault} `InternalError` for another number of parts or a character outside RFC 3986 pchar.
 * @see PR-REST §4.3
 */
export function parseClientId (header: string, where = 'X-Road-Client'): ClientId {
  const [instance, memberClass, memberCode, subsystemCode] = parts(header, where, 3, 4) as [string, string, string, string?]
  return subsystemCode === undefined ? { instance, memberClass, memberCode } : { instance, memberClass, memberCode, subsystemCode }
}

/** Reads `INSTANCE/CLASS/MEMBER/SUBSYSTEM/SERVICE[/VERSION]`: the form of `X-Road-Service` and, with version, `Uxp-Service`. */
export function parseServiceId (header: string, where = 'X-Road-Service', versionAllowed = false): ServiceId {
  const [instance, memberClass, memberCode, subsystemCode, serviceCode, serviceVersion] =
    parts(header, where, 5, versionAllowed ? 6 : 5) as [string, string, string, string, string, string?]
  const id = { instance, memberClass, memberCode, subsystemCode, serviceCode }
  return serviceVersion === undefined ? id : { ...id, serviceVersion }
}

/** Reads the value of an `X-Road-Security-Server` header: exactly four parts. */
export function parseServerId (header: string, where = 'X-Road-Security-Server'): ServerId {
  const [instance, memberClass, memberCode, serverCode] = parts(header, where, 4, 4) as [string, string, string, string]
  return { instance, memberClass, memberCode, serverCode }
}

/** Reads the value of an `X-Road-Represented-Party` header: `[CLASS/]CODE`. */
export function parseRepresentedParty (header: string): RepresentedParty {
  const [first, second] = parts(header, 'X-Road-Represented-Party', 1, 2) as [string, string?]
  return second === undefined ? { partyCode: first } : { partyClass: first, partyCode: second }
}
