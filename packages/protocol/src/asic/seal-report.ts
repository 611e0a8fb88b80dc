import { Fault } from '../fault/index.ts'
import { Certificate, type TimestampInfo, verifyTimestamp } from '../pki/index.ts'
import { digest, type ParsedSignature } from '../signature/index.ts'
import type { Draft } from './report.ts'
import { checkTimestampForm } from './timestamp-form.ts'

/** What can be shown of a signature before it is verified. */
export function describeSeal (parsed: ParsedSignature, draft: Draft): void {
  draft.algorithm = parsed.algorithm.jcaName
  draft.signingTime = parsed.signingTime
  const { method, value } = parsed.signingCertificate
  const der = parsed.keyCertificates.find((candidate) => digest(method, candidate).equals(value)) ?? parsed.keyCertificates[0]
  if (der !== undefined) draft.certificate = Certificate.parse(der)
}

/** Whose time stamps count. */
export interface StampTrust {
  readonly services: readonly Certificate[]
  readonly authorities: readonly Certificate[]
}

/**
 * The time stamp that stands inside a signature, over its value.
 *
 * @returns undefined when there is none.
 * @throws {Fault} `TimestampingFailed`
 */
export function verifyOwnStamp (parsed: ParsedSignature, trusted: StampTrust): (TimestampInfo & { readonly kind: 'single' }) | undefined {
  const [token, ...more] = parsed.timestamps
  if (more.length > 0) throw new Fault('TimestampingFailed', 'signature has several time stamps')
  return token === undefined ? undefined : { kind: 'single', ...verifyToken(token, parsed.value, trusted) }
}

export function verifyToken (token: Uint8Array, data: Uint8Array, { services, authorities }: StampTrust): TimestampInfo {
  const info = verifyTimestamp(token, data, services)
  checkTimestampForm(token, info.signer, authorities)
  return info
}
