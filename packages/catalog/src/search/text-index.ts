import { impliedTerms } from './abbreviations.ts'
import { otherLayout } from './misread.ts'
import { normalise, termsOfWord, wordsOf } from './normalise.ts'
import { FACET_NAMES, FIELD_NAMES, FIELD_WEIGHTS, isSeen, type FacetName, type SearchDocument } from './search-document.ts'
import type { Viewer } from '../entry/index.ts'
import { Vocabulary, type Matches } from './vocabulary.ts'

/** Longer queries are cut: nobody types so much by hand. */
export const QUERY_LENGTH_MAX = 200
const WORDS_MAX = 12
const EXACT_CODE = 100
const EXACT_TITLE = 30
/** Shorter words say nothing by themselves. */
const TELLING_LETTERS = 3
/** Of a term that the text says in other words. */
const IMPLIED_WEIGHT = 6

export type Facets = Readonly<Partial<Record<FacetName, string>>>

/** How the words were read when nothing holds them as typed. */
export type Reading = 'asTyped' | 'otherLayout' | 'transliterated' | 'mistyped' | 'someWords'

export interface Hit {
  readonly document: SearchDocument
  readonly score: number
}

export interface TextAnswer {
  readonly hits: readonly Hit[]
  readonly reading: Reading
  /** What was looked for, where it is not what was typed. */
  readonly understood?: string | undefined
  /** Hits of each value, of what the viewer sees; each facet counted as if it were not chosen itself. */
  readonly counts: Readonly<Record<FacetName, ReadonlyMap<string, number>>>
  /** Terms by which the hits were found: for fragments. */
  readonly terms: ReadonlySet<string>
}

interface Posting { readonly document: number, readonly weight: number }

const UKRAINIAN = new Intl.Collator('uk')

/**
 * An index of documents in memory. Documents that a viewer may not see take no part: neither in hits nor in counts, nor in the choice of
 * the reading (catalog facts §7, §8).
 */
export class TextIndex {
  readonly documents: SearchDocument[] = []
  readonly #vocabulary = new Vocabulary()
  readonly #postings: Posting[][] = []
  readonly #codes: ReadonlySet<string>[] = []
  readonly #titles: string[] = []
  readonly #terms = new Map<string, readonly string[]>()
  #order: readonly number[] | undefined

  add (document: SearchDocument): void {
    const number = this.documents.push(document) - 1
    const weights = new Map<string, number>()
    const ordered: string[] = []
    for (const name of FIELD_NAMES) {
      const text = document.fields[name]
      for (const { term, start, end } of wordsOf(text)) {
        ordered.push(term)
        for (const one of this.#termsOf(text.slice(start, end))) weights.set(one, Math.max(weights.get(one) ?? 0, FIELD_WEIGHTS[name]))
      }
      ordered.push('')
    }
    for (const term of impliedTerms(ordered)) weights.set(term, Math.max(weights.get(term) ?? 0, IMPLIED_WEIGHT))
    for (const [term, weight] of weights) {
      const id = this.#vocabulary.add(term);
      (this.#postings[id] ??= []).push({ document: number, weight })
    }
    this.#codes.push(new Set(document.fields.codes.split(/\s+/).map(normalise)))
    this.#titles.push(titleKey(document.title))
    this.#order = undefined
  }

  /** The same words stand in many texts. */
  #termsOf (word: string): readonly string[] {
    const known = this.#terms.get(word)
    if (known !== undefined) return known
    const terms = termsOfWord(word)
    this.#terms.set(word, terms)
    return terms
  }

  /** Place of each document in the order of titles. */
  #places (): readonly number[] {
    if (this.#order === undefined) {
      const order = new Array<number>(this.documents.length)
      const sorted = this.documents.map(({ title }, number) => ({ title, number })).sort((a, b) => UKRAINIAN.compare(a.title, b.title))
      sorted.forEach(({ number }, place) => { order[number] = place })
      this.#order = order
    }
    return this.#order
  }

  /** Best first; with equal scores by title, in the order of the Ukrainian alphabet. Without words, all that the viewer sees. */
  find (query: string, viewer: Viewer, facets: Facets = {}): TextAnswer {
    const text = query.slice(0, QUERY_LENGTH_MAX).trim()
    const words = wordsOf(text).slice(0, WORDS_MAX).map(({ term }) => term)
    if (text !== '' && words.length === 0 && otherLayout(text) === undefined) return this.#answer(new Map(), 'asTyped', text, facets, [])
    const seen = this.documents.map((document) => isSeen(document, viewer))
    if (text === '') return this.#answer(new Map(seen.flatMap((is, number) => is ? [[number, 0] as const] : [])), 'asTyped', text, facets, [])
    const layout = otherLayout(text)
    const layoutWords = layout === undefined ? [] : wordsOf(layout).slice(0, WORDS_MAX).map(({ term }) => term)
    const asTyped = (word: string): Matches => this.#vocabulary.find(word)
    const readings: readonly (readonly [Reading, readonly string[], (word: string) => Matches, boolean])[] = [
      ['asTyped', words, asTyped, true],
      ['otherLayout', layoutWords, asTyped, true],
      ['transliterated', words, (word) => merged(this.#vocabulary.find(word), this.#vocabulary.findTransliterated(word)), true],
      ['mistyped', words, (word) => merged(this.#vocabulary.find(word), this.#vocabulary.findMistyped(word)), true],
      ['someWords', words.length < 2 ? [] : words.filter((word) => word.length >= TELLING_LETTERS), asTyped, false]
    ]
    for (const [reading, asked, matchesOf, all] of readings) {
      if (asked.length === 0) continue
      const matches = asked.map(matchesOf)
      const scores = this.#scores(matches, seen, all)
      if (scores.size === 0) continue
      this.#boost(scores, text, asked)
      return this.#answer(scores, reading, reading === 'otherLayout' ? layout : undefined, facets, matches)
    }
    return this.#answer(new Map(), 'asTyped', undefined, facets, [])
  }

  /** Sum over the words of the best that a document has for each. */
  #scores (matches: readonly Matches[], seen: readonly boolean[], all: boolean): Map<number, number> {
    const scores = new Map<number, { sum: number, words: number }>()
    for (const found of matches) {
      const best = new Map<number, number>()
      for (const [id, nearness] of found) {
        for (const { document, weight } of this.#postings[id]!) {
          if (seen[document]! && nearness * weight > (best.get(document) ?? 0)) best.set(document, nearness * weight)
        }
      }
      for (const [document, score] of best) {
        const sum = scores.get(document) ?? { sum: 0, words: 0 }
        scores.set(document, { sum: sum.sum + score, words: sum.words + 1 })
      }
    }
    return new Map([...scores].filter(([, { words }]) => !all || words === matches.length).map(([document, { sum }]) => [document, sum]))
  }

  #boost (scores: Map<number, number>, text: string, words: readonly string[]): void {
    const whole = normalise(text)
    const title = words.join(' ')
    for (const [number, score] of scores) {
      const codes = this.#codes[number]!
      const exact = (codes.has(whole) ? EXACT_CODE : 0) + (this.#titles[number] === title ? EXACT_TITLE : 0)
      if (exact > 0) scores.set(number, score + exact)
    }
  }

  #answer (scores: ReadonlyMap<number, number>, reading: Reading, understood: string | undefined, facets: Facets, matches: readonly Matches[]): TextAnswer {
    const places = this.#places()
    const found = [...scores].map(([number, score]) => ({ document: this.documents[number]!, score, place: places[number]! }))
    const hits = found.filter(({ document }) => isChosen(document, facets)).sort((a, b) => b.score - a.score || a.place - b.place)
    const counts = Object.fromEntries(FACET_NAMES.map((name) => {
      const counted = facets[name] === undefined ? hits : found.filter(({ document }) => isChosen(document, { ...facets, [name]: undefined }))
      const count = new Map<string, number>()
      for (const { document } of counted) for (const value of document.facets[name] ?? []) count.set(value, (count.get(value) ?? 0) + 1)
      return [name, count]
    })) as Record<FacetName, Map<string, number>>
    return { hits, reading, ...understood === undefined ? {} : { understood }, counts, terms: new Set(matches.flatMap((found) => [...found.keys()].map((id) => this.#vocabulary.terms[id]!))) }
  }
}

function titleKey (title: string): string {
  return wordsOf(title).map(({ term }) => term).join(' ')
}

function isChosen (document: SearchDocument, facets: Facets): boolean {
  return FACET_NAMES.every((name) => facets[name] === undefined || document.facets[name]?.includes(facets[name]) === true)
}

function merged (a: Matches, b: Matches): Matches {
  const all = new Map(a)
  for (const [id, nearness] of b) if (nearness > (all.get(id) ?? 0)) all.set(id, nearness)
  return all
}
