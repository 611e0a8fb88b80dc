import { attributes, html, type Html, type HtmlValue, isPresent } from '../html.ts'
import type { Lang } from '../texts.ts'
import { changeList, type FieldChange } from './changes.ts'
import { count, dateTime } from './content.ts'
import { icon, type IconName } from './icon.ts'
import { wordsOf } from './words.ts'

export interface Tab {
  readonly href: string
  readonly label: string
  readonly current?: boolean
  readonly count?: number | undefined
}

/** Views of one thing, each with an address of its own: links, not a script. */
export function tabs (label: string, items: readonly Tab[]): Html {
  return html`<nav class="tabs" aria-label="${label}"><ul>${items.map(({ href, label, current, count: figure }) => html`<li><a ${attributes({ href, 'aria-current': current === true ? 'page' : undefined })}>${label}${figure === undefined ? undefined : html` ${count(figure)}`}</a></li>`)}</ul></nav>`
}

export type StepState = 'done' | 'current' | 'todo' | 'failed'

export interface Step {
  readonly label: string
  readonly state: StepState
  readonly detail?: HtmlValue
}

/** How far a procedure has come: what is done, what is being waited for, what is still ahead. */
export function steps (lang: Lang, items: readonly Step[]): Html {
  const words = wordsOf(lang)
  const signs: Record<StepState, IconName | undefined> = { done: 'check', current: undefined, todo: undefined, failed: 'close' }
  return html`<ol class="steps">${items.map(({ label, state, detail }, index) => html`<li ${attributes({ class: `step step--${state}`, 'aria-current': state === 'current' ? 'step' : undefined })}><span class="step__mark" aria-hidden="true">${signs[state] === undefined ? index + 1 : icon(signs[state])}</span><div><p class="step__label">${label}<span class="sr-only"> (${words[state]})</span></p>${isPresent(detail) ? html`<div class="hint">${detail}</div>` : undefined}</div></li>`)}</ol>`
}

export interface HistoryEntry {
  readonly at: Date | string
  /** Who did it. */
  readonly actor: string
  /** What was done, in words. */
  readonly action: HtmlValue
  readonly changes?: readonly FieldChange[]
  readonly note?: HtmlValue
  readonly href?: string
}

/** What happened to a thing, newest first: when, who, what, and each field before and after. */
export function timeline (lang: Lang, entries: readonly HistoryEntry[]): Html {
  return html`<ol class="timeline">${entries.map(({ at, actor, action, changes = [], note, href }) => html`<li>
<p class="timeline__what">${href === undefined ? action : html`<a href="${href}">${action}</a>`}</p>
<p class="timeline__who">${actor} · ${dateTime(at, lang)}</p>${isPresent(note) ? html`<p class="timeline__note">${note}</p>` : undefined}${changes.length === 0 ? undefined : html`<details><summary>${wordsOf(lang).changes(changes.length)}</summary>${changeList(lang, changes)}</details>`}
</li>`)}</ol>`
}
