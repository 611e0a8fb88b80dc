import { createInformationSystem, listen, PseudonymIndex, type InformationSystem, type ListenOptions } from '@trembita/example-information-system'
import { IndividualsRegister } from './individuals-register.ts'
import { TaxRegister } from './register.ts'
import { addRest } from './rest.ts'
import { addSoap } from './soap.ts'

export type { IncomeSource, IncomeTax } from './income.ts'
export type { TaxProfile, VatPayer } from './taxpayer.ts'

export interface TaxOptions extends ListenOptions {
  /** Master key of pseudonyms, 32 bytes, the same as the asker's component has; random without it, and then nobody's pseudonyms fit. */
  readonly pseudonymKey?: Uint8Array | undefined
}

/** Agreement under which depersonalised profiles are given. */
export const TAX_SUPPORT_AGREEMENT = 'AGR-688-TAX'

/**
 * Starts the tax service's registers. REST at `/vat-payers`, `/tax-profiles` and `/rnokpp-checks`, SOAP of the register of individuals at `/drfo`
 * (its WSDL at `/drfo?wsdl`), OpenAPI at `/openapi.json`; `/health`.
 */
export async function startTaxRegistry (options: TaxOptions = {}): Promise<InformationSystem> {
  const app = createInformationSystem('tax-registry', options)
  const [taxes, individuals] = [new TaxRegister(), new IndividualsRegister()]
  addRest(app, { taxes, individuals, pseudonyms: new PseudonymIndex(options.pseudonymKey ?? crypto.getRandomValues(new Uint8Array(32)), [TAX_SUPPORT_AGREEMENT], taxes.codes) })
  addSoap(app, individuals)
  return await listen(app, options)
}
