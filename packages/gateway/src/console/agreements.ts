import { dataTable, dateTime, day, emptyState, html, identifier, linkButton, section, statusBadge, tag, type Html, type StatusKind } from '@trembita/web'
import type { Console, Visit } from '@trembita/web/console'
import { agreementsWordsOf as wordsOf } from './agreements-texts.ts'
import { exchangePath } from './messages.ts'

interface Agreement {
  readonly id: string
  readonly version: number
  readonly status: string
  readonly consumer: string
  readonly provider: string
  readonly from: string
  readonly until: string
  readonly purposes: readonly string[]
  readonly services: readonly string[]
}

interface AgreementEvent {
  readonly id: number
  readonly at: string
  readonly request_id: string
  readonly client: string
  readonly service: string
  readonly agreements: readonly string[]
  readonly outcome: string
  readonly reason?: string
  readonly places: readonly string[]
}

const EVENTS = 50
const BADGES: Readonly<Record<string, StatusKind>> = { active: 'ok', future: 'wait', suspended: 'bad' }

/** Agreements that the gateway holds calls to, and the answers that were outside them. */
export function agreementPages (console: Console): void {
  console.get('/agreements', async (visit) => {
    const { lang, api } = visit
    const words = wordsOf(lang)
    const agreements = await api.get<Agreement[]>('/agreements')
    return visit.page({
      title: words.title,
      lead: words.lead,
      body: html`${dataTable(lang, {
        caption: words.title,
        rows: agreements,
        empty: emptyState({ title: words.none, sign: 'agreement' }),
        columns: [
          { key: 'id', label: words.id, heading: true, render: ({ id, version }) => html`${identifier(id)} <span class="hint">${words.version(version)}</span>` },
          { key: 'consumer', label: words.consumer, render: ({ consumer }) => identifier(consumer) },
          { key: 'provider', label: words.provider, render: ({ provider }) => identifier(provider) },
          { key: 'services', label: words.services, render: ({ services }) => services.map((one) => html`${tag(one)} `) },
          { key: 'purposes', label: words.purposes, render: ({ purposes }) => purposes.map((one) => html`${tag(one)} `) },
          { key: 'term', label: words.term, render: ({ from, until }) => html`${day(from, lang)} – ${day(until, lang)}` },
          { key: 'state', label: words.state, narrow: true, render: ({ status }) => statusBadge(BADGES[status] ?? 'idle', words.states(status)) }
        ]
      })}${await events(visit)}`
    })
  })
}

async function events ({ lang, api, query }: Visit): Promise<Html> {
  const words = wordsOf(lang)
  const rows = await api.get<AgreementEvent[]>('/agreement-events', { limit: EVENTS, before: query.before })
  const last = rows.at(-1)
  return section({
    title: words.events,
    lead: words.eventsLead,
    body: html`${dataTable(lang, {
      caption: words.events,
      rows,
      empty: html`<p class="hint">${words.noEvents}</p>`,
      columns: [
        { key: 'at', label: words.at, heading: true, render: (row) => html`<a href="${exchangePath(row.request_id)}">${dateTime(row.at, lang)}</a>` },
        { key: 'agreement', label: words.id, render: ({ agreements }) => agreements.map((one) => html`${identifier(one)} `) },
        { key: 'client', label: words.client, render: ({ client }) => identifier(client) },
        { key: 'service', label: words.service, render: ({ service }) => identifier(service) },
        { key: 'outcome', label: words.outcome, render: ({ outcome, reason }) => html`${statusBadge(outcome === 'removed' ? 'warn' : 'bad', words.outcomes(outcome))}${reason === undefined ? undefined : html`<div class="hint">${reason}</div>`}` },
        { key: 'places', label: words.places, render: ({ places }) => places.map((one) => html`<div>${identifier(one)}</div>`) }
      ]
    })}${rows.length === EVENTS && last !== undefined ? html`<div class="actions">${linkButton({ label: words.older, href: `/agreements?before=${last.id}`, sign: 'right' })}</div>` : undefined}`
  })
}
