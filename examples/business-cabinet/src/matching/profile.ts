import type { SubjectKind } from '../programmes/programme.ts'

/** Where a value comes from: the register, when it was true, and the exchange that proves it. */
export interface FactSource {
  readonly register: string
  readonly asOf?: string | undefined
  /** Under it the gateway gives out the sealed proof. */
  readonly exchangeId?: string | undefined
}

/**
 * Why a value is not known. Beside the registers' own words: `NOT_ASKED` yet, the register did not answer so far (`OUTAGE`: says nothing
 * about the data), the entrepreneur shared no such document (`NOT_SHARED`), it stands in another list of codes (`OTHER_LIST`).
 */
export type Gap =
  | 'NO_RECORD' | 'NOT_RECORDED' | 'NOT_APPLICABLE' | 'PERIOD_OPEN' | 'DISCREPANCY_INTERNAL' | 'DISCREPANCY_SOURCES' | 'TECHNICALLY_IMPOSSIBLE'
  | 'ASSERTED_MISMATCH' | 'CLOSED_RECORD' | 'DUPLICATE_RECORD' | 'SOURCE_CONFLICT'
  | 'NOT_ASKED' | 'OUTAGE' | 'NOT_SHARED' | 'OTHER_LIST' | 'DAMAGED'

/** A value with its source, or the reason why there is none. Never a zero in place of a gap. */
export type Fact<T> =
  | { readonly known: true, readonly value: T, readonly source: FactSource }
  | { readonly known: false, readonly gap: Gap, readonly source: FactSource }

export interface YearAmount { readonly period: string, readonly amount: string }
export interface YearCount { readonly period: string, readonly count: number }

/** What is known of a business, depersonalised: no code, no name. */
export interface Profile {
  readonly subjectKind: Fact<SubjectKind>
  readonly mainKved: Fact<{ readonly code: string, readonly list: string }>
  readonly location: Fact<{ readonly katottg: string }>
  readonly registrationDate: Fact<string>
  /** Day of the record on termination; null: none. */
  readonly terminationRecordDate: Fact<string | null>
  readonly income: Fact<readonly YearAmount[]>
  readonly employees: Fact<readonly YearCount[]>
  readonly taxSystem: Fact<{ readonly code: string, readonly group: number | null }>
  readonly displaced: Fact<boolean>
}
