import { attributes, html, type Html, type HtmlValue, isPresent } from '../html.ts'
import type { Lang } from '../texts.ts'
import { button, type ButtonKind, hiddenInputs } from './actions.ts'
import { csrfInput } from './csrf.ts'
import { type Field, field, fieldId } from './field.ts'
import { icon } from './icon.ts'
import { wordsOf } from './words.ts'

/** What is wrong, by the name of the field; `''` for what no field can mend. */
export type FieldErrors = Readonly<Record<string, string>>

export interface Form {
  readonly action: string
  readonly csrf: string | undefined
  /** Fields made by `field`, or anything else. */
  readonly body: HtmlValue
  readonly submit: string
  readonly submitKind?: ButtonKind
  /** Goes back without a change. */
  readonly cancelHref?: string
  readonly errors?: FieldErrors
  /** Sent along, unseen. */
  readonly fields?: Readonly<Record<string, string>>
  /** Has files. */
  readonly multipart?: boolean
  readonly id?: string
  /** Further buttons after the first. */
  readonly more?: HtmlValue
}

/** A form that posts. Errors found by the server stand above it, each a link to its field. */
export function form (lang: Lang, { action, csrf, body, submit, submitKind = 'primary', cancelHref, errors, fields = {}, multipart, id, more }: Form): Html {
  const words = wordsOf(lang)
  return html`${errors === undefined ? undefined : errorSummary(lang, errors)}<form ${attributes({ class: 'form', method: 'post', action, id, enctype: multipart === true ? 'multipart/form-data' : undefined, 'data-once': true })}>${csrfInput(csrf)}${hiddenInputs(fields)}${body}<div class="actions">${button({ label: submit, kind: submitKind })}${more}${cancelHref === undefined ? undefined : html`<a class="button button--quiet" href="${cancelHref}">${words.cancel}</a>`}</div></form>`
}

/** Fields that belong together, under a heading of their own. */
export function fieldGroup (legend: string, body: HtmlValue, hint?: HtmlValue): Html {
  return html`<fieldset class="group"><legend>${legend}</legend>${isPresent(hint) ? html`<p class="hint">${hint}</p>` : undefined}${body}</fieldset>`
}

/** What has to be mended before the form is taken. Nothing for no errors. */
export function errorSummary (lang: Lang, errors: FieldErrors): Html | undefined {
  const entries = Object.entries(errors)
  if (entries.length === 0) return undefined
  return html`<div class="error-summary" role="alert" tabindex="-1" data-focus><h2>${icon('bad')}${wordsOf(lang).errorsTitle}</h2><ul>${entries.map(([name, message]) => html`<li>${name === '' ? message : html`<a href="#${fieldId(name)}">${message}</a>`}</li>`)}</ul></div>`
}

export interface FilterBar {
  readonly action: string
  readonly fields: readonly Field[]
  /** Where the list without any filter stands; offered when one is set. */
  readonly clearHref?: string
  /** Element (with its id) that holds the list, exchanged without a new page where scripts run. */
  readonly results?: string
}

/** Search and filters over a list: a form that asks by address, so that what is found can be linked and kept. */
export function filterBar (lang: Lang, { action, fields, clearHref, results = 'results' }: FilterBar): Html {
  const words = wordsOf(lang)
  return html`<form ${attributes({
    class: 'filters',
    method: 'get',
    action,
    role: 'search',
    'aria-label': words.filters,
    'data-filter': true,
    'data-hx-get': action,
    'data-hx-target': `#${results}`,
    'data-hx-select': `#${results}`,
    'data-hx-swap': 'outerHTML',
    'data-hx-push-url': 'true',
    'data-hx-sync': 'this:replace',
    'data-hx-trigger': 'submit, change, input delay:350ms'
  })}>${fields.map((it) => field(lang, it))}<div class="actions">${button({ label: words.filter, sign: 'search' })}${clearHref === undefined ? undefined : html`<a class="button button--quiet" href="${clearHref}">${words.clear}</a>`}</div></form>`
}

/** The part of a page that a filter bar exchanges. */
export function results (body: HtmlValue, id = 'results'): Html {
  return html`<div class="results" id="${id}" aria-live="polite">${body}</div>`
}
