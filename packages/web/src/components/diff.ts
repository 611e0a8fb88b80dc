import { html, type Html } from '../html.ts'
import { formatNumber, type Lang } from '../texts.ts'
import { type DiffLine, diffLines } from './diff-lines.ts'
import { wordsOf } from './words.ts'

export interface Diff {
  readonly before: string
  readonly after: string
  /** What is compared: the name of the table for a screen reader. */
  readonly label: string
  /** `json` and `xml` are first laid out a value, an element a line, so that only what they say is compared. Text unless told. */
  readonly format?: 'text' | 'json' | 'xml'
}

/** Unchanged lines kept around a change. */
const CONTEXT_LINES = 3

/** Two texts as one, line by line: what was removed and added, told by a sign and a word besides the colour. */
export function diff (lang: Lang, { before, after, label, format = 'text' }: Diff): Html {
  const words = wordsOf(lang)
  if (before === after) return html`<p class="hint">${words.noChanges}</p>`
  const lines = shownLines(linesOf(before, format), linesOf(after, format))
  if (lines === undefined) return html`<p class="hint">${words.tooLarge}</p>`
  if (lines.length === 0) return html`<p class="hint">${words.noChanges}</p>`
  return html`<div class="diff" role="region" aria-label="${label}" tabindex="0"><table><caption class="sr-only">${label}</caption><thead class="sr-only"><tr><th scope="col">${words.before}</th><th scope="col">${words.after}</th><th scope="col">±</th><th scope="col">${label}</th></tr></thead><tbody>${lines.map((line) => typeof line === 'number' ? html`<tr class="diff__gap"><td colspan="4">${words.collapsed(line)}</td></tr>` : row(lang, line))}</tbody></table></div>`
}

function row (lang: Lang, { kind, text, before, after }: DiffLine): Html {
  const words = wordsOf(lang)
  const sign = kind === 'same'
    ? undefined
    : html`<span aria-hidden="true">${kind === 'added' ? '+' : '−'}</span><span class="sr-only">${words[kind]}</span>`
  const number = (line: number | undefined): string => line === undefined ? '' : formatNumber(line, lang)
  return html`<tr class="diff__${kind}"><td class="diff__number">${number(before)}</td><td class="diff__number">${number(after)}</td><td class="diff__sign">${sign}</td><td class="diff__text"><code>${text}</code></td></tr>
`
}

/**
 * The changed lines and those around them; a number says how many were left out. Nothing when nothing differs.
 *
 * What both texts begin and end with is counted, not compared: a published configuration has a hundred thousand lines, of which few change.
 */
function shownLines (before: readonly string[], after: readonly string[]): Array<DiffLine | number> | undefined {
  const shorter = Math.min(before.length, after.length)
  let start = 0
  while (start < shorter && before[start] === after[start]) start++
  if (start === before.length && start === after.length) return []
  let end = 0
  while (end < shorter - start && before[before.length - 1 - end] === after[after.length - 1 - end]) end++
  const skipped = Math.max(0, start - CONTEXT_LINES)
  const left = Math.max(0, end - CONTEXT_LINES)
  const lines = diffLines(before.slice(skipped, before.length - left), after.slice(skipped, after.length - left))
  if (lines === undefined) return undefined
  const numbered = lines.map(({ kind, text, before: old, after: now }) => ({
    kind,
    text,
    ...(old === undefined ? {} : { before: old + skipped }),
    ...(now === undefined ? {} : { after: now + skipped })
  }))
  return [...(skipped > 0 ? [skipped] : []), ...shortened(numbered), ...(left > 0 ? [left] : [])]
}

/** Long stretches without a change become a number. */
function shortened (lines: readonly DiffLine[]): Array<DiffLine | number> {
  const near = new Set<number>()
  lines.forEach(({ kind }, index) => {
    if (kind === 'same') return
    for (let at = index - CONTEXT_LINES; at <= index + CONTEXT_LINES; at++) near.add(at)
  })
  const shown: Array<DiffLine | number> = []
  let hidden = 0
  lines.forEach((line, index) => {
    if (!near.has(index)) return hidden++
    if (hidden > 0) shown.push(hidden)
    hidden = 0
    shown.push(line)
  })
  if (hidden > 0) shown.push(hidden)
  return shown
}

function linesOf (text: string, format: 'text' | 'json' | 'xml'): string[] {
  if (text === '') return []
  if (format === 'xml') return layOutXml(text)
  return (format === 'json' ? layOutJson(text) : text).split(/\r?\n/)
}

function layOutJson (text: string): string {
  try {
    return JSON.stringify(JSON.parse(text), null, 2)
  } catch {
    // No JSON after all: compared as it stands.
    return text
  }
}

/** An element a line. For reading only: works on the letters, and does not ask whether it is well-formed. */
function layOutXml (text: string): string[] {
  const lines: string[] = []
  let depth = 0
  /** Where the element on the last line begins, while it may still be closed there: `<a>text</a>` stays together. */
  let openedAt = -1
  for (const { index, 0: token } of text.matchAll(/<!--[\s\S]*?-->|<!\[CDATA\[[\s\S]*?\]\]>|<\?[\s\S]*?\?>|<[^>]*>|[^<]+/g)) {
    if (token.startsWith('</')) {
      depth = Math.max(0, depth - 1)
      if (openedAt >= 0) lines[lines.length - 1] = indented(depth, text.slice(openedAt, index + token.length))
      else lines.push(indented(depth, token))
      openedAt = -1
    } else if (token.startsWith('<') && !/^<[!?]/.test(token)) {
      lines.push(indented(depth, token))
      openedAt = token.endsWith('/>') ? -1 : index
      if (openedAt >= 0) depth++
    } else if (token.trim() !== '') {
      if (openedAt < 0) lines.push(indented(depth, token))
      else lines[lines.length - 1] = indented(depth - 1, text.slice(openedAt, index + token.length))
    }
  }
  return lines
}

function indented (depth: number, text: string): string {
  return '  '.repeat(depth) + (/\s\s|[\n\t]|^\s|\s$/.test(text) ? text.replace(/\s+/g, ' ').trim() : text)
}
