import { createInformationSystem, listen, type InformationSystem, type ListenOptions } from '@trembita/example-information-system'
import { TaxRegister } from './register.ts'
import { addRest } from './rest.ts'

export type { TaxProfile, VatPayer } from './taxpayer.ts'

/** Starts the register. REST at `/vat-payers` and `/tax-profiles`, its OpenAPI at `/openapi.json`; `/health`. */
export async function startTaxRegistry (options: ListenOptions = {}): Promise<InformationSystem> {
  const app = createInformationSystem('tax-registry', options)
  addRest(app, new TaxRegister())
  return await listen(app, options)
}
