/** Money is a decimal string: a float would not add up. */
export type Money = string

/** A year that a taxpayer reports for. */
export type Year = string

export interface TaxProfile {
  readonly income: readonly { readonly period: Year, readonly amount: Money }[]
  readonly paid: readonly { readonly kind: string, readonly period: Year, readonly amount: Money }[]
  readonly taxSystem: { readonly code: 'GENERAL' | 'SIMPLIFIED', readonly group: number | null, readonly since: string }
  /** Known for the simplified system only. */
  readonly activityPlaces?: readonly { readonly katottg: string, readonly address: string }[]
  readonly employees?: readonly { readonly period: Year, readonly count: number }[]
}

export interface VatPayer {
  /** Individual tax number of a VAT payer, twelve digits. */
  readonly number: string
  readonly registeredAt?: string
  readonly annulledAt: string | null
  readonly annulmentReason: string | null
}

export interface Taxpayer {
  readonly code: string
  readonly name: string
  readonly version: number
  readonly profile?: TaxProfile
  readonly vat?: VatPayer
  /** First year reported for; before it there was nothing to report. */
  readonly since: Year
  /** The registers name another person or entity for this code. */
  readonly isInConflict?: boolean
  /** Two records for one code. */
  readonly isDuplicate?: boolean
}
