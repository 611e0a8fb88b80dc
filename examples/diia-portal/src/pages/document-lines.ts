import {
  alert, dataTable, dateTime, day, descriptionList, html, type Html, identifier, type Lang, section, statusBadge, type StatusKind, type Term
} from '@trembita/web'
import type { DocumentData, DocumentState, PersonDocument } from '../documents/index.ts'
import { documentWordsOf } from './document-texts.ts'

type Shown = readonly [kind: StatusKind, text: string]

function shownState (lang: Lang, state: DocumentState): Shown {
  const words = documentWordsOf(lang)
  switch (state.state) {
    case 'ready': {
      const { data: { status }, missing } = state.document
      if (status === 'cancelled') return ['bad', words.cancelled]
      if (status === 'expired') return ['warn', words.expired]
      return missing.length > 0 ? ['warn', words.partial] : ['ok', words.ready]
    }
    case 'none': return ['idle', words.none]
    case 'discrepancy': return ['warn', words.discrepancy]
    case 'noRnokpp': return ['idle', words.noRnokpp]
    case 'unavailable': return ['bad', words.unavailable]
    case 'refused': return ['bad', words.refused]
  }
}

/** State of a document in a word. */
export function documentBadge (lang: Lang, state: DocumentState): Html {
  return statusBadge(...shownState(lang, state))
}

export function documentStateText (lang: Lang, state: DocumentState): string {
  return shownState(lang, state)[1]
}

/** Why there is nothing to show; an outage is said to be one. */
export function documentAbsence (lang: Lang, state: Exclude<DocumentState, { state: 'ready' }>): Html {
  const words = documentWordsOf(lang)
  switch (state.state) {
    case 'none': return alert(lang, { kind: 'info', title: words.none, body: html`${words.noneText} ${words.asOf}: ${dateTime(state.source.asOf, lang)}` })
    case 'noRnokpp': return alert(lang, { kind: 'info', title: words.noRnokpp, body: words.noRnokppText })
    case 'discrepancy': return alert(lang, { kind: 'warn', title: words.discrepancy, body: words.discrepancyText })
    case 'unavailable': return alert(lang, { kind: 'bad', title: words.unavailable, body: html`${words.unavailableText} ${failure(lang, state)}` })
    case 'refused': return alert(lang, { kind: 'bad', title: words.refused, body: html`${words.refusedText} ${failure(lang, state)}` })
  }
}

function failure (lang: Lang, { code, exchangeId }: { readonly code: string, readonly exchangeId: string | undefined }): Html {
  const words = documentWordsOf(lang)
  return html`<br>${words.failure}: ${identifier(code)}${exchangeId === undefined ? undefined : html`, ${words.exchange}: ${identifier(exchangeId)}`}`
}

/** What the document says. @param level of the headings within. */
export function documentFacts (lang: Lang, { data, missing, source }: PersonDocument, holder: string, level: 2 | 3 = 2): Html {
  const words = documentWordsOf(lang)
  const text = (term: string, value: string | undefined): Term[] => value === undefined ? [] : [{ term, value }]
  const date = (term: string, value: string | undefined): Term[] => value === undefined ? [] : [{ term, value: day(value, lang) }]
  const code = (term: string, value: string | undefined): Term[] => value === undefined ? [] : [{ term, value: identifier(value) }]
  const period = data.periodFrom === undefined ? undefined : `${data.periodFrom} – ${data.periodTo ?? ''}`
  return html`${descriptionList(lang, [
    { term: words.holder, value: holder },
    ...code(words.number, data.number),
    ...code(words.rnokpp, data.rnokpp),
    ...date(words.birthDate, data.birthDate),
    ...date(words.issuedAt, data.issuedAt),
    ...date(words.expiresAt, data.expiresAt),
    ...text(words.issuer, data.issuer),
    ...code(words.recordNumber, data.recordNumber),
    ...text(words.citizenship, data.citizenship),
    ...text(words.registeredAddress, data.registeredAddress),
    ...text(words.actualAddress, data.actualAddress),
    ...code(words.katottg, data.katottg),
    ...date(words.cancelledAt, data.cancelledAt),
    ...text(words.period, period),
    ...missing.length === 0 ? [] : [{ term: words.missing, value: missing.map(({ field, reason }) => html`${identifier(field)} ${words.reason(reason)} `) }],
    { term: words.source, value: words.register(source.register) },
    { term: words.asOf, value: dateTime(source.asOf, lang) },
    ...code(words.exchange, source.exchangeId)
  ])}${data.sources === undefined ? undefined : incomes(lang, data.sources, level)}`
}

function incomes (lang: Lang, sources: NonNullable<DocumentData['sources']>, level: 2 | 3): Html {
  const words = documentWordsOf(lang)
  const rows = sources.flatMap((source) => source.periods.map((period) => ({ source, period })))
  const pair = (first: string | undefined, second: string | undefined): string => `${money(first)} / ${money(second)}`
  return section({
    title: words.incomes,
    level,
    body: dataTable(lang, {
      caption: words.incomes,
      rows,
      empty: html`<p>${words.noIncomes}</p>`,
      columns: [
        { key: 'agent', label: words.agent, heading: true, render: ({ source }) => html`${source.name ?? source.agent} ${source.name === undefined ? undefined : identifier(source.agent)}` },
        { key: 'quarter', label: words.quarter, narrow: true, render: ({ period }) => `${period.year}, ${period.quarter}` },
        { key: 'accrued', label: words.accrued, align: 'end', render: ({ period }) => money(period.accrued) },
        { key: 'paid', label: words.paid, align: 'end', render: ({ period }) => money(period.paid) },
        { key: 'tax', label: words.tax, align: 'end', render: ({ period }) => pair(period.taxCharged, period.taxTransferred) },
        { key: 'levy', label: words.levy, align: 'end', render: ({ period }) => pair(period.levyCharged, period.levyTransferred) }
      ]
    })
  })
}

/** Decimal text in groups of three: never through a floating-point number. */
function money (amount: string | undefined): string {
  if (amount === undefined || amount === '') return '–'
  const [whole = '', cents] = amount.split('.')
  const grouped = whole.replace(/\B(?=(\d{3})+(?!\d))/g, '\u00A0')
  return cents === undefined ? grouped : `${grouped},${cents}`
}
