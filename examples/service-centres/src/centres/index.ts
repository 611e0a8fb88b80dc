import type { Centre } from './centre.ts'
import cards from './centres.json' with { type: 'json' }

export { CENTRE_KINDS, FEATURES, hoursOn, isOpenAt, kyivClock, type Bilingual, type Centre, type CentreKind, type Feature } from './centre.ts'
export { CARD_PARTS, FRESH_DAYS, missingParts, type CardPart } from './completeness.ts'
export { serviceName, SERVICES } from './services.ts'

/** The published cards. Synthetic. */
export const CENTRES = cards as unknown as readonly Centre[]

export function centreOf (id: string): Centre | undefined {
  return CENTRES.find((centre) => centre.id === id)
}
