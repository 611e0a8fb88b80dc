/** Endings of inflection, longest first: of nouns with their fleeting vowels, of adjectives, of verbs. */
const ENDINGS = [
  'івського', 'увати', 'ювати', 'ування', 'ювання', 'остями',
  'цями', 'ками', 'ення', 'ання', 'енню', 'анню', 'ості', 'істю', 'остей', 'ність', 'ності',
  'ього', 'ьому', 'ими', 'іми', 'ого', 'ому', 'ями', 'ами', 'еві', 'ові', 'єві', 'ець', 'цем', 'цям', 'цях', 'ків', 'ком', 'кам', 'ках', 'ати', 'ити', 'іти', 'ють', 'уть', 'ять', 'ать',
  'их', 'іх', 'им', 'ім', 'ій', 'ий', 'ої', 'ою', 'ею', 'єю', 'ів', 'їв', 'ам', 'ям', 'ах', 'ях', 'ом', 'ем', 'єм', 'ок', 'ку', 'ка', 'ки', 'ці', 'ця', 'цю', 'ію', 'ія', 'ії', 'ть', 'ти', 'ло', 'ла', 'ли',
  'а', 'я', 'у', 'ю', 'і', 'ї', 'и', 'е', 'є', 'о', 'й', 'ь'
].sort((a, b) => b.length - a.length)
const LETTERS_MIN = 4
/** In a closed syllable о turns into і: «особа», «осіб». */
const CLOSED = /і([бвгджзклмнпрстфхцчшщ])$/

/** A light stem of a normalised Ukrainian word: one ending is taken off where at least four letters stay. Latin words and codes stay whole. */
export function stem (term: string): string {
  if (!/^\p{Script=Cyrillic}+$/u.test(term)) return term
  const ending = ENDINGS.find((one) => term.endsWith(one) && term.length - one.length >= LETTERS_MIN)
  const base = ending === undefined ? term : term.slice(0, -ending.length)
  return base.length < LETTERS_MIN ? base : base.replace(CLOSED, 'о$1')
}
