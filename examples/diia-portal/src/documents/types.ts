import type { Missing } from '@trembita/example-information-system'

/** Copies that an entrepreneur may pass on (order on the cabinet, item 8). */
export const DOCUMENT_TYPES = ['internal-passport', 'foreign-passport', 'taxpayer-card', 'income-sources', 'displaced-certificate'] as const
export type DocumentType = typeof DOCUMENT_TYPES[number]

export function isDocumentType (text: string): text is DocumentType {
  return (DOCUMENT_TYPES as readonly string[]).includes(text)
}

/** Where the contents of a document come from. */
export interface DocumentSource {
  /** Register: `DRFO`. */
  readonly register: string
  /** RFC 3339: the moment the data are true for. */
  readonly asOf: string
  /** Id of the exchange that brought them; none for what the portal itself holds. */
  readonly exchangeId?: string | undefined
}

/** One period of one source of income, amounts as decimal texts in hryvnias. */
export interface IncomePeriod {
  readonly year: string
  readonly quarter: string
  readonly accrued?: string | undefined
  readonly paid?: string | undefined
  readonly taxCharged?: string | undefined
  readonly taxTransferred?: string | undefined
  readonly levyCharged?: string | undefined
  readonly levyTransferred?: string | undefined
  readonly sign?: string | undefined
}

export interface IncomeSource {
  /** Code of the tax agent. */
  readonly agent: string
  readonly name?: string | undefined
  readonly periods: readonly IncomePeriod[]
}

/** What a document says; a field without a value is left out and named in `missing`. */
export interface DocumentData {
  readonly number?: string | undefined
  readonly issuedAt?: string | undefined
  readonly expiresAt?: string | undefined
  readonly issuer?: string | undefined
  readonly recordNumber?: string | undefined
  readonly citizenship?: string | undefined
  readonly birthDate?: string | undefined
  readonly rnokpp?: string | undefined
  /** `active`, `expired`, `cancelled`. */
  readonly status?: string | undefined
  readonly cancelledAt?: string | undefined
  readonly registeredAddress?: string | undefined
  readonly actualAddress?: string | undefined
  readonly katottg?: string | undefined
  readonly periodFrom?: string | undefined
  readonly periodTo?: string | undefined
  readonly sources?: readonly IncomeSource[] | undefined
}

export interface PersonDocument {
  readonly type: DocumentType
  readonly data: DocumentData
  readonly missing: readonly Missing[]
  readonly source: DocumentSource
}

/**
 * How a document stands. An outage is never "no document": nobody knows then whether there is one.
 */
export type DocumentState =
  | { readonly type: DocumentType, readonly state: 'ready', readonly document: PersonDocument }
  | { readonly type: DocumentType, readonly state: 'none', readonly source: DocumentSource }
  | { readonly type: DocumentType, readonly state: 'discrepancy', readonly kinds: readonly string[], readonly source: DocumentSource }
  | { readonly type: DocumentType, readonly state: 'noRnokpp' }
  | { readonly type: DocumentType, readonly state: 'unavailable', readonly code: string, readonly exchangeId: string | undefined }
  | { readonly type: DocumentType, readonly state: 'refused', readonly code: string, readonly exchangeId: string | undefined }
