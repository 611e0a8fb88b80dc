import { html, type Html } from '../html.ts'
import type { Lang } from '../texts.ts'
import { dash } from './content.ts'
import { wordsOf } from './words.ts'

/** A field of a thing before and after a change; `undefined` where it was not, or is no more. */
export interface FieldChange {
  readonly field: string
  readonly before?: string | undefined
  readonly after?: string | undefined
}

/** Fields that a change touched: the old value struck out, the new one beside it. */
export function changeList (lang: Lang, changes: readonly FieldChange[]): Html {
  const words = wordsOf(lang)
  if (changes.length === 0) return html`<p class="hint">${words.noChanges}</p>`
  return html`<dl class="changes">${changes.map(({ field, before, after }) => html`<div><dt>${field}</dt><dd class="changes__before"><span class="sr-only">${words.before}: </span>${before === undefined ? dash(lang) : html`<del>${before}</del>`}</dd><dd class="changes__after"><span class="sr-only">${words.after}: </span>${after === undefined ? dash(lang) : html`<ins>${after}</ins>`}</dd></div>`)}</dl>`
}

/** Depth to which a document is taken apart; below it values are compared as a whole. */
const DEPTH_MAX = 8

/**
 * What differs between two JSON documents, field by field, in the order of their paths (`address.city`, `roles[0]`).
 *
 * @param before,after plain JSON; `undefined` for a thing that did not exist, or exists no more.
 */
export function changesBetween (before: unknown, after: unknown): FieldChange[] {
  const old = leavesOf(before)
  const now = leavesOf(after)
  return [...new Set([...old.keys(), ...now.keys()])]
    .filter((path) => old.get(path) !== now.get(path))
    .map((path) => ({ field: path, before: old.get(path), after: now.get(path) }))
}

function leavesOf (document: unknown): Map<string, string> {
  const leaves = new Map<string, string>()
  const visit = (value: unknown, path: string, depth: number): void => {
    if (value === undefined) return
    if (typeof value !== 'object' || value === null || depth === DEPTH_MAX) {
      leaves.set(path, typeof value === 'string' ? value : JSON.stringify(value))
    } else if (Array.isArray(value)) {
      value.forEach((item, index) => visit(item, `${path}[${index}]`, depth + 1))
    } else {
      for (const [name, item] of Object.entries(value)) visit(item, path === '' ? name : `${path}.${name}`, depth + 1)
    }
  }
  visit(document, '', 0)
  return leaves
}
