import { createInformationSystem, listen, type InformationSystem, type ListenOptions } from '@trembita/example-information-system'
import { DisplacedPersonsRegister } from './register.ts'
import { addRest } from './rest.ts'

export type { Certificate } from './register.ts'

/** Starts the register. REST at `/certificates`, its OpenAPI at `/openapi.json`; `/health`. */
export async function startDisplacedPersonsRegistry (options: ListenOptions = {}): Promise<InformationSystem> {
  const app = createInformationSystem('displaced-persons-registry', options)
  addRest(app, new DisplacedPersonsRegister())
  return await listen(app, options)
}
