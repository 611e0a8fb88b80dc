import { attributes, html, type Html } from '../html.ts'
import type { Lang } from '../texts.ts'
import { wordsOf } from './words.ts'

export interface CodeBlock {
  readonly text: string
  /** What it is: a command, a file, an answer. Also its name for a screen reader. */
  readonly label: string
  /** The name is shown above. True unless told. */
  readonly labelled?: boolean
  /** Long lines break instead of scrolling. */
  readonly wrap?: boolean
}

/** Text to read and take along as it is. The button to copy it appears where scripts run. */
export function codeBlock (lang: Lang, { text, label, labelled = true, wrap }: CodeBlock): Html {
  return html`<figure class="code"><figcaption ${attributes({ class: labelled ? 'code__head' : 'code__head code__head--bare' })}><span ${attributes({ class: labelled ? undefined : 'sr-only' })}>${label}</span>${copyButton(lang, text)}</figcaption><pre ${attributes({ class: wrap === true ? 'code__text code__text--wrap' : 'code__text', tabindex: '0', 'aria-label': label, role: 'region' })}><code>${text}</code></pre></figure>`
}

/** A button that copies a text. Stands nowhere without scripts: the text beside it can be selected. */
export function copyButton (lang: Lang, text: string): Html {
  const words = wordsOf(lang)
  return html`<wa-copy-button class="copy" value="${text}" copy-label="${words.copy}" success-label="${words.copied}" error-label="${words.copyFailed}"></wa-copy-button>`
}
