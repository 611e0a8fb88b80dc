import { formatDate, formatNumber, fromKyivInput, texts, type Lang } from '@trembita/web'

/** A text in both languages of the pages. */
export interface Bilingual {
  readonly uk: string
  readonly en: string
}

export function bilingual (uk: string, en: string): Bilingual {
  return { uk, en }
}

export const say = (text: Bilingual, lang: Lang): string => text[lang]

/** A day (`2026-11-22`) as people write it. */
export function dayWords (day: string): Bilingual {
  return bilingual(formatDate(day, 'uk'), formatDate(day, 'en'))
}

/** An amount in hryvnias, decimal text, as people write it. */
export function moneyWords (amount: string): Bilingual {
  return bilingual(`${formatNumber(Number(amount), 'uk')} грн`, `UAH ${formatNumber(Number(amount), 'en')}`)
}

/** Last second of a day in Kyiv, RFC 3339. @throws {RangeError} for what is no day. */
export function endOfDay (day: string): string {
  const at = fromKyivInput(`${day}T23:59:59`)
  if (at === undefined) throw new RangeError('not a day')
  return at.toISOString()
}

/** Day of an instant in Kyiv, `YYYY-MM-DD`: programmes open and close by it. */
export function kyivDay (at: Date): string {
  return DAY.format(at)
}

const DAY = new Intl.DateTimeFormat('sv-SE', { timeZone: 'Europe/Kyiv', year: 'numeric', month: '2-digit', day: '2-digit' })

/** Words for codes that several pages show. */
export const codesOf = texts({
  uk: {
    kind: (kind: string) => ({ grant: 'грант', loan: 'кредит', training: 'навчання', export: 'вихід на експорт', compensation: 'компенсація' })[kind] ?? kind,
    provider: (kind: string) => ({ state: 'державна', donor: 'донорська', international: 'міжнародна' })[kind] ?? kind,
    subject: (kind: string) => ({ FOP: 'фізична особа — підприємець', ENTITY: 'юридична особа' })[kind] ?? kind,
    status: (status: string) => ({ draft: 'чернетка', published: 'оприлюднено', withdrawn: 'знято' })[status] ?? status
  },
  en: {
    kind: (kind: string) => ({ grant: 'grant', loan: 'loan', training: 'training', export: 'export', compensation: 'compensation' })[kind] ?? kind,
    provider: (kind: string) => ({ state: 'state', donor: 'donor', international: 'international' })[kind] ?? kind,
    subject: (kind: string) => ({ FOP: 'sole entrepreneur (ФОП)', ENTITY: 'legal entity' })[kind] ?? kind,
    status: (status: string) => ({ draft: 'draft', published: 'published', withdrawn: 'withdrawn' })[status] ?? status
  }
})
