/** Languages of our pages. Ukrainian is the state's and the default. */
export type Lang = 'uk' | 'en'

export const LANGS: readonly Lang[] = ['uk', 'en']

/** A text, or a function that makes one of figures and names. */
export type Text = string | ((...args: never[]) => string)

/** The shape of a table of texts, whatever the words. */
export type TextsOf<T extends Record<string, Text>> = { readonly [K in keyof T]: T[K] extends string ? string : T[K] }

/**
 * Texts of a page in both languages. A key that one of them lacks, and a function with other parameters, does not compile.
 *
 * @example
 * const textsOf = texts({
 *   uk: { title: 'Учасники', found: (n: number) => countUk(n, 'учасник', 'учасники', 'учасників') },
 *   en: { title: 'Members', found: (n: number) => countEn(n, 'member') }
 * })
 * const { title } = textsOf(lang)
 */
export function texts<T extends Record<string, Text>> (table: { readonly uk: T, readonly en: NoInfer<TextsOf<T>> }): (lang: Lang) => TextsOf<T> {
  return (lang) => table[lang] as TextsOf<T>
}

/** Form of a Ukrainian noun after a number: `pluralUk(5, 'сервер', 'сервери', 'серверів')` is `серверів`; after a fraction the genitive singular. */
export function pluralUk (count: number, one: string, few: string, many: string, fraction = few): string {
  switch (UK_PLURALS.select(count)) {
    case 'one': return one
    case 'few': return few
    case 'many': return many
    default: return fraction
  }
}

export function pluralEn (count: number, one: string, other = `${one}s`): string {
  return count === 1 ? one : other
}

/** Number and noun: `5 серверів`. */
export function countUk (count: number, one: string, few: string, many: string): string {
  return `${formatNumber(count, 'uk')} ${pluralUk(count, one, few, many)}`
}

/** Number and noun: `5 servers`. */
export function countEn (count: number, one: string, other?: string): string {
  return `${formatNumber(count, 'en')} ${pluralEn(count, one, other)}`
}

const UK_PLURALS = new Intl.PluralRules('uk')

const TIME_ZONE = 'Europe/Kyiv'
const LOCALES: Readonly<Record<Lang, string>> = { uk: 'uk-UA', en: 'en-GB' }

interface Formats {
  readonly day: Intl.DateTimeFormat
  readonly moment: Intl.DateTimeFormat
  readonly zone: Intl.DateTimeFormat
  readonly number: Intl.NumberFormat
}

const FORMATS = Object.fromEntries(LANGS.map((lang) => [lang, formatsOf(lang)])) as Record<Lang, Formats>

function formatsOf (lang: Lang): Formats {
  const locale = LOCALES[lang]
  const day = lang === 'uk' ? { day: '2-digit', month: '2-digit', year: 'numeric' } as const : { day: 'numeric', month: 'short', year: 'numeric' } as const
  return {
    day: new Intl.DateTimeFormat(locale, { ...day, timeZone: TIME_ZONE }),
    moment: new Intl.DateTimeFormat(locale, { hour: '2-digit', minute: '2-digit', second: '2-digit', hourCycle: 'h23', timeZone: TIME_ZONE }),
    zone: new Intl.DateTimeFormat('en-GB', { timeZoneName: 'shortOffset', timeZone: TIME_ZONE }),
    number: new Intl.NumberFormat(locale, { maximumFractionDigits: 3 })
  }
}

/** An instant in Kyiv time, zone shown: `22.11.2026, 16:05:09 UTC+2`. With its machine value: `dateTime` of the components. */
export function formatDateTime (at: Date | string, lang: Lang): string {
  const date = toDate(at)
  const { day, moment, zone } = FORMATS[lang]
  const offset = zone.formatToParts(date).find(({ type }) => type === 'timeZoneName')!.value.replace('GMT', 'UTC')
  return `${day.format(date)}, ${moment.format(date)} ${offset}`
}

/** A day: `22.11.2026`. A text of a day alone (`2026-11-22`) is that day, an instant is its day in Kyiv. */
export function formatDate (at: Date | string, lang: Lang): string {
  // Noon keeps a day without a time the same day in every zone that Kyiv may be in.
  return FORMATS[lang].day.format(typeof at === 'string' && /^\d{4}-\d\d-\d\d$/.test(at) ? new Date(`${at}T12:00:00Z`) : toDate(at))
}

export function formatNumber (value: number, lang: Lang): string {
  return FORMATS[lang].number.format(value)
}

/** A size in the units people read: `1,5 МіБ`. */
export function formatBytes (bytes: number, lang: Lang): string {
  const units = lang === 'uk' ? ['Б', 'КіБ', 'МіБ', 'ГіБ', 'ТіБ'] : ['B', 'KiB', 'MiB', 'GiB', 'TiB']
  const step = bytes < 1024 ? 0 : Math.min(Math.floor(Math.log2(bytes) / 10), units.length - 1)
  const value = bytes / 1024 ** step
  return `${formatNumber(step === 0 ? value : Math.round(value * 10) / 10, lang)} ${units[step]!}`
}

function toDate (at: Date | string): Date {
  const date = typeof at === 'string' ? new Date(at) : at
  if (Number.isNaN(date.getTime())) throw new RangeError('not an instant')
  return date
}
