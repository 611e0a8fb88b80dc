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
  const lines = diffLines(linesOf(before, format), linesOf(after, format))
  if (lines === undefined) return html`<p class="hint">${words.tooLarge}</p>`
  if (lines.every(({ kind }) => kind === 'same')) return html`<p class="hint">${words.noChanges}</p>`
  return html`<div class="diff" role="region" aria-label="${label}" tabindex="0"><table><caption class="sr-only">${label}</caption><thead class="sr-only"><tr><th scope="col">${words.before}</th><th scope="col">${words.after}</th><th scope="col">±</th><th scope="col">${label}</th></tr></thead><tbody>${shortened(lines).map((line) => typeof line === 'number' ? html`<tr class="diff__gap"><td colspan="4">${words.collapsed(line)}</td></tr>` : row(lang, line))}</tbody></table></div>`
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

/** Long stretches without a change become a number: how many lines were left out. */
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
  const laid = format === 'json' ? layOutJson(text) : format === 'xml' ? layOutXml(text) : text
  return laid.split(/\r?\n/)
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
function layOutXml (text: string): string {
  let depth = 0
  const tokens = text.match(/<!--[\s\S]*?-->|<!\[CDATA\[[\s\S]*?\]\]>|<\?[\s\S]*?\?>|<[^>]*>|[^<]+/g) ?? []
  const lines: string[] = []
  let open = false
  for (const token of tokens) {
    if (token.trim() === '') continue
    if (token.startsWith('</')) {
      depth = Math.max(0, depth - 1)
      if (open) lines[lines.length - 1] += token
      else lines.push('  '.repeat(depth) + token)
      open = false
    } else if (token.startsWith('<') && !/^<[!?]/.test(token)) {
      lines.push('  '.repeat(depth) + token.replace(/\s+/g, ' '))
      open = !token.endsWith('/>')
      if (open) depth++
    } else if (open) {
      lines[lines.length - 1] += token.trim()
    } else {
      lines.push('  '.repeat(depth) + token.trim())
    }
  }
  return lines.join('\n')
}
