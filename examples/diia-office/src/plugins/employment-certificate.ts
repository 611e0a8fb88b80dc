import { alert, card, dateTime, descriptionList, html, texts } from '@trembita/web'
import { fullName } from '../desk/index.ts'
import type { Plugin } from './plugin.ts'

const wordsOf = texts({
  uk: {
    title: 'Довідка з місця роботи',
    about: 'Ваша посада за записом кадрової системи, з доказом обміну.',
    text: 'За даними кадрової системи працює в органі:',
    body: 'Орган',
    unit: 'Підрозділ',
    post: 'Посада',
    asOf: 'Станом на',
    proof: 'Доказ',
    none: 'Кадрова система не має вашого запису'
  },
  en: {
    title: 'Certificate of employment',
    about: 'Your post as the personnel system records it, with proof of the exchange.',
    text: 'By the record of the personnel system, works in the body:',
    body: 'Body',
    unit: 'Unit',
    post: 'Post',
    asOf: 'As of',
    proof: 'Proof',
    none: 'The personnel system has no record of you'
  }
})

/** For every official, about oneself. */
export const employmentCertificate: Plugin = {
  code: 'employment-certificate',
  title: (lang) => wordsOf(lang).title,
  about: (lang) => wordsOf(lang).about,
  mayUse: () => true,
  open: async ({ lang, bodyName, myCard, proof }) => {
    const words = wordsOf(lang)
    const { answer, source, id } = await myCard()
    const record = answer.data?.items[0]
    if (record === undefined) return alert(lang, { kind: 'warn', title: words.none })
    return card({
      title: fullName(record),
      body: html`<p>${words.text}</p>${descriptionList(lang, [
        { term: words.body, value: bodyName, hint: record.body },
        { term: words.unit, value: record.unitName },
        { term: words.post, value: lang === 'uk' ? record.post : record.postEn },
        { term: words.asOf, value: dateTime(source.asOf, lang), hint: source.register },
        { term: words.proof, value: proof(id) }
      ])}`
    })
  }
}
