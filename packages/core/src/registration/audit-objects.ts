import { formatClientId, formatServerId, type ClientId, type ServerId } from '@trembita/protocol/identifiers'
import type { ChangeRecord } from '../audit/index.ts'

/** Names of things in the audit log; the history of each is found by them. */
export function clientObject (id: ClientId): ChangeRecord['object'] {
  return { kind: id.subsystemCode === undefined ? 'member' : 'subsystem', id: formatClientId(id) }
}

export function serverObject (id: ServerId): ChangeRecord['object'] {
  return { kind: 'server', id: formatServerId(id) }
}

export function requestObject (id: number): ChangeRecord['object'] {
  return { kind: 'management-request', id: String(id) }
}
