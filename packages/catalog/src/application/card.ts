import type { InterfaceCard, PersonalData } from '../entry/index.ts'
import { Refusal } from '../refusal.ts'

type Words = { readonly uk: string, readonly en: string }

const TEXT_MAX = 10_000
const VERSION = /^(?:0|[1-9]\d{0,3})\.(?:0|[1-9]\d{0,3})\.(?:0|[1-9]\d{0,3})$/

/** Holds a card to what must be there before it may be kept at all; how full it is, is for the verification. @throws {Refusal} by field. */
export function checkCard (card: InterfaceCard, version: string, serviceIds: readonly string[]): void {
  const fields: Record<string, Words> = {}
  const needed = { uk: 'Заповніть поле', en: 'Fill this in' }
  if (card.name.uk.trim() === '') fields.nameUk = needed
  if (card.purpose.uk.trim() === '') fields.purposeUk = needed
  if (card.contact.unit.trim() === '') fields.contactUnit = needed
  if (card.contact.email !== undefined && !/^[^\s@]+@[^\s@]+\.[^\s@]+$/.test(card.contact.email)) fields.contactEmail = { uk: 'Це не адреса електронної пошти', en: 'This is no e-mail address' }
  if (!VERSION.test(version)) fields.version = { uk: 'Три числа через крапку: 1.0.0', en: 'Three numbers with dots: 1.0.0' }
  if (serviceIds.length === 0) fields.services = { uk: 'Оберіть принаймні один сервіс', en: 'Choose at least one service' }
  if (card.personalData.processed && (card.personalData.categories ?? '').trim() === '') fields.pdCategories = needed
  if (card.responseTargetMs !== undefined && !(card.responseTargetMs >= 1 && card.responseTargetMs <= 600_000)) fields.responseTargetMs = { uk: 'Від 1 до 600000', en: 'From 1 to 600000' }
  for (const [name, text] of Object.entries({ nameUk: card.name.uk, purposeUk: card.purpose.uk, restrictions: card.restrictions, callSequence: card.callSequence, legalBasis: card.legalBasis })) {
    if (text.length > TEXT_MAX) fields[name] = { uk: `Не довше ${TEXT_MAX} знаків`, en: `${TEXT_MAX} characters at most` }
  }
  if (Object.keys(fields).length > 0) throw new Refusal('invalid', 'validation_failure', { uk: 'Перевірте поля картки.', en: 'Look at the fields of the card.' }, { fields })
}

export const NO_PERSONAL_DATA: PersonalData = { processed: false }
