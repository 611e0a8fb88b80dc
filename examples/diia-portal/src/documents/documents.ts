import type { Identity } from '@trembita/daemon/accounts'
import { ExchangeFailure, type Gateway } from '../exchange/index.ts'
import { askDisplaced } from './displaced.ts'
import { heldDocument } from './held.ts'
import { askIncome } from './income.ts'
import { DOCUMENT_TYPES, type DocumentState, type DocumentType } from './types.ts'

export interface DocumentsDeps {
  readonly gateway: Gateway
  readonly clock: { now (): Date }
  /** Code of the agreement's purpose. */
  readonly purpose?: string | undefined
}

/** Documents of one person, those of registers asked there and then. */
export class Documents {
  readonly #deps: DocumentsDeps

  constructor (deps: DocumentsDeps) {
    this.#deps = deps
  }

  async find (type: DocumentType, identity: Identity): Promise<DocumentState> {
    if (type === 'internal-passport' || type === 'foreign-passport' || type === 'taxpayer-card') return heldDocument(type, identity)
    if (identity.rnokpp === undefined) return { type, state: 'noRnokpp' }
    const ask = type === 'income-sources' ? askIncome : askDisplaced
    try {
      return await ask(this.#deps, { ...identity, rnokpp: identity.rnokpp })
    } catch (error) {
      if (!(error instanceof ExchangeFailure)) throw error
      return { type, state: error.kind, code: error.code, exchangeId: error.exchangeId }
    }
  }

  /** All at once: a slow register holds up nobody but itself. */
  async all (identity: Identity, types: readonly DocumentType[] = DOCUMENT_TYPES): Promise<DocumentState[]> {
    return await Promise.all(types.map((type) => this.find(type, identity)))
  }
}
