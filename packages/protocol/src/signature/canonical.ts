import { XmlC14NMode, XmlDocument, XmlElement } from 'libxml2-wasm'
import { malformed } from './parsed.ts'

const MODES: Readonly<Record<string, typeof XmlC14NMode[keyof typeof XmlC14NMode]>> = {
  'http://www.w3.org/TR/2001/REC-xml-c14n-20010315': XmlC14NMode.XML_C14N_1_0,
  'http://www.w3.org/2001/10/xml-exc-c14n#': XmlC14NMode.XML_C14N_EXCLUSIVE_1_0,
  'http://www.w3.org/2006/12/xml-c14n11': XmlC14NMode.XML_C14N_1_1
}

/** A canonicalisation by its URI, with the prefixes that an exclusive one treats as inclusive. */
export interface Canonicalisation {
  readonly uri: string
  readonly prefixes: readonly string[]
}

/** Whether a canonicalisation is accepted. None with comments is. */
export function isCanonicalisation (uri: string): boolean {
  return Object.hasOwn(MODES, uri)
}

/** A parsed document whose elements can be brought to canonical form in their place. To be disposed. */
export class CanonicalDocument implements Disposable {
  readonly #document: XmlDocument

  /** @param bytes UTF-8, found well-formed and free of document types before. */
  constructor (bytes: Uint8Array) {
    try {
      this.#document = XmlDocument.fromBuffer(bytes)
    } catch (cause) {
      throw malformed('not well-formed', cause)
    }
  }

  /**
   * Canonical form of one element.
   *
   * @param path positions among element children, from the root's children downwards.
   */
  canonicalise (path: readonly number[], by: Canonicalisation): string {
    let element = this.#document.root
    for (const position of path) element = childElement(element, position)
    return element.canonicalizeToString({
      mode: MODES[by.uri]!,
      withComments: false,
      ...(by.prefixes.length > 0 && { inclusiveNamespacePrefixes: [...by.prefixes] })
    })
  }

  [Symbol.dispose] (): void {
    this.#document.dispose()
  }
}

function childElement (parent: XmlElement, position: number): XmlElement {
  for (let node = parent.firstChild; node !== null; node = node.next) {
    if (node instanceof XmlElement && position-- === 0) return node
  }
  throw malformed('element not found')
}
