import { XmlC14NMode, XmlDocument } from 'libxml2-wasm'

export const C14N_INCLUSIVE = 'http://www.w3.org/TR/2001/REC-xml-c14n-20010315'
export const C14N_EXCLUSIVE = 'http://www.w3.org/2001/10/xml-exc-c14n#'

/**
 * Canonical form of the one element of that name, in its place in the document: libxml2 sees the whole of it.
 *
 * @throws {Error} when the text is not well-formed or the element is not there.
 */
export function canonicalElement (text: string, localName: string, algorithm: string): Buffer {
  const document = XmlDocument.fromString(text)
  try {
    const element = document.get(`//*[local-name()="${localName}"]`)
    if (element === null || !('canonicalizeToString' in element)) throw new Error(`no element ${localName}`)
    const mode = algorithm === C14N_EXCLUSIVE ? XmlC14NMode.XML_C14N_EXCLUSIVE_1_0 : XmlC14NMode.XML_C14N_1_0
    return Buffer.from(element.canonicalizeToString({ mode, withComments: false }))
  } finally {
    document.dispose()
  }
}
