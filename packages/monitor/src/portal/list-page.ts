import {
  actionForm, dataTable, dateTime, emptyState, filterBar, formatDateTime, fromKyivInput, html, linkButton, pager, results, statusBadge, tag, type Html
} from '@trembita/web'
import type { EventFilter } from '../events/index.ts'
import { isOwnRequest } from '../notice/index.ts'
import type { PortalDeps } from './deps.ts'
import { actorText, categoriesText, eventWordsOf, said } from './event-texts.ts'
import { listWordsOf as wordsOf } from './list-texts.ts'
import { groupAccesses, indexesOf, listOwn, markRead, type AccessGroup } from './own-accesses.ts'
import { delayAlert, sourcesSection } from './sources.ts'
import { citizenOf, type Pages, type Visit } from './visit.ts'

const ROWS = 100
const FILTERS = ['recipient', 'registry', 'from', 'until', 'people', 'unread', 'view'] as const

/** `/accesses`: who saw my data. */
export function listPages (pages: Pages, deps: PortalDeps): void {
  pages.get('/accesses', 'signed-in', async (visit) => await listPage(visit, deps))
  pages.post('/accesses/read', 'signed-in', async (visit) => {
    const indexes = await indexesOf(deps, citizenOf(visit))
    const { accesses } = await listOwn(deps, citizenOf(visit), indexes, {}, { offset: 0, limit: ROWS }, true)
    await markRead(deps, citizenOf(visit), accesses.map(({ event }) => event.eventId))
    return { to: '/accesses', said: 'read' }
  })
}

function filterOf ({ query }: Visit): EventFilter {
  const day = (text: string | undefined): Date | undefined => text === undefined ? undefined : fromKyivInput(`${text}T00:00`)
  const until = day(query.until)
  return {
    from: day(query.from),
    until: until === undefined ? undefined : new Date(until.getTime() + 86_400_000),
    recipient: query.recipient || undefined,
    registry: query.registry || undefined,
    byPersons: query.people === undefined ? undefined : true
  }
}

async function listPage (visit: Visit, deps: PortalDeps): Promise<Html> {
  const { lang, query, csrf } = visit
  const words = wordsOf(lang)
  const citizen = citizenOf(visit)
  const asked = Number(query.offset)
  const offset = Number.isSafeInteger(asked) && asked > 0 ? asked : 0
  const indexes = await indexesOf(deps, citizen)
  const [{ accesses, total }, facets, components] = await Promise.all([
    listOwn(deps, citizen, indexes, filterOf(visit), { offset, limit: ROWS }, query.unread !== undefined), indexes.length === 0 ? { recipients: [], registries: [] } : deps.events.facets(indexes), deps.components()
  ])
  // What is on the screen has been told.
  await deps.notices.seen(citizen.tag)
  const filtered = FILTERS.some((name) => name !== 'view' && (query[name] ?? '') !== '')
  const address = (at: number): string => `/accesses?${new URLSearchParams([...FILTERS.map((name) => [name, query[name] ?? '']), ['offset', at === 0 ? '' : String(at)]].filter(([, value]) => value !== '') as [string, string][]).toString()}`
  const groups = query.view === 'each' ? accesses.map((access): AccessGroup => ({ accesses: [access], unread: access.unread })) : groupAccesses(accesses)
  const option = ({ code, name, count }: typeof facets.recipients[number]): { value: string, label: string } => ({ value: code, label: `${said(name, lang)} (${count})` })
  const body = citizen.identity.rnokpp === undefined
    ? emptyState({ title: words.noNumberTitle, body: words.noNumber, sign: 'user' })
    : html`${filterBar(lang, {
        action: '/accesses',
        ...filtered ? { clearHref: '/accesses' } : {},
        fields: [
          { kind: 'select', name: 'recipient', label: words.recipient, value: query.recipient, empty: words.any, options: facets.recipients.map(option) },
          { kind: 'select', name: 'registry', label: words.registry, value: query.registry, empty: words.any, options: facets.registries.map(option) },
          { kind: 'date', name: 'from', label: words.from, value: query.from },
          { kind: 'date', name: 'until', label: words.until, value: query.until },
          { kind: 'select', name: 'view', label: words.grouped, value: query.view, empty: words.byGroups, options: [{ value: 'each', label: words.oneByOne }] },
          { kind: 'checkbox', name: 'people', label: words.people, checked: query.people !== undefined },
          { kind: 'checkbox', name: 'unread', label: words.unread, checked: query.unread !== undefined }
        ]
      })}${results(html`${total === 0 ? undefined : html`<p class="found">${words.found(total)}</p>`}${table(visit, groups, filtered, components.every(({ status }) => status === 'current'))}${pager(lang, { total, limit: ROWS, offset, href: address })}`)}`
  return visit.page({
    title: words.title,
    lead: words.lead,
    actions: total === 0 ? undefined : html`${actionForm({ action: '/accesses/read', csrf, label: words.markRead, kind: 'quiet', sign: 'check' })}${linkButton({ label: words.export, href: '/accesses/export', sign: 'download', download: true })}`,
    body: html`${delayAlert(lang, components)}${body}${sourcesSection(lang, components)}`
  })
}

/** @param complete all sources are in contact: only then does an empty list mean that there is nothing. */
function table (visit: Visit, groups: readonly AccessGroup[], filtered: boolean, complete: boolean): Html {
  const { lang } = visit
  const words = wordsOf(lang)
  const names = eventWordsOf(lang)
  return dataTable(lang, {
    caption: words.caption,
    rows: groups,
    empty: filtered
      ? emptyState({ title: words.noMatchTitle, body: words.noMatch, sign: 'search' })
      : emptyState(complete ? { title: words.emptyTitle, body: words.empty } : { title: words.unknownTitle, body: words.unknown, sign: 'wait' }),
    columns: [
      { key: 'who', label: words.who, heading: true, render: (group) => whoCell(visit, group) },
      { key: 'when', label: words.when, render: (group) => whenCell(visit, group) },
      {
        key: 'why',
        label: words.why,
        render: ({ accesses: [{ event }] }) => html`${said(event.purpose.text, lang)}<div class="hint">${event.legalBasis.citation}</div>`
      },
      {
        key: 'what',
        label: words.what,
        render: ({ accesses: [{ event }] }) => html`${categoriesText(event, lang)}<div class="hint">${names.operation(event.operation)}, ${names.outcome(event.outcome)}</div>${event.data.special ? statusBadge('warn', names.special) : undefined}`
      },
      {
        key: 'source',
        label: words.source,
        render: ({ accesses: [{ event }] }) => html`${said(event.holder.name, lang)}<div class="hint">${event.holder.registry}</div>`
      }
    ]
  })
}

function whoCell ({ lang }: Visit, { accesses: [{ event, visibility }], unread }: AccessGroup): Html {
  const words = eventWordsOf(lang)
  return html`<a href="/accesses/${event.eventId}">${said(event.recipient.name, lang)}</a>
<div class="hint">${actorText(event, lang)}, ${wordsOf(lang).system(event.recipient.system)}</div>
<div class="marks">${unread ? statusBadge('info', words.unread) : undefined}${event.emergency?.flag === true ? statusBadge('bad', words.emergency) : undefined}${visibility.state === 'lifted' ? statusBadge('wait', words.lifted) : undefined}${isOwnRequest(event) ? tag(words.own) : undefined}${event.subject?.role === 'related' ? tag(words.related) : undefined}</div>`
}

function whenCell ({ lang }: Visit, { accesses }: AccessGroup): Html {
  const words = wordsOf(lang)
  if (accesses.length === 1) return dateTime(accesses[0].event.occurredAt, lang)
  const [newest] = accesses
  const oldest = accesses.at(-1)!
  return html`<strong>${words.times(accesses.length)}</strong> ${words.between(formatDateTime(oldest.event.occurredAt, lang), formatDateTime(newest.event.occurredAt, lang))}
<details><summary>${words.each}</summary><ul class="plain">${accesses.map(({ event }) => html`<li><a href="/accesses/${event.eventId}">${formatDateTime(event.occurredAt, lang)}</a></li>`)}</ul></details>`
}
