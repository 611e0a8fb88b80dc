import { stats, texts } from '@trembita/web'
import type { Plugin } from './plugin.ts'

const wordsOf = texts({
  uk: { title: 'Черга відправлень', about: 'Скільки листів, завдань і позначок органу ще чекає обміну.', waiting: 'Чекає обміну' },
  en: { title: 'Outgoing queue', about: 'How many letters, tasks and marks of the body still wait for the exchange.', waiting: 'Waiting' }
})

/** For the organisation administrator alone. */
export const deliveryWatch: Plugin = {
  code: 'delivery-watch',
  title: (lang) => wordsOf(lang).title,
  about: (lang) => wordsOf(lang).about,
  mayUse: ({ administrator }) => administrator,
  open: async ({ lang, waiting }) => {
    const count = await waiting()
    return stats([{ label: wordsOf(lang).waiting, value: count, status: count === 0 ? 'ok' : 'wait' }])
  }
}
