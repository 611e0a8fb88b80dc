import { alert, dataTable, emptyState, filterBar, html, linkButton, pager, results, suggestionOptions, tag, type Field, type Html, type Lang } from '@trembita/web'
import { at, type Site, type Visit } from '../pages/index.ts'
import { fragmentOf, type Fragment } from './fragment.ts'
import { FACET_NAMES, type FacetName, type SearchDocument } from './search-document.ts'
import { entryPath } from './entry-path.ts'
import { searchWordsOf } from './texts.ts'
import { QUERY_LENGTH_MAX, type Facets, type TextAnswer } from './text-index.ts'

const PAGE_ROWS = 20
/** Organisations and states that a filter offers; those with the most entries. */
const OPTIONS_MAX = 50

/** `/search`: words, filters with counts, entries with the piece of text in which they were found. */
export const searchPages = (site: Site): void => {
  site.get('/search', (visit) => searchPage(site, visit))
  site.get('/search/suggestions', async ({ query, viewer }) => ({
    bytes: suggestionOptions((await site.parts.search.suggest(query.q ?? '', viewer)).map(({ text }) => ({ value: text, label: text }))).markup,
    type: 'text/html; charset=utf-8'
  }))
}

async function searchPage ({ parts: { search } }: Site, visit: Visit): Promise<Html> {
  const { lang, query, viewer } = visit
  const words = searchWordsOf(lang)
  const asked = (query.q ?? '').slice(0, QUERY_LENGTH_MAX).trim()
  const facets: Facets = Object.fromEntries(FACET_NAMES.flatMap((name) => query[name] === undefined || query[name] === '' ? [] : [[name, query[name]]]))
  const answer = await search.find({ query: asked, viewer, facets })
  const organisations = await search.titlesOf('organisation', answer.counts.organisation.keys())
  const offset = Math.max(0, Math.floor(Number(query.offset ?? 0)) || 0)
  const href = (changes: Readonly<Record<string, string | undefined>>): string => {
    const parameters = new URLSearchParams(Object.entries({ q: asked, ...facets, ...changes }).filter((pair): pair is [string, string] => pair[1] !== undefined && pair[1] !== ''))
    return at(`/search${parameters.size === 0 ? '' : `?${parameters}`}`)
  }
  const reading = words.readings[answer.reading]
  return visit.page({
    title: words.title,
    lead: words.lead,
    body: html`${filterBar(lang, {
      action: at('/search'),
      ...asked === '' && Object.keys(facets).length === 0 ? {} : { clearHref: at('/search') },
      fields: [
        { kind: 'search', name: 'q', label: words.query, hint: words.hint, value: asked, lengthMax: QUERY_LENGTH_MAX, suggestFrom: at('/search/suggestions') },
        ...FACET_NAMES.map((name) => facetField(name, answer, facets[name], organisations, lang))
      ]
    })}
${results(answer.hits.length === 0
  ? nothing(lang, facets, href({ kind: undefined, organisation: undefined, protocol: undefined, status: undefined, personalData: undefined }))
  : html`${reading === undefined ? undefined : alert(lang, { kind: 'info', title: reading(answer.understood ?? '') })}
<p role="status">${words.found(answer.hits.length)}</p>
${dataTable(lang, {
    caption: words.title,
    rows: answer.hits.slice(offset, offset + PAGE_ROWS),
    columns: [
      { key: 'title', label: words.name, heading: true, render: ({ document }) => html`<a href="${at(entryPath(document))}">${marked(fragmentOf(titleOf(document, lang), answer.terms)) ?? titleOf(document, lang)}</a>` },
      { key: 'kind', label: words.facets.kind, narrow: true, render: ({ document: { kind } }) => tag(words.values[kind]!) },
      { key: 'text', label: words.facets.organisation, render: ({ document }) => about(document, answer, organisations.get(document.organisationId ?? '')) },
      { key: 'status', label: words.facets.status, narrow: true, render: ({ document: { facets: { status } } }) => status?.map((one) => words.values[one] ?? one).join(', ') }
    ]
  })}
${pager(lang, { total: answer.hits.length, limit: PAGE_ROWS, offset, href: (offset) => href({ offset: String(offset) }) })}`)}`
  })
}

function titleOf ({ title, titleEn }: SearchDocument, lang: Lang): string {
  return lang === 'en' ? titleEn ?? title : title
}

function facetField (name: FacetName, { counts }: TextAnswer, value: string | undefined, organisations: ReadonlyMap<string, string>, lang: Lang): Field {
  const words = searchWordsOf(lang)
  const values = [...counts[name]].sort(([, a], [, b]) => b - a).slice(0, OPTIONS_MAX)
  if (value !== undefined && !values.some(([one]) => one === value)) values.push([value, 0])
  const labelOf = (one: string): string => name === 'organisation' ? organisations.get(one) ?? one : words.values[one] ?? one
  return { kind: 'select', name, label: words.facets[name], value, empty: words.any, options: values.map(([one, count]) => ({ value: one, label: `${labelOf(one)} (${count})` })) }
}

/** The organisation, and the piece of text that holds the words when the title does not. */
function about ({ fields: { purpose, content, text, codes, title } }: SearchDocument, { terms }: TextAnswer, organisation: string | undefined): Html {
  const inTitle = fragmentOf(title, terms) !== undefined
  const piece = inTitle ? undefined : [purpose, content, text, codes].map((one) => fragmentOf(one.replaceAll('\n', ' · '), terms)).find((one) => one !== undefined)
  return html`${organisation}${piece === undefined ? (purpose === '' ? undefined : html`<div class="hint">${purpose.split('\n')[0]}</div>`) : html`<div class="hint">${marked(piece)}</div>`}`
}

function marked (pieces: readonly Fragment[] | undefined): Html | undefined {
  return pieces === undefined ? undefined : html`${pieces.map(({ text, hit }) => hit ? html`<mark>${text}</mark>` : text)}`
}

function nothing (lang: Lang, facets: Facets, href: string): Html {
  const words = searchWordsOf(lang)
  return emptyState({
    title: words.nothing,
    sign: 'search',
    body: html`${words.nothingHints.map((hint) => html`<p>${hint}</p>`)}`,
    action: Object.keys(facets).length > 0 ? linkButton({ label: words.withoutFilters, href }) : linkButton({ label: words.all, href: at('/interfaces') })
  })
}
