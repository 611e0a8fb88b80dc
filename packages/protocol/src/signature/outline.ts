import type { XmlTree } from '../xml/index.ts'
import { malformed } from './parsed.ts'
import { ASIC_NS, DS_NS, XADES_NS } from './template.ts'

/** The parts of a signature document, each at the only place where it may be. */
export interface Outline {
  /** The root, when the signature is not that itself. */
  readonly above: readonly XmlTree[]
  readonly signature: XmlTree
  /** From the root to the signed properties. */
  readonly properties: readonly XmlTree[]
  readonly propertiesId: string
  readonly unsigned: XmlTree | undefined
}

/**
 * Refuses every arrangement by which one part could be digested and another be read: several signatures or signed
 * properties, identifiers that repeat, parts moved elsewhere, and what only confuses parsers (comments, processing
 * instructions, CDATA, another encoding, inherited attributes).
 */
export function checkOutline (text: string, root: XmlTree): Outline {
  const body = text.startsWith('<?xml') ? text.indexOf('?>') + 2 : 0
  if (text.includes('<?', body) || text.includes('<!')) throw malformed('comments, CDATA and processing instructions are not allowed')
  const encoding = /encoding\s*=\s*["']([^"']*)/.exec(text.slice(0, body))?.[1]
  if (encoding !== undefined && !/^utf-8$/i.test(encoding)) throw malformed('encoding is not UTF-8')
  checkUnique(root)

  const wrapped = root.local === 'XAdESSignatures' && root.ns === ASIC_NS
  const signature = wrapped ? only(root.elements(), 'Signature', DS_NS) : only([root], 'Signature', DS_NS)
  const above = wrapped ? [root] : []
  const parts = signature.elements()
  const expected = ['SignedInfo', 'SignatureValue', 'KeyInfo', 'Object']
  if (parts.length !== expected.length || parts.some((part, i) => part.local !== expected[i] || part.ns !== DS_NS)) throw malformed('parts of Signature')
  const qualifying = only(parts[3]!.elements(), 'QualifyingProperties', XADES_NS)
  const id = signature.attribute('Id')
  if (id === undefined || qualifying.attribute('Target') !== `#${id}`) throw malformed('properties are of another signature')
  const [signed, unsigned, ...rest] = qualifying.elements()
  const properties = only(signed === undefined ? [] : [signed], 'SignedProperties', XADES_NS)
  const propertiesId = properties.attribute('Id')
  if (propertiesId === undefined || rest.length > 0 || (unsigned !== undefined && (unsigned.local !== 'UnsignedProperties' || unsigned.ns !== XADES_NS))) {
    throw malformed('parts of QualifyingProperties')
  }
  return {
    above,
    signature,
    properties: [...above, signature, parts[3]!, qualifying, properties],
    propertiesId,
    unsigned: unsigned?.child('UnsignedSignatureProperties', XADES_NS)
  }
}

function only (elements: readonly XmlTree[], local: string, ns: string): XmlTree {
  const [element, ...rest] = elements
  if (element === undefined || rest.length > 0 || element.local !== local || element.ns !== ns) throw malformed(`exactly one ${local} is expected`)
  return element
}

/** No identifier twice, whatever the attribute is called, and no second signature or signed properties anywhere. */
function checkUnique (root: XmlTree): void {
  const ids = new Set<string>()
  const once = new Set<string>()
  const visit = (element: XmlTree): void => {
    for (const attribute of element.attributes) {
      if (attribute.prefix === 'xml') throw malformed('attributes of XML itself are not allowed')
      if (attribute.local.toLowerCase() !== 'id' || attribute.prefix === 'xmlns') continue
      if (ids.has(attribute.value)) throw malformed('an identifier stands twice')
      ids.add(attribute.value)
    }
    if (/^(Signature|SignedInfo|SignedProperties|QualifyingProperties)$/.test(element.local)) {
      if (once.has(element.local)) throw malformed(`exactly one ${element.local} is expected`)
      once.add(element.local)
    }
    for (const child of element.elements()) visit(child)
  }
  visit(root)
}
