import { alert, confirm, dateTime, field, html, texts, type Html } from '@trembita/web'
import { Refused, type Letter } from '../desk/index.ts'
import type { OfficialVisit, Pages } from './visit.ts'

const wordsOf = texts({
  uk: {
    handOver: 'Передати іншим каналом',
    handOverAbout: 'Лише коли «Трембіта» не може передати лист. Канал повинен мати підтверджений захист; обсяг даних визначають органи. Файл не запечатано шлюзом. Коли обмін відновиться, лист пройде і шлюзами, без повтора.',
    channel: 'Канал і підстава',
    download: 'Завантажити файл',
    takeIn: 'Прийняти лист, переданий іншим каналом',
    file: 'Файл листа',
    take: 'Прийняти',
    outside: 'Поза «Трембітою»',
    outsideSealed: 'Спершу іншим каналом, потім і обміном'
  },
  en: {
    handOver: 'Hand over by another channel',
    handOverAbout: 'Only when Trembita cannot carry the letter. The channel must have confirmed protection; the bodies decide on the scope of the data. No gateway seals the file. When the exchange works again, the letter also goes through the gateways, and is not doubled.',
    channel: 'Channel and ground',
    download: 'Download the file',
    takeIn: 'Take in a letter from another channel',
    file: 'File of the letter',
    take: 'Take in',
    outside: 'Outside of Trembita',
    outsideSealed: 'By another channel first, then by exchange too'
  }
})

/** The fall-back of item 7 of the order: by the organisation administrators of both bodies, recorded and marked on the letter. */
export function otherChannelPages (pages: Pages): void {
  pages.postAs('/letters/:id/hand-over', async ({ desk, me, params, form }) => {
    const id = params.id ?? ''
    return { bytes: await desk.letters.handOver(id, me, form.text('channel')), type: 'application/json', fileName: `letter-${id}.json` }
  })

  pages.postAs('/letters/take-in', async ({ desk, me, form, base }) => {
    const file = form.file('file')
    if (file === undefined) throw new Refused('empty', 'file')
    const id = await desk.letters.takeFile(file.bytes, me, form.text('channel'))
    void desk.outbox.deliver()
    return { to: `${base}/letters/${id}`, said: 'takenIn' }
  })
}

/** On a letter: that it went or came another way, or, while it waits, how it may. */
export function outsidePart ({ lang, base, csrf, me }: OfficialVisit, letter: Letter): Html {
  const words = wordsOf(lang)
  const told = letter.outside === null ? undefined : alert(lang, { kind: 'warn', title: letter.exchange_id === null ? words.outside : words.outsideSealed, body: html`${letter.outside} · ${dateTime(letter.outside_at ?? undefined, lang)}` })
  if (!me.administrator || letter.direction !== 'out' || letter.state !== 'waiting') return html`${told}`
  return html`${told}${confirm(lang, { label: words.handOver, title: words.handOver, body: html`<p>${words.handOverAbout}</p>`, inputs: field(lang, { name: 'channel', label: words.channel, required: true, lengthMax: 200 }), action: `${base}/letters/${letter.id}/hand-over`, csrf, submit: words.download, kind: 'secondary' })}`
}

export function takeInForm ({ lang, base, csrf }: OfficialVisit): Html {
  const words = wordsOf(lang)
  return confirm(lang, { label: words.takeIn, title: words.takeIn, body: html`<p>${words.handOverAbout}</p>`, inputs: html`${field(lang, { kind: 'file', name: 'file', label: words.file, required: true, accept: 'application/json' })}${field(lang, { name: 'channel', label: words.channel, required: true, lengthMax: 200 })}`, action: `${base}/letters/take-in`, csrf, submit: words.take, kind: 'secondary', multipart: true })
}
