import { PUBLIC } from '@trembita/catalog/entry'
import { TextIndex, type SearchDocument } from '@trembita/catalog/search'

export interface CatalogRow {
  readonly services: number
  readonly buildMs: number
  readonly heapMb: number
  readonly p50Ms: number
  readonly p95Ms: number
  readonly p99Ms: number
}

const QUESTIONS = [
  'реєстрів', 'юридичної особи', 'єстр', "здоров'я", "ht'cnh", 'reiestr', '90000038', 'SubjectDetail', 'РЕЄСТР', 'підприємцями', 'податків', 'переміщених', 'ЄДР', 'реестр',
  'перевірка відомостей за кодом', 'неіснуючеслово', 'ап', 'державний реєстр фізичних осіб', ''
] as const
const WORDS = `реєстр юридичних осіб фізична особа підприємець платник податків переміщених здоров’я відомості перевірка державний єдиний код запис стан адреса керівник засновник
 документ довідка заява послуга центр громадянин паспорт номер дата надання отримання транспортний засіб нерухоме майно земельна ділянка дохід пільга допомога освіта диплом`.split(/\s+/)
const ROUNDS = 20

/** Builds indexes of so many made-up services, each with some 150 words, and asks each question again and again. */
export function benchCatalog (sizes: readonly number[]): CatalogRow[] {
  return sizes.map((services) => {
    const documents = Array.from({ length: services }, (_, number) => document(number))
    const before = process.memoryUsage().heapUsed
    const started = performance.now()
    const index = new TextIndex()
    for (const one of documents) index.add(one)
    const buildMs = performance.now() - started
    const heapMb = (process.memoryUsage().heapUsed - before) / 1024 / 1024
    for (const question of QUESTIONS) index.find(question, PUBLIC)
    const times: number[] = []
    for (let round = 0; round < ROUNDS; round++) {
      for (const question of QUESTIONS) {
        const asked = performance.now()
        index.find(question, PUBLIC)
        times.push(performance.now() - asked)
      }
    }
    times.sort((a, b) => a - b)
    const quantile = (share: number): number => times[Math.floor(times.length * share)]!
    return { services, buildMs, heapMb, p50Ms: quantile(0.5), p95Ms: quantile(0.95), p99Ms: quantile(0.99) }
  })
}

export function formatCatalogTable (rows: readonly CatalogRow[]): string {
  return ['services   build   heap MB   p50   p95   p99', ...rows.map(({ services, buildMs, heapMb, p50Ms, p95Ms, p99Ms }) =>
    [String(services).padStart(8), buildMs.toFixed(0).padStart(8), heapMb.toFixed(0).padStart(10), ...[p50Ms, p95Ms, p99Ms].map((ms) => ms.toFixed(1).padStart(6))].join(''))].join('\n')
}

function document (number: number): SearchDocument {
  // The same words for the same number: figures of two days can be compared.
  const word = (offset: number): string => WORDS[(number * 31 + offset * offset * 7 + offset * 13) % WORDS.length]!
  const phrase = (from: number, count: number): string => Array.from({ length: count }, (_, index) => word(from + index)).join(' ')
  const code = `service${number}Detail`
  return {
    kind: 'service',
    id: `BENCH/GOV/${90000000 + number % 200}/SYSTEM/${code}`,
    from: 'public',
    to: 'owner',
    organisationId: `BENCH/GOV/${90000000 + number % 200}`,
    title: phrase(0, 5),
    fields: { title: phrase(0, 5), codes: `BENCH/GOV/${90000000 + number % 200}/SYSTEM/${code} ${code}`, purpose: phrase(5, 20), content: `${phrase(25, 60)} field${number} SubjectDetail`, organisation: phrase(90, 5), text: phrase(100, 50) },
    facets: { kind: ['service'], organisation: [`BENCH/GOV/${90000000 + number % 200}`], protocol: [number % 3 === 0 ? 'SOAP' : 'REST'], status: ['published'] }
  }
}
