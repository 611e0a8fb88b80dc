import { SaxesParser } from 'saxes'

export interface XmlNode {
  readonly local: string
  readonly ns: string
  readonly attributes: readonly { readonly local: string, readonly ns: string, readonly value: string }[]
  readonly children: readonly (XmlNode | string)[]
}

/** A deeper document is an attack: the parser's namespace look-up grows with the depth. */
const DEPTH_MAX = 64

/** @throws {Error} for what is not well-formed, holds a DOCTYPE or is too deep. */
export function parseXml (text: string): XmlNode {
  interface Growing { local: string, ns: string, attributes: XmlNode['attributes'], children: (XmlNode | string)[] }
  const open: Growing[] = []
  let root: XmlNode | undefined
  const parser = new SaxesParser({ xmlns: true })
  parser.on('error', (error) => { throw error })
  parser.on('doctype', () => { throw new Error('a DOCTYPE is not accepted') })
  parser.on('opentag', (tag) => {
    if (open.length >= DEPTH_MAX) throw new Error('nested too deep')
    const attributes = Object.values(tag.attributes).filter(({ prefix, name }) => prefix !== 'xmlns' && name !== 'xmlns').map(({ local, uri, value }) => ({ local, ns: uri, value }))
    const node: Growing = { local: tag.local, ns: tag.uri, attributes, children: [] }
    open.at(-1)?.children.push(node)
    root ??= node
    open.push(node)
  })
  const addText = (value: string): void => { open.at(-1)?.children.push(value) }
  parser.on('text', addText)
  parser.on('cdata', addText)
  parser.on('closetag', () => { open.pop() })
  parser.write(text).close()
  if (root === undefined) throw new Error('an empty document')
  return root
}

export function childOf (node: XmlNode, local: string, ns = node.ns): XmlNode | undefined {
  return node.children.find((child): child is XmlNode => typeof child !== 'string' && child.local === local && child.ns === ns)
}

export function textOf (node: XmlNode | undefined): string | undefined {
  return node?.children.filter((child) => typeof child === 'string').join('').trim()
}

export function elementsOf (node: XmlNode): XmlNode[] {
  return node.children.filter((child) => typeof child !== 'string')
}

const ENTITIES: Record<string, string> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', '\r': '&#13;' }

export function escapeXml (text: string): string {
  return text.replace(/[&<>"\r]/g, (character) => ENTITIES[character]!)
}

/** Writes a node with the namespaces declared where they are used. */
export function formatXml (node: XmlNode): string {
  const attributes = node.attributes.map(({ local, ns, value }, i) => ns === '' ? ` ${local}="${escapeXml(value)}"` : ` xmlns:a${i}="${escapeXml(ns)}" a${i}:${local}="${escapeXml(value)}"`).join('')
  const content = node.children.map((child) => typeof child === 'string' ? escapeXml(child) : formatXml(child)).join('')
  return `<${node.local} xmlns="${escapeXml(node.ns)}"${attributes}>${content}</${node.local}>`
}
