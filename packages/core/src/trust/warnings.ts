import { Refusal } from '../refusal.ts'
import { ServiceProblem } from './ask-service.ts'

/** Something that an operator should know of and may decide to accept. */
export interface Warning {
  /** `ocsp_responder_check_failed` */
  readonly code: string
  /** Field of the form that it is about. */
  readonly field: string
  readonly message: string
}

/**
 * Refuses for the first warning, unless the operator has said to go on; then gives what is to stand in the audit log.
 *
 * @throws {Refusal}
 */
export function refuseUnlessIgnored (warnings: readonly Warning[], ignoreWarnings: boolean): { accepted_warnings?: string[] } {
  const [first] = warnings
  if (first === undefined) return {}
  if (ignoreWarnings) return { accepted_warnings: warnings.map(({ message }) => message) }
  throw new Refusal('invalid', first.code, warnings.map(({ message }) => message).join('; '), {
    fields: Object.fromEntries(warnings.map(({ field, message }) => [field, message]))
  })
}

/** The warning that a failed check of a service makes. */
export async function warningOf (code: string, field: string, service: string, check: () => Promise<void>): Promise<Warning[]> {
  try {
    await check()
    return []
  } catch (error) {
    if (!(error instanceof ServiceProblem)) throw error
    return [{ code, field, message: `${service}: ${error.message}` }]
  }
}
