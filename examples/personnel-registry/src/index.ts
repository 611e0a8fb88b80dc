import { createInformationSystem, listen, type InformationSystem, type ListenOptions } from '@trembita/example-information-system'
import { addAdmin } from './admin.ts'
import { PersonnelRegister } from './register.ts'
import { addRest } from './rest.ts'

export type { Body, ServiceStatus } from './personnel.ts'
export type { OfficialCard, StaffLine, StatusAnswer, UnitNode } from './register.ts'

/** Starts the personnel system. REST described at `/openapi.json`; `/health`; the demonstration's own changes under `/admin`. */
export async function startPersonnelRegistry (options: ListenOptions = {}): Promise<InformationSystem> {
  const app = createInformationSystem('personnel-registry', options)
  const register = new PersonnelRegister()
  addRest(app, register)
  addAdmin(app, register)
  return await listen(app, options)
}
