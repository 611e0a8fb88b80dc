import type { ClientId, MemberId, ServerId } from '@trembita/protocol/identifiers'
import { Refusal } from '../refusal.ts'

/** Identifiers as X-Road's administration has them, in paths and answers: parts as they are, joined by colons (xroad-trust §1.3). */
export function encodedClientId ({ instance, memberClass, memberCode, subsystemCode }: ClientId): string {
  return [instance, memberClass, memberCode, ...subsystemCode === undefined ? [] : [subsystemCode]].join(':')
}

export function encodedServerId ({ instance, memberClass, memberCode, serverCode }: ServerId): string {
  return [instance, memberClass, memberCode, serverCode].join(':')
}

/** @throws {Refusal} `invalid_encoded_id` for another number of parts. */
export function parseMemberId (encoded: string): MemberId {
  const [instance, memberClass, memberCode] = partsOf(encoded, 3, 3) as [string, string, string]
  return { instance, memberClass, memberCode }
}

/** A member, or a subsystem. */
export function parseClientId (encoded: string): ClientId {
  const [instance, memberClass, memberCode, subsystemCode] = partsOf(encoded, 3, 4) as [string, string, string, string?]
  return subsystemCode === undefined ? { instance, memberClass, memberCode } : { instance, memberClass, memberCode, subsystemCode }
}

/** A subsystem and nothing else. */
export function parseSubsystemId (encoded: string): Required<ClientId> {
  const [instance, memberClass, memberCode, subsystemCode] = partsOf(encoded, 4, 4) as [string, string, string, string]
  return { instance, memberClass, memberCode, subsystemCode }
}

export function parseServerId (encoded: string): ServerId {
  const [instance, memberClass, memberCode, serverCode] = partsOf(encoded, 4, 4) as [string, string, string, string]
  return { instance, memberClass, memberCode, serverCode }
}

function partsOf (encoded: string, min: number, max: number): string[] {
  const parts = encoded.split(':')
  if (parts.length < min || parts.length > max || parts.includes('')) {
    throw new Refusal('invalid', 'invalid_encoded_id', `identifier is not ${min === max ? min : `${min} or ${max}`} parts joined by colons`)
  }
  return parts
}
