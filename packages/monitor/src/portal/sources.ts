import { alert, dataTable, dateTime, formatDate, formatDateTime, html, section, statusBadge, type Html, type Lang, type StatusKind } from '@trembita/web'
import type { ComponentState } from '../events/index.ts'
import { said } from './event-texts.ts'
import { listWordsOf as wordsOf } from './list-texts.ts'

/** What must be known before an empty list is believed: which sources are late or silent. Nothing when all are in contact. */
export function delayAlert (lang: Lang, components: readonly ComponentState[]): Html | undefined {
  const words = wordsOf(lang)
  const lines = components.filter(({ status }) => status !== 'current').map(({ status, name, heardAt, oldestUnsent }) => {
    if (status === 'never') return words.never(said(name, lang))
    const since = (at: Date | undefined): string => at === undefined ? '' : formatDateTime(at, lang)
    return status === 'silent' ? words.silent(said(name, lang), since(heardAt)) : words.late(said(name, lang), since(oldestUnsent))
  })
  if (lines.length === 0) return undefined
  return html`<div class="alerts">${alert(lang, { kind: 'warn', title: words.delayedTitle, body: html`<ul>${lines.map((line) => html`<li>${line}</li>`)}</ul>` })}</div>`
}

const KINDS: Readonly<Record<ComponentState['status'], StatusKind>> = { current: 'ok', late: 'warn', silent: 'bad', never: 'idle' }

export function sourcesSection (lang: Lang, components: readonly ComponentState[]): Html {
  const words = wordsOf(lang)
  const states = { current: words.current, late: words.lateState, silent: words.silentState, never: words.neverState }
  return section({
    title: words.sources,
    id: 'sources',
    lead: words.sourcesLead,
    body: dataTable(lang, {
      caption: words.sources,
      rows: components,
      empty: html`<p class="hint">${words.noSources}</p>`,
      columns: [
        { key: 'name', label: words.sourceName, heading: true, render: ({ name }) => said(name, lang) },
        { key: 'state', label: words.state, render: ({ status }) => statusBadge(KINDS[status], states[status]) },
        { key: 'heard', label: words.heard, render: ({ heardAt }) => heardAt === undefined ? undefined : dateTime(heardAt, lang) },
        {
          key: 'registries',
          label: words.registries,
          render: ({ spans }) => spans.length === 0 ? undefined : html`<ul class="plain">${spans.map(({ name, from, until }) => html`<li>${said(name, lang)}: ${words.span(formatDate(from, lang), formatDate(until, lang))}</li>`)}</ul>`
        }
      ]
    })
  })
}
