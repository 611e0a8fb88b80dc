import {
  alert, attributes, card, columns, dateTime, day, descriptionList, emptyState, filterBar, html, linkButton, results, section, statusBadge, tag, type Field, type Html, type Lang
} from '@trembita/web'
import { CENTRE_KINDS, centreOf, CENTRES, hoursOn, isOpenAt, kyivClock, missingParts, serviceName, SERVICES, type Centre } from '../centres/index.ts'
import type { Platform } from '../platform.ts'
import type { KnownIndicators } from '../ratings/index.ts'
import { findCentres, type Filter } from '../search/index.ts'
import { centreWordsOf as wordsOf } from './centre-texts.ts'
import type { Look, Pages } from './frame.ts'
import { scoreList } from './scores.ts'

/** The list of centres and their cards: for anyone (regulation, items 6 and 7(1)). */
export function publicPages ({ platform, get }: Pages): void {
  get('/', async (look) => listPage(look, platform))
  get('/centres/:id', async (look) => {
    const centre = centreOf(look.params.id ?? '')
    return centre === undefined ? { missing: true } : await centrePage(look, platform, centre)
  })
}

function listPage (look: Look, { clock }: Platform): Html {
  const { lang, lowVision, page } = look
  const words = wordsOf(lang)
  const filter = filterOf(look)
  const found = findCentres(CENTRES, filter)
  return page({
    title: words.title,
    lead: words.lead,
    actions: lowVision ? undefined : linkButton({ label: words.onMap, href: `/map?${queryOf(filter)}`, sign: 'globe' }),
    body: html`${filterBar(lang, { action: '/', fields: filterFields(lang, filter), ...queryOf(filter) === '' ? {} : { clearHref: '/' } })}${results(found.length === 0
      ? emptyState({ title: words.none, body: words.noneBody, sign: 'search' })
      : html`<p class="hint">${words.found(found.length)}</p><div class="grid">${found.map((centre) => centreCard(lang, centre, clock.now()))}</div>`)}`
  })
}

/** What the address asks for; anything else in it is nothing. */
export function filterOf ({ query: { q, service, kind } }: Look): Filter {
  return { q: q?.slice(0, 200), service: service !== undefined && Object.hasOwn(SERVICES, service) ? service : undefined, kind: CENTRE_KINDS.find((one) => one === kind) }
}

export function queryOf ({ q, service, kind }: Filter): string {
  return new URLSearchParams(Object.entries({ q, service, kind }).flatMap(([name, value]) => value === undefined || value === '' ? [] : [[name, value]])).toString()
}

/** Words, service and kind: what the list and the map are filtered by. */
export function filterFields (lang: Lang, filter: Filter): Field[] {
  const words = wordsOf(lang)
  return [
    { kind: 'search', name: 'q', label: words.search, value: filter.q, lengthMax: 200 },
    { kind: 'select', name: 'service', label: words.service, value: filter.service, empty: words.any, options: Object.entries(SERVICES).map(([value, name]) => ({ value, label: name[lang] })) },
    { kind: 'select', name: 'kind', label: words.kindLabel, value: filter.kind, empty: words.any, options: CENTRE_KINDS.map((value) => ({ value, label: words.kind(value) })) }
  ]
}

function centreCard (lang: Lang, centre: Centre, now: Date): Html {
  const words = wordsOf(lang)
  return html`<section class="card"><header class="section__head"><div><h2><a href="/centres/${centre.id}">${centre.name[lang]}</a></h2></div></header><div class="card__body"><p class="centre__facts">${openBadge(lang, centre, now)} ${tag(words.kind(centre.kind))} ${centre.queue === undefined ? undefined : tag(words.bookable)}</p><p>${centre.address[lang]}</p><p class="hint">${centre.phones.join(', ')}</p></div></section>`
}

export function openBadge (lang: Lang, centre: Centre, now: Date): Html {
  const words = wordsOf(lang)
  const { hours } = hoursOn(centre, kyivClock(now).day)
  const today = hours === null ? '' : ` · ${words.today} ${hours.join('–')}`
  return isOpenAt(centre, now) ? statusBadge('ok', `${words.openNow}${today}`) : statusBadge('idle', `${words.closedNow}${today}`)
}

async function centrePage (look: Look, { clock, ratings }: Platform, centre: Centre): Promise<Html> {
  const { lang, page } = look
  const words = wordsOf(lang)
  const now = clock.now()
  const { known } = await ratings.indicators()
  return page({
    title: centre.name[lang],
    eyebrow: `${words.kind(centre.kind)} · ${centre.settlement[lang]}`,
    status: openBadge(lang, centre, now),
    breadcrumbs: [{ href: '/', label: words.title }],
    actions: centre.queue === undefined ? undefined : linkButton({ label: words.book, href: `/centres/${centre.id}/book`, kind: 'primary', sign: 'calendar' }),
    body: columns(
      html`${centre.queue === undefined ? html`<div class="alerts">${alert(lang, { kind: 'info', title: words.noQueue })}</div>` : undefined}
${section({ title: words.services, body: html`<ul>${centre.services.map((id) => serviceLine(lang, centre, id))}</ul>` })}
${section({ title: words.accessibility, body: centre.accessibility.length === 0 ? html`<p>${words.noAccessibility}</p>` : html`<ul>${centre.accessibility.map((feature) => html`<li>${words.feature(feature)}</li>`)}</ul>` })}
${section({ title: words.quality, body: qualityOf(lang, centre, known), actions: linkButton({ label: words.rate, href: `/centres/${centre.id}/rate` }) })}`,
      html`${card({ title: words.hours, body: hoursTable(lang, centre, now) })}
${card({ title: words.card, body: factsOf(lang, centre, now) })}`
    )
  })
}

function serviceLine (lang: Lang, centre: Centre, id: string): Html {
  const name = serviceName(id)[lang]
  return html`<li>${centre.queue === undefined ? name : html`<a href="/centres/${centre.id}/book?service=${id}" aria-label="${wordsOf(lang).bookOn(name)}">${name}</a>`} <span class="hint">${id}</span></li>`
}

function hoursTable (lang: Lang, centre: Centre, now: Date): Html {
  const words = wordsOf(lang)
  const today = (new Date(`${kyivClock(now).day}T12:00:00Z`).getUTCDay() + 6) % 7
  const coming = centre.exceptions.filter(({ day: date }) => date >= kyivClock(now).day)
  return html`<table class="hours"><tbody>${centre.hours.map((hours, i) => html`<tr ${attributes({ 'aria-current': i === today ? 'date' : undefined })}><th scope="row">${words.days(i)}</th><td>${hours === null ? words.closed : hours.join('–')}</td></tr>`)}</tbody></table>
${coming.length === 0 ? undefined : html`<h3>${words.exceptions}</h3><ul>${coming.map(({ day: date, hours, reason }) => html`<li>${day(date, lang)}: ${hours === null ? words.closed : hours.join('–')} (${reason[lang]})</li>`)}</ul>`}`
}

function factsOf (lang: Lang, centre: Centre, now: Date): Html {
  const words = wordsOf(lang)
  const missing = missingParts(centre, now)
  return descriptionList(lang, [
    { term: words.address, value: centre.address[lang] },
    { term: words.phones, value: html`${centre.phones.map((phone) => html`<a href="tel:${phone.replaceAll(' ', '')}">${phone}</a> `)}` },
    { term: words.email, value: centre.email === undefined ? undefined : html`<a href="mailto:${centre.email}">${centre.email}</a>` },
    { term: words.site, value: centre.site === undefined ? undefined : html`<a href="${centre.site}">${new URL(centre.site).host}</a>` },
    { term: words.founder, value: centre.founder.name[lang], hint: centre.founder.code },
    { term: words.katottg, value: centre.katottg },
    { term: words.cardConfirmed, value: day(centre.asOf, lang), hint: missing.length === 0 ? words.complete : words.lacks(missing) }
  ])
}

function qualityOf (lang: Lang, centre: Centre, known: KnownIndicators | undefined): Html {
  const words = wordsOf(lang)
  const own = known?.items.find((item) => item.centre === centre.id)
  if (known === undefined || own === undefined) return html`<p>${words.noRatings}</p>`
  return html`${scoreList(lang, own.means)}<p class="hint">${words.ratings(own.count)} · ${words.asOf} ${dateTime(known.asOf, lang)}</p>`
}
