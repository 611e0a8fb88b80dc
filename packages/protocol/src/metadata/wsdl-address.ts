import { escapeAttribute } from '../xml/index.ts'
import { applyEdits, decodeDescription, descendants, editAttribute, encodeDescription, readOffsetTree, type Edit } from './offset-tree.ts'
import { WSDL_SOAP_NAMESPACES } from './wsdl-namespaces.ts'

/** What X-Road writes in place of a service's own address, which is nobody's business. */
export const GET_WSDL_LOCATION = 'http://example.org/xroad-endpoint'

/**
 * Replaces every `location` of `soap:address` (and SOAP 1.2's). Everything else stays as it is, comments included.
 *
 * @throws {Fault} `InvalidXml`: not well-formed, a DOCTYPE, over 10 MiB.
 * @see xroad-messages §5.3
 */
export function rewriteWsdlAddress (wsdl: Uint8Array, location: string = GET_WSDL_LOCATION): Buffer {
  const text = decodeDescription(wsdl)
  const edits: Edit[] = []
  for (const node of descendants(readOffsetTree(text))) {
    if (node.local !== 'address' || !WSDL_SOAP_NAMESPACES.has(node.ns)) continue
    const edit = editAttribute(text, node, 'location', escapeAttribute(location))
    if (edit !== undefined) edits.push(edit)
  }
  return encodeDescription(applyEdits(text, edits))
}
