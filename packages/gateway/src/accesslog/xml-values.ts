import { Fault } from '@trembita/protocol/fault'
import { readXml, type XmlElement } from '@trembita/protocol/xml'
import type { OnValue } from './json-values.ts'
import type { PathNode } from './selector.ts'
import { DEPTH_MAX, Unreadable } from './unreadable.ts'

const SOAP_NAMESPACES: ReadonlySet<string> = new Set(['http://schemas.xmlsoap.org/soap/envelope/', 'http://www.w3.org/2003/05/soap-envelope'])

interface Open {
  /** Undefined above what the paths are about. */
  readonly node: PathNode | undefined
  text: string | undefined
}

/**
 * Reads texts of elements, and attributes, that paths select.
 *
 * @param kind `soap`: paths begin below Body.
 * @throws {Unreadable} for what is not well-formed, has a document type or is nested too deeply.
 */
export function readXmlValues (bytes: Buffer, kind: 'document' | 'soap', charset: string | undefined, root: PathNode, onValue: OnValue): void {
  const open: Open[] = []
  const tell = (node: PathNode, value: string): void => {
    for (const path of node.ends) onValue(path, value)
  }
  try {
    readXml(bytes, { bytesMax: bytes.length, depthMax: kind === 'soap' ? DEPTH_MAX + 2 : DEPTH_MAX, charset }, {
      open (element) {
        const node = nodeOf(element)
        open.push({ node, text: node !== undefined && node.ends.length > 0 ? '' : undefined })
        if (node === undefined || node.isDead) return
        for (const { ns, local, value } of element.attributes) tell(node.step(`@${nameOf({ ns, local })}`), value)
      },
      text (value) {
        const top = open.at(-1)
        if (top?.text !== undefined) top.text += value
      },
      close () {
        const { node, text } = open.pop()!
        if (text !== undefined) tell(node!, text)
      }
    })
  } catch (thrown) {
    if (thrown instanceof Fault && thrown.kind === 'InvalidXml') throw new Unreadable('it is no XML, or nested too deeply')
    throw thrown
  }

  function nodeOf (element: XmlElement): PathNode | undefined {
    const parent = open.at(-1)
    if (kind === 'document' && parent === undefined) return root.step(nameOf(element))
    if (parent?.node !== undefined) return parent.node.step(nameOf(element))
    return kind === 'soap' && open.length === 1 && element.local === 'Body' && SOAP_NAMESPACES.has(element.ns) ? root : undefined
  }
}

function nameOf ({ ns, local }: { readonly ns: string, readonly local: string }): string {
  return ns === '' ? local : `{${ns}}${local}`
}
