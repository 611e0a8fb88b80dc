import type { EntryKind, Viewer } from '../entry/index.ts'

/** Who may find a document: everybody, participants of the system, or the organisation itself with the administrator. */
export const AUDIENCES = ['public', 'participant', 'owner'] as const
export type Audience = typeof AUDIENCES[number]

/** Fields with what a word in them weighs. */
export const FIELD_WEIGHTS = { title: 10, codes: 10, purpose: 4, content: 3, organisation: 3, text: 1 } as const
export type FieldName = keyof typeof FIELD_WEIGHTS
export const FIELD_NAMES = Object.keys(FIELD_WEIGHTS) as FieldName[]

export type FacetName = 'kind' | 'organisation' | 'protocol' | 'status' | 'personalData'
export const FACET_NAMES: readonly FacetName[] = ['kind', 'organisation', 'protocol', 'status', 'personalData']

/** An entry as those who see so much of it may find it. */
export interface SearchDocument {
  readonly kind: EntryKind
  readonly id: string
  /** Least audience that sees this much, and the greatest that sees no more. */
  readonly from: Audience
  readonly to: Audience
  /** `INSTANCE/CLASS/CODE`. */
  readonly organisationId?: string | undefined
  readonly title: string
  readonly titleEn?: string | undefined
  readonly fields: Readonly<Record<FieldName, string>>
  readonly facets: Readonly<Partial<Record<FacetName, readonly string[]>>>
}

/** @returns how much of entries of this organisation the viewer sees. */
export function audienceOf (viewer: Viewer, organisationId: string | undefined): Audience {
  if (viewer.admin || (organisationId !== undefined && viewer.organisations.includes(organisationId.split('/')[2]!))) return 'owner'
  return viewer.organisations.length > 0 ? 'participant' : 'public'
}

export function isSeen ({ from, to, organisationId }: SearchDocument, viewer: Viewer): boolean {
  const level = AUDIENCES.indexOf(audienceOf(viewer, organisationId))
  return level >= AUDIENCES.indexOf(from) && level <= AUDIENCES.indexOf(to)
}
