const LATIN_KEYS = 'qwertyuiop[]asdfghjkl;\'zxcvbnm,.`\\'
const UKRAINIAN_KEYS = 'йцукенгшщзхїфівапролджєячсмитьбю\'ґ'
const TO_UKRAINIAN = new Map([...LATIN_KEYS].map((key, index) => [key, UKRAINIAN_KEYS[index]!]))
const TO_LATIN = new Map([...UKRAINIAN_KEYS].map((key, index) => [key, LATIN_KEYS[index]!]))
/** Resolution of the Cabinet of Ministers № 55 of 2010; the second form stands at the beginning of a word. */
const LETTERS: Readonly<Record<string, string | readonly [within: string, first: string]>> = {
  а: 'a',
  б: 'b',
  в: 'v',
  г: 'h',
  ґ: 'g',
  д: 'd',
  е: 'e',
  є: ['ie', 'ye'],
  ж: 'zh',
  з: 'z',
  и: 'y',
  і: 'i',
  ї: ['i', 'yi'],
  й: ['i', 'y'],
  к: 'k',
  л: 'l',
  м: 'm',
  н: 'n',
  о: 'o',
  п: 'p',
  р: 'r',
  с: 's',
  т: 't',
  у: 'u',
  ф: 'f',
  х: 'kh',
  ц: 'ts',
  ч: 'ch',
  ш: 'sh',
  щ: 'shch',
  ь: '',
  ю: ['iu', 'yu'],
  я: ['ia', 'ya']
}

/** What the keys would have typed with the other keyboard layout on: `ht'cnh` is «реєстр». Undefined for a text of both alphabets, and for one of neither. */
export function otherLayout (text: string): string | undefined {
  const folded = text.toLocaleLowerCase('uk')
  const [latin, cyrillic] = [/[a-z]/.test(folded), /\p{Script=Cyrillic}/u.test(folded)]
  if (latin === cyrillic) return undefined
  const keys = latin ? TO_UKRAINIAN : TO_LATIN
  return [...folded].map((key) => keys.get(key) ?? key).join('')
}

/** A normalised word in Latin letters. */
export function transliterate (term: string): string {
  return [...term].map((letter, index) => {
    if (letter === 'г' && term[index - 1] === 'з') return 'gh'
    const latin = LETTERS[letter]
    return latin === undefined ? letter : typeof latin === 'string' ? latin : latin[index === 0 ? 1 : 0]
  }).join('')
}
