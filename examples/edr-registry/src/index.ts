import { createInformationSystem, listen, PseudonymIndex, type InformationSystem, type ListenOptions } from '@trembita/example-information-system'
import { EdrRegister } from './register.ts'
import { addRest } from './rest.ts'
import { addSoap } from './soap.ts'

export type { Subject } from './subject.ts'
export { type SupportProfile, SUPPORT_FIELDS } from './support-profile.ts'

export interface EdrOptions extends ListenOptions {
  /** Master key of pseudonyms, 32 bytes, the same as the asker's component has; random without it, and then nobody's pseudonyms fit. */
  readonly pseudonymKey?: Uint8Array | undefined
}

/** Agreement under which depersonalised profiles are given. */
export const EDR_SUPPORT_AGREEMENT = 'AGR-688-EDR'

/** Starts the register. SOAP at `/soap`, its WSDL at `/soap?wsdl`; REST at `/subjects` and `/support-profiles`, OpenAPI at `/openapi.json`; `/health`. */
export async function startEdrRegistry (options: EdrOptions = {}): Promise<InformationSystem> {
  const app = createInformationSystem('edr-registry', options)
  const register = new EdrRegister()
  addRest(app, register, new PseudonymIndex(options.pseudonymKey ?? crypto.getRandomValues(new Uint8Array(32)), [EDR_SUPPORT_AGREEMENT], register.codes))
  addSoap(app, register)
  return await listen(app, options)
}
