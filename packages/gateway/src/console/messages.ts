import { alert, dataTable, dateTime, emptyState, filterBar, fromKyivInput, html, identifier, linkButton, results, statusBadge, tag, type Html, type Lang, type StatusKind } from '@trembita/web'
import { ApiProblem, type Console, type Visit } from '@trembita/web/console'
import type { Client } from './clients.ts'
import { messagesWordsOf as wordsOf } from './messages-texts.ts'

/** A record of the message log, as the API tells it. */
export interface MessageRecord {
  readonly id: number
  readonly direction: 'request' | 'response'
  readonly side: string
  readonly query_id: string
  readonly request_id: string
  readonly client_id: string
  readonly service_id: string
  readonly protocol: string
  readonly at: string
  readonly status: string
  readonly completeness: string
  readonly stamped_at?: string
  readonly archive?: string
}

interface Found { readonly items: readonly MessageRecord[], readonly next?: string }

const FILTERS = ['query_id', 'request_id', 'client_id', 'service_id', 'from', 'to', 'direction', 'side', 'status'] as const
const DIRECTIONS = ['request', 'response']
const SIDES = ['consumer', 'provider']
const STATUSES = ['waiting for time stamp', 'time-stamped', 'archived']
const BADGES: Readonly<Record<string, StatusKind>> = { 'waiting for time stamp': 'wait', 'time-stamped': 'ok', archived: 'idle' }

export function recordState (lang: Lang, status: string): Html {
  return statusBadge(BADGES[status] ?? 'idle', wordsOf(lang).states(status))
}

/** Identifiers of services come with their parts escaped. */
export function shownService (id: string): string {
  return id.split('/').map(decodeURIComponent).join('/')
}

export function exchangePath (requestId: string): string {
  return `/messages/exchanges/${encodeURIComponent(requestId)}`
}

/** Of an id in the list; the page of the exchange has it whole. */
const QUERY_ID_SHOWN = 18

/** Subsystem and service in front, whose they are below: identifiers in full would fill six lines of a row. */
function partiesCell ({ client_id: client, service_id: service }: MessageRecord): Html {
  const [, clientClass, clientMember, clientSubsystem = ''] = client.split(':')
  const [, providerClass, providerMember, ...rest] = shownService(service).split(/[:/]/)
  return html`<div>${identifier(clientSubsystem === '' ? clientMember ?? client : clientSubsystem)} → ${identifier(rest.join('/'))}</div><div class="hint">${clientClass}/${clientMember} → ${providerClass}/${providerMember}</div>`
}

/** Search of the message log. */
export function messagePages (console: Console): void {
  console.get('/messages', listPage)
}

async function listPage (visit: Visit): Promise<Html> {
  const { lang, api, query } = visit
  const words = wordsOf(lang)
  const filters = Object.fromEntries(FILTERS.map((name) => [name, query[name]?.trim() ?? '']))
  const filtered = FILTERS.some((name) => filters[name] !== '')
  const { found, problem } = await find(visit, filters)
  const clients = await api.get<Client[]>('/clients')
  const address = (before: string): string => `/messages?${new URLSearchParams(Object.entries({ ...filters, before }).filter(([, value]) => value !== '')).toString()}`
  const choices = (values: readonly string[], name: (value: string) => string) => values.map((value) => ({ value, label: name(value) }))
  return visit.page({
    title: words.title,
    lead: words.lead,
    body: html`${problem === undefined ? undefined : alert(lang, { kind: 'bad', title: words.problem(problem.code) || visit.problemText(problem), body: problem.message })}${filterBar(lang, {
      action: '/messages',
      ...filtered ? { clearHref: '/messages' } : {},
      fields: [
        { name: 'query_id', label: words.queryId, value: filters.query_id!, code: true },
        { name: 'request_id', label: words.requestId, value: filters.request_id!, code: true },
        { name: 'client_id', label: words.client, value: filters.client_id!, code: true, suggestions: clients.map(({ id }) => ({ value: id, label: id })) },
        { name: 'service_id', label: words.service, value: filters.service_id!, code: true, placeholder: words.serviceHint },
        { kind: 'datetime', name: 'from', label: words.from, value: filters.from! },
        { kind: 'datetime', name: 'to', label: words.to, value: filters.to! },
        { kind: 'select', name: 'direction', label: words.direction, value: filters.direction!, empty: words.any, options: choices(DIRECTIONS, words.directions) },
        { kind: 'select', name: 'side', label: words.side, value: filters.side!, empty: words.any, options: choices(SIDES, words.sides) },
        { kind: 'select', name: 'status', label: words.state, value: filters.status!, empty: words.any, options: choices(STATUSES, words.states) }
      ]
    })}${results(html`${dataTable(lang, {
      caption: words.title,
      rows: found.items,
      empty: found.next !== undefined ? html`<p class="hint">${words.keepLooking}</p>` : emptyState({ title: filtered ? words.none : words.noneYet, sign: 'document' }),
      columns: [
        { key: 'at', label: words.at, heading: true, render: (row) => html`<a href="${exchangePath(row.request_id)}">${dateTime(row.at, lang)}</a>` },
        { key: 'direction', label: words.direction, narrow: true, render: (row) => html`${tag(words.directions(row.direction))}` },
        { key: 'party', label: words.party, render: partiesCell },
        { key: 'query', label: words.queryId, render: ({ query_id: id }) => html`<span title="${id}">${identifier(id.length > QUERY_ID_SHOWN ? `${id.slice(0, QUERY_ID_SHOWN)}…` : id)}</span>` },
        { key: 'state', label: words.state, narrow: true, render: (row) => recordState(lang, row.status) }
      ]
    })}<div class="actions">${query.before === undefined ? undefined : linkButton({ label: words.first, href: address('') })}${found.next === undefined ? undefined : linkButton({ label: words.next, href: address(found.next), sign: 'right' })}</div>`)}`
  })
}

/** What somebody typed may be no identifier: said above the form, which keeps it. */
async function find ({ api, query }: Visit, { from = '', to = '', ...rest }: Readonly<Record<string, string>>): Promise<{ readonly found: Found, readonly problem?: ApiProblem }> {
  try {
    return { found: await api.get<Found>('/message-log/records', { ...rest, from: fromKyivInput(from)?.toISOString(), to: fromKyivInput(to)?.toISOString(), before: query.before }) }
  } catch (thrown) {
    if (!(thrown instanceof ApiProblem) || thrown.status !== 400) throw thrown
    return { found: { items: [] }, problem: thrown }
  }
}
