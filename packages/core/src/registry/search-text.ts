/** Letters of the Ukrainian alphabet in their order. */
const ALPHABET = 'абвгґдеєжзиіїйклмнопрстуфхцчшщьюя'
/** Letters of neighbours' alphabets stand where a Ukrainian reader looks for them. */
const NEIGHBOURS: Readonly<Record<string, string>> = { ё: 'е', э: 'е', ъ: 'ь', ы: 'и', ў: 'у' }
/** Keys are compared by code point: digits, then Ukrainian letters, then Latin ones, as CLDR orders them for Ukrainian. */
const CYRILLIC_FROM = 0x4e00
const LATIN_FROM = 0x5000
const PLACES: ReadonlyMap<string, string> = new Map([
  ...[...ALPHABET].map((letter, index) => [letter, String.fromCharCode(CYRILLIC_FROM + index)] as const),
  ...Object.entries(NEIGHBOURS).map(([letter, like]) => [letter, String.fromCharCode(CYRILLIC_FROM + ALPHABET.indexOf(like))] as const),
  ...Array.from({ length: 26 }, (_, index) => [String.fromCharCode(0x61 + index), String.fromCharCode(LATIN_FROM + index)] as const)
])

const APOSTROPHES = /[’ʼ`´‘′]/g

/** What is searched in: small letters, one kind of apostrophe, single spaces. */
export function searchable (...texts: readonly (string | null | undefined)[]): string {
  return texts.filter(Boolean).join(' ').normalize('NFC').toLowerCase().replace(APOSTROPHES, "'").replace(/\s+/g, ' ').trim()
}

/**
 * Text whose order by code point is the order of the Ukrainian alphabet. Quotes, apostrophes and other signs do not count, as in
 * a telephone book; letters that only differ by case or accent are equal.
 */
export function sortKey (text: string): string {
  let key = ''
  for (const letter of text.normalize('NFC').toLowerCase()) {
    const place = PLACES.get(letter)
    if (place !== undefined) key += place
    else if (/[\p{L}\p{N}]/u.test(letter)) for (const part of letter.normalize('NFD').replace(/\p{M}/gu, '')) key += PLACES.get(part) ?? part
    else if (/[\s-]/.test(letter) && key !== '' && !key.endsWith(' ')) key += ' '
  }
  return key.trimEnd()
}

/** More words than these in a search add nothing but work. */
const WORDS_MAX = 6

/** Patterns for `LIKE … ESCAPE '\\'` that all have to match; none for a search for nothing. */
export function searchPatterns (query: string | undefined): string[] {
  const words = searchable(query).split(' ').filter((word) => word !== '')
  return words.slice(0, WORDS_MAX).map((word) => `%${word.replace(/[\\%_]/g, '\\$&')}%`)
}

/** Condition on a column of searchable text, with its values: `(column LIKE ? … AND column LIKE ? …)`. */
export function searchCondition (column: string, query: string | undefined): { readonly sql: string, readonly values: readonly string[] } {
  const values = searchPatterns(query)
  return { sql: values.length === 0 ? '1 = 1' : values.map(() => `${column} LIKE ? ESCAPE '\\'`).join(' AND '), values }
}
