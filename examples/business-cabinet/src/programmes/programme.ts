import type { Bilingual } from '../words.ts'

export const PROGRAMME_KINDS = ['grant', 'loan', 'training', 'export', 'compensation'] as const
export const PROVIDER_KINDS = ['state', 'donor', 'international'] as const
export const CURRENCIES = ['UAH', 'EUR', 'USD'] as const

export type ProgrammeKind = typeof PROGRAMME_KINDS[number]
export type ProviderKind = typeof PROVIDER_KINDS[number]
export type SubjectKind = 'FOP' | 'ENTITY'

/** What a programme demands of who applies. What is not named is not demanded. */
export interface Criteria {
  readonly subjectKinds?: readonly SubjectKind[] | undefined
  /** Beginnings of codes of the КАТОТТГ: `UA46` is Львівська область. */
  readonly territory?: readonly string[] | undefined
  /** Beginnings of codes of activity, and the list that they are of. */
  readonly kved?: { readonly include?: readonly string[] | undefined, readonly exclude?: readonly string[] | undefined, readonly list: string } | undefined
  readonly taxSystems?: readonly { readonly code: 'GENERAL' | 'SIMPLIFIED', readonly groups?: readonly number[] | undefined }[] | undefined
  /** Days, inclusive. */
  readonly registered?: { readonly notBefore?: string | undefined, readonly notAfter?: string | undefined } | undefined
  /** Income of the last closed year in hryvnias, decimal text, inclusive. */
  readonly income?: { readonly min?: string | undefined, readonly max?: string | undefined } | undefined
  /** Hired workers in the last closed year, inclusive. */
  readonly employees?: { readonly min?: number | undefined, readonly max?: number | undefined } | undefined
  /** Only for internally displaced persons. */
  readonly displaced?: boolean | undefined
}

/** What the administrator of the system enters of a programme of support (order 688, items 3 and 7). */
export interface ProgrammeContent {
  readonly titles: Bilingual
  readonly summary: Bilingual
  /** Conditions that no register knows, in words. */
  readonly conditions: Bilingual
  readonly provider: { readonly kind: ProviderKind, readonly name: Bilingual }
  readonly kind: ProgrammeKind
  readonly amount?: { readonly min?: string | undefined, readonly max?: string | undefined, readonly currency: typeof CURRENCIES[number] } | undefined
  /** Days on which applications are taken; open-ended without the last. */
  readonly window: { readonly from: string, readonly until?: string | undefined }
  /** Where to apply: `https:`. */
  readonly link: string
  readonly criteria: Criteria
}

export type ProgrammeStatus = 'draft' | 'published' | 'withdrawn'

export interface Programme extends ProgrammeContent {
  /** Small letters, digits and hyphens. */
  readonly id: string
  /** Counts from 1; every change makes another. */
  readonly version: number
  readonly status: ProgrammeStatus
  readonly changedAt: string
}
