import { alert, bulkSelection, button, dataTable, dateTime, emptyState, filterBar, html, identifier, results, section, tag, type Html } from '@trembita/web'
import { type ApiProblem, type Console, type Visit } from '@trembita/web/console'
import { clientPath } from './clients.ts'
import { clientOfService } from './service-page.ts'
import { servicesWordsOf as wordsOf } from './services-texts.ts'
import { SERVICE_ADMINISTRATOR, serviceErrors, servicePath, type Endpoint } from './services.ts'

interface Subject { readonly id: string, readonly name?: string, readonly local_group_code?: string, readonly service_client_type: string, readonly rights_given_at?: string }

/** More are not chosen from: the search is made narrower. */
const SHOWN_MAX = 50

/** Who may call a service, or one operation of it; and whom that right may be given to. */
export function rightsPages (console: Console): void {
  for (const { path, pathOf, apiPathOf } of [
    { path: '/services/one/:id/rights', pathOf: ({ params }: Visit) => `${servicePath(params.id ?? '')}/rights`, apiPathOf: ({ params }: Visit) => `/services/${encodeURIComponent(params.id ?? '')}` },
    {
      path: '/services/one/:id/endpoints/:endpoint/rights',
      pathOf: ({ params }: Visit) => `${servicePath(params.id ?? '')}/endpoints/${encodeURIComponent(params.endpoint ?? '')}/rights`,
      apiPathOf: ({ params }: Visit) => `/endpoints/${encodeURIComponent(params.endpoint ?? '')}`
    }
  ]) {
    const page = async (visit: Visit, problem?: ApiProblem): Promise<Html> => await rightsPage(visit, pathOf(visit), apiPathOf(visit), problem)
    const change = (kind: 'give' | 'take') => async (visit: Visit) => {
      const items = visit.form.texts('subject').map((id) => ({ id }))
      const q = visit.form.text('q')
      const back = q === '' ? pathOf(visit) : `${pathOf(visit)}?q=${encodeURIComponent(q)}`
      if (items.length === 0) return { to: back, said: 'nobodyChosen' }
      await visit.api.post(`${apiPathOf(visit)}/service-clients${kind === 'give' ? '' : '/delete'}`, { items })
      return { to: back, said: kind === 'give' ? 'rightsGiven' : 'rightsTaken' }
    }
    console.get(path, (visit) => page(visit))
    console.post(path, change('give'), page)
    console.post(`${path}/removal`, change('take'), page)
  }
  console.sentences((lang) => ({ rightsGiven: wordsOf(lang).givenSaid, rightsTaken: wordsOf(lang).taken, nobodyChosen: wordsOf(lang).nobodyChosen }))
}

async function rightsPage (visit: Visit, path: string, apiPath: string, problem?: ApiProblem): Promise<Html> {
  const { lang, api, params, query } = visit
  const words = wordsOf(lang)
  const id = params.id ?? ''
  const [subjects, endpoint] = await Promise.all([
    api.get<Subject[]>(`${apiPath}/service-clients`), params.endpoint === undefined ? undefined : api.get<Endpoint>(apiPath)
  ])
  const administrator = visit.may(SERVICE_ADMINISTRATOR)
  const candidates = administrator && query.q !== undefined ? await candidatesOf(visit, subjects) : undefined
  return visit.page({
    title: endpoint === undefined ? words.rightsWhole : words.rightsEndpoint,
    eyebrow: id.slice(id.lastIndexOf(':') + 1),
    lead: endpoint === undefined ? identifier(id) : html`${tag(endpoint.method)} ${identifier(endpoint.path)}`,
    breadcrumbs: [{ href: '/services', label: words.title }, { href: servicePath(id), label: id.slice(id.lastIndexOf(':') + 1) }],
    body: html`${problem === undefined ? undefined : alert(lang, { kind: 'bad', title: Object.values(serviceErrors(visit, problem)).join(' ') })}${section({ title: words.subjects, body: current(visit, path, subjects, administrator) })}${administrator
      ? section({
        title: words.find,
        lead: words.findLead,
        body: html`${filterBar(lang, { action: path, fields: [{ kind: 'search', name: 'q', label: words.search, value: query.q ?? '' }] })}${results(candidates === undefined ? '' : choice(visit, path, candidates))}`
      })
      : undefined}`
  })
}

async function candidatesOf ({ api, params, query }: Visit, known: readonly Subject[]): Promise<Subject[]> {
  const q = query.q?.trim() ?? ''
  const found = await api.get<Subject[]>(`${clientPath(clientOfService(params.id ?? ''))}/service-client-candidates`, { member_name_group_description: q === '' ? undefined : q })
  return found.filter(({ id }) => !known.some((one) => one.id === id))
}

const subjectName = ({ name, local_group_code: code, id }: Subject): string => code ?? name ?? id

function current (visit: Visit, path: string, rows: readonly Subject[], administrator: boolean): Html {
  const { lang, csrf } = visit
  const words = wordsOf(lang)
  const table = dataTable(lang, {
    caption: words.subjects,
    rows,
    empty: emptyState({ title: words.nobody, sign: 'user' }),
    ...administrator ? { selection: { name: 'subject', value: ({ id }: Subject) => id, label: (row: Subject) => words.choose(subjectName(row)) } } : {},
    columns: [
      { key: 'name', label: words.name, heading: true, render: subjectName },
      { key: 'id', label: words.id, render: ({ id }) => identifier(id) },
      { key: 'kind', label: words.subjectKind, render: (row) => words.subjectKinds(row.service_client_type) },
      { key: 'given', label: words.given, render: ({ rights_given_at: at }) => at === undefined ? undefined : dateTime(at, lang) }
    ]
  })
  return administrator && rows.length > 0
    ? bulkSelection(lang, { action: `${path}/removal`, csrf, body: table, actions: button({ label: words.take, kind: 'danger' }) })
    : table
}

function choice (visit: Visit, path: string, found: readonly Subject[]): Html {
  const { lang, csrf, query } = visit
  const words = wordsOf(lang)
  const rows = found.slice(0, SHOWN_MAX)
  const table = dataTable(lang, {
    caption: words.find,
    rows,
    empty: emptyState({ title: words.nobodyFound, sign: 'search' }),
    selection: { name: 'subject', value: ({ id }) => id, label: (row) => words.choose(subjectName(row)) },
    columns: [
      { key: 'name', label: words.name, heading: true, render: subjectName },
      { key: 'id', label: words.id, render: ({ id }) => identifier(id) },
      { key: 'kind', label: words.subjectKind, render: (row) => words.subjectKinds(row.service_client_type) }
    ]
  })
  if (rows.length === 0) return table
  return html`${bulkSelection(lang, { action: path, csrf, body: table, inputs: html`<input type="hidden" name="q" value="${query.q ?? ''}">`, actions: button({ label: words.give, kind: 'primary' }) })}${found.length > SHOWN_MAX ? html`<p class="hint">${words.more(SHOWN_MAX)}</p>` : undefined}`
}
