import { DerCursor, DerError, TAG, oidOf, sequenceOf, type DerNode } from '../asn1/index.ts'

/**
 * Signed or unsigned attributes of a CMS signer by type: each stands once and has one value.
 *
 * @throws {DerError}
 * @see RFC 5652 §5.3
 */
export function readCmsAttributes (node: DerNode): Map<string, DerNode> {
  const attributes = new Map<string, DerNode>()
  for (const attribute of node.children()) {
    const fields = sequenceOf(attribute)
    const type = oidOf(fields.take(TAG.OID))
    const values = new DerCursor(fields.take(TAG.SET).children())
    fields.end()
    if (attributes.has(type)) throw new DerError(`attribute ${type} stands twice`)
    attributes.set(type, values.take())
    values.end()
  }
  return attributes
}
