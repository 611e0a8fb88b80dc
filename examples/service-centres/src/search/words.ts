/** Inflection endings of Ukrainian nouns and adjectives, longest first. */
const ENDINGS = [
  'ського', 'ському', 'ськими', 'ською', 'ських', 'ським', 'ській', 'ськії', 'ська', 'ське', 'ську', 'ські', 'ський',
  'ування', 'ювання', 'енням', 'анням', 'ення', 'ання',
  'ями', 'ами', 'ові', 'еві', 'єві', 'ього', 'ьому', 'ого', 'ому', 'ими', 'іми', 'ною', 'ією', 'ість',
  'ах', 'ях', 'ам', 'ям', 'ом', 'ем', 'єм', 'ів', 'їв', 'ей', 'ою', 'ею', 'єю', 'ий', 'ій', 'их', 'іх', 'им', 'ої', 'ія', 'ії', 'ію',
  'а', 'я', 'о', 'е', 'є', 'у', 'ю', 'и', 'і', 'ї', 'ь', 'й'
]
const STEM_MIN = 4

/** Latin letters that look like Cyrillic ones, for words that are mostly Cyrillic. */
const LOOK_ALIKES: Readonly<Record<string, string>> = { a: 'а', c: 'с', e: 'е', i: 'і', o: 'о', p: 'р', x: 'х', y: 'у', b: 'в', h: 'н', k: 'к', m: 'м', t: 'т' }

/** Keys of the Latin layout, as the Ukrainian one reads them. */
const KEYS = new Map([..."qwertyuiop[]asdfghjkl;'zxcvbnm,."].map((key, i) => [key, [...'йцукенгшщзхїфівапролджєячсмитьбю'][i]!]))

/** Letters as they are compared: any case, any apostrophe, ґ as г, accents and soft hyphens gone. */
export function normalise (text: string): string {
  return text.normalize('NFC').toLocaleLowerCase('uk')
    .replace(/[’'ʼ`‘\u00ad]|\u0301/g, '')
    .replaceAll('ґ', 'г')
    .replace(/[^\p{L}\p{N}]+/gu, ' ')
    .trim()
    .split(' ')
    .map((word) => /[а-яієї]/.test(word) ? word.replace(/[a-z]/g, (letter) => LOOK_ALIKES[letter] ?? letter) : word)
    .join(' ')
}

/** A word without its ending; at least four letters stay. */
export function stem (word: string): string {
  const ending = ENDINGS.find((one) => word.endsWith(one) && word.length - one.length >= STEM_MIN)
  return ending === undefined ? word : word.slice(0, -ending.length)
}

/** What was meant when it was typed in the Latin layout; undefined when nothing was. */
export function repairLayout (text: string): string | undefined {
  const lower = text.toLowerCase()
  if (/[а-яієї]/i.test(lower) || !/[a-z]/.test(lower)) return undefined
  return [...lower].map((key) => KEYS.get(key) ?? key).join('')
}
