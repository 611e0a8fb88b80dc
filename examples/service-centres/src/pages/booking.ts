import { randomUUID } from 'node:crypto'
import { alert, button, csrfInput, emptyState, errorSummary, field, fieldGroup, html, linkButton, type FieldErrors, type Html, type HtmlValue } from '@trembita/web'
import { centreOf, serviceName, type Centre } from '../centres/index.ts'
import { Outage, Refused, type Slot } from '../exchange/index.ts'
import type { Platform } from '../platform.ts'
import type { Visit } from '../visits/index.ts'
import { bookingWordsOf as wordsOf } from './booking-texts.ts'
import { weekNav, weekOf, weekTimes } from './calendar.ts'
import type { Answer, Look, Pages } from './frame.ts'
import { passCookie } from './pass.ts'

/** Advance booking over the centre's own queue (regulation, items 7(2) and 15). */
export function bookingPages ({ platform, get, post }: Pages): void {
  get('/centres/:id/book', async (look) => {
    const centre = centreOf(look.params.id ?? '')
    return centre === undefined ? { missing: true } : await bookingPage(look, platform, centre, {})
  })
  post('/centres/:id/book', async (look) => {
    const centre = centreOf(look.params.id ?? '')
    return centre?.queue === undefined ? { missing: true } : await book(look, platform, centre)
  })
}

/** What is known of times: the times, or that the queue does not say. */
export type Times = { readonly slots: readonly Slot[] } | { readonly outage: string }

/** Times of a week, asked of the centre's queue now. */
export async function timesOf ({ queue, log }: Platform, centre: Centre, service: string, from: Date, until: Date): Promise<Times> {
  if (centre.queue === undefined) return { slots: [] }
  try {
    return { slots: await queue.slots(centre.queue, { centre: centre.id, service, from, until }) }
  } catch (error) {
    if (!(error instanceof Outage || error instanceof Refused)) throw error
    log.warn({ code: error.code, queue: centre.queue }, 'the queue does not tell its times')
    return { outage: error.code }
  }
}

interface Shown {
  readonly notice?: Html
  readonly errors?: FieldErrors
}

async function bookingPage (look: Look, platform: Platform, centre: Centre, { notice, errors = {} }: Shown): Promise<Html> {
  const { lang, query, form, page } = look
  const words = wordsOf(lang)
  const asked = form.optional('service') ?? query.service
  const service = centre.services.find((id) => id === asked) ?? centre.services[0]!
  const now = platform.clock.now()
  const week = weekOf(form.optional('week') ?? query.week, now)
  const href = (day: string): string => `/centres/${centre.id}/book?service=${service}&week=${day}`
  const body = async (): Promise<HtmlValue> => {
    if (centre.queue === undefined) return emptyState({ title: words.noQueue, body: words.noQueueBody, sign: 'calendar', action: linkButton({ label: words.toCentre, href: `/centres/${centre.id}` }) })
    const times = await timesOf(platform, centre, service, week.from, week.until)
    return html`${notice === undefined ? undefined : html`<div class="alerts" role="alert">${notice}</div>`}${errorSummary(lang, errors)}
${serviceChoice(look, centre, service, week.days[0]!)}
${weekNav(lang, week, now, href)}
${'outage' in times
      ? outageState(look, href(week.days[0]!))
      : times.slots.length === 0
        ? emptyState({ title: words.noTimes, body: words.noTimesBody, sign: 'calendar' })
        : bookingForm(look, centre, service, week.days[0]!, html`${fieldGroup(words.chooseTime, html`<p class="hint">${words.live}</p>${weekTimes(lang, week, times.slots, form.optional('slot'))}`)}`, errors)}`
  }
  return page({
    title: words.title,
    eyebrow: centre.name[lang],
    lead: words.lead,
    breadcrumbs: [{ href: '/', label: words.toCentres }, { href: `/centres/${centre.id}`, label: centre.name[lang] }],
    body: await body()
  })
}

/** An outage, told as one: never as if there were no times. */
export function outageState ({ lang }: Look, again: string): Html {
  const words = wordsOf(lang)
  return alert(lang, { kind: 'warn', title: words.outage, body: words.outageBody, actions: linkButton({ label: words.again, href: again }) })
}

function serviceChoice ({ lang }: Look, centre: Centre, service: string, week: string): Html {
  const words = wordsOf(lang)
  return html`<form class="filters service-choice" method="get" action="/centres/${centre.id}/book"><input type="hidden" name="week" value="${week}">${field(lang, { kind: 'select', name: 'service', id: 'choose-service', label: words.service, value: service, options: centre.services.map((value) => ({ value, label: serviceName(value)[lang] })) })}<div class="actions">${button({ label: words.show })}</div></form>`
}

function bookingForm ({ lang, csrf, form, identity }: Look, centre: Centre, service: string, week: string, times: Html, errors: FieldErrors): Html {
  const words = wordsOf(lang)
  return html`<form class="booking" method="post" action="/centres/${centre.id}/book" data-once novalidate>${csrfInput(csrf)}
<input type="hidden" name="id" value="${randomUUID()}"><input type="hidden" name="service" value="${service}"><input type="hidden" name="week" value="${week}">
<div id="f-slot" tabindex="-1">${errors.slot === undefined ? undefined : html`<p class="field__error">${errors.slot}</p>`}${times}</div>
${fieldGroup(words.who, html`${field(lang, { name: 'name', label: words.name, value: form.optional('name') ?? identity?.name, autocomplete: 'name', lengthMax: 200, width: 32, required: true, error: errors.name })}${field(lang, { kind: 'tel', name: 'phone', label: words.phone, hint: words.phoneHint, value: form.optional('phone'), autocomplete: 'tel', lengthMax: 30, width: 20, required: false, error: errors.phone })}<p class="hint">${words.privacy}</p>`)}
<div class="actions">${button({ label: words.submit, kind: 'primary' })}</div></form>`
}

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/
const PHONE = /^\+?[\d ()-]{5,30}$/

async function book (look: Look, platform: Platform, centre: Centre): Promise<Answer> {
  const { lang, form, identity } = look
  const words = wordsOf(lang)
  const [id, service, slotValue, name, phone] = [form.text('id'), form.text('service'), form.text('slot'), form.text('name'), form.optional('phone')]
  const errors: Record<string, string> = {}
  const slot = slotFrom(slotValue)
  if (slot === undefined) errors.slot = words.timeMissing
  if (name === '' || name.length > 200) errors.name = words.nameMissing
  if (phone !== undefined && !PHONE.test(phone)) errors.phone = words.phoneWrong
  if (slot === undefined || Object.keys(errors).length > 0 || !UUID.test(id) || !centre.services.includes(service)) {
    return { status: 400, shown: await bookingPage(look, platform, centre, { errors }) }
  }
  const visit = await platform.visits.book({ id, owner: identity?.subject, centre: centre.id, service, slot, person: { name, phone } })
  if (visit === undefined) return { status: 409, shown: await bookingPage(look, platform, centre, { notice: alert(lang, { kind: 'warn', title: words.stale }) }) }
  if (visit.state === 'refused') return { status: 409, shown: await bookingPage(look, platform, centre, { notice: refusal(look, visit) }) }
  return { to: `/visits/${id}`, said: visit.state === 'booked' ? 'booked' : 'sending', cookie: passCookie(platform, id) }
}

function refusal ({ lang }: Look, { note }: Visit): Html {
  const words = wordsOf(lang)
  if (note === 'slot-taken') return alert(lang, { kind: 'warn', title: words.taken, body: words.takenBody })
  if (note === 'unknown-slot') return alert(lang, { kind: 'warn', title: words.gone, body: words.goneBody })
  return alert(lang, { kind: 'bad', title: words.refused, body: note })
}

/** The time that a form names: its id and what was shown of it. Whether there is one, the queue knows, and what it answers is kept. */
export function slotFrom (value: string): Slot | undefined {
  const [id = '', start = '', end = ''] = value.split('|')
  const instants = [start, end].map((text) => new Date(text))
  if (!/^[\w.-]{1,100}$/.test(id) || instants.some((at) => Number.isNaN(at.getTime()))) return undefined
  return { id, start: instants[0]!.toISOString(), end: instants[1]!.toISOString() }
}
