import { isForbidden } from './safe-attributes.ts'

/** Where a value stands in a template, and the text before it. */
export type Place =
  | { readonly kind: 'text', readonly before: string }
  | { readonly kind: 'attribute', readonly name: string, readonly before: string }
  | { readonly kind: 'condition', readonly name: string, readonly before: string }
  | { readonly kind: 'attributes', readonly before: string }

type State = 'text' | 'tagOpen' | 'tagName' | 'inTag' | 'attributeName' | 'afterEquals' | 'doubleQuoted' | 'singleQuoted' | 'unquoted' | 'comment' | 'closingTag'

const known = new WeakMap<TemplateStringsArray, readonly Place[]>()

/** The places of a template's values. Worked out once for each template of the source. */
export function placesOf (strings: TemplateStringsArray): readonly Place[] {
  const found = known.get(strings)
  if (found !== undefined) return found
  const places = new TemplateReader(strings).places()
  known.set(strings, places)
  return places
}

/** Follows markup letter by letter, as far as needed to know what a value in it would mean. Stricter than HTML: what it does not follow, it refuses. */
class TemplateReader {
  readonly #strings: readonly string[]
  #state: State = 'text'
  #tag = ''
  #name = ''
  /** Element whose content is no markup, until its end tag. */
  #rawText = ''

  constructor (strings: readonly string[]) {
    this.#strings = strings
  }

  places (): readonly Place[] {
    const places: Place[] = []
    this.#strings.forEach((text, index) => {
      this.#read(text)
      if (index < this.#strings.length - 1) places.push(this.#place(text))
    })
    if (this.#state !== 'text' || this.#rawText !== '') throw this.#mistake('the template ends inside a tag, a comment or a script')
    return places
  }

  #place (before: string): Place {
    if (this.#state === 'text' && this.#rawText === '') return { kind: 'text', before }
    if (this.#state === 'inTag' && /\s$/.test(before)) return { kind: 'attributes', before: before.replace(/\s$/, '') }
    if (this.#state === 'afterEquals' && this.#name.startsWith('?') && /\s\?[a-z-]+=$/i.test(before)) {
      this.#state = 'inTag'
      return { kind: 'condition', name: this.#name.slice(1), before: before.slice(0, -this.#name.length - 2) }
    }
    if (this.#state === 'doubleQuoted' || this.#state === 'singleQuoted') {
      if (isForbidden(this.#name)) throw this.#mistake(`the attribute ${this.#name} takes no value`)
      return { kind: 'attribute', name: this.#name, before }
    }
    throw this.#mistake(`a value stands where none may (${this.#rawText === '' ? this.#state : this.#rawText})`)
  }

  #mistake (what: string): TypeError {
    return new TypeError(`html: ${what}: ${this.#strings.join('(…)').slice(0, 200)}`)
  }

  #read (text: string): void {
    for (let at = 0; at < text.length; at++) {
      at += this.#step(text[at]!, text, at)
    }
  }

  /** @returns how many further letters are used up. */
  #step (letter: string, text: string, at: number): number {
    switch (this.#state) {
      case 'text': return this.#inText(letter, text, at)
      case 'comment':
        if (text.startsWith('-->', at)) this.#state = 'text'
        return 0
      case 'tagOpen':
      case 'tagName':
        return this.#inTagName(letter)
      case 'closingTag':
        if (letter === '>') this.#state = 'text'
        return 0
      case 'inTag':
        if (letter === '>') this.#endOfTag()
        else if (!/[\s/]/.test(letter)) [this.#state, this.#name] = ['attributeName', letter]
        return 0
      case 'attributeName':
        if (letter === '=') this.#state = 'afterEquals'
        else if (letter === '>') this.#endOfTag()
        else if (/[\s/]/.test(letter)) this.#state = 'inTag'
        else this.#name = (this.#name + letter).toLowerCase()
        return 0
      case 'afterEquals':
        this.#state = letter === '"' ? 'doubleQuoted' : letter === "'" ? 'singleQuoted' : 'unquoted'
        return 0
      case 'doubleQuoted':
        if (letter === '"') this.#state = 'inTag'
        return 0
      case 'singleQuoted':
        if (letter === "'") this.#state = 'inTag'
        return 0
      case 'unquoted':
        if (letter === '>') this.#endOfTag()
        else if (/\s/.test(letter)) this.#state = 'inTag'
        return 0
    }
  }

  #inText (letter: string, text: string, at: number): number {
    if (letter !== '<') return 0
    if (this.#rawText !== '') {
      if (!text.slice(at).toLowerCase().startsWith(`</${this.#rawText}`)) return 0
      this.#rawText = ''
    }
    if (text.startsWith('<!--', at)) {
      this.#state = 'comment'
      return 3
    }
    [this.#state, this.#tag] = ['tagOpen', '']
    return 0
  }

  #inTagName (letter: string): number {
    if (this.#state === 'tagOpen' && (letter === '/' || letter === '!')) this.#state = 'closingTag'
    else if (letter === '>') this.#endOfTag()
    else if (/[\s/]/.test(letter)) this.#state = 'inTag'
    else [this.#state, this.#tag] = ['tagName', (this.#tag + letter).toLowerCase()]
    return 0
  }

  #endOfTag (): void {
    this.#state = 'text'
    if (this.#tag === 'script' || this.#tag === 'style') this.#rawText = this.#tag
  }
}
