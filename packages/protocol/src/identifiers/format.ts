import { encodeIdentifierPart } from './characters.ts'
import type { ClientId, ServerId, ServiceId } from './identifiers.ts'

function clientParts (id: ClientId): string[] {
  const parts = [id.instance, id.memberClass, id.memberCode]
  if (id.subsystemCode !== undefined) parts.push(id.subsystemCode)
  return parts
}

function serviceParts (id: ServiceId): string[] {
  const parts = clientParts(id)
  parts.push(id.serviceCode)
  if (id.serviceVersion !== undefined) parts.push(id.serviceVersion)
  return parts
}

function serverParts (id: ServerId): string[] {
  return [id.instance, id.memberClass, id.memberCode, id.serverCode]
}

function encode (parts: string[]): string {
  return parts.map(encodeIdentifierPart).join('/')
}

/** Short form, parts joined by `/` as they are: `ZZ/GOV/1001/portal`. For keys and people. */
export function formatClientId (id: ClientId): string {
  return clientParts(id).join('/')
}

export function formatServiceId (id: ServiceId): string {
  return serviceParts(id).join('/')
}

export function formatServerId (id: ServerId): string {
  return serverParts(id).join('/')
}

/** Long form of fault texts: `SUBSYSTEM:ZZ/GOV/1001/portal` or `MEMBER:ZZ/GOV/1001`. */
export function describeClient (id: ClientId): string {
  return `${id.subsystemCode === undefined ? 'MEMBER' : 'SUBSYSTEM'}:${formatClientId(id)}`
}

export function describeService (id: ServiceId): string {
  return `SERVICE:${formatServiceId(id)}`
}

export function describeServer (id: ServerId): string {
  return `SERVER:${formatServerId(id)}`
}

/** Percent-encoded form for headers and URLs (PR-REST §4.3). */
export function encodeClientId (id: ClientId): string {
  return encode(clientParts(id))
}

export function encodeServiceId (id: ServiceId): string {
  return encode(serviceParts(id))
}

export function encodeServerId (id: ServerId): string {
  return encode(serverParts(id))
}
