import { stem } from './stem.ts'
import { transliterate } from './misread.ts'

/** How near a term of the index is to a word that was asked for: 1 is the word itself. */
export type Matches = ReadonlyMap<number, number>

const NEARNESS = { same: 1, form: 0.9, beginning: 0.75, part: 0.5, transliterated: 0.85, mistyped: 0.35 } as const
/** Share of trigrams that a mistyped word must have in common with the right one before letters are counted. */
const SIMILARITY_MIN = 0.3

/** Every term of an index, to be found by its forms, by a part of it, in Latin letters, or mistyped. */
export class Vocabulary {
  readonly terms: string[] = []
  readonly #ids = new Map<string, number>()
  readonly #stems = new Map<string, number[]>()
  readonly #trigrams = new Map<string, number[]>()
  /** Trigrams of each term. */
  readonly #counts: number[] = []
  readonly #latin: string[] = []
  readonly #latinStems: string[] = []

  /** Number of a term, from 0. */
  add (term: string): number {
    const known = this.#ids.get(term)
    if (known !== undefined) return known
    const id = this.terms.push(term) - 1
    this.#ids.set(term, id)
    put(this.#stems, stem(term), id)
    const trigrams = trigramsOf(term)
    this.#counts.push(trigrams.length)
    for (const trigram of trigrams) put(this.#trigrams, trigram, id)
    this.#latin.push(transliterate(term))
    this.#latinStems.push(transliterate(stem(term)))
    return id
  }

  /** The word, its forms, and what it is a part of. */
  find (word: string): Matches {
    const found = new Map<number, number>()
    const keep = (id: number, nearness: number): void => { if (nearness > (found.get(id) ?? 0)) found.set(id, nearness) }
    for (const id of this.#containing(word)) keep(id, this.terms[id]!.startsWith(word) ? NEARNESS.beginning : NEARNESS.part)
    for (const id of this.#stems.get(stem(word)) ?? []) keep(id, NEARNESS.form)
    const own = this.#ids.get(word)
    if (own !== undefined) keep(own, NEARNESS.same)
    return found
  }

  /** Terms of which a Latin word is the transliteration, in some form. */
  findTransliterated (word: string): Matches {
    const found = new Map<number, number>()
    if (word.length < 3 || !/^[a-z]+$/.test(word)) return found
    this.#latin.forEach((latin, id) => {
      if (latin === this.terms[id]) return
      const base = this.#latinStems[id]!
      if (latin.startsWith(word) || (base.length >= 4 && word.startsWith(base) && word.length - base.length <= 4)) found.set(id, NEARNESS.transliterated)
    })
    return found
  }

  /** Terms that differ by one letter, of long words by two. */
  findMistyped (word: string): Matches {
    const found = new Map<number, number>()
    if (word.length < 4 || /^\d+$/.test(word)) return found
    const own = trigramsOf(word)
    const common = new Map<number, number>()
    for (const trigram of own) for (const id of this.#trigrams.get(trigram) ?? []) common.set(id, (common.get(id) ?? 0) + 1)
    const mistakesMax = word.length < 8 ? 1 : 2
    for (const [id, count] of common) {
      const term = this.terms[id]!
      if (count / (own.length + this.#counts[id]! - count) < SIMILARITY_MIN && count / own.length < SIMILARITY_MIN * 2) continue
      const mistakes = Math.min(distance(word, term, mistakesMax), distance(stem(word), stem(term), mistakesMax))
      if (mistakes <= mistakesMax) found.set(id, NEARNESS.mistyped / Math.max(1, mistakes))
    }
    return found
  }

  #containing (word: string): readonly number[] {
    if (word.length < 3) return this.terms.flatMap((term, id) => term.startsWith(word) ? [id] : [])
    const lists = insideTrigramsOf(word).map((trigram) => this.#trigrams.get(trigram) ?? [])
    const shortest = lists.reduce((least, list) => list.length < least.length ? list : least)
    return shortest.filter((id) => this.terms[id]!.includes(word))
  }
}

function put (map: Map<string, number[]>, key: string, id: number): void {
  const list = map.get(key)
  if (list === undefined) map.set(key, [id])
  else if (list.at(-1) !== id) list.push(id)
}

/** With the edges of the word, so that short words have some in common. */
function trigramsOf (term: string): string[] {
  return [...new Set(insideTrigramsOf(` ${term} `))]
}

function insideTrigramsOf (text: string): string[] {
  return Array.from({ length: Math.max(0, text.length - 2) }, (_, index) => text.slice(index, index + 3))
}

/** Letters to add, drop, change or swap; more than `max` is `max + 1`. */
function distance (a: string, b: string, max: number): number {
  if (Math.abs(a.length - b.length) > max) return max + 1
  let [before, last] = [new Array<number>(), Array.from({ length: b.length + 1 }, (_, index) => index)]
  for (let i = 1; i <= a.length; i++) {
    const row = [i]
    for (let j = 1; j <= b.length; j++) {
      const same = a[i - 1] === b[j - 1]
      row[j] = Math.min(last[j]! + 1, row[j - 1]! + 1, last[j - 1]! + (same ? 0 : 1))
      if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1]) row[j] = Math.min(row[j]!, before[j - 2]! + 1)
    }
    if (Math.min(...row) > max) return max + 1
    ;[before, last] = [last, row]
  }
  return last[b.length]!
}
