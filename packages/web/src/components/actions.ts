import { attributes, html, type Html, type HtmlValue } from '../html.ts'
import type { Lang } from '../texts.ts'
import { csrfInput } from './csrf.ts'
import { icon, type IconName } from './icon.ts'
import { wordsOf } from './words.ts'

/** `primary`: what the page is for, one on a page. `danger`: takes something away. `quiet`: beside other things. */
export type ButtonKind = 'primary' | 'secondary' | 'quiet' | 'danger'

export interface Button {
  readonly label: string
  readonly kind?: ButtonKind
  readonly type?: 'submit' | 'button' | 'reset'
  readonly name?: string
  readonly value?: string
  readonly sign?: IconName
  readonly disabled?: boolean
  /** Form it belongs to, when it stands outside. */
  readonly form?: string
  readonly formAction?: string
  /** Skips the browser's own checks: for “save as draft” and “cancel”. */
  readonly formNoValidate?: boolean
}

export function button ({ label, kind = 'secondary', type = 'submit', name, value, sign, disabled, form, formAction, formNoValidate }: Button): Html {
  return html`<button ${attributes({ class: `button button--${kind}`, type, name, value, disabled, form, formaction: formAction, formnovalidate: formNoValidate })}>${sign === undefined ? undefined : icon(sign)}${label}</button>`
}

export interface LinkButton {
  readonly label: string
  readonly href: string
  readonly kind?: ButtonKind
  readonly sign?: IconName
  /** The address gives a file. */
  readonly download?: boolean
}

/** A link that looks like a button: goes somewhere, changes nothing. */
export function linkButton ({ label, href, kind = 'secondary', sign, download }: LinkButton): Html {
  return html`<a ${attributes({ class: `button button--${kind}`, href, download })}>${sign === undefined ? undefined : icon(sign)}${label}</a>`
}

/** Buttons in a row. */
export function actions (...items: readonly HtmlValue[]): Html {
  return html`<div class="actions">${items}</div>`
}

export interface ActionForm extends Button {
  readonly action: string
  readonly csrf: string | undefined
  /** Sent along, unseen. */
  readonly fields?: Readonly<Record<string, string>>
}

/** A button that posts at once: for what can be taken back. */
export function actionForm ({ action, csrf, fields = {}, ...rest }: ActionForm): Html {
  return html`<form class="inline-form" method="post" action="${action}">${csrfInput(csrf)}${hiddenInputs(fields)}${button(rest)}</form>`
}

export interface Confirm {
  /** On the button that opens the question. */
  readonly label: string
  readonly title: string
  /** What will happen, in plain words. */
  readonly body: HtmlValue
  readonly action: string
  readonly csrf: string | undefined
  readonly submit: string
  readonly kind?: 'primary' | 'danger' | 'secondary'
  readonly sign?: IconName
  readonly fields?: Readonly<Record<string, string>>
  /** Questions to be answered on the way: a ground, an act number. Made by `field`. */
  readonly inputs?: HtmlValue
  readonly multipart?: boolean
  /** Stands open: the answers were refused and are shown again with their errors. */
  readonly open?: boolean
}

/**
 * Asks before it posts. Without scripts a disclosure with the form inside; with them the same form in a dialog that keeps the focus.
 */
export function confirm (lang: Lang, { label, title, body, action, csrf, submit, kind = 'danger', sign, fields = {}, inputs, multipart, open }: Confirm): Html {
  const words = wordsOf(lang)
  return html`<details class="confirm" data-confirm ?open=${open}>
<summary class="button button--${kind === 'danger' ? 'danger-quiet' : kind}">${sign === undefined ? undefined : icon(sign)}${label}</summary>
<div class="confirm__panel" data-title="${title}"><p class="confirm__title">${title}</p><form ${attributes({ method: 'post', action, enctype: multipart === true ? 'multipart/form-data' : undefined })}>${csrfInput(csrf)}${hiddenInputs(fields)}<div class="confirm__body">${body}</div>${inputs}<div class="actions">${button({ label: submit, kind: kind === 'secondary' ? 'primary' : kind })}<button class="button button--quiet js-only" type="button" data-close>${words.cancel}</button></div></form></div>
</details>`
}

export function hiddenInputs (fields: Readonly<Record<string, string>>): Html[] {
  return Object.entries(fields).map(([name, value]) => html`<input type="hidden" name="${name}" value="${value}">`)
}
