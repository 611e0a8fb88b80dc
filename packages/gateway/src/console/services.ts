import { card, dataTable, dateTime, emptyState, field, filterBar, form, html, identifier, linkButton, results, section, statusBadge, tag, type FieldErrors, type Html, type Lang } from '@trembita/web'
import { type ApiProblem, type Console, errorsOf, type Visit } from '@trembita/web/console'
import { clientPath, nameOf, type Client } from './clients.ts'
import { servicesWordsOf as wordsOf } from './services-texts.ts'

export interface Endpoint { readonly id: string, readonly service_code: string, readonly method: string, readonly path: string, readonly generated?: boolean }

export interface Service {
  readonly id: string
  readonly full_service_code: string
  readonly service_code: string
  readonly timeout: number
  readonly title?: string
  readonly ssl_auth: boolean
  readonly subjects_count?: number
  readonly url: string
  readonly agreement: string
  readonly endpoints?: readonly Endpoint[]
}

export interface Description {
  readonly id: string
  readonly client_id: string
  readonly type: string
  readonly url: string
  readonly disabled: boolean
  readonly disabled_notice?: string
  readonly refreshed_at?: string
  readonly services: readonly Service[]
}

export const SERVICE_ADMINISTRATOR = 'XROAD_SERVICE_ADMINISTRATOR'
const KINDS = ['OPENAPI3', 'WSDL', 'REST'] as const

export function servicePath (id: string): string {
  return `/services/one/${encodeURIComponent(id)}`
}

export function descriptionState (lang: Lang, { disabled }: Pick<Description, 'disabled'>): Html {
  return disabled ? statusBadge('idle', wordsOf(lang).off) : statusBadge('ok', wordsOf(lang).enabled)
}

export function serviceErrors (visit: Visit, problem: ApiProblem): FieldErrors {
  return errorsOf(problem, (code) => wordsOf(visit.lang).problem(code) || (code === 'validation_failure' ? '' : visit.problemText(problem)))
}

/** What the clients offer, client by client; a new description. */
export function servicePages (console: Console): void {
  console.get('/services', listPage)
  console.get('/services/new', (visit) => newPage(visit))
  console.post('/services', async ({ api, form }) => {
    const code = form.optional('rest_service_code')
    const type = form.text('type')
    const { value } = await api.post<Description>(`${clientPath(form.text('client'))}/service-descriptions`, { type, url: form.text('url'), ...code === undefined || type === 'WSDL' ? {} : { rest_service_code: code } })
    return { to: `/services/descriptions/${value.id}`, said: 'descriptionAdded' }
  }, (visit, problem) => newPage(visit, serviceErrors(visit, problem)))
  console.sentences((lang) => ({ descriptionAdded: wordsOf(lang).added }))
}

async function listPage (visit: Visit): Promise<Html> {
  const { lang, api, query } = visit
  const words = wordsOf(lang)
  const all = await api.get<Client[]>('/clients')
  const clients = query.client === undefined || query.client === '' ? all : all.filter(({ id }) => id === query.client)
  const offered = await Promise.all(clients.map(async (client) => ({ client, descriptions: await api.get<Description[]>(`${clientPath(client.id)}/service-descriptions`) })))
  const shown = offered.filter(({ descriptions }) => descriptions.length > 0)
  const administrator = visit.may(SERVICE_ADMINISTRATOR)
  return visit.page({
    title: words.title,
    lead: words.lead,
    ...administrator ? { actions: linkButton({ label: words.add, href: `/services/new${query.client === undefined ? '' : `?client=${encodeURIComponent(query.client)}`}`, kind: 'primary', sign: 'plus' }) } : {},
    body: html`${all.length < 2
      ? undefined
      : filterBar(lang, { action: '/services', ...query.client === undefined || query.client === '' ? {} : { clearHref: '/services' }, fields: [{ kind: 'select', name: 'client', label: words.client, value: query.client ?? '', empty: '–', options: all.map((client) => ({ value: client.id, label: nameOf(client) })) }] })}${results(shown.length === 0
      ? emptyState({ title: words.none, sign: 'service' })
      : html`${shown.map(({ client, descriptions }) => html`${section({ title: nameOf(client), lead: identifier(client.id), body: '' })}${descriptions.map((one) => descriptionBlock(lang, one))}`)}`)}`
  })
}

function descriptionBlock (lang: Lang, description: Description): Html {
  const words = wordsOf(lang)
  return card({
    title: words.kinds(description.type),
    level: 3,
    lead: html`<a href="/services/descriptions/${description.id}">${identifier(description.url)}</a>`,
    actions: html`${descriptionState(lang, description)}${description.refreshed_at === undefined ? undefined : html`<span class="hint">${words.refreshed} ${dateTime(description.refreshed_at, lang)}</span>`}`,
    body: serviceTable(lang, description.services, description.url)
  })
}

export function serviceTable (lang: Lang, services: readonly Service[], caption: string): Html {
  const words = wordsOf(lang)
  return dataTable(lang, {
    caption,
    rows: services,
    columns: [
      { key: 'code', label: words.service, heading: true, render: (row) => html`<a href="${servicePath(row.id)}">${identifier(row.full_service_code)}</a>` },
      { key: 'name', label: words.name, render: ({ title }) => title },
      { key: 'url', label: words.url, render: ({ url }) => identifier(url) },
      { key: 'agreement', label: words.agreement, render: ({ agreement }) => agreement === 'none' ? undefined : tag(words.agreements(agreement)) },
      { key: 'subjects', label: words.subjects, align: 'end', narrow: true, render: ({ subjects_count: count = 0 }) => count === 0 ? statusBadge('warn', '0') : String(count) }
    ]
  })
}

async function newPage (visit: Visit, errors: FieldErrors = {}): Promise<Html> {
  const { lang, api, csrf, form: sent, query } = visit
  const words = wordsOf(lang)
  const clients = (await api.get<Client[]>('/clients')).filter(({ subsystem_code: code }) => code !== undefined)
  return visit.page({
    title: words.add,
    lead: words.addLead,
    breadcrumbs: [{ href: '/services', label: words.title }],
    body: form(lang, {
      action: '/services',
      csrf,
      errors,
      submit: words.add,
      cancelHref: '/services',
      body: html`${field(lang, { kind: 'select', name: 'client', label: words.client, value: sent.text('client') || (query.client ?? ''), options: clients.map((client) => ({ value: client.id, label: `${nameOf(client)} (${client.id})` })), required: true })}
${field(lang, { kind: 'radios', name: 'type', label: words.kind, value: sent.text('type') || 'OPENAPI3', options: KINDS.map((kind) => ({ value: kind, label: words.kinds(kind), hint: words.kindHints(kind) })), required: true })}
${field(lang, { kind: 'url', name: 'url', label: words.url, hint: words.urlHint, value: sent.text('url'), required: true, code: true, error: errors.url })}
${field(lang, { name: 'rest_service_code', label: words.code, hint: words.codeHint, value: sent.text('rest_service_code'), required: false, code: true, width: 32, error: errors.rest_service_code ?? errors.service_code })}`
    })
  })
}
