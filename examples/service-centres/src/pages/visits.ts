import {
  alert, button, card, confirm, csrfInput, dataTable, descriptionList, emptyState, field, fieldGroup, form, html, linkButton, statusBadge, type FieldErrors, type Html, type HtmlValue, type StatusKind
} from '@trembita/web'
import { centreOf, CENTRES, serviceName } from '../centres/index.ts'
import { Outage, Refused } from '../exchange/index.ts'
import type { Platform } from '../platform.ts'
import type { Visit, VisitState } from '../visits/index.ts'
import { bookingWordsOf as wordsOf } from './booking-texts.ts'
import { outageState, slotFrom, timesOf } from './booking.ts'
import { timeText, weekNav, weekOf, weekTimes } from './calendar.ts'
import type { Answer, Look, Pages } from './frame.ts'
import { ownVisit, passCookie } from './pass.ts'

const BADGES: Readonly<Record<VisitState, StatusKind>> = { sending: 'wait', booked: 'ok', refused: 'bad', cancelled: 'idle' }

/** A booking after it was made: looked at, found again, moved, cancelled. */
export function visitPages ({ platform, get, post }: Pages): void {
  const own = (show: (look: Look, visit: Visit) => Promise<Answer>) => async (look: Look): Promise<Answer> => {
    const visit = await ownVisit(look, platform)
    return visit === undefined ? { to: '/visits' } : await show(look, visit)
  }
  get('/visits', async (look) => findPage(look, {}))
  post('/visits', async (look) => await find(look, platform))
  get('/visits/:id', own(async (look, visit) => visitPage(look, platform, visit)))
  get('/visits/:id/move', own(async (look, visit) => await movePage(look, platform, visit)))
  post('/visits/:id/move', own(async (look, visit) => await move(look, platform, visit)))
  post('/visits/:id/cancel', own(async (_look, { id }) => {
    const visit = await platform.visits.cancel(id)
    return { to: `/visits/${id}`, said: visit?.state === 'cancelled' ? 'cancelled' : 'wished' }
  }))
  get('/my', async (look) => await myPage(look, platform), 'signed-in')
}

function visitPage ({ lang, csrf, page }: Look, { clock }: Platform, visit: Visit): Html {
  const words = wordsOf(lang)
  const { id, state, number, pin, slot, wish } = visit
  const centre = centreOf(visit.centre)
  const isComing = new Date(slot.start) > clock.now()
  const canChange = (state === 'booked' || state === 'sending') && isComing && wish === undefined
  return page({
    title: words.visit,
    eyebrow: centre?.name[lang] ?? visit.centre,
    status: statusBadge(BADGES[state], words.state(state)),
    breadcrumbs: [{ href: '/', label: words.toCentres }],
    ...state === 'sending' || wish !== undefined ? { refreshSeconds: 5 } : {},
    body: html`${noticesOf(lang, visit)}
${number === undefined || pin === undefined || state === 'cancelled' ? undefined : card({ title: words.ticket, lead: words.keep, body: html`<dl class="ticket"><div><dt>${words.number}</dt><dd>${number}</dd></div><div><dt>${words.pin}</dt><dd>${pin}</dd></div></dl>` })}
${descriptionList(lang, [
    { term: words.when, value: timeText(lang, slot) },
    { term: words.where, value: centre === undefined ? visit.centre : html`<a href="/centres/${centre.id}">${centre.name[lang]}</a>`, hint: centre?.address[lang] },
    { term: words.what, value: serviceName(visit.service)[lang] }
  ])}
<div class="actions">${canChange && state === 'booked' ? linkButton({ label: words.move, href: `/visits/${id}/move`, sign: 'calendar' }) : undefined}${canChange
      ? confirm(lang, { label: words.cancel, title: words.cancelTitle, body: html`<p>${words.cancelBody}</p>`, action: `/visits/${id}/cancel`, csrf, submit: words.cancel })
      : undefined}${state === 'booked' && !isComing ? linkButton({ label: words.rate, href: `/centres/${visit.centre}/rate?service=${visit.service}&channel=visit`, kind: 'primary' }) : undefined}${state === 'refused' || state === 'cancelled' ? linkButton({ label: words.chooseTime, href: `/centres/${visit.centre}/book?service=${visit.service}`, kind: 'primary' }) : undefined}</div>`
  })
}

function noticesOf (lang: Look['lang'], { state, wish, note }: Visit): Html | undefined {
  const words = wordsOf(lang)
  const notices: Html[] = []
  if (state === 'sending') notices.push(alert(lang, { kind: 'warn', title: words.sendingTitle, body: words.sendingBody }))
  if (wish?.kind === 'move') notices.push(alert(lang, { kind: 'warn', title: words.wishMove(timeText(lang, wish.slot)) }))
  if (wish?.kind === 'cancel') notices.push(alert(lang, { kind: 'warn', title: words.wishCancel }))
  if (state === 'booked' && (note === 'slot-taken' || note === 'unknown-slot')) notices.push(alert(lang, { kind: 'warn', title: words.moveRefused }))
  else if (state === 'booked' && note !== undefined) notices.push(alert(lang, { kind: 'bad', title: words.refused, body: note }))
  if (state === 'refused') {
    notices.push(note === 'slot-taken'
      ? alert(lang, { kind: 'warn', title: words.taken })
      : alert(lang, { kind: 'warn', title: note === 'too-late' ? words.noteTooLate : words.refused, body: note === 'too-late' ? undefined : note }))
  }
  return notices.length === 0 ? undefined : html`<div class="alerts">${notices}</div>`
}

async function movePage (look: Look, platform: Platform, visit: Visit, notice?: Html): Promise<Html> {
  const { lang, csrf, page, query, form: sent } = look
  const words = wordsOf(lang)
  const centre = centreOf(visit.centre)!
  const now = platform.clock.now()
  const week = weekOf(sent.optional('week') ?? query.week ?? visit.slot.start.slice(0, 10), now)
  const times = await timesOf(platform, centre, visit.service, week.from, week.until)
  const here = `/visits/${visit.id}/move`
  const choice = (): HtmlValue => {
    if ('outage' in times) return outageState(look, `${here}?week=${week.days[0]!}`)
    if (times.slots.length === 0) return emptyState({ title: words.noTimes, body: words.noTimesBody, sign: 'calendar' })
    return html`<form class="booking" method="post" action="${here}" data-once>${csrfInput(csrf)}<input type="hidden" name="week" value="${week.days[0]!}">${fieldGroup(words.chooseTime, html`<p class="hint">${words.live}</p>${weekTimes(lang, week, times.slots, undefined)}`)}<div class="actions">${button({ label: words.moveSubmit, kind: 'primary' })}</div></form>`
  }
  return page({
    title: words.moveTitle,
    eyebrow: centre.name[lang],
    lead: words.moveLead(timeText(lang, visit.slot)),
    breadcrumbs: [{ href: `/visits/${visit.id}`, label: words.visit }],
    body: html`${notice === undefined ? undefined : html`<div class="alerts" role="alert">${notice}</div>`}${weekNav(lang, week, now, (day) => `${here}?week=${day}`)}${choice()}`
  })
}

async function move (look: Look, platform: Platform, visit: Visit): Promise<Answer> {
  const words = wordsOf(look.lang)
  const slot = slotFrom(look.form.text('slot'))
  if (slot === undefined) return { status: 400, shown: await movePage(look, platform, visit, alert(look.lang, { kind: 'bad', title: words.timeMissing })) }
  const moved = await platform.visits.move(visit.id, slot)
  if (moved?.note === 'slot-taken' || moved?.note === 'unknown-slot') {
    return { status: 409, shown: await movePage(look, platform, moved, alert(look.lang, { kind: 'warn', title: words.moveRefused })) }
  }
  return { to: `/visits/${visit.id}`, said: moved?.wish === undefined ? (moved?.note === undefined ? 'moved' : undefined) : 'wished' }
}

interface Found {
  readonly errors?: FieldErrors
  readonly notice?: Html
}

function findPage ({ lang, csrf, page, form: sent }: Look, { errors, notice }: Found): Html {
  const words = wordsOf(lang)
  const queued = CENTRES.filter(({ queue }) => queue !== undefined)
  return page({
    title: words.findTitle,
    lead: words.findLead,
    body: html`${notice === undefined ? undefined : html`<div class="alerts" role="alert">${notice}</div>`}${form(lang, {
      action: '/visits',
      csrf,
      submit: words.findSubmit,
      ...errors === undefined ? {} : { errors },
      body: html`${field(lang, { kind: 'select', name: 'centre', label: words.findCentre, value: sent.optional('centre'), options: queued.map(({ id, name }) => ({ value: id, label: name[lang] })) })}${field(lang, { name: 'number', label: words.number, hint: words.numberHint, value: sent.optional('number'), autocomplete: 'off', width: 12, required: true, error: errors?.number })}${field(lang, { name: 'pin', label: words.pin, autocomplete: 'off', width: 8, required: true, pattern: '[0-9]{6}' })}`
    })}`
  })
}

async function find (look: Look, platform: Platform): Promise<Answer> {
  const { lang, form: sent } = look
  const words = wordsOf(lang)
  const queue = centreOf(sent.text('centre'))?.queue
  const [number, pin] = [sent.text('number').toUpperCase(), sent.text('pin')]
  const unknown = (text: string): Answer => ({ status: 400, shown: findPage(look, { errors: { number: text } }) })
  if (queue === undefined || !/^Q-\d{6,12}$/.test(number) || !/^\d{6}$/.test(pin)) return unknown(words.notFound)
  try {
    const { id } = await platform.visits.find(queue, number, pin)
    return { to: `/visits/${id}`, cookie: passCookie(platform, id) }
  } catch (error) {
    if (error instanceof Refused) return unknown(words.notFound)
    if (!(error instanceof Outage)) throw error
    if (error.code === 'too-many-attempts') return unknown(words.tooMany)
    return { status: 503, shown: findPage(look, { notice: alert(lang, { kind: 'warn', title: words.outage, body: words.outageBody }) }) }
  }
}

async function myPage ({ lang, identity, page }: Look, { visits }: Platform): Promise<Html> {
  const words = wordsOf(lang)
  const own = identity === undefined ? [] : await visits.of(identity.subject)
  return page({
    title: words.myTitle,
    lead: words.myLead,
    body: dataTable(lang, {
      caption: words.myTitle,
      rows: own,
      empty: emptyState({ title: words.myNone, body: words.myNoneBody, sign: 'calendar', action: linkButton({ label: words.toCentres, href: '/' }) }),
      columns: [
        { key: 'when', label: words.when, render: ({ id, slot }) => html`<a href="/visits/${id}">${timeText(lang, slot)}</a>` },
        { key: 'where', label: words.where, render: ({ centre }) => centreOf(centre)?.name[lang] ?? centre },
        { key: 'what', label: words.what, render: ({ service }) => serviceName(service)[lang] },
        { key: 'number', label: words.number, render: ({ number }) => number },
        { key: 'state', label: words.visit, render: ({ state }) => statusBadge(BADGES[state], words.state(state)) }
      ]
    })
  })
}
