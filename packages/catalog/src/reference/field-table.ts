import { dataTable, html, identifier, tag, type Html, type Lang } from '@trembita/web'
import { PREFIXES } from '../export/index.ts'
import type { FieldNode } from './field-node.ts'
import { referenceWordsOf } from './texts.ts'

interface Row { readonly path: readonly string[], readonly field: FieldNode }

/** Fields in the order of their tree, each with the way to it, type, limits, marks of personal data and terms. */
export function fieldTable (caption: string, fields: readonly FieldNode[], lang: Lang): Html {
  const words = referenceWordsOf(lang)
  return dataTable<Row>(lang, {
    caption,
    captionHidden: false,
    rows: fields.flatMap((field) => rowsOf(field, [])),
    empty: html`<p class="hint">${caption}: ${words.noFields}</p>`,
    columns: [
      { key: 'field', label: words.field, heading: true, render: ({ path, field }) => html`${path.length === 0 ? undefined : html`<span class="hint">${path.join(' › ')} › </span>`}${identifier(field.name)}` },
      { key: 'type', label: words.type, render: ({ field }) => html`${field.type}${field.required ? html` ${tag(words.required)}` : undefined}${field.many ? html` ${tag(words.many)}` : undefined}${field.limits.length === 0 ? undefined : html`<div class="hint">${field.limits.join(', ')}</div>`}` },
      {
        key: 'meaning',
        label: words.meaning,
        render: ({ field: { about, personal, terms, recursive } }) => html`${about}${recursive === true ? html`<div class="hint">${words.recursive}</div>` : undefined}${personal === undefined ? undefined : html`<div>${tag(words.personal)} ${personal}</div>`}${terms.map((term) => html`<div class="hint">${words.term}: <span title="${term}">${compact(term)}</span></div>`)}`
      }
    ]
  })
}

function rowsOf (field: FieldNode, path: readonly string[]): Row[] {
  return [{ path, field }, ...field.children.flatMap((child) => rowsOf(child, [...path, field.name]))]
}

/** `legal:legalName` where the vocabulary is a known one. */
function compact (term: string): string {
  const known = Object.entries({ ...PREFIXES, legal: 'http://www.w3.org/ns/legal#', person: 'http://www.w3.org/ns/person#', locn: 'http://www.w3.org/ns/locn#', org: 'http://www.w3.org/ns/org#', cpsv: 'http://purl.org/vocab/cpsv#' }).find(([, base]) => term.startsWith(base))
  return known === undefined ? term : `${known[0]}:${term.slice(known[1].length)}`
}
