import { changeList, changesBetween, dataTable, dateTime, descriptionList, emptyState, filterBar, fromKyivInput, html, identifier, linkButton, results, section, statusBadge, type Html } from '@trembita/web'
import type { Console, Visit } from '@trembita/web/console'
import { auditWordsOf as wordsOf } from './audit-texts.ts'
import { eventName, isFailed } from './event-names.ts'

interface AuditEvent {
  readonly id: number
  readonly time: string
  readonly event: string
  readonly user?: string
  readonly user_id?: string
  readonly ipaddress?: string
  readonly auth?: string
  readonly url?: string
  readonly reason?: string
  readonly correlation_id?: string
  readonly data?: Readonly<Record<string, unknown>>
}

const FILTERS = ['from', 'to', 'event', 'user'] as const

/** Who did what at this gateway. */
export function auditPages (console: Console): void {
  console.get('/audit', listPage)
  console.get('/audit/:id', eventPage)
}

async function listPage (visit: Visit): Promise<Html> {
  const { lang, api, query } = visit
  const words = wordsOf(lang)
  const filters = Object.fromEntries(FILTERS.map((name) => [name, query[name]?.trim() ?? '']))
  const { from = '', to = '', event, user } = filters
  const page = await api.get<{ items: AuditEvent[], next?: number }>('/audit-events', { event, user, from: fromKyivInput(from)?.toISOString(), to: fromKyivInput(to)?.toISOString(), before: /^\d+$/.test(query.before ?? '') ? query.before : undefined })
  const address = (before: string): string => `/audit?${new URLSearchParams(Object.entries({ ...filters, before }).filter(([, value]) => value !== '')).toString()}`
  return visit.page({
    title: words.title,
    lead: words.lead,
    body: html`${filterBar(lang, {
      action: '/audit',
      ...FILTERS.some((name) => filters[name] !== '') ? { clearHref: '/audit' } : {},
      fields: [
        { kind: 'datetime', name: 'from', label: words.from, value: from },
        { kind: 'datetime', name: 'to', label: words.to, value: to },
        { name: 'event', label: words.event, value: event },
        { name: 'user', label: words.user, value: user }
      ]
    })}${results(html`${dataTable(lang, {
      caption: words.title,
      rows: page.items,
      empty: page.next === undefined ? emptyState({ title: words.none, sign: 'audit' }) : html`<p class="hint">${words.keepLooking}</p>`,
      columns: [
        { key: 'at', label: words.at, heading: true, render: ({ id, time }) => html`<a href="/audit/${id}">${dateTime(time, lang)}</a>` },
        { key: 'event', label: words.event, render: (row) => eventOf(visit, row) },
        { key: 'user', label: words.user, render: ({ user }) => user ?? words.nobody },
        { key: 'origin', label: words.origin, render: ({ ipaddress: origin }) => origin === undefined ? undefined : identifier(origin) }
      ]
    })}<div class="actions">${query.before === undefined ? undefined : linkButton({ label: words.first, href: address('') })}${page.next === undefined ? undefined : linkButton({ label: words.next, href: address(String(page.next)), sign: 'right' })}</div>`)}`
  })
}

/** What failed says so by its name. */
function eventOf ({ lang }: Visit, { event }: AuditEvent): Html {
  return html`${eventName(lang, event)}${isFailed(event) ? html` ${statusBadge('bad', wordsOf(lang).failed)}` : undefined}`
}

async function eventPage (visit: Visit): Promise<Html> {
  const { lang, api, params } = visit
  const words = wordsOf(lang)
  const event = await api.get<AuditEvent>(`/audit-events/${encodeURIComponent(params.id ?? '')}`)
  const { before, after, ...data } = event.data ?? {}
  const changes = before === undefined && after === undefined ? changesBetween(undefined, data) : changesBetween(before, after)
  return visit.page({
    title: eventName(lang, event.event),
    eyebrow: words.event,
    lead: identifier(event.event),
    ...isFailed(event.event) ? { status: statusBadge('bad', words.failed) } : {},
    breadcrumbs: [{ href: '/audit', label: words.title }],
    body: html`${descriptionList(lang, [
      { term: words.at, value: dateTime(event.time, lang) },
      { term: words.user, value: event.user ?? words.nobody, hint: event.user_id },
      { term: words.auth, value: event.auth },
      { term: words.origin, value: event.ipaddress === undefined ? undefined : identifier(event.ipaddress) },
      ...event.url === undefined ? [] : [{ term: words.url, value: identifier(event.url) }],
      ...event.reason === undefined ? [] : [{ term: words.reason, value: event.reason }],
      ...event.correlation_id === undefined ? [] : [{ term: words.number, value: identifier(event.correlation_id) }]
    ])}${section({ title: words.data, body: changes.length === 0 ? html`<p class="hint">${words.noData}</p>` : before === undefined && after === undefined ? descriptionList(lang, changes.map(({ field, after: value }) => ({ term: field, value }))) : changeList(lang, changes) })}`
  })
}
