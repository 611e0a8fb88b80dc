import assert from 'node:assert/strict'
import { SaxesParser, type EventName, type SaxesAttributeNS, type SaxesTagNS, type XMLDecl } from 'saxes'
import { Fault } from '../fault/index.ts'
import { decodeXml } from './decode.ts'

/** No document is read into memory above this: SOAP envelopes, heads and configuration parts are far smaller. 20 MiB. */
export const XML_BYTES_MAX = 20 * 1024 * 1024
/** Namespace look-up is linear in depth: without a limit 200 000 nested elements hold a core for minutes. */
export const XML_DEPTH_MAX = 128
/** Attributes of one element, namespace declarations included. */
export const XML_ATTRIBUTES_MAX = 256

export interface XmlAttribute {
  readonly name: string
  readonly prefix: string
  readonly local: string
  readonly ns: string
  readonly value: string
}

export interface XmlElement {
  readonly name: string
  readonly prefix: string
  readonly local: string
  /** Namespace name; empty when in none. */
  readonly ns: string
  /** In document order, namespace declarations included (theirs is `http://www.w3.org/2000/xmlns/`). */
  readonly attributes: readonly XmlAttribute[]
  readonly selfClosing: boolean
}

/**
 * What the reader calls. `start` and `end` are offsets in UTF-16 units of the decoded text: `start` at the `<` of the
 * tag, `end` behind its `>`. A self-closing tag is opened and closed with the same offsets.
 */
export interface XmlHandlers {
  declaration?(encoding: string | undefined): void
  open?(element: XmlElement, start: number, end: number): void
  /** Text and CDATA, references resolved and line ends normalised. Adjacent pieces may come apart. */
  text?(value: string): void
  close?(element: XmlElement, start: number, end: number): void
}

export interface XmlLimits {
  readonly bytesMax: number
  readonly depthMax?: number | undefined
  readonly attributesMax?: number | undefined
  /** Default UTF-8. */
  readonly charset?: string | undefined
}

/**
 * Reads a whole document, strictly and with namespaces. Never resolves anything outside the document.
 *
 * @throws {Fault} `InvalidXml`: not well-formed, a document type declaration, an undeclared entity or prefix, a limit
 *   broken, bytes not of the charset. What a handler throws passes unchanged.
 */
export function readXml (bytes: Uint8Array, limits: XmlLimits, handlers: XmlHandlers): void {
  if (bytes.byteLength > limits.bytesMax) throw new Fault('InvalidXml', `document exceeds ${limits.bytesMax} bytes`)
  readXmlText(decodeXml(bytes, limits.charset), limits, handlers)
}

/** As `readXml`, over text that is decoded already. */
export function readXmlText (text: string, limits: StructureLimits, handlers: XmlHandlers): void {
  const parser = parserOf(limits, handlers, (end) => tagStart(text, end))
  parser.write(text).close()
}

/**
 * As `readXml`, over a document that is not in one piece of memory. Offsets are not told: they are all 0.
 *
 * @param pieces cut between characters.
 */
export function readXmlPieces (pieces: readonly Uint8Array[], limits: XmlLimits, handlers: XmlHandlers): void {
  if (pieces.reduce((sum, { byteLength }) => sum + byteLength, 0) > limits.bytesMax) throw new Fault('InvalidXml', `document exceeds ${limits.bytesMax} bytes`)
  const parser = parserOf(limits, {
    ...handlers, open: (element) => handlers.open?.(element, 0, 0), close: (element) => handlers.close?.(element, 0, 0)
  }, () => 0)
  for (const piece of pieces) parser.write(decodeXml(piece, limits.charset))
  parser.close()
}

const OPTIONS = { xmlns: true, position: false, forceXMLVersion: true, defaultXMLVersion: '1.0' } as const

type StructureLimits = Pick<XmlLimits, 'depthMax' | 'attributesMax'>

function parserOf (limits: StructureLimits, handlers: XmlHandlers, startOfTag: (end: number) => number): SaxesParser<typeof OPTIONS> {
  const depthMax = limits.depthMax ?? XML_DEPTH_MAX
  const attributesMax = limits.attributesMax ?? XML_ATTRIBUTES_MAX
  const parser = new SaxesParser(OPTIONS)
  const path: XmlElement[] = []
  let attributes = 0

  // Named stores, not `parser.on`: its keyed stores add so many properties that V8 turns the parser into a dictionary,
  // and every character read then costs five times as much.
  const slots = parser as unknown as HandlerSlots
  slots.errorHandler = (cause) => {
    throw new Fault('InvalidXml', `document is not well-formed at character ${parser.position}`, { cause })
  }
  slots.doctypeHandler = () => { throw new Fault('InvalidXml', 'document type declaration is not allowed') }
  slots.openTagStartHandler = () => {
    attributes = 0
    if (path.length >= depthMax) throw new Fault('InvalidXml', `document is nested deeper than ${depthMax} elements`)
  }
  slots.attributeHandler = () => {
    if (++attributes > attributesMax) throw new Fault('InvalidXml', `element has more than ${attributesMax} attributes`)
  }
  slots.openTagHandler = (tag) => {
    const element = toElement(tag)
    path.push(element)
    if (handlers.open !== undefined) handlers.open(element, startOfTag(parser.position), parser.position)
  }
  slots.closeTagHandler = () => {
    const element = path.pop()!
    if (handlers.close !== undefined) handlers.close(element, startOfTag(parser.position), parser.position)
  }
  if (handlers.declaration !== undefined) slots.xmldeclHandler = (declaration) => handlers.declaration!(declaration.encoding)
  if (handlers.text !== undefined) {
    slots.cdataHandler = slots.textHandler = (value) => { if (path.length > 0) handlers.text!(value) }
  }
  return parser
}

/** Where `parser.on` puts handlers. */
interface HandlerSlots {
  errorHandler: (error: Error) => void
  doctypeHandler: () => void
  openTagStartHandler: () => void
  attributeHandler: () => void
  openTagHandler: (tag: SaxesTagNS) => void
  closeTagHandler: () => void
  xmldeclHandler: (declaration: XMLDecl) => void
  textHandler: (value: string) => void
  cdataHandler: (value: string) => void
}

/** The slots are no documented interface, and a refusal that is never called is a hole: a saxes that names them otherwise does not start. */
function assertSlots (): void {
  const parser = new SaxesParser({ xmlns: true })
  const slots = parser as unknown as Record<string, unknown>
  const handler = (): void => {}
  const names = {
    error: 'errorHandler',
    doctype: 'doctypeHandler',
    opentagstart: 'openTagStartHandler',
    attribute: 'attributeHandler',
    opentag: 'openTagHandler',
    closetag: 'closeTagHandler',
    xmldecl: 'xmldeclHandler',
    text: 'textHandler',
    cdata: 'cdataHandler'
  } as const
  for (const [event, slot] of Object.entries(names)) {
    parser.on(event as EventName, handler)
    assert.equal(slots[slot], handler, `saxes keeps its ${event} handler elsewhere`)
  }
}
assertSlots()

/** A raw `<` cannot stand in an attribute value, so the last one opened this tag. `lastIndexOf` leaves compiled code and costs a microsecond for each tag. */
function tagStart (text: string, end: number): number {
  let at = end - 1
  while (text.charCodeAt(at) !== 0x3c) at--
  return at
}

const NO_ATTRIBUTES: readonly XmlAttribute[] = []

function toElement (tag: SaxesTagNS): XmlElement {
  let attributes: XmlAttribute[] | undefined
  for (const name in tag.attributes) {
    const { prefix, local, uri, value } = tag.attributes[name] as SaxesAttributeNS
    attributes ??= []
    attributes.push({ name, prefix, local, ns: uri, value })
  }
  return { name: tag.name, prefix: tag.prefix, local: tag.local, ns: tag.uri, attributes: attributes ?? NO_ATTRIBUTES, selfClosing: tag.isSelfClosing }
}
