import { isAddress, isForbidden, safeAddress } from './safe-attributes.ts'
import { type Place, placesOf } from './template-places.ts'

declare const markup: unique symbol

/** Markup that is safe to send: made by `html`, or vouched for by `raw`. Nothing else makes one. */
export interface Html {
  readonly markup: string
  readonly [markup]: true
}

/** What a template takes. `undefined`, `null` and `false` leave nothing behind. */
export type HtmlValue = Html | string | number | bigint | false | undefined | null | readonly HtmlValue[]

/** Attributes by name: `true` stands without a value, `undefined`, `null` and `false` not at all. */
export type AttributeValues = Readonly<Record<string, string | number | bigint | boolean | undefined | null>>

/** Safe text of attributes; the only value that may stand between the attributes of a tag. */
export class Attributes {
  readonly #text: string

  constructor (values: AttributeValues) {
    this.#text = Object.entries(values).map(([name, value]) => attribute(name, value)).join('')
  }

  /** Empty, or begins with a space. */
  get text (): string {
    return this.#text
  }
}

class Markup {
  readonly #text: string

  constructor (text: string) {
    this.#text = text
  }

  get markup (): string {
    return this.#text
  }

  toString (): string {
    return this.#text
  }
}

/**
 * A piece of a page. Values are escaped for the place they stand in:
 *
 * - between tags: text is escaped, `Html` stays as it is, arrays are joined;
 * - in a quoted attribute: text is escaped; in `href`, `src`, `action` and their like an address that is neither relative nor
 *   `http:`, `https:`, `mailto:`, `tel:` becomes `#`, for such an address would run as a script;
 * - `?disabled=${condition}`: the attribute stands or does not;
 * - between attributes: only `attributes({…})`.
 *
 * @throws {TypeError} for a value in any other place (unquoted attribute, `on…`, `style`, script, comment, name of a tag) and for a
 *   template that ends inside a tag: mistakes of the author, found the first time the template is used.
 */
export function html (strings: TemplateStringsArray, ...values: ReadonlyArray<HtmlValue | Attributes | boolean>): Html {
  const places = placesOf(strings)
  let text = ''
  for (let index = 0; index < places.length; index++) {
    text += places[index]!.before + render(places[index]!, values[index])
  }
  return vouched(text + strings[strings.length - 1]!)
}

/** Vouches for markup from elsewhere. For texts of our own (an icon); never for anything that came from outside. */
export function raw (markup: string): Html {
  return vouched(markup)
}

/** Attributes for a tag, where which ones stand depends on data: `<input ${attributes({ name, disabled: true })}>`. */
export function attributes (values: AttributeValues): Attributes {
  return new Attributes(values)
}

/** Whether something is `Html` made here, and no look-alike from a parsed body. */
export function isHtml (value: unknown): value is Html {
  return value instanceof Markup
}

/** Whether a value leaves anything on the page. */
export function isPresent (value: HtmlValue): boolean {
  if (value === undefined || value === null || value === false || value === '') return false
  if (Array.isArray(value)) return value.some(isPresent)
  return isHtml(value) ? value.markup !== '' : true
}

export function escapeText (text: string): string {
  return text.replace(/[&<>"']/g, (character) => ESCAPED[character]!)
}

const ESCAPED: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' }

function vouched (text: string): Html {
  return new Markup(text) as unknown as Html
}

function render (place: Place, value: HtmlValue | Attributes | boolean): string {
  switch (place.kind) {
    case 'text': return renderText(value)
    case 'attribute': return renderValue(place.name, value)
    case 'condition': return value === undefined || value === null || value === false ? '' : ` ${place.name}`
    case 'attributes': return renderAttributes(value)
  }
}

function renderText (value: HtmlValue | Attributes | boolean): string {
  if (value === undefined || value === null || value === false) return ''
  if (typeof value === 'string') return escapeText(value)
  if (typeof value === 'number' || typeof value === 'bigint') return String(value)
  if (value instanceof Markup) return value.markup
  if (Array.isArray(value)) return value.map(renderText).join('')
  throw new TypeError(`html: ${describe(value)} cannot stand between tags`)
}

function renderValue (name: string, value: HtmlValue | Attributes | boolean): string {
  if (value === undefined || value === null || value === false) return ''
  if (typeof value === 'number' || typeof value === 'bigint') return String(value)
  if (typeof value !== 'string') throw new TypeError(`html: ${describe(value)} cannot stand in the attribute ${name}`)
  return escapeText(isAddress(name) ? safeAddress(value) : value)
}

function renderAttributes (value: HtmlValue | Attributes | boolean): string {
  if (value === undefined || value === null || value === false) return ''
  if (value instanceof Attributes) return value.text
  throw new TypeError(`html: ${describe(value)} cannot stand between attributes, only attributes({…})`)
}

function attribute (name: string, value: AttributeValues[string]): string {
  if (!/^[a-z][a-z0-9:-]*$/i.test(name)) throw new TypeError(`html: ${name} is no name of an attribute`)
  if (isForbidden(name)) throw new TypeError(`html: the attribute ${name} takes no value`)
  if (value === undefined || value === null || value === false) return ''
  return value === true ? ` ${name}` : ` ${name}="${renderValue(name.toLowerCase(), value)}"`
}

function describe (value: unknown): string {
  if (value instanceof Markup) return 'markup'
  if (value instanceof Attributes) return 'a list of attributes'
  return Array.isArray(value) ? 'a list' : typeof value
}
