import { SERVICES, serviceName, type Bilingual, type Centre, type CentreKind } from '../centres/index.ts'
import { normalise, repairLayout, stem } from './words.ts'

export interface Filter {
  readonly q?: string | undefined
  readonly service?: string | undefined
  readonly kind?: CentreKind | undefined
}

interface Part {
  readonly text: string
  readonly stems: ReadonlySet<string>
  readonly weight: number
}

const QUERY_WORDS_MAX = 10
/** Abbreviations and what they stand for; either finds the other. */
const SYNONYMS: readonly (readonly [string, string])[] = [['впо', 'внутрішньо переміщена особа'], ['фоп', 'фізична особа підприємець'], ['цнап', 'центр надання адміністративних послуг'], ['дзк', 'державний земельний кадастр']]

const indexed = new WeakMap<Centre, readonly Part[]>()

/** Centres that fit, the best first: by a form of a word, by a part of one, in any case (regulation, item 8(6)). */
export function findCentres (centres: readonly Centre[], { q = '', service, kind }: Filter): Centre[] {
  const filtered = centres.filter((centre) => (service === undefined || centre.services.includes(service)) && (kind === undefined || centre.kind === kind))
  const found = ranked(filtered, normalise(q))
  const repaired = found.length === 0 ? repairLayout(q) : undefined
  return repaired === undefined ? found : ranked(filtered, normalise(repaired))
}

/** Services of the cards whose name fits. */
export function findServices (q: string): [string, Bilingual][] {
  const words = wordsOf(normalise(q))
  return Object.entries(SERVICES).filter(([id, name]) => words.length > 0 && words.every((word) => scoreOf(partOf(`${id} ${name.uk} ${name.en}`, 1), word) > 0))
}

function ranked (centres: readonly Centre[], query: string): Centre[] {
  const words = wordsOf(query)
  if (words.length === 0) return [...centres]
  return centres
    .map((centre) => ({ centre, scores: words.map((word) => Math.max(...partsOf(centre).map((part) => scoreOf(part, word)))) }))
    .filter(({ scores }) => scores.every((score) => score > 0))
    .map(({ centre, scores }) => ({ centre, score: scores.reduce((sum, score) => sum + score, 0) }))
    .sort((a, b) => b.score - a.score)
    .map(({ centre }) => centre)
}

function wordsOf (query: string): string[] {
  return query.split(' ').filter((word) => word !== '').slice(0, QUERY_WORDS_MAX)
}

function scoreOf ({ text, stems, weight }: Part, word: string): number {
  const root = stem(word)
  if (stems.has(root)) return weight * 2
  if (word.length > 1 && text.includes(word)) return weight
  // «вінниці» for «вінницька»: another word of the same root.
  return root !== word && text.includes(root) ? weight / 2 : 0
}

function partsOf (centre: Centre): readonly Part[] {
  const known = indexed.get(centre)
  if (known !== undefined) return known
  const services = centre.services.map((id) => `${id} ${serviceName(id).uk} ${serviceName(id).en}`).join(' ')
  const parts = [
    partOf(`${centre.name.uk} ${centre.name.en}`, 4),
    partOf(`${centre.settlement.uk} ${centre.settlement.en} ${centre.address.uk} ${centre.address.en} ${centre.katottg}`, 3),
    partOf(services, 2),
    partOf(`${centre.founder.name.uk} ${centre.founder.name.en} ${centre.founder.code} ${centre.kind === 'cnap' ? 'цнап' : ''}`, 1)
  ]
  indexed.set(centre, parts)
  return parts
}

function partOf (text: string, weight: number): Part {
  const plain = normalise(text)
  const synonyms = SYNONYMS.flatMap(([short, long]) => containsAll(plain, long) ? [short] : plain.split(' ').includes(short) ? [long] : [])
  const full = [plain, ...synonyms].join(' ')
  return { text: full, stems: new Set(full.split(' ').map(stem)), weight }
}

function containsAll (text: string, words: string): boolean {
  const stems = new Set(text.split(' ').map(stem))
  return words.split(' ').every((word) => stems.has(stem(word)))
}
