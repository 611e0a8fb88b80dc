import { Fault } from '../fault/index.ts'

/** One kind for everything that is wrong with the form of an agreement, its container or the list of agreements. */
export function malformed (message: string, cause?: unknown): Fault {
  return new Fault('MalformedAgreement', `agreement: ${message}`, { cause })
}
