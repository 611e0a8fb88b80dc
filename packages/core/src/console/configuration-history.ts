import { dataTable, dateTime, diff, emptyState, formatDateTime, html, identifier, pager, section, statusBadge, tag, type Html, type StatusKind } from '@trembita/web'
import { configurationTabs } from './configuration-frame.ts'
import { configurationWordsOf as wordsOf } from './configuration-texts.ts'
import type { Console, Visit } from './console.ts'

interface Generation { readonly stamp: string, readonly published_at: string, readonly revision: number, readonly last_audit_event?: number, readonly parts: readonly object[] }
interface Change {
  readonly part: string
  readonly kind: string
  readonly id: string
  readonly change: string
  readonly fields?: readonly { readonly name: string, readonly before?: string, readonly after?: string, readonly added?: readonly string[], readonly removed?: readonly string[] }[]
}
interface Difference {
  readonly before: Generation
  readonly after: Generation
  readonly total: number
  readonly items: readonly Change[]
  readonly texts: readonly { readonly part: string, readonly change: string, readonly before?: string, readonly after?: string }[]
}

const PATH = '/configuration/history'
const ROWS = 50
const CHANGES = 200
const BADGES: Readonly<Record<string, StatusKind>> = { added: 'ok', removed: 'bad', changed: 'info' }

/** What was published, and what changed from one time to the next. */
export function configurationHistoryPages (console: Console): void {
  console.get(PATH, historyPage)
  console.get(`${PATH}/:stamp`, differencePage)
}

async function historyPage (visit: Visit): Promise<Html> {
  const { lang, api, query } = visit
  const words = wordsOf(lang)
  const offset = Number(query.offset ?? 0)
  const { total, items } = await api.get<{ total: number, items: readonly Generation[] }>('/configuration-sources/INTERNAL/generations', { limit: ROWS, offset })
  return visit.page({
    title: words.history,
    breadcrumbs: [{ href: '/configuration', label: words.title }],
    lead: words.historyLead,
    body: html`${configurationTabs(visit)}${dataTable(lang, {
      caption: words.history,
      rows: items,
      empty: emptyState({ title: words.noHistory, sign: 'publish' }),
      columns: [
        { key: 'at', label: words.publishedAt, heading: true, render: (row) => dateTime(row.published_at, lang) },
        { key: 'revision', label: words.revision, align: 'end', narrow: true, render: (row) => row.revision },
        { key: 'event', label: words.auditEvent, render: ({ last_audit_event: event }) => event === undefined || event === 0 ? undefined : html`<a href="/audit/${event}">№ ${event}</a>` },
        // The oldest that is kept has nothing before it to be compared with.
        { key: 'compare', label: words.compare, render: (row) => offset + items.indexOf(row) + 1 < total ? html`<a href="${PATH}/${row.stamp}">${words.compare}</a>` : undefined }
      ]
    })}${pager(lang, { total, limit: ROWS, offset, href: (at) => `${PATH}?offset=${at}` })}`
  })
}

async function differencePage (visit: Visit): Promise<Html> {
  const { lang, api, params } = visit
  const words = wordsOf(lang)
  const { before, after, total, items, texts } = await api.get<Difference>(`/configuration-sources/INTERNAL/generations/${encodeURIComponent(params.stamp ?? '')}/diff`, { limit: CHANGES })
  return visit.page({
    title: words.compare,
    breadcrumbs: [{ href: '/configuration', label: words.title }, { href: PATH, label: words.history }],
    lead: words.changedFrom(formatDateTime(before.published_at, lang), formatDateTime(after.published_at, lang)),
    body: html`${section({
      title: words.changes,
      body: html`${dataTable(lang, {
        caption: words.changes,
        rows: items,
        empty: html`<p class="hint">${words.noChanges}</p>`,
        columns: [
          { key: 'object', label: words.object, heading: true, render: (row) => html`${identifier(row.id)}<div class="hint">${row.kind}</div>` },
          { key: 'part', label: words.part, render: (row) => tag(row.part) },
          { key: 'change', label: words.change, narrow: true, render: (row) => statusBadge(BADGES[row.change] ?? 'info', words.changeKinds(row.change)) },
          { key: 'what', label: words.what, render: (row) => fieldList(visit, row) }
        ]
      })}${items.length < total ? html`<p class="hint">${words.more(items.length, total)}</p>` : undefined}`
    })}${texts.map(({ part, before: old, after: now }) => section({
      title: part, body: old === undefined && now === undefined ? html`<p class="hint">${words.tooLong}</p>` : diff(lang, { before: old ?? '', after: now ?? '', label: part, format: 'xml' })
    }))}`
  })
}

function fieldList ({ lang }: Visit, { fields = [] }: Change): Html | undefined {
  const words = wordsOf(lang)
  if (fields.length === 0) return undefined
  return html`<ul>${fields.map(({ name, before, after, added = [], removed = [] }) => html`<li>${identifier(name)}: ${before === undefined && after === undefined
    ? [added.length === 0 ? undefined : words.addedValues(added.join(', ')), removed.length === 0 ? undefined : words.removedValues(removed.join(', '))].filter(Boolean).join('; ')
    : html`${before === undefined ? undefined : html`<del>${before}</del> `}${after === undefined ? undefined : html`<ins>${after}</ins>`}`}</li>`)}</ul>`
}
