import { termsOfWord, wordsOf } from './normalise.ts'

/** A piece of a text; `hit`: by it the entry was found. */
export interface Fragment {
  readonly text: string
  readonly hit: boolean
}

const LENGTH = 200
const BEFORE = 60

/** A piece of the text of some 200 letters around the first word that was found. Undefined where none is there. */
export function fragmentOf (text: string, terms: ReadonlySet<string>): Fragment[] | undefined {
  const hits = wordsOf(text).filter(({ start, end }) => termsOfWord(text.slice(start, end)).some((term) => terms.has(term)))
  const [first] = hits
  if (first === undefined) return undefined
  const from = first.start <= BEFORE ? 0 : Math.max(text.indexOf(' ', first.start - BEFORE) + 1, first.start - BEFORE)
  const to = text.length - from <= LENGTH ? text.length : Math.max(text.lastIndexOf(' ', from + LENGTH), first.end)
  const pieces: Fragment[] = [{ text: from > 0 ? '… ' : '', hit: false }]
  let at = from
  for (const { start, end } of hits) {
    if (end > to) break
    pieces.push({ text: text.slice(at, start), hit: false }, { text: text.slice(start, end), hit: true })
    at = end
  }
  pieces.push({ text: text.slice(at, to) + (to < text.length ? ' …' : ''), hit: false })
  return pieces.filter(({ text }) => text !== '')
}
