import { dataTable, dateTime, emptyState, html, identifier, pager, section, statusBadge, type Html, type StatusKind } from '@trembita/web'
import { configurationTabs } from './configuration-frame.ts'
import { configurationWordsOf as wordsOf } from './configuration-texts.ts'
import type { Console } from './console.ts'
import { listingOf } from './listing.ts'

interface Gateway { readonly security_server_id: string, readonly address?: string, readonly state: string, readonly last_download_at?: string, readonly version?: number, readonly shared_with: number }
interface Origin { readonly origin: string, readonly source_type: string, readonly version?: number, readonly first_download_at: string, readonly last_download_at: string }

const BADGES: Readonly<Record<string, StatusKind>> = { seen: 'ok', notSeen: 'warn', unknownAddress: 'idle' }
const PATH = '/configuration/downloads'

/** Which gateways fetch the configuration, as far as their addresses tell. */
export function downloadPages (console: Console): void {
  console.get(PATH, async (visit): Promise<Html> => {
    const { lang, api } = visit
    const words = wordsOf(lang)
    const listing = listingOf(visit, [])
    const [{ total, items }, origins] = await Promise.all([
      api.get<{ total: number, items: readonly Gateway[] }>('/configuration-downloads', listing.query), api.get<Origin[]>('/configuration-downloads/unknown-origins')
    ])
    return visit.page({
      title: words.downloads,
      breadcrumbs: [{ href: '/configuration', label: words.title }],
      lead: words.downloadsLead,
      body: html`${configurationTabs(visit)}${dataTable(lang, {
        caption: words.downloads,
        rows: items,
        empty: emptyState({ title: words.noGateways, sign: 'gateway' }),
        columns: [
          { key: 'id', label: words.gateway, heading: true, render: (row) => html`<a href="/security-servers/${encodeURIComponent(row.security_server_id)}">${identifier(row.security_server_id)}</a>` },
          { key: 'address', label: words.address, render: ({ address, shared_with: shared }) => address === undefined ? undefined : html`${identifier(address)}${shared > 0 ? html`<div class="hint">${words.sharedWith(shared)}</div>` : undefined}` },
          { key: 'last', label: words.lastAt, render: ({ last_download_at: at }) => at === undefined ? undefined : dateTime(at, lang) },
          { key: 'version', label: words.version, align: 'end', narrow: true, render: ({ version }) => version },
          { key: 'state', label: words.state, narrow: true, render: ({ state }) => statusBadge(BADGES[state] ?? 'idle', words.states(state)) }
        ]
      })}${pager(lang, { total, limit: Number(listing.query.limit), offset: Number(listing.query.offset), href: listing.at })}${section({
        title: words.unknownOrigins,
        body: dataTable(lang, {
          caption: words.unknownOrigins,
          rows: origins,
          empty: html`<p class="hint">${words.noUnknown}</p>`,
          columns: [
            { key: 'origin', label: words.origin, heading: true, render: ({ origin }) => identifier(origin) },
            { key: 'kind', label: words.kind, render: (row) => words.kinds(row.source_type) },
            { key: 'version', label: words.version, align: 'end', narrow: true, render: ({ version }) => version },
            { key: 'first', label: words.firstAt, render: (row) => dateTime(row.first_download_at, lang) },
            { key: 'last', label: words.lastAt, render: (row) => dateTime(row.last_download_at, lang) }
          ]
        })
      })}`
    })
  })
}
