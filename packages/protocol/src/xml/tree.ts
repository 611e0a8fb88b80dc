import { readXml, type XmlAttribute, type XmlElement, type XmlLimits } from './read.ts'

/** An element with what it contains. For small documents: configuration, hash chains, descriptions. */
export interface XmlTree {
  readonly name: string
  readonly prefix: string
  readonly local: string
  readonly ns: string
  readonly attributes: readonly XmlAttribute[]
  readonly children: readonly (XmlTree | string)[]
  /** Offsets in the decoded text, in UTF-16 units: of the `<` of the start tag, and behind the end tag. */
  readonly start: number
  readonly end: number
  /** All text below, in document order, untrimmed. */
  text (): string
  /** The first child element of that name; of any namespace when `ns` is not given. */
  child (local: string, ns?: string): XmlTree | undefined
  all (local: string, ns?: string): XmlTree[]
  /** Child elements in order. */
  elements (): XmlTree[]
  /** Value of an attribute, by default of one without a namespace. */
  attribute (local: string, ns?: string): string | undefined
}

/** The tree while it is being built, for readers that build only pieces of a document. */
export class ElementTree implements XmlTree {
  readonly name: string
  readonly prefix: string
  readonly local: string
  readonly ns: string
  readonly attributes: readonly XmlAttribute[]
  readonly children: (ElementTree | string)[] = []
  readonly start: number
  end: number

  constructor (element: XmlElement, start: number) {
    this.start = start
    this.end = start
    this.name = element.name
    this.prefix = element.prefix
    this.local = element.local
    this.ns = element.ns
    this.attributes = element.attributes
  }

  text (): string {
    let text = ''
    for (const child of this.children) text += typeof child === 'string' ? child : child.text()
    return text
  }

  child (local: string, ns?: string): ElementTree | undefined {
    for (const child of this.children) if (isNamed(child, local, ns)) return child
    return undefined
  }

  all (local: string, ns?: string): ElementTree[] {
    return this.children.filter((child) => isNamed(child, local, ns))
  }

  elements (): ElementTree[] {
    return this.children.filter((child) => typeof child !== 'string')
  }

  attribute (local: string, ns = ''): string | undefined {
    for (const attribute of this.attributes) if (attribute.local === local && attribute.ns === ns) return attribute.value
    return undefined
  }
}

function isNamed (node: ElementTree | string, local: string, ns: string | undefined): node is ElementTree {
  return typeof node !== 'string' && node.local === local && (ns === undefined || node.ns === ns)
}

/**
 * Reads a small document into a tree of plain objects.
 *
 * @throws {Fault} `InvalidXml` as `readXml` does.
 */
export function parseXmlTree (bytes: Uint8Array, limits: XmlLimits): XmlTree {
  const path: ElementTree[] = []
  let root: ElementTree | undefined
  readXml(bytes, limits, {
    open (element, start) {
      const tree = new ElementTree(element, start)
      const parent = path.at(-1)
      if (parent === undefined) root = tree
      else parent.children.push(tree)
      path.push(tree)
    },
    text (value) { path.at(-1)!.children.push(value) },
    close (_, _start, end) { path.pop()!.end = end }
  })
  return root!
}
