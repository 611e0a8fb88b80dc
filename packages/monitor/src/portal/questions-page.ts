import { dateTime, day, emptyState, html, statusBadge, texts, type Html } from '@trembita/web'
import type { PortalDeps } from './deps.ts'
import { said } from './event-texts.ts'
import { questionsOf, type Question } from './questions.ts'
import { citizenOf, type Pages, type Visit } from './visit.ts'

const wordsOf = texts({
  uk: {
    title: 'Мої звернення',
    lead: 'Запитання і скарги, які ви надіслали звідси, та їхній стан.',
    emptyTitle: 'Ви ще нічого не запитували',
    empty: 'Відкрийте будь-який запис у переліку й натисніть «Запитати» або «Поскаржитися».',
    question: 'Запитання',
    complaint: 'Скарга',
    about: 'Про запис',
    received: 'прийнято, передаємо органу',
    sent: 'передано органу',
    overdue: 'строк відповіді минув',
    due: 'Відповідь має надійти до',
    overdueHint: 'Якщо відповіді немає, зверніться до Уповноваженого Верховної Ради України з прав людини.'
  },
  en: {
    title: 'My requests',
    lead: 'Questions and complaints that you sent from here, and how they stand.',
    emptyTitle: 'You have not asked anything yet',
    empty: 'Open a record of the list and choose “Ask” or “Complain”.',
    question: 'Question',
    complaint: 'Complaint',
    about: 'About the record',
    received: 'taken, on its way to the body',
    sent: 'handed to the body',
    overdue: 'the time to answer is over',
    due: 'An answer is due by',
    overdueHint: 'If there is no answer, turn to the Ukrainian Parliament Commissioner for Human Rights.'
  }
})

/** `/questions`: what the person asked or complained of. */
export function questionPages (pages: Pages, deps: PortalDeps): void {
  pages.get('/questions', 'signed-in', async (visit) => {
    const words = wordsOf(visit.lang)
    const questions = await questionsOf(deps, citizenOf(visit))
    return visit.page({
      title: words.title,
      lead: words.lead,
      body: questions.length === 0 ? emptyState({ title: words.emptyTitle, body: words.empty }) : html`<ul class="entries">${questions.map((question) => entry(visit, question, deps.clock.now()))}</ul>`
    })
  })
}

function entry ({ lang }: Visit, { kind, state, recipient, text, createdAt, dueAt, eventId, occurredAt }: Question, now: Date): Html {
  const words = wordsOf(lang)
  const overdue = dueAt < now
  return html`<li class="card"><div class="card__body"><h2>${words[kind]}: ${said(recipient.name, lang)}</h2>
<p class="marks">${statusBadge(state === 'sent' ? 'ok' : 'wait', words[state])}${overdue ? statusBadge('bad', words.overdue) : undefined} ${dateTime(createdAt, lang)}</p>
<p class="quoted">${text}</p>
<p class="hint">${words.about}: <a href="/accesses/${eventId}">${dateTime(occurredAt, lang)}</a>. ${words.due} ${day(dueAt, lang)}. ${overdue ? words.overdueHint : undefined}</p></div></li>`
}
