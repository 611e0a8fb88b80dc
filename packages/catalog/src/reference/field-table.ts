import { dataTable, html, identifier, section, tag, type Html, type HtmlValue, type Lang } from '@trembita/web'
import { PREFIXES } from '../export/index.ts'
import type { FieldNode } from './field-node.ts'
import { referenceWordsOf } from './texts.ts'

interface Row { readonly path: readonly string[], readonly field: FieldNode }

/** Fields in the order of their tree below a heading, each with the way to it, type, limits, marks of personal data and terms. @param of whose fields they are: tables of one page have names of their own. */
export function fieldTable (title: string, of: string, fields: readonly FieldNode[], lang: Lang, more?: HtmlValue): Html {
  const words = referenceWordsOf(lang)
  const table = dataTable<Row>(lang, {
    caption: `${title} · ${of}`,
    rows: fields.flatMap((field) => rowsOf(field, [])),
    empty: html`<p class="hint">${words.noFields}</p>`,
    columns: [
      { key: 'field', label: words.field, heading: true, render: ({ path, field }) => html`${path.length === 0 ? undefined : html`<span class="hint">${path.join(' › ')} › </span>`}${identifier(field.name)}` },
      { key: 'type', label: words.type, render: ({ field }) => html`${field.type}${field.required ? html` ${tag(words.required)}` : undefined}${field.alternative === true ? html` ${tag(words.alternative)}` : undefined}${field.many ? html` ${tag(words.many)}` : undefined}${field.limits.length === 0 ? undefined : html`<div class="hint">${field.limits.join(', ')}</div>`}` },
      {
        key: 'meaning',
        label: words.meaning,
        render: ({ field: { about, personal, terms, recursive } }) => html`${about}${recursive === true ? html`<div class="hint">${words.recursive}</div>` : undefined}${personal === undefined ? undefined : html`<div>${tag(words.personal)} ${personal}</div>`}${terms.map((term) => html`<div class="hint">${words.term}: <span title="${term}">${compact(term)}</span></div>`)}`
      }
    ]
  })
  return section({ title, level: 3, body: html`${table}${more}` })
}

function rowsOf (field: FieldNode, path: readonly string[]): Row[] {
  return [{ path, field }, ...field.children.flatMap((child) => rowsOf(child, [...path, field.name]))]
}

/** `legal:legalName` where the vocabulary is a known one. */
function compact (term: string): string {
  const known = Object.entries({ ...PREFIXES, legal: 'http://www.w3.org/ns/legal#', person: 'http://www.w3.org/ns/person#', locn: 'http://www.w3.org/ns/locn#', org: 'http://www.w3.org/ns/org#', cpsv: 'http://purl.org/vocab/cpsv#' }).find(([, base]) => term.startsWith(base))
  return known === undefined ? term : `${known[0]}:${term.slice(known[1].length)}`
}
