import type { Centre } from './centre.ts'

/** A card older than this has to be confirmed again. */
export const FRESH_DAYS = 90
const DAY_MS = 86_400_000

/** What a person needs before setting out (item 7(1) of the regulation). */
export const CARD_PARTS = ['address', 'coordinates', 'hours', 'phones', 'email', 'site', 'services', 'accessibility', 'freshness'] as const
export type CardPart = typeof CARD_PARTS[number]

/** Parts that a card lacks; none: it is complete. */
export function missingParts (centre: Centre, now: Date): CardPart[] {
  const has: Readonly<Record<CardPart, boolean>> = {
    address: centre.address.uk !== '' && /^UA\d{17}$/.test(centre.katottg),
    coordinates: centre.coordinates !== undefined,
    hours: centre.hours.length === 7 && centre.hours.some((hours) => hours !== null),
    phones: centre.phones.length > 0,
    email: centre.email !== undefined,
    site: centre.site !== undefined,
    services: centre.services.length > 0,
    accessibility: centre.accessibility.length > 0,
    freshness: now.getTime() - Date.parse(centre.asOf) <= FRESH_DAYS * DAY_MS
  }
  return CARD_PARTS.filter((part) => !has[part])
}
