import { createInformationSystem, listen, type InformationSystem, type ListenOptions } from '@trembita/example-information-system'
import { EdrRegister } from './register.ts'
import { addRest } from './rest.ts'
import { addSoap } from './soap.ts'

export type { Subject } from './subject.ts'

/** Starts the register. SOAP at `/soap`, its WSDL at `/soap?wsdl`; REST at `/subjects`, its OpenAPI at `/openapi.json`; `/health`. */
export async function startEdrRegistry (options: ListenOptions = {}): Promise<InformationSystem> {
  const app = createInformationSystem('edr-registry', options)
  const register = new EdrRegister()
  addRest(app, register)
  addSoap(app, register)
  return await listen(app, options)
}
