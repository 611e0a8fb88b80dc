import { attributes, html, type Html, type HtmlValue, isPresent } from '../html.ts'
import { formatDate, formatDateTime, type Lang } from '../texts.ts'
import { icon, type IconName } from './icon.ts'
import { wordsOf } from './words.ts'

/** How something stands. `idle`: neither good nor bad, nothing is asked of anyone. */
export type StatusKind = 'ok' | 'warn' | 'bad' | 'info' | 'idle' | 'wait'

/** A state in a word, with a sign of its own shape: never by colour alone. */
export function statusBadge (kind: StatusKind, text: string): Html {
  return html`<span class="badge badge--${kind}">${icon(kind)}<span>${text}</span></span>`
}

/** A small mark without judgement: a class, a version, a kind. */
export function tag (text: string): Html {
  return html`<span class="tag">${text}</span>`
}

/** A number beside a heading or in a menu. */
export function count (value: number | string, what?: string): Html {
  return html`<span class="count">${value}${what === undefined ? undefined : html`<span class="sr-only"> ${what}</span>`}</span>`
}

/** An instant in Kyiv time, with its machine value. `undefined` is a dash. */
export function dateTime (at: Date | string | undefined, lang: Lang): Html {
  if (at === undefined) return dash(lang)
  return html`<time datetime="${new Date(at).toISOString()}">${formatDateTime(at, lang)}</time>`
}

/** A day, with its machine value. */
export function day (at: Date | string | undefined, lang: Lang): Html {
  if (at === undefined) return dash(lang)
  const value = typeof at === 'string' && at.length === 10 ? at : new Date(at).toISOString()
  return html`<time datetime="${value}">${formatDate(at, lang)}</time>`
}

/** An instant as people say it (“two hours ago”), kept fresh where scripts run; the exact time without them and on hover. */
export function relativeTime (at: Date | string, lang: Lang): Html {
  const exact = formatDateTime(at, lang)
  return html`<time class="relative" datetime="${new Date(at).toISOString()}" title="${exact}" data-relative>${exact}</time>`
}

/** Where there is no value: a dash to see, a word to hear. */
export function dash (lang: Lang): Html {
  return html`<span class="dash" aria-hidden="true">–</span><span class="sr-only">${wordsOf(lang).none}</span>`
}

export interface Term {
  readonly term: string
  readonly value: HtmlValue
  /** Stands below the value, smaller. */
  readonly hint?: HtmlValue
}

/** Names and values of one thing. */
export function descriptionList (lang: Lang, items: readonly Term[]): Html {
  return html`<dl class="facts">${items.map(({ term, value, hint }) => html`<div><dt>${term}</dt><dd>${isPresent(value) ? value : dash(lang)}${isPresent(hint ?? false) ? html`<div class="hint">${hint}</div>` : undefined}</dd></div>`)}</dl>`
}

export interface Section {
  readonly title: string
  readonly id?: string
  readonly lead?: HtmlValue
  /** Buttons and links at the right of the title. */
  readonly actions?: HtmlValue
  readonly body: HtmlValue
  /** Level of the heading, 2 unless told. */
  readonly level?: 2 | 3
}

/** A part of a page under a heading. */
export function section ({ title, id, lead, actions, body, level = 2 }: Section): Html {
  return html`<section ${attributes({ class: 'section', id })}>${sectionHead(title, lead, actions, level)}${body}</section>`
}

/** The same on a surface of its own. */
export function card ({ title, id, lead, actions, body, level = 2 }: Section): Html {
  return html`<section ${attributes({ class: 'card', id })}>${sectionHead(title, lead, actions, level)}<div class="card__body">${body}</div></section>`
}

function sectionHead (title: string, lead: HtmlValue, actions: HtmlValue, level: 2 | 3): Html {
  const heading = level === 2 ? html`<h2>${title}</h2>` : html`<h3>${title}</h3>`
  return html`<header class="section__head"><div>${heading}${isPresent(lead) ? html`<p class="hint">${lead}</p>` : undefined}</div>${isPresent(actions) ? html`<div class="actions">${actions}</div>` : undefined}</header>`
}

/** Things of equal weight side by side, as many as fit. */
export function grid (...items: readonly HtmlValue[]): Html {
  return html`<div class="grid">${items.map((item) => html`<div>${item}</div>`)}</div>`
}

/** A wide column beside a narrow one; one under the other where there is no room. */
export function columns (main: HtmlValue, aside: HtmlValue): Html {
  return html`<div class="columns"><div>${main}</div><div>${aside}</div></div>`
}

export interface Stat {
  readonly label: string
  readonly value: string | number
  readonly hint?: HtmlValue
  readonly href?: string
  readonly status?: StatusKind
}

/** Figures of an overview. */
export function stats (items: readonly Stat[]): Html {
  return html`<dl class="stats">${items.map(stat)}</dl>`
}

function stat ({ label, value, hint, href, status }: Stat): Html {
  const name = href === undefined ? html`${label}` : html`<a href="${href}">${label}</a>`
  return html`<div ${attributes({ class: status === undefined ? 'stat' : `stat stat--${status}` })}><dt>${status === undefined ? undefined : icon(status)}${name}</dt><dd class="stat__value">${value}</dd>${isPresent(hint) ? html`<dd class="stat__hint">${hint}</dd>` : undefined}</div>`
}

export type AlertKind = 'ok' | 'warn' | 'bad' | 'info'

export interface Alert {
  readonly kind: AlertKind
  readonly title: string
  readonly body?: HtmlValue
  readonly actions?: HtmlValue
}

/** Something to know before anything else on the page. */
export function alert (lang: Lang, { kind, title, body, actions }: Alert): Html {
  const words = wordsOf(lang)
  const said = { ok: words.ok, warn: words.warning, bad: words.error, info: words.info }[kind]
  return html`<div class="alert alert--${kind}">${icon(kind)}<div><p class="alert__title"><span class="sr-only">${said}: </span>${title}</p>${isPresent(body) ? html`<div class="alert__body">${body}</div>` : undefined}</div>${isPresent(actions) ? html`<div class="actions">${actions}</div>` : undefined}</div>`
}

/** What stands where nothing is yet, and what to do about it. */
export function emptyState ({ title, body, action, sign = 'inbox' }: { readonly title: string, readonly body?: HtmlValue, readonly action?: HtmlValue, readonly sign?: IconName }): Html {
  return html`<div class="empty">${icon(sign)}<p class="empty__title">${title}</p>${isPresent(body) ? html`<p class="hint">${body}</p>` : undefined}${isPresent(action) ? html`<div class="actions">${action}</div>` : undefined}</div>`
}

/** A technical name, in letters that tell 0 from O; may break anywhere. */
export function identifier (text: string): Html {
  return html`<code class="identifier">${text}</code>`
}

/** Bytes as hexadecimal in groups, so that two can be compared by eye. */
export function fingerprint (value: string, algorithm?: string): Html {
  const groups = value.replace(/[^0-9a-f]/gi, '').toLowerCase().match(/.{1,4}/g) ?? []
  return html`<code class="fingerprint">${algorithm === undefined ? undefined : html`<span class="fingerprint__algorithm">${algorithm}</span> `}${groups.join(' ')}</code>`
}
