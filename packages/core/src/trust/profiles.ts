import { CERTIFICATE_PROFILES } from '@trembita/protocol/pki'
import { Refusal } from '../refusal.ts'

const PACKAGE = 'ee.ria.xroad.common.certificateprofile.impl.'

/** Certificate profiles that every gateway knows, by their class names (xroad-trust §3.2). */
export const PROFILE_CLASSES: readonly string[] = CERTIFICATE_PROFILES.map((name) => PACKAGE + name)

/**
 * The full class name of a profile, which may be given without its package. A name that gateways do not know breaks them when the
 * first message comes, not before (xroad-trust §7.9).
 *
 * @throws {Refusal} `invalid_certificate_profile`
 */
export function profileClassOf (text: string): string {
  const name = text.trim()
  const found = PROFILE_CLASSES.find((profile) => profile === name || profile === PACKAGE + name)
  if (found === undefined) {
    const problem = `expected one of ${CERTIFICATE_PROFILES.join(', ')}`
    throw new Refusal('invalid', 'invalid_certificate_profile', `certificate profile: ${problem}`, { fields: { certificate_profile_info: problem } })
  }
  return found
}
