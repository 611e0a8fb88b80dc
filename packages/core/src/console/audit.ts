import {
  changeList, changesBetween, dataTable, dateTime, descriptionList, emptyState, filterBar, fromKyivInput, html, identifier, linkButton, pager, results, section, timeline, type Html, type Lang
} from '@trembita/web'
import { actionName } from './action-names.ts'
import { auditWordsOf as wordsOf } from './audit-texts.ts'
import type { ApiClient } from './api-client.ts'
import type { Console, Visit } from './console.ts'

/** A change as the API tells it. */
interface AuditEvent {
  readonly id: number
  readonly at: string
  readonly actor: { readonly kind: string, readonly id: string, readonly name: string }
  readonly approved_by?: { readonly name: string }
  readonly origin: string
  readonly action: string
  readonly object: { readonly kind: string, readonly id: string }
  readonly before?: unknown
  readonly after?: unknown
  readonly previous_hash: string
  readonly hash: string
}

interface EventPage {
  readonly items: readonly AuditEvent[]
  readonly paging_metadata: { readonly total_items: number, readonly limit: number, readonly offset: number }
}

const FILTERS = ['from', 'to', 'action', 'object_kind', 'object_id'] as const

/** The audit log: who changed what, and the whole of it to take away. */
export function auditPages (console: Console): void {
  console.get('/audit', listPage)
  console.get('/audit/:id', eventPage)
  console.get('/audit/export', async (visit) => {
    const { bytes } = await visit.api.download('/audit-events/export')
    return { bytes, type: 'application/x-ndjson', fileName: 'audit-log.jsonl' }
  })
}

/** What happened to one object: every page of an object ends with it. */
export async function historyOf (api: ApiClient, lang: Lang, kind: string, id: string): Promise<Html> {
  const { items } = await api.get<EventPage>('/audit-events', { object_kind: kind, object_id: id, limit: 50 })
  if (items.length === 0) return html`<p class="hint">${wordsOf(lang).noHistory}</p>`
  return timeline(lang, items.map(({ id, at, actor, approved_by: second, action, before, after }) => ({
    at,
    actor: second === undefined ? actor.name : `${actor.name} + ${second.name}`,
    action: actionName(lang, action),
    changes: changesBetween(before, after),
    href: `/audit/${id}`
  })))
}

async function listPage (visit: Visit): Promise<Html> {
  const { lang, query, api } = visit
  const words = wordsOf(lang)
  const filters = Object.fromEntries(FILTERS.map((name) => [name, query[name] ?? '']))
  const { from, to, ...rest } = filters
  const page = await api.get<EventPage>('/audit-events', { ...rest, from: fromKyivInput(from ?? '')?.toISOString(), to: fromKyivInput(to ?? '')?.toISOString(), limit: 50, offset: Number(query.offset ?? 0) })
  const { total_items: total, limit, offset } = page.paging_metadata
  const href = (at: number): string => `/audit?${new URLSearchParams({ ...filters, offset: String(at) }).toString()}`
  return visit.page({
    title: words.title,
    lead: words.lead,
    actions: linkButton({ label: words.export, href: '/audit/export', sign: 'download', download: true }),
    body: html`${filterBar(lang, {
      action: '/audit',
      clearHref: '/audit',
      fields: [
        { kind: 'datetime', name: 'from', label: words.from, value: filters.from },
        { kind: 'datetime', name: 'to', label: words.to, value: filters.to },
        { name: 'action', label: words.action, value: filters.action, placeholder: 'member.' },
        { name: 'object_kind', label: words.objectKind, value: filters.object_kind },
        { name: 'object_id', label: words.objectId, value: filters.object_id }
      ]
    })}${results(html`${dataTable(lang, {
      caption: words.title,
      rows: page.items,
      empty: emptyState({ title: words.empty }),
      columns: [
        { key: 'at', label: words.at, heading: true, render: ({ id, at }) => html`<a href="/audit/${id}">${dateTime(at, lang)}</a>` },
        { key: 'actor', label: words.actor, render: ({ actor, approved_by: second }) => second === undefined ? actor.name : `${actor.name} + ${second.name}` },
        { key: 'action', label: words.action, render: ({ action }) => html`${actionName(lang, action)} <span class="hint">${identifier(action)}</span>` },
        { key: 'object', label: words.object, render: ({ object }) => html`${object.kind} ${identifier(object.id)}` },
        { key: 'origin', label: words.origin, render: ({ origin }) => origin }
      ]
    })}${pager(lang, { total, limit, offset, href })}`)}`
  })
}

async function eventPage (visit: Visit): Promise<Html> {
  const { lang, api, params } = visit
  const words = wordsOf(lang)
  const event = await api.get<AuditEvent>(`/audit-events/${encodeURIComponent(params.id ?? '')}`)
  const changes = changesBetween(event.before, event.after)
  return visit.page({
    title: actionName(lang, event.action),
    eyebrow: words.event(event.id),
    breadcrumbs: [{ href: '/audit', label: words.title }],
    lead: identifier(event.action),
    body: html`${descriptionList(lang, [
      { term: words.at, value: dateTime(event.at, lang) },
      { term: words.actor, value: event.actor.name, hint: `${event.actor.kind} ${event.actor.id}` },
      ...event.approved_by === undefined ? [] : [{ term: words.approvedBy, value: event.approved_by.name }],
      { term: words.origin, value: event.origin },
      { term: words.object, value: html`${event.object.kind} ${identifier(event.object.id)}` },
      { term: words.hash, value: identifier(event.hash) },
      { term: words.previousHash, value: identifier(event.previous_hash) }
    ])}${section({ title: words.changes, body: changes.length === 0 ? html`<p>${words.noChanges}</p>` : changeList(lang, changes) })}`
  })
}
