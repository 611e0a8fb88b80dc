/**
 * How a register answers: absence and contradiction are answers, not errors. They are sealed, stamped and kept like any other
 * (order on the business cabinet, item 12; regulation on Trembita, item 2).
 */
export type Outcome = 'FOUND' | 'PARTIAL' | 'NO_DATA' | 'DISCREPANCY'

export type MissingReason =
  | 'NO_RECORD' | 'NOT_RECORDED' | 'NOT_APPLICABLE' | 'PERIOD_OPEN' | 'DISCREPANCY_INTERNAL' | 'DISCREPANCY_SOURCES' | 'TECHNICALLY_IMPOSSIBLE'

export interface Missing {
  /** JSON pointer; empty for the whole record. */
  readonly field: string
  readonly reason: MissingReason
}

export type DiscrepancyKind = 'ASSERTED_MISMATCH' | 'CLOSED_RECORD' | 'DUPLICATE_RECORD' | 'SOURCE_CONFLICT'

/** Which field and how, never the values. */
export interface Discrepancy {
  readonly field: string
  readonly kind: DiscrepancyKind
}

export interface Source {
  readonly register: string
  /** RFC 3339: the moment the data are true for. */
  readonly asOf: string
  readonly recordVersion: number | null
}

export interface Answer<T> {
  readonly outcome: Outcome
  readonly data: T | null
  readonly missing: readonly Missing[]
  readonly discrepancies: readonly Discrepancy[]
}

/**
 * Gives what is recorded. A field that is to be missing is left out of the data, so that nobody takes a gap for a value.
 *
 * @returns FOUND without gaps, NO_DATA when nothing is left to give, PARTIAL otherwise.
 */
export function give<T extends object> (data: T, missing: readonly Missing[] = []): Answer<Partial<T>> {
  const gaps = new Set(missing.map(({ field }) => field.slice(1)))
  const left = Object.fromEntries(Object.entries(data).filter(([name]) => !gaps.has(name))) as Partial<T>
  if (missing.length === 0) return { outcome: 'FOUND', data: left, missing, discrepancies: [] }
  if (Object.keys(left).length === 0) return { outcome: 'NO_DATA', data: null, missing, discrepancies: [] }
  return { outcome: 'PARTIAL', data: left, missing, discrepancies: [] }
}

export function noData (reason: MissingReason = 'NO_RECORD'): Answer<never> {
  return { outcome: 'NO_DATA', data: null, missing: [{ field: '', reason }], discrepancies: [] }
}

/** Nothing is disclosed: who asked cannot be sure whom the record concerns. */
export function discrepancy (...discrepancies: Discrepancy[]): Answer<never> {
  return { outcome: 'DISCREPANCY', data: null, missing: [], discrepancies }
}
