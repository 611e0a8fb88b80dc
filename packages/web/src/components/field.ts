import { attributes, type AttributeValues, html, type Html, type HtmlValue, isPresent } from '../html.ts'
import type { Lang } from '../texts.ts'
import { wordsOf } from './words.ts'

export interface Option {
  readonly value: string
  readonly label: string
  readonly hint?: string
  readonly disabled?: boolean
}

interface Labelled {
  readonly name: string
  readonly label: string
  readonly hint?: HtmlValue
  readonly error?: string | undefined
  readonly required?: boolean
  readonly disabled?: boolean
  /** Unless told, made of the name. Two fields of one name on a page need ids of their own. */
  readonly id?: string
}

interface OneLine extends Labelled {
  /** `text` unless told. `datetime` is the clock in Kyiv: `toKyivInput`, `fromKyivInput`. */
  readonly kind?: 'text' | 'search' | 'email' | 'url' | 'tel' | 'password' | 'number' | 'date' | 'datetime'
  readonly value?: string | number | undefined
  readonly autocomplete?: string
  readonly placeholder?: string
  readonly pattern?: string
  readonly lengthMax?: number
  readonly min?: string | number
  readonly max?: string | number
  readonly step?: string | number
  /** Letters that fit; the field takes the whole width without it. */
  readonly width?: 4 | 8 | 12 | 20 | 32
  /** Technical content: fixed letters, no spell check. */
  readonly code?: boolean
  /** Unit, beside the field. */
  readonly suffix?: string
  /** What may be meant: offered while typing, anything else is taken too. */
  readonly suggestions?: readonly Option[]
  /** The same from an address that answers `?q=` with `suggestionOptions`, for lists too long to send along. */
  readonly suggestFrom?: string
}

export type Field =
  | OneLine
  | Labelled & { readonly kind: 'textarea', readonly value?: string | undefined, readonly rows?: number, readonly lengthMax?: number, readonly code?: boolean }
  | Labelled & { readonly kind: 'select', readonly value?: string | undefined, readonly options: readonly Option[], /** First entry, for “nothing chosen”; none when absent. */ readonly empty?: string }
  | Labelled & { readonly kind: 'radios', readonly value?: string | undefined, readonly options: readonly Option[], readonly inline?: boolean }
  | Labelled & { readonly kind: 'checkboxes', readonly values?: readonly string[], readonly options: readonly Option[], readonly inline?: boolean }
  | Labelled & { readonly kind: 'checkbox', readonly checked?: boolean, /** Sent when checked; `on` unless told. */ readonly value?: string }
  | Labelled & { readonly kind: 'file', readonly accept?: string, readonly multiple?: boolean }
  | { readonly kind: 'hidden', readonly name: string, readonly value: string }

type Visible = Exclude<Field, { kind: 'hidden' }>

/** Identifier of a field's element: what an error summary links to. */
export function fieldId (name: string): string {
  return `f-${name.replace(/[^A-Za-z0-9_-]/g, '-')}`
}

/** A question of a form: label, hint, error and the control, bound together for eye and ear. */
export function field (lang: Lang, it: Field): Html {
  if (it.kind === 'hidden') return html`<input type="hidden" name="${it.name}" value="${it.value}">`
  const id = it.id ?? fieldId(it.name)
  const described = { hint: isPresent(it.hint) ? `${id}-hint` : undefined, error: it.error === undefined ? undefined : `${id}-error` }
  const shared: AttributeValues = {
    'aria-describedby': [described.hint, described.error].filter((part) => part !== undefined).join(' ') || undefined,
    'aria-invalid': it.error === undefined ? undefined : 'true'
  }
  const notes = html`${described.hint === undefined ? undefined : html`<div class="hint" id="${described.hint}">${it.hint}</div>`}${described.error === undefined ? undefined : html`<p class="field__error" id="${described.error}"><span class="sr-only">${wordsOf(lang).error}: </span>${it.error}</p>`}`
  const className = it.error === undefined ? 'field' : 'field field--error'
  if (it.kind === 'radios' || it.kind === 'checkboxes') return choices(lang, it, id, className, notes, shared)
  if (it.kind === 'checkbox') {
    return html`<div class="${className} field--checkbox"><div class="choice"><input ${attributes({ ...shared, type: 'checkbox', id, name: it.name, value: it.value ?? 'on', checked: it.checked, required: it.required, disabled: it.disabled })}><label for="${id}">${it.label}</label></div>${notes}</div>`
  }
  return html`<div class="${className}"><label for="${id}">${it.label}${optional(lang, it)}</label>${notes}${control(lang, it, { ...shared, id, name: it.name, required: it.required, disabled: it.disabled })}</div>`
}

function optional (lang: Lang, { required }: Visible): Html | undefined {
  return required === false ? html` <span class="field__optional">(${wordsOf(lang).optional})</span>` : undefined
}

type Single = Exclude<Visible, { kind: 'radios' | 'checkboxes' | 'checkbox' }>

function control (lang: Lang, it: Single, shared: AttributeValues): Html {
  switch (it.kind) {
    case 'textarea':
      return html`<textarea ${attributes({ ...shared, rows: it.rows ?? 4, maxlength: it.lengthMax, class: it.code === true ? 'input input--code' : 'input', spellcheck: it.code === true ? 'false' : undefined })}>
${it.value}</textarea>`
    case 'select':
      return html`<div class="select"><select ${attributes({ ...shared, class: 'input' })}>${it.empty === undefined ? undefined : html`<option value="">${it.empty}</option>`}${it.options.map(({ value, label, disabled }) => html`<option ${attributes({ value, selected: value === it.value, disabled })}>${label}</option>`)}</select></div>`
    case 'file':
      return html`<input ${attributes({ ...shared, type: 'file', class: 'input input--file', accept: it.accept, multiple: it.multiple })}>`
    default:
      return oneLine(lang, it, shared)
  }
}

function oneLine (lang: Lang, it: OneLine, shared: AttributeValues): Html {
  const kind = it.kind ?? 'text'
  const list = it.suggestions === undefined && it.suggestFrom === undefined ? undefined : `${shared.id as string}-list`
  const classes = ['input', it.width === undefined ? '' : `input--w${it.width}`, it.code === true ? 'input--code' : '', kind === 'number' ? 'input--number' : '']
  const input = html`<input ${attributes({
    ...shared,
    type: kind === 'datetime' ? 'datetime-local' : kind,
    class: classes.filter((name) => name !== '').join(' '),
    value: it.value,
    autocomplete: it.autocomplete ?? (kind === 'password' ? 'off' : undefined),
    placeholder: it.placeholder,
    pattern: it.pattern,
    maxlength: it.lengthMax,
    min: it.min,
    max: it.max,
    step: it.step,
    inputmode: kind === 'number' ? 'numeric' : undefined,
    spellcheck: it.code === true ? 'false' : undefined,
    autocapitalize: it.code === true ? 'off' : undefined,
    list,
    ...(it.suggestFrom === undefined ? {} : { 'data-hx-get': it.suggestFrom, 'data-hx-target': `#${list}`, 'data-hx-trigger': 'input changed delay:250ms', 'data-hx-sync': 'this:replace', 'data-suggest': true })
  })}>`
  const offered = list === undefined ? undefined : html`<datalist id="${list}">${suggestionOptions(it.suggestions ?? [])}</datalist>`
  const suffix = it.suffix ?? (kind === 'datetime' ? wordsOf(lang).kyivTime : undefined)
  return suffix === undefined ? html`${input}${offered}` : html`<div class="suffixed">${input}<span class="suffix">${suffix}</span>${offered}</div>`
}

/** What the address of `suggestFrom` answers with. */
export function suggestionOptions (options: readonly Option[]): Html {
  return html`${options.map(({ value, label }) => html`<option value="${value}">${label}</option>`)}`
}

function choices (lang: Lang, it: Extract<Visible, { kind: 'radios' | 'checkboxes' }>, id: string, className: string, notes: Html, shared: AttributeValues): Html {
  const chosen = it.kind === 'radios' ? (it.value === undefined ? [] : [it.value]) : it.values ?? []
  const type = it.kind === 'radios' ? 'radio' : 'checkbox'
  const option = ({ value, label, hint, disabled }: Option, index: number): Html => {
    const own = index === 0 ? id : `${id}-${index + 1}`
    const hintId = hint === undefined ? undefined : `${own}-about`
    return html`<div class="choice"><input ${attributes({ type, id: own, name: it.name, value, checked: chosen.includes(value), required: it.required === true && type === 'radio', disabled: disabled ?? it.disabled, 'aria-describedby': hintId })}><label for="${own}">${label}</label>${hint === undefined ? undefined : html`<div ${attributes({ class: 'hint', id: hintId })}>${hint}</div>`}</div>`
  }
  return html`<fieldset ${attributes({ class: className, 'aria-describedby': shared['aria-describedby'] })}><legend>${it.label}${optional(lang, it)}</legend>${notes}<div class="${it.inline === true ? 'choices choices--inline' : 'choices'}">${it.options.map(option)}</div></fieldset>`
}
