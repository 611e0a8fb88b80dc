import { attributes, html, type Html, type HtmlValue, isPresent } from '../html.ts'
import { formatNumber, type Lang } from '../texts.ts'
import { csrfInput } from './csrf.ts'
import { icon } from './icon.ts'
import { wordsOf } from './words.ts'

export interface Column<Row> {
  readonly key: string
  readonly label: string
  /** May be sorted by; the name the address takes where it differs from the key. */
  readonly sort?: boolean | string
  /** Figures stand at the end. */
  readonly align?: 'start' | 'end'
  /** Names the row: read out before its cells, and the title of the card on a phone. The first column unless told. */
  readonly heading?: boolean
  /** Takes no more room than it needs. */
  readonly narrow?: boolean
  readonly render: (row: Row) => HtmlValue
}

export interface Selection<Row> {
  /** Name of the checkboxes. */
  readonly name: string
  readonly value: (row: Row) => string
  /** Which row it is, for a screen reader. */
  readonly label: (row: Row) => string
  readonly checked?: (row: Row) => boolean
  /** Rows that cannot be chosen have no checkbox. */
  readonly enabled?: (row: Row) => boolean
}

export interface DataTable<Row> {
  readonly caption: string
  /** Shown only to screen readers: the heading above says the same. True unless told. */
  readonly captionHidden?: boolean
  readonly columns: ReadonlyArray<Column<Row>>
  readonly rows: readonly Row[]
  /** Stands in place of the table without rows. */
  readonly empty?: HtmlValue
  readonly sortedBy?: { readonly key: string, readonly desc: boolean }
  /** Address of the same list in another order. */
  readonly href?: (sort: string, desc: boolean) => string
  readonly selection?: Selection<Row>
}

/**
 * Rows under headings that sort by links; on a phone each row becomes a card with its labels. The roles are written out,
 * because browsers forget that a table is one when its display changes.
 */
export function dataTable<Row> (lang: Lang, table: DataTable<Row>): Html {
  const { caption, captionHidden = true, columns, rows, empty, selection } = table
  if (rows.length === 0) return html`<div class="no-rows">${isPresent(empty) ? empty : html`<p class="hint">${wordsOf(lang).nothing}</p>`}</div>`
  const headed = columns.some(({ heading }) => heading === true) ? columns : columns.map((column, index) => index === 0 ? { ...column, heading: true } : column)
  return html`<div class="table-frame" role="region" aria-label="${caption}" tabindex="0"><table class="table" role="table">
<caption ${attributes({ class: captionHidden ? 'sr-only' : undefined })}>${caption}</caption>
<thead role="rowgroup"><tr role="row">${selection === undefined ? undefined : html`<th class="table__select" scope="col" role="columnheader"><span class="sr-only">${wordsOf(lang).select}</span></th>`}${headed.map((column) => head(lang, column, table))}</tr></thead>
<tbody role="rowgroup">${rows.map((row) => html`<tr role="row">${selection === undefined ? undefined : selector(selection, row)}${headed.map((column) => cell(column, row))}</tr>
`)}</tbody>
</table></div>`
}

function head<Row> (lang: Lang, column: Column<Row>, { sortedBy, href }: DataTable<Row>): Html {
  const sort = column.sort === true ? column.key : column.sort === false ? undefined : column.sort
  const sorted = sort !== undefined && sortedBy?.key === sort ? (sortedBy.desc ? 'descending' : 'ascending') : undefined
  const shown = sort === undefined || href === undefined
    ? column.label
    : html`<a ${attributes({ href: href(sort, sorted === 'ascending'), title: wordsOf(lang).sortBy(column.label) })}>${column.label}${sorted === undefined ? undefined : icon(sorted === 'ascending' ? 'up' : 'down')}</a>`
  return html`<th ${attributes({ scope: 'col', role: 'columnheader', class: classOf(column), 'aria-sort': sorted })}>${shown}</th>`
}

function cell<Row> (column: Column<Row>, row: Row): Html {
  const value = column.render(row)
  const shown = isPresent(value) ? value : html`<span class="dash" aria-hidden="true">–</span>`
  return column.heading === true
    ? html`<th ${attributes({ scope: 'row', role: 'rowheader', class: classOf(column), 'data-label': column.label })}>${shown}</th>`
    : html`<td ${attributes({ role: 'cell', class: classOf(column), 'data-label': column.label })}><div>${shown}</div></td>`
}

function classOf<Row> ({ align, narrow }: Column<Row>): string | undefined {
  return [align === 'end' ? 'end' : '', narrow === true ? 'narrow' : ''].filter((name) => name !== '').join(' ') || undefined
}

function selector<Row> ({ name, value, label, checked, enabled }: Selection<Row>, row: Row): Html {
  if (enabled !== undefined && !enabled(row)) return html`<td class="table__select" role="cell"></td>`
  return html`<td class="table__select" role="cell"><input ${attributes({ type: 'checkbox', name, value: value(row), checked: checked?.(row), 'aria-label': label(row) })}></td>`
}

export interface BulkSelection {
  readonly action: string
  readonly csrf: string | undefined
  /** A table with `selection`. */
  readonly body: HtmlValue
  /** Buttons that say what happens to the chosen rows, each with a name and a value. */
  readonly actions: HtmlValue
  /** Questions that go with it: a ground, a note. */
  readonly inputs?: HtmlValue
}

/** Rows chosen by checkboxes, and what to do with them, in one form. The bar stays in sight while the list is long. */
export function bulkSelection (lang: Lang, { action, csrf, body, actions, inputs }: BulkSelection): Html {
  const words = wordsOf(lang)
  return html`<form class="bulk" method="post" action="${action}" data-bulk data-all="${words.selectAll}">${csrfInput(csrf)}${body}<div class="bulk__bar"><p class="bulk__count js-only" role="status" data-count-label="${words.selected}"></p>${inputs}<div class="actions">${actions}</div></div></form>`
}

export interface Pager {
  readonly total: number
  readonly limit: number
  readonly offset: number
  /** Address of the page that begins at an offset. */
  readonly href: (offset: number) => string
}

/** Which rows are shown of how many, and the way to the others. */
export function pager (lang: Lang, { total, limit, offset, href }: Pager): Html | undefined {
  if (total === 0) return undefined
  const words = wordsOf(lang)
  const shown = words.rowsOf(offset + 1, Math.min(offset + limit, total), total)
  if (total <= limit && offset === 0) return html`<p class="pager"><span class="pager__shown">${shown}</span></p>`
  const current = Math.floor(offset / limit) + 1
  const last = Math.ceil(total / limit)
  const link = (page: number): Html => page === current
    ? html`<li><a href="${href((page - 1) * limit)}" aria-current="page" aria-label="${words.page(page)}">${formatNumber(page, lang)}</a></li>`
    : html`<li><a href="${href((page - 1) * limit)}" aria-label="${words.page(page)}">${formatNumber(page, lang)}</a></li>`
  const step = (page: number, label: string, rel: 'prev' | 'next'): Html | undefined => page < 1 || page > last
    ? undefined
    : html`<li><a href="${href((page - 1) * limit)}" rel="${rel}">${rel === 'prev' ? icon('left') : undefined}<span>${label}</span>${rel === 'next' ? icon('right') : undefined}</a></li>`
  return html`<nav class="pager" aria-label="${words.pages}"><span class="pager__shown">${shown}</span><ul>${step(current - 1, words.previous, 'prev')}${pagesAround(current, last).map((page) => page === undefined ? html`<li class="pager__gap" aria-hidden="true">…</li>` : link(page))}${step(current + 1, words.next, 'next')}</ul></nav>`
}

/** First, last and those around the current; `undefined` where some are left out. */
function pagesAround (current: number, last: number): Array<number | undefined> {
  const pages = [...new Set([1, current - 1, current, current + 1, last])].filter((page) => page >= 1 && page <= last).sort((a, b) => a - b)
  return pages.flatMap((page, index) => {
    const gap = page - (pages[index - 1] ?? page)
    return gap === 2 ? [page - 1, page] : gap > 2 ? [undefined, page] : [page]
  })
}
