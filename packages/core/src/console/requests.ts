import {
  actions, bulkSelection, button, dataTable, emptyState, field, filterBar, html, identifier, linkButton, pager, relativeTime, results, statusBadge, tabs, type Html
} from '@trembita/web'
import { after, type Answer, type Console, type Visit } from './console.ts'
import { addRequest, newRequestPage, typeField } from './request-form.ts'
import { OFFICER, requestProblem, requestStatus, type RequestItem } from './request-lines.ts'
import { requestPage } from './request-page.ts'
import { requestWordsOf as wordsOf } from './request-texts.ts'

interface RequestList {
  readonly items: readonly RequestItem[]
  readonly paging_metadata: { readonly total_items: number, readonly limit: number, readonly offset: number }
  readonly counts: Readonly<Record<string, number>>
}

interface BulkResult { readonly id: number, readonly status?: string, readonly error?: { readonly code: string, readonly message: string } }

/** What is shown under each tab. */
const STATES = {
  pending: ['WAITING', 'SUBMITTED_FOR_APPROVAL'],
  approved: ['APPROVED'],
  turned_down: ['DECLINED', 'REVOKED'],
  all: ['WAITING', 'SUBMITTED_FOR_APPROVAL', 'APPROVED', 'DECLINED', 'REVOKED']
} as const
const TABS = Object.keys(STATES) as (keyof typeof STATES)[]
const FILTERS = ['q', 'type', 'origin', 'server', 'client'] as const
const LIMIT = 50

/** Management requests: found, looked into, decided one by one or many at once. */
export function requestPages (console: Console): void {
  const pathOf = ({ params }: Visit): string => `/management-requests/${encodeURIComponent(params.id!)}`
  console.get('/management-requests', (visit) => listPage(visit))
  console.get('/management-requests/new', (visit) => newRequestPage(visit))
  console.post('/management-requests/new', addRequest, newRequestPage)
  console.post('/management-requests/approve', approveChosen)
  console.get('/management-requests/:id', (visit) => requestPage(visit))
  console.get('/management-requests/:id/original', async (visit) => {
    const { bytes, headers } = await visit.api.download(`${pathOf(visit)}/original`)
    return { bytes, type: headers['content-type']!, fileName: `management-request-${visit.params.id!}.mime` }
  })
  console.post('/management-requests/:id/approve', async (visit) => after(
    await visit.api.post(`${pathOf(visit)}/approval`, { reason: visit.form.optional('reason') }), pathOf(visit), 'requestApproved'),
  async (visit, problem) => await requestPage(visit, { '': requestProblem(visit, problem) }))
  console.post('/management-requests/:id/decline', async (visit) => after(
    await visit.api.post(`${pathOf(visit)}/decline`, { reason: visit.form.text('reason') }), pathOf(visit), 'requestDeclined'),
  async (visit, problem) => await requestPage(visit, { '': requestProblem(visit, problem) }))
  console.sentences((lang) => {
    const { approved, declined, bulkApproved, added } = wordsOf(lang)
    return { requestApproved: approved, requestDeclined: declined, requestsApproved: bulkApproved, requestAdded: added }
  })
}

async function listPage (visit: Visit, problem?: string): Promise<Html> {
  const { lang, query, api, may, csrf } = visit
  const words = wordsOf(lang)
  const tab = TABS.find((one) => one === query.tab) ?? 'pending'
  const filters = Object.fromEntries(FILTERS.map((name) => [name, query[name] ?? '']).filter(([, value]) => value !== ''))
  const order = { sort: query.sort ?? 'id', desc: query.desc ?? (tab === 'pending' ? 'false' : 'true') }
  const asked = new URLSearchParams({ ...filters, ...order, limit: String(LIMIT), offset: query.offset ?? '0' })
  for (const status of STATES[tab]) asked.append('status', status)
  const { items, counts, paging_metadata: { total_items: total, limit, offset } } = await api.get<RequestList>(`/management-requests?${asked.toString()}`)
  const href = (more: Record<string, string>): string => `/management-requests?${new URLSearchParams({ tab, ...filters, ...more }).toString()}`
  const decides = may(OFFICER) && tab !== 'approved' && tab !== 'turned_down' && items.some(isPending)
  const table = dataTable(lang, {
    caption: words.title,
    rows: items,
    empty: emptyState({ title: tab === 'pending' && Object.keys(filters).length === 0 ? words.emptyPending : words.empty }),
    sortedBy: { key: order.sort, desc: order.desc === 'true' },
    href: (sort, desc) => href({ sort, desc: String(desc) }),
    ...decides ? { selection: { name: 'id', value: ({ id }: RequestItem) => String(id), label: ({ id }: RequestItem) => words.select(id), enabled: isPending } } : {},
    columns: [
      { key: 'id', label: words.number, sort: true, heading: true, narrow: true, render: ({ id }) => html`<a href="/management-requests/${id}">${id}</a>` },
      { key: 'type', label: words.type, sort: true, render: ({ type }) => words.typeName(type) },
      { key: 'security_server_id', label: words.server, sort: true, render: ({ security_server_id: id, security_server_owner: owner }) => html`${owner ?? words.notMember}<div class="hint">${identifier(id)}</div>` },
      { key: 'client', label: words.client, render: ({ client_id: id }) => id === undefined ? undefined : identifier(id) },
      { key: 'status', label: words.status, sort: true, render: ({ status }) => requestStatus(visit, status) },
      { key: 'origin', label: words.origin, sort: true, render: ({ origin }) => words.originName(origin) },
      { key: 'created_at', label: words.received, sort: true, render: ({ created_at: at }) => relativeTime(at, lang) }
    ]
  })
  return visit.page({
    title: words.title,
    lead: words.lead,
    ...may(OFFICER) ? { actions: linkButton({ label: words.add, href: '/management-requests/new', sign: 'plus' }) } : {},
    body: html`${problem === undefined ? undefined : html`<p class="field__error" role="alert">${problem}</p>`}
${tabs(words.states, TABS.map((one) => ({ label: words.tab(one), href: `/management-requests?${new URLSearchParams({ tab: one, ...filters }).toString()}`, current: one === tab, count: STATES[one].reduce((sum, status) => sum + (counts[status] ?? 0), 0) })))}
${filterBar(lang, {
  action: '/management-requests',
  clearHref: `/management-requests?tab=${tab}`,
  fields: [
    { kind: 'hidden', name: 'tab', value: tab },
    { kind: 'search', name: 'q', label: words.search, placeholder: words.searchHint, value: query.q },
    typeField(lang, query.type, words.anyType),
    { kind: 'select', name: 'origin', label: words.origin, value: query.origin, empty: words.anyOrigin, options: ['SECURITY_SERVER', 'CENTER'].map((value) => ({ value, label: words.originName(value) })) },
    // Pages of gateways and members lead here with these.
    ...filters.server === undefined ? [] : [{ name: 'server', label: words.server, value: filters.server, code: true }],
    ...filters.client === undefined ? [] : [{ name: 'client', label: words.client, value: filters.client, code: true }]
  ]
})}
${results(html`${decides
  ? bulkSelection(lang, {
      action: '/management-requests/approve',
      csrf,
      body: table,
      inputs: field(lang, { name: 'reason', label: words.reason, lengthMax: 1000 }),
      actions: actions(button({ label: words.approveChosen, kind: 'primary', sign: 'check' }))
    })
  : table}${pager(lang, { total, limit, offset, href: (at) => href({ ...order, offset: String(at) }) })}`)}`
  })
}

const isPending = ({ status }: RequestItem): boolean => STATES.pending.some((one) => one === status)

/** Many at once; a page says what became of each when not all could be approved. */
async function approveChosen (visit: Visit): Promise<Answer> {
  const { api, form, lang } = visit
  const words = wordsOf(lang)
  const ids = form.texts('id').map(Number)
  if (ids.length === 0) return await listPage(visit, words.bulkNothing)
  const done = await api.post<{ results: readonly BulkResult[] }>('/management-requests/bulk-approval', { ids, reason: form.optional('reason') })
  if (done.waitsForApproval || done.value.results.every(({ error }) => error === undefined)) return after(done, '/management-requests', 'requestsApproved')
  return visit.page({
    title: words.bulkTitle,
    breadcrumbs: [{ href: '/management-requests', label: words.title }],
    lead: words.bulkLead,
    actions: linkButton({ label: words.back, href: '/management-requests' }),
    body: dataTable(lang, {
      caption: words.bulkTitle,
      rows: done.value.results,
      columns: [
        { key: 'id', label: words.number, heading: true, render: ({ id }) => html`<a href="/management-requests/${id}">${words.request(id)}</a>` },
        { key: 'status', label: words.status, render: ({ status, error }) => error === undefined ? requestStatus(visit, status!) : statusBadge('bad', words.approveBlocked) },
        { key: 'result', label: words.result, render: ({ error }) => error === undefined ? undefined : requestProblem(visit, error) }
      ]
    })
  })
}
