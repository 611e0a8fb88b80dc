import {
  alert, card, columns, dateTime, day, descriptionList, emptyState, filterBar, formatDate, formatDateTime, formatNumber, html, linkButton, results, section, statusBadge, tag, type Html, type Lang
} from '@trembita/web'
import type { Cabinet } from '../cabinet.ts'
import type { Maintenance } from '../maintenance.ts'
import { describeCriteria } from '../matching/describe-criteria.ts'
import { daysLeft } from '../project.ts'
import { findProgrammes } from '../programmes/find-programmes.ts'
import { PROGRAMME_KINDS, PROVIDER_KINDS, type Programme } from '../programmes/programme.ts'
import { codesOf, kyivDay, say } from '../words.ts'
import type { Pages, Visit } from './frame.ts'
import { publicWordsOf as wordsOf } from './public-texts.ts'

/** The public site of programmes: everything stands here for anyone (order 688, item 7). */
export function publicPages ({ cabinet, get }: Pages): void {
  get('/', 'public', (visit) => listPage(visit, cabinet))
  get('/programmes/:id', 'public', async (visit) => {
    const programme = await cabinet.programmes.get(visit.params.id ?? '')
    return programme?.status === 'published' ? programmePage(visit, cabinet, programme) : { missing: true }
  })
  get('/about', 'public', (visit) => aboutPage(visit, cabinet))
}

async function listPage (visit: Visit, { programmes, maintenance, clock, project }: Cabinet): Promise<Html> {
  const { lang, query, page } = visit
  const words = wordsOf(lang)
  const codes = codesOf(lang)
  const today = kyivDay(clock.now())
  const kind = PROGRAMME_KINDS.find((one) => one === query.kind)
  const provider = PROVIDER_KINDS.find((one) => one === query.provider)
  const subject = (['FOP', 'ENTITY'] as const).find((one) => one === query.subject)
  const found = findProgrammes(await programmes.list(), { q: query.q, kind, provider, subject, openOn: query.open === undefined ? undefined : today })
  const left = daysLeft(project, clock.now())
  return page({
    title: words.title,
    eyebrow: `${left < 0 ? words.over : words.days(left)} · ${words.free}`,
    lead: words.lead,
    body: html`${maintenanceAlerts(lang, await maintenance.current())}${filterBar(lang, {
      action: '/',
      ...Object.values({ q: query.q, kind, provider, subject, open: query.open }).some((value) => value !== undefined && value !== '') ? { clearHref: '/' } : {},
      fields: [
        { kind: 'search', name: 'q', label: words.search, value: query.q },
        { kind: 'select', name: 'kind', label: words.kind, value: kind, empty: words.any, options: PROGRAMME_KINDS.map((value) => ({ value, label: codes.kind(value) })) },
        { kind: 'select', name: 'provider', label: words.provider, value: provider, empty: words.any, options: PROVIDER_KINDS.map((value) => ({ value, label: codes.provider(value) })) },
        { kind: 'select', name: 'subject', label: words.subject, value: subject, empty: words.any, options: (['FOP', 'ENTITY'] as const).map((value) => ({ value, label: codes.subject(value) })) },
        { kind: 'checkbox', name: 'open', label: words.openOnly, checked: query.open !== undefined }
      ]
    })}${results(found.length === 0
      ? emptyState({ title: words.none, body: words.noneBody, sign: 'search' })
      : html`<p class="hint">${words.found(found.length)}</p><div class="grid">${found.map((programme) => programmeCard(lang, programme, today))}</div>`)}`
  })
}

function programmeCard (lang: Lang, programme: Programme, today: string): Html {
  const codes = codesOf(lang)
  return linkedCard(`/programmes/${programme.id}`, say(programme.titles, lang), html`<p>${tag(codes.kind(programme.kind))} ${tag(codes.provider(programme.provider.kind))} ${windowBadge(lang, programme, today)}</p>
<p>${say(programme.summary, lang)}</p>
<p class="hint">${say(programme.provider.name, lang)}${programme.amount === undefined ? undefined : html` · ${amountText(lang, programme)}`}</p>`)
}

/** A card whose title leads to what it is about. */
export function linkedCard (href: string, title: string, body: Html): Html {
  return html`<section class="card"><header class="section__head"><div><h2><a href="${href}">${title}</a></h2></div></header><div class="card__body">${body}</div></section>`
}

async function programmePage (visit: Visit, { clock }: Cabinet, programme: Programme): Promise<Html> {
  const { lang, signedIn, page } = visit
  const words = wordsOf(lang)
  const codes = codesOf(lang)
  return page({
    title: say(programme.titles, lang),
    eyebrow: `${codes.kind(programme.kind)} · ${say(programme.provider.name, lang)}`,
    status: windowBadge(lang, programme, kyivDay(clock.now())),
    lead: say(programme.summary, lang),
    breadcrumbs: [{ href: '/', label: words.title }],
    body: columns(
      html`${section({ title: words.requirements, body: requirementsList(lang, programme) })}${section({ title: words.conditions, body: html`<p>${say(programme.conditions, lang)}</p>` })}<div class="actions">${linkButton({ label: words.apply, href: programme.link, kind: 'primary', sign: 'external' })}</div>`,
      html`${card({
        title: say(programme.provider.name, lang),
        body: descriptionList(lang, [
          { term: words.provider, value: codes.provider(programme.provider.kind) },
          ...programme.amount === undefined ? [] : [{ term: words.amount, value: amountText(lang, programme) }],
          { term: words.window, value: html`${day(programme.window.from, lang)} – ${programme.window.until === undefined ? words.endless : day(programme.window.until, lang)}`, hint: words.version(programme.version) }
        ])
      })}${signedIn === undefined ? card({ title: words.personal, body: html`<p>${words.personalBody}</p><div class="actions">${linkButton({ label: words.signIn, href: '/sign-in?return=%2Fcabinet', kind: 'secondary' })}</div>` }) : undefined}`
    )
  })
}

/** What a programme demands, one line a criterion. */
export function requirementsList (lang: Lang, programme: Programme): Html {
  const all = describeCriteria(programme)
  const { criteria } = programme
  const lines = [
    ...criteria.subjectKinds === undefined ? [] : [all.subjectKind],
    ...criteria.territory === undefined ? [] : [all.territory],
    ...criteria.kved === undefined ? [] : [all.kved],
    ...criteria.taxSystems === undefined ? [] : [all.taxSystem],
    ...criteria.registered === undefined ? [] : [all.registered],
    ...criteria.income === undefined ? [] : [all.income],
    ...criteria.employees === undefined ? [] : [all.employees],
    ...criteria.displaced === undefined ? [] : [all.displaced]
  ]
  if (lines.length === 0) return html`<p>${wordsOf(lang).noRequirements}</p>`
  return html`<ul>${lines.map((line) => html`<li>${say(line, lang)}</li>`)}</ul>`
}

async function aboutPage (visit: Visit, { project, clock, maintenance }: Cabinet): Promise<Html> {
  const { lang, page } = visit
  const words = wordsOf(lang)
  const left = daysLeft(project, clock.now())
  const notices = await maintenance.current()
  return page({
    title: words.aboutTitle,
    lead: words.aboutLead,
    body: html`${section({
      title: words.facts,
      body: descriptionList(lang, [
        { term: words.period, value: html`${day(project.from, lang)} – ${day(project.until, lang)}` },
        { term: words.left, value: left < 0 ? words.over : words.days(left) },
        { term: words.price, value: words.priceValue },
        { term: words.hours, value: words.hoursValue },
        { term: words.ownerTerm, value: words.ownerValue },
        { term: words.holderTerm, value: words.office },
        { term: words.administratorTerm, value: words.office },
        { term: words.coordinator, value: words.coordinatorValue },
        { term: words.participants, value: words.participantsValue }
      ])
    })}${section({ title: words.data, body: html`<p>${words.dataBody}</p>` })}${section({ title: words.maintenance, body: notices.length === 0 ? html`<p>${words.noMaintenance}</p>` : maintenanceList(lang, notices) })}`
  })
}

export function maintenanceList (lang: Lang, notices: readonly Maintenance[]): Html {
  const words = wordsOf(lang)
  return html`<ul>${notices.map(({ startsAt, endsAt, urgent, ground, about }) => html`<li>${urgent ? statusBadge('warn', words.urgent) : statusBadge('info', words.planned)} ${dateTime(startsAt, lang)} – ${dateTime(endsAt, lang)}. ${say(about, lang)}${ground === '' ? undefined : html` (${ground})`}</li>`)}</ul>`
}

function maintenanceAlerts (lang: Lang, notices: readonly Maintenance[]): Html | undefined {
  if (notices.length === 0) return undefined
  const words = wordsOf(lang)
  return html`<div class="alerts">${notices.slice(0, 3).map(({ startsAt, endsAt, urgent, about }) => alert(lang, { kind: urgent ? 'warn' : 'info', title: words.maintenanceSoon(formatDateTime(startsAt, lang), formatDateTime(endsAt, lang)), body: say(about, lang) }))}</div>`
}

function windowBadge (lang: Lang, { window }: Programme, today: string): Html {
  const words = wordsOf(lang)
  if (today < window.from) return statusBadge('wait', words.upcoming)
  if (window.until !== undefined && today > window.until) return statusBadge('idle', words.closed)
  return statusBadge('ok', window.until === undefined ? words.openNow : `${words.until} ${formatDate(window.until, lang)}`)
}

function amountText (lang: Lang, { amount }: Programme): string {
  const words = wordsOf(lang)
  const money = (value: string): string => `${formatNumber(Number(value), lang)} ${amount?.currency === 'UAH' ? (lang === 'uk' ? 'грн' : 'UAH') : amount?.currency ?? ''}`
  return [amount?.min === undefined ? undefined : words.from(money(amount.min)), amount?.max === undefined ? undefined : words.upTo(money(amount.max))].filter((text) => text !== undefined).join(' ')
}
