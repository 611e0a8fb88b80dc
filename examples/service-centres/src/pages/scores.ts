import { descriptionList, formatNumber, texts, type Html, type Lang } from '@trembita/web'
import type { Scores } from '../exchange/index.ts'

export const SCORES = ['waiting', 'politeness', 'clarity', 'result'] as const satisfies readonly (keyof Scores)[]

export const scoreWordsOf = texts({
  uk: {
    score: (score: keyof Scores) => ({ waiting: 'Час очікування', politeness: 'Ввічливість', clarity: 'Зрозумілість пояснень', result: 'Результат' })[score],
    of: (value: string) => `${value} з 5`
  },
  en: {
    score: (score: keyof Scores) => ({ waiting: 'Waiting time', politeness: 'Politeness', clarity: 'Clarity', result: 'Result' })[score],
    of: (value: string) => `${value} of 5`
  }
})

/** Means of a centre, each in a word and a figure. */
export function scoreList (lang: Lang, means: Scores): Html {
  const words = scoreWordsOf(lang)
  return descriptionList(lang, SCORES.map((score) => ({ term: words.score(score), value: words.of(formatNumber(means[score], lang)) })))
}
