import type { InterfaceCard } from './types.ts'

/** How a field counts: required 60 of 100, recommended 30, optional 10 (catalog facts §6). */
export type FieldWeight = 'required' | 'recommended' | 'optional'

export interface FieldScore {
  readonly field: string
  readonly weight: FieldWeight
  /** ½: filled, but not believable: too short, the name again, no Ukrainian. */
  readonly score: 0 | 0.5 | 1
}

const SHARE: Readonly<Record<FieldWeight, number>> = { required: 60, recommended: 30, optional: 10 }
const SIGNS_MIN = 40
const CYRILLIC = /[А-ЯҐЄІЇа-яґєії]/

/** The least with which a version may be published: all that is required, filled believably. */
export const SCORE_MIN = 60

/** Fields of a card with what each is worth. */
export function scoreFields (card: InterfaceCard): FieldScore[] {
  const long = (text: string | undefined): 0 | 0.5 | 1 => text === undefined || text.trim() === '' ? 0 : text.trim().length >= SIGNS_MIN && text.trim() !== card.name.uk && CYRILLIC.test(text) ? 1 : 0.5
  const filled = (value: string | undefined): 0 | 1 => value === undefined || value.trim() === '' ? 0 : 1
  const { personalData } = card
  return [
    { field: 'name', weight: 'required', score: filled(card.name.uk) === 0 ? 0 : CYRILLIC.test(card.name.uk) ? 1 : 0.5 },
    { field: 'purpose', weight: 'required', score: long(card.purpose.uk) },
    { field: 'legalBasis', weight: 'required', score: filled(card.legalBasis) },
    { field: 'contact', weight: 'required', score: filled(card.contact.unit) === 0 ? 0 : filled(card.contact.email ?? card.contact.phone) === 0 ? 0.5 : 1 },
    { field: 'personalData', weight: 'required', score: !personalData.processed ? 1 : filled(personalData.categories) === 1 && filled(personalData.legalBasis) === 1 ? 1 : 0.5 },
    { field: 'restrictions', weight: 'recommended', score: filled(card.restrictions) },
    { field: 'callSequence', weight: 'recommended', score: filled(card.callSequence) },
    { field: 'nameEn', weight: 'recommended', score: filled(card.name.en) },
    { field: 'responseTargetMs', weight: 'optional', score: card.responseTargetMs === undefined ? 0 : 1 },
    { field: 'purposeEn', weight: 'optional', score: filled(card.purpose.en) }
  ]
}

/** 0–100. */
export function scoreOf (card: InterfaceCard): number {
  const fields = scoreFields(card)
  let total = 0
  for (const weight of ['required', 'recommended', 'optional'] as const) {
    const own = fields.filter((field) => field.weight === weight)
    total += SHARE[weight] * own.reduce((sum, { score }) => sum + score, 0) / own.length
  }
  return Math.round(total)
}
