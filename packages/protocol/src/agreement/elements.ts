import { Fault } from '../fault/index.ts'
import { escapeAttribute, escapeText, type XmlTree } from '../xml/index.ts'
import { malformed } from './malformed.ts'

const XMLNS_NS = 'http://www.w3.org/2000/xmlns/'

/** An element to be written: attributes that are undefined are left out. */
export interface ElementToWrite {
  readonly name: string
  readonly attributes?: Readonly<Record<string, string | undefined>>
  readonly content?: string | readonly ElementToWrite[]
}

/** Writes an element, its children each on a line of its own, or all in one when `indent` is undefined. One value, one text. */
export function writeElement ({ name, attributes = {}, content = [] }: ElementToWrite, indent?: string): string {
  const given = Object.entries(attributes).filter((entry): entry is [string, string] => entry[1] !== undefined)
  const open = `<${name}${given.map(([name, value]) => ` ${name}="${escapeAttribute(value)}"`).join('')}`
  if (typeof content === 'string') return `${open}>${escapeText(content)}</${name}>`
  if (content.length === 0) return `${open}/>`
  if (indent === undefined) return `${open}>${content.map((child) => writeElement(child)).join('')}</${name}>`
  const inner = indent + '  '
  return `${open}>${content.map((child) => inner + writeElement(child, inner)).join('')}${indent}</${name}>`
}

/** Reads an element of one namespace: its attributes and children in the order of the schema; anything else is refused. */
export class ElementReader {
  readonly #element: XmlTree
  readonly #children: readonly XmlTree[]
  readonly #ns: string
  #next = 0

  constructor (element: XmlTree, ns: string, attributes: readonly string[] = []) {
    this.#element = element
    this.#ns = ns
    for (const attribute of element.attributes) {
      if (attribute.ns !== XMLNS_NS && !(attribute.ns === '' && attributes.includes(attribute.local))) throw malformed(`${element.local}: attribute ${attribute.local} is unknown`)
    }
    this.#children = element.elements()
    if (this.#children.length > 0 && element.children.some((child) => typeof child === 'string' && !/^[ \t\r\n]*$/.test(child))) throw malformed(`${element.local}: text between elements`)
  }

  optionalAttribute (name: string): string | undefined {
    return this.#element.attribute(name)
  }

  attribute (name: string): string {
    const value = this.#element.attribute(name)
    if (value === undefined) throw malformed(`${this.#element.local}: attribute ${name} is missing`)
    return value
  }

  optional (local: string): XmlTree | undefined {
    const child = this.#children[this.#next]
    if (child?.local !== local || child.ns !== this.#ns) return undefined
    this.#next += 1
    return child
  }

  one (local: string): XmlTree {
    const child = this.optional(local)
    if (child === undefined) throw malformed(`${this.#element.local}: expected element ${local}, found ${this.#children[this.#next]?.local ?? 'the end'}`)
    return child
  }

  many (local: string): XmlTree[] {
    const found: XmlTree[] = []
    for (let child = this.optional(local); child !== undefined; child = this.optional(local)) found.push(child)
    return found
  }

  /** Text of the next element, which holds nothing but text and has no attributes. */
  text (local: string): string {
    return this.#textOf(this.one(local))
  }

  texts (local: string): string[] {
    return this.many(local).map((child) => this.#textOf(child))
  }

  end (): void {
    const child = this.#children[this.#next]
    if (child !== undefined) throw malformed(`${this.#element.local}: element ${child.local} is unknown or out of order`)
  }

  #textOf (element: XmlTree): string {
    const reader = new ElementReader(element, this.#ns)
    reader.end()
    return element.text()
  }
}

/** What the reader of XML finds is wrong with the form of what we read. */
export function asMalformed<T> (read: () => T): T {
  try {
    return read()
  } catch (cause) {
    if (cause instanceof Fault && cause.kind === 'InvalidXml') throw malformed(cause.message, cause)
    throw cause
  }
}
