import type { ClientId, MemberId } from '@trembita/protocol/identifiers'
import { Refusal } from './refusal.ts'

/** X-Road's relaxed rule for new identifiers (xroad-trust §1.4): what would not survive a path or a header is refused. */
const FORBIDDEN = /[:;/\\%\u0000-\u001f\u007f-\u009f\ufeff\u200b]/
const CHARACTERS_MAX = 255

/** @throws {Refusal} for a code that cannot stand in an identifier. */
export function checkCode (field: string, code: string): string {
  if (code.trim() === '' || code.length > CHARACTERS_MAX || FORBIDDEN.test(code)) {
    throw new Refusal('invalid', 'validation_failure', `${field} is no identifier`, {
      fields: { [field]: 'expected 1 to 255 characters, none of : ; / \\ % and no control characters' }
    })
  }
  return code
}

/** X-Road's encoded id, `EE:GOV:123[:sub]`. @throws {Refusal}. */
export function parseEncodedClientId (field: string, text: string): ClientId {
  const parts = text.split(':')
  if (parts.length !== 3 && parts.length !== 4) throw new Refusal('invalid', 'validation_failure', `${field}: expected INSTANCE:CLASS:CODE or INSTANCE:CLASS:CODE:SUBSYSTEM`)
  const [instance, memberClass, memberCode, subsystemCode] = parts.map((part) => checkCode(field, part)) as [string, string, string, string?]
  return subsystemCode === undefined ? { instance, memberClass, memberCode } : { instance, memberClass, memberCode, subsystemCode }
}

/** @throws {Refusal} also for a subsystem. */
export function parseEncodedMemberId (field: string, text: string): MemberId {
  const id = parseEncodedClientId(field, text)
  if (id.subsystemCode !== undefined) throw new Refusal('invalid', 'validation_failure', `${field}: expected INSTANCE:CLASS:CODE`)
  return id
}

export function formatEncodedId ({ instance, memberClass, memberCode, subsystemCode }: ClientId): string {
  return [instance, memberClass, memberCode, ...subsystemCode === undefined ? [] : [subsystemCode]].join(':')
}
