import { Fault } from '../fault/index.ts'
import { asBuffer } from '../message/index.ts'
import { decodeXml, readXmlText, type XmlAttribute, type XmlElement } from '../xml/index.ts'

/** Descriptions are written by people and tools; the largest seen are some MB. */
export const DESCRIPTION_BYTES_MAX = 10 * 1024 * 1024

/** An element with its place in the text, so that a document can be changed without being written anew. */
export interface OffsetNode {
  readonly name: string
  readonly prefix: string
  readonly local: string
  readonly ns: string
  readonly attributes: readonly XmlAttribute[]
  readonly selfClosing: boolean
  readonly parent: OffsetNode | undefined
  readonly children: OffsetNode[]
  text: string
  /** At `<` of the start tag, behind its `>`, at `<` of the end tag, behind its `>`. */
  readonly start: number
  readonly openEnd: number
  closeStart: number
  end: number
}

export interface Edit { readonly start: number, readonly end: number, readonly insert: string }

/** @throws {Fault} `InvalidXml` */
export function readOffsetTree (text: string): OffsetNode {
  let root: OffsetNode | undefined
  let current: OffsetNode | undefined
  readXmlText(text, {}, {
    open (element: XmlElement, start, openEnd) {
      const node: OffsetNode = { ...element, parent: current, children: [], text: '', start, openEnd, closeStart: openEnd, end: openEnd }
      if (current === undefined) root = node
      else current.children.push(node)
      current = node
    },
    text (value) { current!.text += value },
    close (_element, start, end) {
      if (!current!.selfClosing) {
        current!.closeStart = start
        current!.end = end
      }
      current = current!.parent
    }
  })
  return root!
}

export function attributeOf (node: OffsetNode, local: string, ns = ''): string | undefined {
  return node.attributes.find((attribute) => attribute.local === local && attribute.ns === ns)?.value
}

export function childrenOf (node: OffsetNode, local: string, ns: string): OffsetNode[] {
  return node.children.filter((child) => child.local === local && child.ns === ns)
}

/** All below, in document order. */
export function * descendants (node: OffsetNode): Generator<OffsetNode, void> {
  for (const child of node.children) {
    yield child
    yield * descendants(child)
  }
}

/** Applies edits that do not overlap; insertions at one place come in the order of the list, before what is replaced there. */
export function applyEdits (text: string, edits: readonly Edit[]): string {
  let out = ''
  let at = 0
  for (const { start, end, insert } of [...edits].sort((a, b) => a.start - b.start || a.end - b.end)) {
    out += text.slice(at, start) + insert
    at = end
  }
  return out + text.slice(at)
}

/** An edit of an attribute's value, quotes included; undefined when the tag has none. `value` is escaped already. */
export function editAttribute (text: string, node: OffsetNode, name: string, value: string): Edit | undefined {
  const tag = text.slice(node.start, node.openEnd)
  // Attributes one after another, so that text inside another value cannot look like one.
  const pattern = /([^\s=<>"'/]+)\s*=\s*("[^"]*"|'[^']*')/g
  for (let match = pattern.exec(tag); match !== null; match = pattern.exec(tag)) {
    if (match[1] !== name) continue
    const start = node.start + match.index + match[0].length - match[2]!.length
    return { start, end: start + match[2]!.length, insert: `"${value}"` }
  }
  return undefined
}

/**
 * Text of a description by what it says of itself (byte order mark, then XML declaration, then UTF-8): unlike messages,
 * descriptions are files, whose transport often names no charset or a wrong one.
 *
 * @throws {Fault} `InvalidXml`
 */
export function decodeDescription (bytes: Uint8Array): string {
  if (bytes.byteLength > DESCRIPTION_BYTES_MAX) throw new Fault('InvalidXml', `description exceeds ${DESCRIPTION_BYTES_MAX} bytes`)
  const head = asBuffer(bytes).toString('latin1', 0, 256)
  const mark = head.startsWith('\xff\xfe') ? 'utf-16le' : head.startsWith('\xfe\xff') ? 'utf-16be' : head.startsWith('\xef\xbb\xbf') ? 'utf-8' : undefined
  const declared = /^(?:\xef\xbb\xbf)?<\?xml[^>]*?\sencoding\s*=\s*["']([A-Za-z0-9._-]+)["']/.exec(head)?.[1]
  return decodeXml(bytes, mark ?? declared ?? 'utf-8').replace(/^\ufeff/, '')
}

/** UTF-8 bytes of a changed description, saying so in its declaration. */
export function encodeDescription (text: string): Buffer {
  return Buffer.from(text.replace(/^(<\?xml[^>]*?\sencoding\s*=\s*)(?:"[^"]*"|'[^']*')/, '$1"UTF-8"'), 'utf8')
}
