import { alert, dataTable, dateTime, descriptionList, emptyState, field, form, formatBytes, html, linkButton, section, statusBadge, tabs, texts, type FieldErrors, type Html, type Lang } from '@trembita/web'
import { fullName, FILES_MAX, SUBJECT_CHARS_MAX, Refused, TEXT_CHARS_MAX, type AttachmentLine, type Box, type Letter } from '../desk/index.ts'
import { findOfficial, officialField } from './addressees.ts'
import { proofLink } from './entrance.ts'
import { outsidePart, takeInForm } from './other-channel.ts'
import { wordsOf as frameWordsOf } from './texts.ts'
import { nameOf, type OfficialVisit, type Pages } from './visit.ts'

const wordsOf = texts({
  uk: {
    letters: 'Листи',
    lead: 'Між органами лист іде через шлюзи, запечатаний кожним із них.',
    boxes: (box: Box) => ({ in: 'Вхідні', out: 'Надіслані', body: 'Усі листи органу' })[box],
    new: 'Написати лист',
    empty: 'Тут ще немає листів',
    subject: 'Тема',
    from: 'Від',
    to: 'Кому',
    date: 'Дата',
    state: 'Стан',
    unread: 'не прочитано',
    states: (state: string) => ({ waiting: 'чекає відправлення', sent: 'прийнято органом', delivered: 'доставлено', read: 'прочитано', failed: 'не доставлено' })[state] ?? state,
    toBodyAbout: 'Виберіть орган, якому пишете.',
    toOfficial: 'Посадова особа',
    toAll: 'Органу загалом (бачать усі його посадові особи)',
    text: 'Текст',
    files: 'Файли',
    filesHint: 'До 5 файлів, кожен до 2 МБ, разом до 5 МБ.',
    send: 'Надіслати',
    reply: 'Відповісти',
    attachments: 'Вкладення',
    thread: 'Листування',
    path: 'Шлях листа',
    written: 'Записано',
    handed: 'Передано органу-адресату',
    delivered: 'Доставлено',
    read: 'Прочитано',
    came: 'Отримано обміном',
    failedAbout: (code: string) => `Орган-адресат не прийняв лист: ${code}`,
    internal: 'усередині органу',
    re: (subject: string) => subject.startsWith('Re: ') ? subject : `Re: ${subject}`
  },
  en: {
    letters: 'Letters',
    lead: 'Between bodies a letter goes through gateways, sealed by each of them.',
    boxes: (box: Box) => ({ in: 'Received', out: 'Sent', body: 'All letters of the body' })[box],
    new: 'Write a letter',
    empty: 'No letters here yet',
    subject: 'Subject',
    from: 'From',
    to: 'To',
    date: 'Date',
    state: 'State',
    unread: 'unread',
    states: (state: string) => ({ waiting: 'waits to be sent', sent: 'taken by the body', delivered: 'delivered', read: 'read', failed: 'not delivered' })[state] ?? state,
    toBodyAbout: 'Choose the body you write to.',
    toOfficial: 'Official',
    toAll: 'The body as such (seen by all its officials)',
    text: 'Text',
    files: 'Files',
    filesHint: 'Up to 5 files, 2 MB each, 5 MB together.',
    send: 'Send',
    reply: 'Reply',
    attachments: 'Attachments',
    thread: 'Correspondence',
    path: 'Way of the letter',
    written: 'Recorded',
    handed: 'Handed to the body',
    delivered: 'Delivered',
    read: 'Read',
    came: 'Came by exchange',
    failedAbout: (code: string) => `The body did not take the letter: ${code}`,
    internal: 'within the body',
    re: (subject: string) => subject.startsWith('Re: ') ? subject : `Re: ${subject}`
  }
})

/** Letters between officials of one body and of several (order, item 5.3). */
export function letterPages (pages: Pages): void {
  const { office } = pages

  pages.getAs('/letters', async (visit) => {
    const { lang, base, desk, me, query } = visit
    const words = wordsOf(lang)
    const boxes: Box[] = ['in', 'out', ...me.administrator ? ['body' as const] : []]
    const box = boxes.find((one) => one === query.box) ?? 'in'
    const letters = await desk.letters.list(box, me)
    return visit.page({
      title: words.letters,
      lead: words.lead,
      actions: linkButton({ label: words.new, href: `${base}/letters/new`, kind: 'primary', sign: 'edit' }),
      body: html`${box === 'body' ? takeInForm(visit) : undefined}${tabs(words.letters, boxes.map((one) => ({ href: `${base}/letters?box=${one}`, label: words.boxes(one), current: one === box })))}${dataTable<Letter>(lang, {
        caption: words.boxes(box),
        rows: letters,
        empty: emptyState({ title: words.empty }),
        columns: [
          { key: 'subject', label: words.subject, render: (letter) => html`<a href="${base}/letters/${letter.id}">${letter.subject}</a>` },
          { key: 'who', label: box === 'out' ? words.to : words.from, render: (letter) => box === 'out' ? html`${letter.to_name}<br><span class="hint">${letter.to_body}</span>` : html`${letter.from_name}<br><span class="hint">${letter.from_body}</span>` },
          { key: 'state', label: words.state, narrow: true, render: (letter) => badge(lang, letter) },
          { key: 'date', label: words.date, narrow: true, render: ({ sent_at: at }) => dateTime(at, lang) }
        ]
      })}`
    })
  })

  pages.getAs('/letters/new', async (visit) => await newLetter(pages, visit, { body: visit.query.to ?? '', official: visit.query.official ?? '', subject: '', text: '', reply: '' }))

  pages.postAs('/letters', async ({ desk, me, form: sent, base, lang }) => {
    const toBody = sent.text('to')
    const id = sent.text('official')
    const body = await office.registry.find(toBody)
    if (body?.state !== 'active') throw new Refused('noAddressee', 'official')
    const card = id === '*' ? undefined : await findOfficial(office, me.body, toBody, id)
    const toName = card === undefined ? nameOf(lang, body) : fullName(card)
    const letter = await desk.letters.write(me, {
      subject: sent.text('subject'),
      text: sent.text('text'),
      toBody,
      toOfficial: card?.id,
      toName,
      replyTo: sent.optional('reply'),
      files: sent.files('files').map(({ name, type, bytes }) => ({ name, type, bytes }))
    })
    void desk.outbox.deliver()
    return { to: `${base}/letters/${letter}`, said: 'sent' }
  }, async (visit, refused) => await newLetter(pages, visit, { body: visit.form.text('to'), official: visit.form.text('official'), subject: visit.form.text('subject'), text: visit.form.text('text'), reply: visit.form.text('reply') }, refused))

  pages.getAs('/letters/:id', async (visit) => {
    const { desk, me, params } = visit
    const { letter, files, thread } = await desk.letters.open(params.id ?? '', me)
    void desk.outbox.deliver()
    const bodies = new Map((await office.registry.list()).map((body) => [body.code, nameOf(visit.lang, body)]))
    return showLetter(visit, letter, files, thread, (code) => bodies.get(code) ?? code)
  })

  pages.getAs('/letters/:id/reply', async (visit) => {
    const { letter } = await visit.desk.letters.open(visit.params.id ?? '', visit.me)
    const mine = letter.from_official === visit.me.id
    return await newLetter(pages, visit, {
      body: mine ? letter.to_body : letter.from_body,
      official: mine ? letter.to_official ?? '*' : letter.from_official,
      subject: wordsOf(visit.lang).re(letter.subject),
      text: '',
      reply: letter.id
    })
  })

  pages.getAs('/letters/:id/files/:number', async ({ desk, me, params }) => {
    const file = await desk.letters.file(params.id ?? '', Number(params.number), me)
    if (file === undefined) return { to: '/' }
    return { bytes: file.bytes, type: 'application/octet-stream', fileName: file.name }
  })
}

interface Draft { readonly body: string, readonly official: string, readonly subject: string, readonly text: string, readonly reply: string }

/** Without a body yet: the bodies to choose from. */
async function newLetter (pages: Pages, visit: OfficialVisit, draft: Draft, refused?: Refused): Promise<Html> {
  const { lang, base, csrf } = visit
  const words = wordsOf(lang)
  const bodies = await pages.office.registry.active()
  const chosen = bodies.find(({ code }) => code === draft.body)
  const crumbs = [{ href: `${base}/letters`, label: words.letters }]
  if (chosen === undefined) {
    return visit.page({
      title: words.new,
      breadcrumbs: crumbs,
      lead: words.toBodyAbout,
      body: html`<ul>${bodies.map((body) => html`<li><a href="${base}/letters/new?to=${body.code}">${nameOf(lang, body)}</a> <span class="hint">${body.code}</span></li>`)}</ul>`
    })
  }
  const errors: FieldErrors | undefined = refused === undefined ? undefined : { [refused.field]: frameWordsOf(lang).refused(refused.reason) }
  return visit.page({
    title: words.new,
    eyebrow: nameOf(lang, chosen),
    breadcrumbs: crumbs,
    body: form(lang, {
      action: `${base}/letters`,
      csrf,
      multipart: true,
      submit: words.send,
      cancelHref: `${base}/letters`,
      ...errors === undefined ? {} : { errors },
      fields: { to: chosen.code, reply: draft.reply },
      body: html`
${await officialField(pages.office, visit, { label: words.toOfficial, body: chosen.code, value: draft.official, last: [{ value: '*', label: words.toAll }], error: errors?.official })}
${field(lang, { name: 'subject', label: words.subject, value: draft.subject, lengthMax: SUBJECT_CHARS_MAX, required: true, error: errors?.subject })}
${field(lang, { kind: 'textarea', name: 'text', label: words.text, value: draft.text, rows: 10, lengthMax: TEXT_CHARS_MAX, required: true, error: errors?.text })}
${field(lang, { kind: 'file', name: 'files', label: words.files, hint: words.filesHint, multiple: FILES_MAX > 1, required: false, error: errors?.files })}`
    })
  })
}

function showLetter (visit: OfficialVisit, letter: Letter, files: readonly AttachmentLine[], thread: readonly Letter[], bodyName: (code: string) => string): Html {
  const { lang, base } = visit
  const words = wordsOf(lang)
  return visit.page({
    title: letter.subject,
    breadcrumbs: [{ href: `${base}/letters`, label: words.letters }],
    status: badge(lang, letter),
    actions: linkButton({ label: words.reply, href: `${base}/letters/${letter.id}/reply`, kind: 'primary', sign: 'left' }),
    body: html`${outsidePart(visit, letter)}${letter.error === null || letter.state !== 'failed' ? undefined : alert(lang, { kind: 'bad', title: words.failedAbout(letter.error) })}
${descriptionList(lang, [
  { term: words.from, value: letter.from_name, hint: `${letter.from_post} · ${bodyName(letter.from_body)}` },
  { term: words.to, value: letter.to_name, hint: bodyName(letter.to_body) },
  { term: words.date, value: dateTime(letter.sent_at, lang) }
])}
${section({ title: words.text, body: html`<div class="prose">${letter.text.split(/\r?\n/).map((line) => html`${line}<br>`)}</div>` })}
${files.length === 0 ? undefined : section({ title: words.attachments, body: html`<ul>${files.map(({ number, name, size }) => html`<li><a href="${base}/letters/${letter.id}/files/${number}" download>${name}</a> <span class="hint">${formatBytes(size, lang)}</span></li>`)}</ul>` })}
${section({ title: words.path, body: way(visit, letter) })}
${thread.length < 2 ? undefined : section({ title: words.thread, body: html`<ul>${thread.map((one) => html`<li>${one.id === letter.id ? html`<strong>${one.subject}</strong>` : html`<a href="${base}/letters/${one.id}">${one.subject}</a>`} <span class="hint">${one.from_name} · ${dateTime(one.sent_at, lang)}</span></li>`)}</ul>` })}`
  })
}

/** When what happened, and under which exchange it can be proved. */
function way ({ lang, base }: OfficialVisit, letter: Letter): Html {
  const words = wordsOf(lang)
  if (letter.direction === 'internal') return html`<p>${words.internal}. ${words.read}: ${dateTime(letter.read_at ?? undefined, lang)}</p>`
  const proof = (id: string | null): Html | undefined => id === null ? undefined : proofLink(base, id, lang)
  return descriptionList(lang, letter.direction === 'out'
    ? [
        { term: words.written, value: dateTime(letter.sent_at, lang) },
        { term: words.handed, value: letter.exchange_id === null ? words.states('waiting') : words.states('sent'), hint: proof(letter.exchange_id) },
        { term: words.delivered, value: dateTime(letter.delivered_at ?? undefined, lang), hint: proof(letter.delivered_exchange) },
        { term: words.read, value: dateTime(letter.read_at ?? undefined, lang), hint: proof(letter.read_exchange) }
      ]
    : [
        { term: words.came, value: dateTime(letter.delivered_at ?? undefined, lang), hint: proof(letter.exchange_id) },
        { term: words.delivered, value: letter.delivered_exchange === null ? words.states('waiting') : words.states('sent'), hint: proof(letter.delivered_exchange) },
        { term: words.read, value: dateTime(letter.read_at ?? undefined, lang), hint: proof(letter.read_exchange) }
      ])
}

function badge (lang: Lang, letter: Letter): Html {
  const words = wordsOf(lang)
  if (letter.direction === 'in' || letter.direction === 'internal') return letter.read_at === null ? statusBadge('info', words.unread) : statusBadge('idle', words.states('read'))
  if (letter.state === 'failed') return statusBadge('bad', words.states('failed'))
  if (letter.read_at !== null) return statusBadge('ok', words.states('read'))
  if (letter.delivered_at !== null) return statusBadge('ok', words.states('delivered'))
  return letter.state === 'waiting' ? statusBadge('wait', words.states('waiting')) : statusBadge('info', words.states('sent'))
}
