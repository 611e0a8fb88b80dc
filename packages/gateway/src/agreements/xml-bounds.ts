import { AGREEMENT_NS } from '@trembita/protocol/agreement'
import { Fault } from '@trembita/protocol/fault'
import { decodeXml, readXmlText, type XmlAttribute, type XmlElement, type XmlHandlers } from '@trembita/protocol/xml'
import { type Bounds, type Cut, kept, Unreadable } from './cuts.ts'
import { type ElementRule, nameOf } from './field-rules.ts'
import { loggableName, Places } from './place-names.ts'

const XMLNS_NS = 'http://www.w3.org/2000/xmlns/'
const XSI_NS = 'http://www.w3.org/2001/XMLSchema-instance'
const SOAP_NAMESPACES: ReadonlySet<string> = new Set(['http://schemas.xmlsoap.org/soap/envelope/', 'http://www.w3.org/2003/05/soap-envelope'])
/** Header entries that the gateways have compared with the request, and the purposes that a service gives back with it. */
const HEADER_NAMESPACES: ReadonlySet<string> = new Set(['http://x-road.eu/xsd/xroad.xsd', 'http://x-road.eu/xsd/representation.xsd', AGREEMENT_NS])

const NAME_CHARACTERS = /^[\p{L}_][\p{L}\p{N}\p{M}_.-]*(:[\p{L}_][\p{L}\p{N}\p{M}_.-]*)?$/u

/**
 * Looks through an XML document and tells what of it is outside the rules, and what is left without that. Elements, attributes,
 * text and comments are cut out of the text; all else stays byte for byte. Elements above permitted ones may stand, with
 * declarations of namespaces and `xsi:nil` and `xsi:type`.
 *
 * @param kind `soap`: the rules are about the elements in Body, and those in Header that are not of the protocol.
 * @throws {Unreadable} for what is not well-formed, has a document type or is not UTF-8.
 */
export function boundXml (bytes: Buffer, rules: readonly ElementRule[], kind: 'document' | 'soap'): Bounds {
  let text: string
  const walk = new XmlWalk(rules, kind)
  try {
    text = walk.source = decodeXml(bytes)
    readXmlText(text, {}, walk)
  } catch (thrown) {
    if (thrown instanceof Fault && thrown.kind === 'InvalidXml') throw new Unreadable(`it is no XML that all read alike: ${thrown.message}`)
    throw thrown
  }
  walk.end()
  if (walk.places.isEmpty) return { outside: [], inside: bytes }
  const outside = walk.places.all()
  if (walk.nothingLeft) return { outside, inside: undefined }
  return { outside, inside: Buffer.from(kept(walk.cuts, text.length).map(({ start, end }) => text.slice(start, end)).join('')) }
}

/** An element above permitted ones. */
interface Frame {
  /** For its children; undefined where the envelope rules. */
  readonly rules: readonly ElementRule[] | undefined
  readonly part: 'document' | 'envelope' | 'header' | 'body' | 'content'
  /** Behind what was read last in it. */
  readTo: number
  /** Where it stands, spelled as in the document. */
  readonly key: string
}

class XmlWalk implements XmlHandlers {
  source = ''
  /** No root, or nothing in Body. */
  nothingLeft = true
  readonly cuts: Cut[] = []
  readonly places = new Places()
  readonly #path: { readonly ns: string, readonly local: string }[] = []
  readonly #told = new Set<string>()
  readonly #frames: Frame[]
  readonly #root: readonly ElementRule[]
  /** Levels of an element that is wholly inside or outside, and where it began when outside. */
  #within = 0
  #outsideFrom: number | undefined

  constructor (rules: readonly ElementRule[], kind: 'document' | 'soap') {
    this.#root = rules
    this.#frames = [{ rules: kind === 'soap' ? undefined : rules, part: 'document', readTo: 0, key: '' }]
  }

  declaration (encoding: string | undefined): void {
    if (encoding !== undefined && !/^(utf-8|us-ascii)$/i.test(encoding)) throw new Unreadable('its declaration names another encoding than UTF-8')
  }

  open (element: XmlElement, start: number, end: number): void {
    if (this.#within > 0) {
      this.#within += 1
      return
    }
    const parent = this.#frames.at(-1)!
    this.#between(parent, start)
    const found = this.#find(parent, element)
    this.#path.push(element)
    if (found !== 'outside' && (parent.part === 'document' ? parent.rules !== undefined : parent.part === 'body')) this.nothingLeft = false
    if (found === 'inside' || found === 'outside') {
      this.#within = 1
      this.#outsideFrom = found === 'outside' ? start : undefined
      if (found === 'outside') this.#tell(`${parent.key}/${element.name}`, undefined)
      return
    }
    this.#checkAttributes(element, found, start, end)
    found.readTo = end
    this.#frames.push(found)
  }

  close (_element: XmlElement, start: number, end: number): void {
    if (this.#within > 1) {
      this.#within -= 1
      return
    }
    if (this.#within === 1) {
      this.#within = 0
      if (this.#outsideFrom !== undefined) this.cuts.push({ start: this.#outsideFrom, end })
    } else {
      this.#between(this.#frames.pop()!, start)
    }
    this.#path.pop()
    this.#frames.at(-1)!.readTo = end
  }

  /** What follows the root. */
  end (): void {
    this.#between(this.#frames[0]!, this.source.length)
  }

  #find (parent: Frame, element: XmlElement): Frame | 'inside' | 'outside' {
    const key = `${parent.key}/${element.name}`
    if (parent.part === 'document' && parent.rules === undefined) return { rules: undefined, part: 'envelope', readTo: 0, key }
    if (parent.part === 'envelope') {
      if (!SOAP_NAMESPACES.has(element.ns) || (element.local !== 'Header' && element.local !== 'Body')) return 'outside'
      return { rules: this.#root, part: element.local === 'Header' ? 'header' : 'body', readTo: 0, key }
    }
    if (parent.part === 'header' && HEADER_NAMESPACES.has(element.ns)) return 'inside'
    const below: ElementRule[] = []
    for (const rule of parent.rules!) {
      const own = rule.elements.get(nameOf(element))
      if (own !== undefined) below.push(own)
      if (rule.any !== undefined) below.push(rule.any)
    }
    if (below.length === 0) return 'outside'
    return below.some(({ whole }) => whole) ? 'inside' : { rules: below, part: 'content', readTo: 0, key }
  }

  #checkAttributes (element: XmlElement, frame: Frame, start: number, end: number): void {
    if (!element.attributes.some((attribute) => !isAllowed(attribute, frame))) return
    const tag = this.source.slice(start, end)
    const spans = [...tag.matchAll(/\s+([^\s=/>"']+)\s*=\s*(?:"[^"]*"|'[^']*')/g)]
    element.attributes.forEach((attribute) => {
      if (isAllowed(attribute, frame)) return
      const span = spans.find(([, name]) => name === attribute.name)
      if (span === undefined) throw new Unreadable('an attribute of it is not found where it was read')
      this.cuts.push({ start: start + span.index, end: start + span.index + span[0].length })
      this.#tell(`${frame.key}/@${attribute.name}`, `@${pathName(attribute)}`)
    })
  }

  /** What stands between two tags above permitted elements is white space, or outside: text, CDATA, comments, instructions. */
  #between (frame: Frame, to: number): void {
    const from = frame.part === 'document' && frame.readTo === 0 ? prologEnd(this.source) : frame.readTo
    if (from < to && !/^[ \t\r\n]*$/.test(this.source.slice(from, to))) {
      this.cuts.push({ start: from, end: to })
      this.#tell(`${frame.key}/text()`, 'text()')
    }
  }

  /** @param last what stands below the element that is being read, if not that itself is meant. */
  #tell (key: string, last: string | undefined): void {
    if (this.#told.has(key) || this.#told.size >= TOLD_MAX) return
    this.#told.add(key)
    const path = this.#path.map(pathName)
    this.places.add(last === undefined ? path : [...path, last])
  }
}

/** One answer tells of so many kinds of places; more say nothing new. */
const TOLD_MAX = 1000

/** Behind the byte order mark and the XML declaration. */
function prologEnd (text: string): number {
  return /^\ufeff?(?:<\?xml\s[^>]*\?>)?/.exec(text)![0].length
}

function isAllowed (attribute: XmlAttribute, frame: Frame): boolean {
  if (attribute.ns === XMLNS_NS) return true
  if (frame.part !== 'content') return SOAP_NAMESPACES.has(attribute.ns)
  if (attribute.ns === XSI_NS && attribute.local === 'nil') return /^(true|false|0|1)$/.test(attribute.value)
  if (attribute.ns === XSI_NS && attribute.local === 'type') return NAME_CHARACTERS.test(attribute.value)
  return frame.rules!.some((rule) => rule.attributes.has(nameOf(attribute)))
}

function pathName ({ ns, local }: { readonly ns: string, readonly local: string }): string {
  const name = loggableName(local)
  return ns === '' ? name : `{${/^[!-~]{1,200}$/.test(ns) ? ns : '?'}}${name}`
}
