import { actionForm, alert, card, dataTable, dateTime, day, emptyState, field, fieldGroup, form, formatDate, fromKyivInput, html, linkButton, section, statusBadge, tabs, tag, texts, toKyivInput, type FieldErrors, type Html, type Lang, type StatusKind } from '@trembita/web'
import { fullName, Refused, TASK_STATES, type Task, type TaskState } from '../desk/index.ts'
import { findOfficial, officialField } from './addressees.ts'
import { proofLink } from './entrance.ts'
import { wordsOf as frameWordsOf } from './texts.ts'
import { nameOf, type OfficialVisit, type Pages } from './visit.ts'

const DAY_MS = 86_400_000

const wordsOf = texts({
  uk: {
    today: 'Сьогодні',
    plan: 'День і завдання',
    day: 'День',
    week: 'Тиждень',
    given: 'Доручені іншим',
    add: 'Додати',
    new: 'Нова подія або завдання',
    kind: 'Що це',
    task: 'Завдання',
    event: 'Подія',
    title: 'Назва',
    text: 'Подробиці',
    starts: 'Початок або строк',
    ends: 'Кінець',
    remind: 'Нагадати',
    whose: 'Для кого',
    self: 'Для мене',
    save: 'Додати',
    free: 'Нічого не заплановано',
    states: (state: TaskState) => ({ new: 'нове', accepted: 'у роботі', done: 'виконано', declined: 'відхилено' })[state],
    acts: (state: TaskState) => ({ new: 'Нове', accepted: 'Прийняти', done: 'Виконано', declined: 'Відхилити' })[state],
    again: 'Повернути в роботу',
    from: 'Від',
    to: 'Кому',
    overdue: 'Прострочено',
    reminder: 'Нагадування',
    seen: 'Бачу',
    letters: 'Непрочитані листи',
    surveys: 'Опитування чекають на вас',
    hello: (name: string) => `Вітаємо, ${name}`,
    previous: 'Назад',
    next: 'Далі',
    times: 'Коли',
    when: 'Час',
    who: 'Хто',
    state: 'Стан',
    actions: 'Дії',
    coming: 'Найближчі сім днів',
    failed: (code: string) => `не передано: ${code}`,
    other: 'Доручити посадовій особі органу:'
  },
  en: {
    today: 'Today',
    plan: 'Day and tasks',
    day: 'Day',
    week: 'Week',
    given: 'Given to others',
    add: 'Add',
    new: 'New event or task',
    kind: 'What it is',
    task: 'Task',
    event: 'Event',
    title: 'Title',
    text: 'Details',
    starts: 'Begins, or is due',
    ends: 'Ends',
    remind: 'Remind',
    whose: 'For whom',
    self: 'For me',
    save: 'Add',
    free: 'Nothing planned',
    states: (state: TaskState) => ({ new: 'new', accepted: 'in work', done: 'done', declined: 'declined' })[state],
    acts: (state: TaskState) => ({ new: 'New', accepted: 'Accept', done: 'Done', declined: 'Decline' })[state],
    again: 'Take up again',
    from: 'From',
    to: 'To',
    overdue: 'Overdue',
    reminder: 'Reminder',
    seen: 'Seen',
    letters: 'Unread letters',
    surveys: 'Surveys wait for you',
    hello: (name: string) => `Welcome, ${name}`,
    previous: 'Back',
    next: 'On',
    times: 'When',
    when: 'Time',
    who: 'Who',
    state: 'State',
    actions: 'Actions',
    coming: 'The next seven days',
    failed: (code: string) => `not handed over: ${code}`,
    other: 'Give it to an official of the body:'
  }
})

const BADGES: Readonly<Record<TaskState, StatusKind>> = { new: 'info', accepted: 'wait', done: 'ok', declined: 'bad' }
/** What the one whose task it is may do with it. */
const OFFERED: Readonly<Record<TaskState, readonly TaskState[]>> = { new: ['accepted', 'declined'], accepted: ['done'], done: ['accepted'], declined: [] }

/** The plan of the working day, tasks here and across bodies, reminders (order, item 5.4). */
export function taskPages (pages: Pages): void {
  const { office } = pages

  pages.getAs('/today', async (visit) => {
    const { lang, desk, me, base, csrf } = visit
    const words = wordsOf(lang)
    const now = office.clock.now()
    const start = kyivMidnight(now)
    const tomorrow = kyivMidnight(new Date(start.getTime() + DAY_MS * 1.25))
    const [reminders, today, coming, overdue, unread, surveys] = await Promise.all([
      desk.tasks.reminders(me), desk.tasks.between(me, start, tomorrow), desk.tasks.between(me, tomorrow, new Date(tomorrow.getTime() + 7 * DAY_MS)), desk.tasks.overdue(me, start), desk.letters.unread(me), openSurveys(visit)
    ])
    return visit.page({
      title: words.today,
      eyebrow: formatDate(now, lang),
      lead: words.hello(me.name),
      actions: linkButton({ label: words.add, href: `${base}/tasks/new`, kind: 'primary', sign: 'plus' }),
      body: html`${reminders.map((task) => alert(lang, { kind: 'warn', title: `${words.reminder}: ${task.title}`, body: dateTime(task.starts_at, lang), actions: actionForm({ action: `${base}/tasks/${task.id}/reminded`, csrf, label: words.seen }) }))}
${unread === 0 ? undefined : alert(lang, { kind: 'info', title: `${words.letters}: ${unread}`, actions: linkButton({ label: frameWordsOf(lang).letters, href: `${base}/letters` }) })}
${surveys === 0 ? undefined : alert(lang, { kind: 'info', title: `${words.surveys}: ${surveys}`, actions: linkButton({ label: frameWordsOf(lang).surveys, href: `${base}/surveys` }) })}
${overdue.length === 0 ? undefined : section({ title: words.overdue, body: list(visit, overdue) })}
${section({ title: words.plan, body: today.length === 0 ? emptyState({ title: words.free, sign: 'calendar' }) : list(visit, today, false) })}
${coming.length === 0 ? undefined : section({ title: words.coming, body: list(visit, coming) })}`
    })
  })

  pages.getAs('/tasks', async (visit) => {
    const { lang, desk, me, base, query } = visit
    const words = wordsOf(lang)
    const view = query.view === 'given' ? 'given' : query.view === 'day' ? 'day' : 'week'
    const start = dayOf(query.date) ?? kyivMidnight(office.clock.now())
    const days = view === 'day' ? 1 : 7
    const tasks = view === 'given' ? await desk.tasks.given(me) : await desk.tasks.between(me, start, new Date(start.getTime() + days * DAY_MS + 3_600_000))
    const link = (by: number): string => `${base}/tasks?view=${view}&date=${toKyivInput(new Date(start.getTime() + by * days * DAY_MS + DAY_MS / 4)).slice(0, 10)}`
    return visit.page({
      title: words.plan,
      actions: linkButton({ label: words.add, href: `${base}/tasks/new`, kind: 'primary', sign: 'plus' }),
      body: html`${tabs(words.plan, [
        { href: `${base}/tasks?view=day`, label: words.day, current: view === 'day' },
        { href: `${base}/tasks?view=week`, label: words.week, current: view === 'week' },
        { href: `${base}/tasks?view=given`, label: words.given, current: view === 'given' }
      ])}${view === 'given'
        ? (tasks.length === 0 ? emptyState({ title: words.free }) : list(visit, tasks))
        : html`<div class="actions">${linkButton({ label: words.previous, href: link(-1), sign: 'left' })}${linkButton({ label: words.next, href: link(1), sign: 'right' })}</div>${calendar(visit, tasks, start, days)}`}`
    })
  })

  pages.getAs('/tasks/new', async (visit) => await newTask(pages, visit, visit.query.for ?? visit.me.body, visit.query.official ?? visit.me.id))

  pages.postAs('/tasks', async ({ desk, me, form: sent, base }) => {
    const forBody = sent.text('for')
    const id = sent.text('official')
    const startsAt = fromKyivInput(sent.text('starts'))
    if (startsAt === undefined) throw new Refused('badDate', 'starts')
    const own = id === me.id && forBody === me.body
    const forName = own ? me.name : fullName(await findOfficial(office, me.body, forBody, id))
    await desk.tasks.add(me, {
      kind: sent.text('kind') === 'event' ? 'event' : 'task',
      title: sent.text('title'),
      text: sent.text('text'),
      startsAt,
      endsAt: fromKyivInput(sent.text('ends')),
      remindAt: fromKyivInput(sent.text('remind')),
      forBody,
      forOfficial: id,
      forName
    })
    void desk.outbox.deliver()
    return { to: `${base}/tasks?view=${own ? 'week' : 'given'}`, said: 'taskAdded' }
  }, async (visit, refused) => await newTask(pages, visit, visit.form.text('for'), visit.form.text('official'), refused))

  pages.postAs('/tasks/:id/state', async ({ desk, me, params, form: sent, base }) => {
    const state = TASK_STATES.find((one) => one === sent.text('state'))
    if (state === undefined) throw new Refused('badState')
    await desk.tasks.setState(me, params.id ?? '', state)
    void desk.outbox.deliver()
    return { to: `${base}/tasks`, said: 'taskChanged' }
  })

  pages.postAs('/tasks/:id/reminded', async ({ desk, me, params, base }) => {
    await desk.tasks.reminded(me, params.id ?? '')
    return { to: `${base}/today` }
  })
}

async function openSurveys ({ desk, me }: OfficialVisit): Promise<number> {
  const standings = await Promise.all((await desk.surveys.list(me)).map(async (survey) => await desk.surveys.standing(me, survey)))
  return standings.filter((standing) => standing === 'open').length
}

async function newTask (pages: Pages, visit: OfficialVisit, forBody: string, official: string, refused?: Refused): Promise<Html> {
  const { lang, base, csrf, me, form: sent } = visit
  const words = wordsOf(lang)
  const bodies = await pages.office.registry.active()
  const chosen = bodies.find(({ code }) => code === forBody) ?? bodies.find(({ code }) => code === me.body)!
  const errors: FieldErrors | undefined = refused === undefined ? undefined : { [refused.field]: frameWordsOf(lang).refused(refused.reason) }
  const tomorrow = toKyivInput(new Date(pages.office.clock.now().getTime() + DAY_MS)).slice(0, 11)
  return visit.page({
    title: words.new,
    breadcrumbs: [{ href: `${base}/tasks`, label: words.plan }],
    body: html`${bodies.length < 2 ? undefined : tabs(words.other, bodies.map((body) => ({ href: `${base}/tasks/new?for=${body.code}`, label: nameOf(lang, body), current: body.code === chosen.code })))}${form(lang, {
      action: `${base}/tasks`,
      csrf,
      submit: words.save,
      cancelHref: `${base}/tasks`,
      ...errors === undefined ? {} : { errors },
      fields: { for: chosen.code },
      body: html`
${await officialField(pages.office, visit, { label: words.whose, body: chosen.code, value: official, first: chosen.code === me.body ? [{ value: me.id, label: words.self }] : [], error: errors?.official })}
${field(lang, { kind: 'radios', name: 'kind', label: words.kind, inline: true, value: sent.text('kind') || 'task', options: [{ value: 'task', label: words.task }, { value: 'event', label: words.event }] })}
${field(lang, { name: 'title', label: words.title, value: sent.text('title'), lengthMax: 200, required: true, error: errors?.title })}
${field(lang, { kind: 'textarea', name: 'text', label: words.text, value: sent.text('text'), rows: 3, lengthMax: 4000, required: false, error: errors?.text })}
${fieldGroup(words.times, html`
${field(lang, { kind: 'datetime', name: 'starts', label: words.starts, value: sent.text('starts') || `${tomorrow}10:00`, required: true, error: errors?.starts })}
${field(lang, { kind: 'datetime', name: 'ends', label: words.ends, value: sent.text('ends'), required: false, error: errors?.ends })}
${field(lang, { kind: 'datetime', name: 'remind', label: words.remind, value: sent.text('remind'), required: false })}`)}`
    })}`
  })
}

function calendar (visit: OfficialVisit, tasks: readonly Task[], start: Date, days: number): Html {
  const { lang } = visit
  const words = wordsOf(lang)
  const first = toKyivInput(start).slice(0, 10)
  return html`${Array.from({ length: days }, (_none, index) => {
    const date = new Date(Date.parse(`${first}T00:00:00Z`) + index * DAY_MS).toISOString().slice(0, 10)
    const here = tasks.filter(({ starts_at: at }) => toKyivInput(new Date(at)).startsWith(date))
    return card({ title: weekday(date, lang), level: 2, body: here.length === 0 ? html`<p class="hint">${words.free}</p>` : list(visit, here, false) })
  })}`
}

function weekday (date: string, lang: Lang): string {
  return new Intl.DateTimeFormat(lang === 'uk' ? 'uk-UA' : 'en-GB', { weekday: 'long', day: 'numeric', month: 'long', timeZone: 'UTC' }).format(new Date(`${date}T12:00:00Z`))
}

/** @param withDay where the list is not of one day. */
function list (visit: OfficialVisit, tasks: readonly Task[], withDay = true): Html {
  const { lang, base, csrf, me } = visit
  const words = wordsOf(lang)
  const isMine = (task: Task): boolean => task.for_official === me.id && task.for_body === me.body
  const offeredOf = (task: Task): readonly TaskState[] => isMine(task) && (task.kind === 'task' || task.state === 'new') ? OFFERED[task.state] : []
  const isGiven = (task: Task): boolean => task.from_official !== task.for_official || task.from_body !== task.for_body
  return dataTable<Task>(lang, {
    caption: words.plan,
    rows: tasks,
    columns: [
      { key: 'title', label: words.title, heading: true, render: ({ title, text }) => html`${title}${text === '' ? undefined : html`<br><span class="hint">${text}</span>`}` },
      { key: 'when', label: words.when, narrow: true, render: (task) => moments(task, lang, withDay) },
      { key: 'who', label: words.who, render: (task) => isGiven(task) ? html`${isMine(task) ? `${words.from}: ${task.from_name}` : `${words.to}: ${task.for_name}`}${task.exchange_id === null ? undefined : html`<br><span class="hint">${proofLink(base, task.exchange_id, lang)}</span>`}${task.error === null ? undefined : html`<br>${statusBadge('bad', words.failed(task.error))}`}` : undefined },
      { key: 'state', label: words.state, narrow: true, render: (task) => task.kind === 'event' ? tag(words.event) : statusBadge(BADGES[task.state], words.states(task.state)) },
      { key: 'actions', label: words.actions, narrow: true, render: (task) => offeredOf(task).map((state) => actionForm({ action: `${base}/tasks/${task.id}/state`, csrf, label: task.state === 'done' ? words.again : words.acts(state), fields: { state }, kind: state === 'declined' ? 'quiet' : 'secondary' })) }
    ]
  })
}

/** `10:00–11:00`, with the day before it where it is not plain. */
function moments ({ starts_at: starts, ends_at: ends }: Task, lang: Lang, withDay: boolean): Html {
  const clock = (at: string): string => toKyivInput(new Date(at)).slice(11)
  return html`${withDay ? html`${day(starts, lang)}<br>` : undefined}<time datetime="${starts}">${clock(starts)}</time>${ends === null ? undefined : html`–<time datetime="${ends}">${clock(ends)}</time>`}`
}

/** Midnight in Kyiv of the day that an instant falls on. */
function kyivMidnight (at: Date): Date {
  return fromKyivInput(`${toKyivInput(at).slice(0, 10)}T00:00`)!
}

function dayOf (date: string | undefined): Date | undefined {
  return date === undefined ? undefined : fromKyivInput(`${date}T00:00`)
}
