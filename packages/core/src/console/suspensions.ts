import {
  actions, alert, confirm, dataTable, dateTime, descriptionList, emptyState, field, fieldGroup, filterBar, form, formatDate, fromKyivInput, html, identifier, linkButton, pager, results, section, statusBadge,
  type FieldErrors, type Html, type Lang, type StatusKind
} from '@trembita/web'
import type { ApiProblem } from './api-client.ts'
import { historyOf } from './audit.ts'
import { after, type Console, type Visit } from './console.ts'
import { errorsOf, listingOf, type ListPage } from './listing.ts'
import { suspensionWordsOf as wordsOf } from './suspension-texts.ts'

interface Suspension {
  readonly id: number
  readonly object: { readonly type: ObjectType, readonly encoded_id: string }
  readonly member_name?: string
  readonly ground: string
  readonly explanation?: string
  readonly act: { readonly number: string, readonly date: string }
  readonly starts_at: string
  readonly ends_at?: string
  readonly state: 'scheduled' | 'inForce' | 'ended' | 'lifted'
  readonly decided_at: string
  readonly decided_by: string
  readonly began_at?: string
  readonly ended_at?: string
  readonly lift_act?: { readonly number: string, readonly date: string }
  readonly lifted_by?: string
}

interface Impact {
  readonly subsystems: readonly string[]
  readonly security_servers: readonly string[]
  readonly hosted_clients: readonly string[]
  readonly refusal?: { readonly code: string, readonly message: string }
}

type ObjectType = 'MEMBER' | 'SUBSYSTEM' | 'SERVER'
const TYPES: readonly ObjectType[] = ['MEMBER', 'SUBSYSTEM', 'SERVER']
const PAGES: Readonly<Record<ObjectType, string>> = { MEMBER: '/members', SUBSYSTEM: '/subsystems', SERVER: '/security-servers' }
const GROUNDS = ['law', 'protection', 'personalData', 'interactionOrder', 'reglament']
const STATUS: Readonly<Record<Suspension['state'], StatusKind>> = { scheduled: 'wait', inForce: 'bad', ended: 'idle', lifted: 'ok' }
const HOLDER = 'TREMBITA_HOLDER'
const SAID = ['suspensionDecided', 'suspensionScheduled', 'suspensionLifted']

/** Suspensions: who is cut off and by which act; deciding and lifting (TR-15). */
export function suspensionPages (console: Console): void {
  console.get('/suspensions', listPage)
  console.get('/suspensions/new', (visit) => newPage(visit))
  console.post('/suspensions/new', async (visit) => {
    const done = await visit.api.post<Suspension>('/suspensions', sentDecision(visit))
    return after(done, done.waitsForApproval ? '/suspensions' : `/suspensions/${done.value.id}`, done.value?.state === 'scheduled' ? 'suspensionScheduled' : 'suspensionDecided')
  }, (visit, problem) => newPage(visit, problemsOf(visit, problem)))
  console.get('/suspensions/:id', (visit) => suspensionPage(visit))
  console.post('/suspensions/:id/lift', async (visit) => {
    const { api, form, params } = visit
    const done = await api.post(`/suspensions/${encodeURIComponent(params.id!)}/lift`, { act: { number: form.text('act_number'), date: form.text('act_date') } })
    return after(done, `/suspensions/${encodeURIComponent(params.id!)}`, 'suspensionLifted')
  }, (visit, problem) => suspensionPage(visit, problemsOf(visit, problem)))
  console.sentences((lang) => Object.fromEntries(SAID.map((said) => [said, wordsOf(lang).said(said)])))
}

async function listPage (visit: Visit): Promise<Html> {
  const { lang, api } = visit
  const words = wordsOf(lang)
  const listing = listingOf(visit, ['q', 'state'])
  const { items, paging_metadata: { total_items: total, limit, offset } } = await api.get<ListPage<Suspension>>('/suspensions', listing.query)
  const filtered = Object.values(listing.filters).some((value) => value !== '')
  return visit.page({
    title: words.title,
    lead: words.lead,
    actions: visit.may(HOLDER) ? linkButton({ label: words.new, href: '/suspensions/new', kind: 'primary', sign: 'pause' }) : undefined,
    body: html`${filterBar(lang, {
      action: '/suspensions',
      ...filtered ? { clearHref: '/suspensions' } : {},
      fields: [
        { kind: 'search', name: 'q', label: words.search, value: listing.filters.q! },
        { kind: 'select', name: 'state', label: words.state, value: listing.filters.state!, empty: words.any, options: Object.keys(STATUS).map((value) => ({ value, label: words.states(value) })) }
      ]
    })}${results(html`${dataTable(lang, {
      caption: words.title,
      rows: items,
      empty: emptyState({ title: filtered ? words.noneFound : words.none, sign: 'pause' }),
      columns: [
        { key: 'object', label: words.object, heading: true, render: (row) => html`<a href="/suspensions/${row.id}">${row.member_name ?? row.object.encoded_id}</a><div class="hint">${words.types(row.object.type)} ${identifier(row.object.encoded_id)}</div>` },
        { key: 'ground', label: words.ground, render: ({ ground }) => words.grounds(ground) },
        { key: 'act', label: words.act, render: ({ act }) => words.actOf(act.number, formatDate(act.date, lang)) },
        { key: 'from', label: words.startsAt, render: ({ began_at: began, starts_at: starts }) => dateTime(began ?? starts, lang) },
        { key: 'until', label: words.endsAt, render: ({ ended_at: ended, ends_at: ends }) => ended === undefined && ends === undefined ? words.endless : dateTime(ended ?? ends, lang) },
        { key: 'state', label: words.state, narrow: true, render: ({ state }) => statusBadge(STATUS[state], words.states(state)) }
      ]
    })}${pager(lang, { total, limit, offset, href: listing.at })}`)}`
  })
}

/** First whom, then, with everyone that it cuts off before one's eyes, why and by which act. */
async function newPage (visit: Visit, errors: FieldErrors = {}): Promise<Html> {
  const { lang, query, form: sent } = visit
  const words = wordsOf(lang)
  const type = TYPES.find((type) => type === (sent.text('object_type') || query.object_type))
  const id = (sent.text('object_id') || query.object_id || '').trim()
  const page = (body: Html): Html => visit.page({ title: words.new, breadcrumbs: [{ href: '/suspensions', label: words.title }], body })
  if (type === undefined || id === '') return page(chooseForm(visit, type, id, {}))
  const impact = await impactOf(visit, type, id)
  if (impact === undefined) return page(chooseForm(visit, type, id, { object_id: words.problem(type === 'MEMBER' ? 'member_not_found' : type === 'SUBSYSTEM' ? 'subsystem_not_found' : 'security_server_not_found') }))
  const object = descriptionList(lang, [{ term: words.object, value: html`<a href="${pageOf(type, id)}">${identifier(id)}</a>`, hint: words.types(type) }])
  if (impact.refusal !== undefined) return page(html`${object}${alert(lang, { kind: 'bad', title: words.cannot, body: words.problem(impact.refusal.code) || impact.refusal.message })}`)
  return page(html`${object}${section({ title: words.impact, body: impactList(lang, impact) })}${decisionForm(visit, type, id, errors)}`)
}

/** Undefined for what is not registered. */
async function impactOf ({ api }: Visit, type: ObjectType, id: string): Promise<Impact | undefined> {
  try {
    return await api.get<Impact>('/suspensions/impact', { object_type: type, object_id: id })
  } catch (thrown) {
    if ([400, 404].includes((thrown as ApiProblem).status)) return undefined
    throw thrown
  }
}

function chooseForm ({ lang }: Visit, type: ObjectType | undefined, id: string, errors: FieldErrors): Html {
  const words = wordsOf(lang)
  return html`<form class="form" method="get" action="/suspensions/new">${[
    field(lang, { kind: 'select', name: 'object_type', label: words.objectType, value: type, options: TYPES.map((value) => ({ value, label: words.types(value) })) }),
    field(lang, { name: 'object_id', label: words.objectId, hint: words.objectIdHint, value: id, error: errors.object_id, required: true, code: true })
  ]}${actions(html`<button class="button button--primary" type="submit">${words.goOn}</button>`)}</form>`
}

function impactList (lang: Lang, { subsystems, security_servers: servers, hosted_clients: hosted }: Impact): Html {
  const words = wordsOf(lang)
  const list = (path: string | undefined, ids: readonly string[]): Html => ids.length === 0
    ? html`${words.noImpact}`
    : html`<ul>${ids.map((id) => html`<li>${path === undefined ? identifier(id) : html`<a href="${path}/${encodeURIComponent(id)}">${identifier(id)}</a>`}</li>`)}</ul>`
  return html`${hosted.length === 0 ? undefined : alert(lang, { kind: 'warn', title: words.impactHostedWarning })}${descriptionList(lang, [
    { term: words.impactSubsystems, value: list(PAGES.SUBSYSTEM, subsystems) },
    { term: words.impactServers, value: list(PAGES.SERVER, servers) },
    { term: words.impactHosted, value: list(undefined, hosted) }
  ])}`
}

function decisionForm (visit: Visit, type: ObjectType, id: string, errors: FieldErrors): Html {
  const { lang, csrf, form: sent } = visit
  const words = wordsOf(lang)
  return form(lang, {
    action: '/suspensions/new',
    csrf,
    errors,
    submit: words.decide,
    submitKind: 'danger',
    cancelHref: pageOf(type, id),
    fields: { object_type: type, object_id: id },
    body: [
      field(lang, { kind: 'radios', name: 'ground', label: words.ground, hint: words.groundHint, value: sent.text('ground'), error: errors.ground, required: true, options: GROUNDS.map((value) => ({ value, label: words.grounds(value) })) }),
      field(lang, { kind: 'textarea', name: 'explanation', label: words.explanation, hint: words.explanationHint, value: sent.text('explanation'), error: errors.explanation, required: false, lengthMax: 4000 }),
      fieldGroup(words.act, actFields(visit, errors)),
      field(lang, { kind: 'datetime', name: 'starts_at', label: words.startsAt, hint: words.startsAtHint, value: sent.text('starts_at'), error: errors.starts_at, required: false }),
      field(lang, { kind: 'datetime', name: 'ends_at', label: words.endsAt, hint: words.endsAtHint, value: sent.text('ends_at'), error: errors.ends_at, required: false })
    ]
  })
}

function actFields ({ lang, form: sent }: Visit, errors: FieldErrors): Html[] {
  const words = wordsOf(lang)
  return [
    field(lang, { name: 'act_number', label: words.actNumber, value: sent.text('act_number'), error: errors.act_number, required: true, width: 20, lengthMax: 255 }),
    field(lang, { kind: 'date', name: 'act_date', label: words.actDate, value: sent.text('act_date'), error: errors.act_date, required: true, width: 12 })
  ]
}

async function suspensionPage (visit: Visit, errors: FieldErrors = {}): Promise<Html> {
  const { lang, api, csrf, params } = visit
  const words = wordsOf(lang)
  const it = await api.get<Suspension>(`/suspensions/${encodeURIComponent(params.id!)}`)
  const open = it.state === 'inForce' || it.state === 'scheduled'
  const label = it.state === 'scheduled' ? words.callOff : words.lift
  const refused = Object.keys(errors).length > 0
  const act = ({ number, date }: Suspension['act']): string => words.actOf(number, formatDate(date, lang))
  return visit.page({
    title: words.numbered(it.id),
    eyebrow: it.member_name ?? it.object.encoded_id,
    status: statusBadge(STATUS[it.state], words.states(it.state)),
    breadcrumbs: [{ href: '/suspensions', label: words.title }],
    actions: open && visit.may(HOLDER)
      ? confirm(lang, {
        label,
        title: label,
        body: words.liftBody,
        action: `/suspensions/${it.id}/lift`,
        csrf,
        submit: label,
        kind: 'primary',
        sign: 'check',
        inputs: html`${errors[''] === undefined ? undefined : alert(lang, { kind: 'bad', title: errors[''] })}${actFields(visit, errors)}`,
        open: refused
      })
      : undefined,
    body: html`${descriptionList(lang, [
      { term: words.object, value: html`<a href="${pageOf(it.object.type, it.object.encoded_id)}">${identifier(it.object.encoded_id)}</a>`, hint: words.types(it.object.type) },
      { term: words.ground, value: words.grounds(it.ground) },
      { term: words.act, value: act(it.act) },
      ...it.explanation === undefined ? [] : [{ term: words.explanation, value: it.explanation }],
      { term: words.startsAt, value: dateTime(it.starts_at, lang) },
      { term: words.endsAt, value: it.ends_at === undefined ? words.endless : dateTime(it.ends_at, lang) },
      { term: words.decidedBy, value: html`${dateTime(it.decided_at, lang)} · ${it.decided_by}` },
      ...it.began_at === undefined ? [] : [{ term: words.began, value: dateTime(it.began_at, lang) }],
      ...it.lift_act === undefined ? [] : [{ term: words.liftAct, value: act(it.lift_act) }],
      ...it.lifted_by === undefined ? [] : [{ term: words.liftedBy, value: it.lifted_by }],
      ...it.ended_at === undefined ? [] : [{ term: words.ended, value: dateTime(it.ended_at, lang) }]
    ])}${section({ title: words.history, body: await historyOf(api, lang, 'suspension', String(it.id)) })}`
  })
}

function sentDecision ({ form: sent }: Visit): object {
  const explanation = sent.text('explanation').trim()
  const starts = fromKyivInput(sent.text('starts_at'))
  const ends = fromKyivInput(sent.text('ends_at'))
  return {
    object: { type: sent.text('object_type'), encoded_id: sent.text('object_id').trim() },
    ground: sent.text('ground'),
    act: { number: sent.text('act_number'), date: sent.text('act_date') },
    ...explanation === '' ? {} : { explanation },
    ...starts === undefined ? {} : { starts_at: starts.toISOString() },
    ...ends === undefined ? {} : { ends_at: ends.toISOString() }
  }
}

/** Beside the fields of the page, which are named a little otherwise than those of the API. */
function problemsOf ({ lang }: Visit, problem: ApiProblem): FieldErrors {
  return Object.fromEntries(Object.entries(errorsOf(problem, wordsOf(lang).problem)).map(([name, text]) => [name.replace(/^act\./, 'act_').replace(/^object\..*/, ''), text]))
}

function pageOf (type: ObjectType, id: string): string {
  return `${PAGES[type]}/${encodeURIComponent(id)}`
}
