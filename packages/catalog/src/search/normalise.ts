/** Latin letters that look like Cyrillic ones, folded. */
const LOOK_ALIKES: Readonly<Record<string, string>> = { a: 'а', b: 'в', c: 'с', e: 'е', h: 'н', i: 'і', k: 'к', m: 'м', o: 'о', p: 'р', t: 'т', x: 'х', y: 'у' }
/** U+2019, U+0027, U+02BC, U+0060, U+2018, U+00B4: people type any of them. */
const APOSTROPHES = /[’'ʼ`‘´]/g
/** Stress mark, soft hyphen, marks of direction and of zero width. */
const UNSEEN = /[\u0301\u00AD\u200B-\u200F\uFEFF]/g
const WORD = /[\p{L}\p{N}_]+(?:[’'ʼ`‘´][\p{L}\p{N}_]+)*/gu
const PART = /\p{Lu}+(?!\p{Ll})|\p{Lu}?\p{Ll}+|\p{L}+|\p{N}+/gu

/** A word of a text: how it is compared, and where it stands. */
export interface Word {
  readonly term: string
  readonly start: number
  readonly end: number
}

/** What a word is compared by: NFC, without case, apostrophes, stress and soft hyphens, with ґ as г, and look-alikes of a Cyrillic word made Cyrillic. */
export function normalise (word: string): string {
  const folded = word.normalize('NFD').replaceAll(UNSEEN, '').normalize('NFC').toLocaleLowerCase('uk').replaceAll(APOSTROPHES, '').replaceAll('ґ', 'г')
  return isMostlyCyrillic(folded) ? folded.replaceAll(/[a-z]/g, (letter) => LOOK_ALIKES[letter] ?? letter) : folded
}

function isMostlyCyrillic (word: string): boolean {
  const latin = word.match(/[a-z]/g)?.length ?? 0
  return latin > 0 && (word.match(/\p{Script=Cyrillic}/gu)?.length ?? 0) >= latin
}

/** Words in the order of the text; dashes and slashes divide, underscores do not. */
export function wordsOf (text: string): Word[] {
  const found: Word[] = []
  for (const match of text.matchAll(WORD)) {
    const term = normalise(match[0])
    if (term !== '') found.push({ term, start: match.index, end: match.index + match[0].length })
  }
  return joined(text, found)
}

/** Words that only an unseen sign divides are one. */
function joined (text: string, words: readonly Word[]): Word[] {
  const result: Word[] = []
  for (const word of words) {
    const last = result.at(-1)
    const between = last === undefined ? '' : text.slice(last.end, word.start)
    if (last === undefined || between.replaceAll(UNSEEN, '') !== '') result.push(word)
    else result[result.length - 1] = { term: normalise(text.slice(last.start, word.end)), start: last.start, end: word.end }
  }
  return result
}

/** Terms that a word is kept by: whole, and the parts of a code (`SubjectDetail`, `PDAMS_LC_01`). */
export function termsOfWord (word: string): string[] {
  const whole = normalise(word)
  const parts = word.replaceAll(UNSEEN, '').replaceAll(APOSTROPHES, '').match(PART)?.map(normalise) ?? []
  return parts.length < 2 ? [whole] : [whole, ...parts.filter((part) => part.length > 1)]
}
