import { stem } from './stem.ts'
import { wordsOf } from './normalise.ts'

/** Abbreviations of the field, and what they stand for. Whoever looks for one finds what says the other. */
const ABBREVIATIONS: Readonly<Record<string, readonly string[]>> = {
  ЄДР: ['єдиний державний реєстр юридичних осіб', 'єдиний державний реєстр'],
  ДРФО: ['державний реєстр фізичних осіб'],
  ДРАЦС: ['державний реєстр актів цивільного стану', 'реєстр актів цивільного стану'],
  ЦНАП: ['центр надання адміністративних послуг'],
  ЕІР: ['електронний інформаційний ресурс', 'інформаційний ресурс'],
  ВПО: ['внутрішньо переміщена особа'],
  РНОКПП: ['реєстраційний номер облікової картки платника податків'],
  УНЗР: ['унікальний номер запису в реєстрі'],
  ЄДДР: ['єдиний державний демографічний реєстр'],
  ЄДРПОУ: ['єдиний державний реєстр підприємств та організацій України'],
  ДЗК: ['державний земельний кадастр'],
  ДРРП: ['державний реєстр речових прав'],
  ЄДРТЗ: ['єдиний державний реєстр транспортних засобів'],
  ПДВ: ['податок на додану вартість'],
  ФОП: ['фізична особа підприємець'],
  КВЕД: ['класифікація видів економічної діяльності', 'вид економічної діяльності'],
  КАТОТТГ: ['кодифікатор адміністративно-територіальних одиниць'],
  ДПС: ['державна податкова служба'],
  АСВП: ['автоматизована система виконавчого провадження'],
  ЄІССС: ['єдина інформаційна система соціальної сфери'],
  НРЕІР: ['національний реєстр електронних інформаційних ресурсів'],
  КЕП: ['кваліфікований електронний підпис']
}

const KNOWN = Object.entries(ABBREVIATIONS).flatMap(([short, phrases]) => phrases.map((phrase) => ({
  short: short.toLocaleLowerCase('uk').replaceAll('ґ', 'г'),
  words: wordsOf(phrase).map(({ term }) => term)
}))).map(({ short, words }) => ({ short, words, stems: words.map(stem) }))

const FIRST_STEMS = new Set(KNOWN.map(({ stems }) => stems[0]!))
const BEGINNINGS = new Set(KNOWN.flatMap(({ stems }) => stems.map((one) => one.slice(0, 2))))

/** Stem of a word that a phrase may hold; other words are not looked at. */
function stemOf (term: string): string {
  return BEGINNINGS.has(term.slice(0, 2)) ? stem(term) : term
}

/** Terms that a text says in other words: the abbreviation of a phrase that stands in it, the words of an abbreviation. */
export function impliedTerms (terms: readonly string[]): string[] {
  const own = new Set(terms)
  const stems = terms.map(stemOf)
  const places = new Map<string, number[]>()
  stems.forEach((one, index) => {
    if (!FIRST_STEMS.has(one)) return
    const known = places.get(one)
    if (known === undefined) places.set(one, [index])
    else known.push(index)
  })
  const implied = new Set<string>()
  for (const { short, words, stems: phrase } of KNOWN) {
    if (own.has(short)) for (const word of words) implied.add(word)
    else if (places.get(phrase[0]!)?.some((start) => phrase.every((one, offset) => stems[start + offset] === one)) === true) implied.add(short)
  }
  return [...implied]
}
