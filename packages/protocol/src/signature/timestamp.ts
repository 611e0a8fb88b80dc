import { decodeXml, readXmlText, type XmlElement } from '../xml/index.ts'
import { parseSignature } from './parse-signature.ts'
import { malformed } from './parsed.ts'
import { XADES_NS } from './template.ts'
import { base64 } from './texts.ts'

/**
 * Puts a time stamp over the signature value into a stored signature, as first of the unsigned properties. No other byte
 * changes, so every digest stays.
 *
 * @param token DER of the RFC 3161 token.
 * @throws {Fault} `MalformedSignature` when it has no place for it.
 */
export function addTimestampToSignature (signature: Uint8Array, token: Uint8Array): Buffer {
  const text = decodeXml(signature)
  let place: { element: XmlElement, end: number } | undefined
  let found = 0
  readXmlText(text, {}, {
    open (element, _start, end) {
      if (element.local !== 'UnsignedSignatureProperties' || element.ns !== XADES_NS) return
      place = { element, end }
      found++
    }
  })
  if (place === undefined || found > 1 || place.element.selfClosing) throw malformed('no place for a time stamp')
  const prefix = place.element.prefix === '' ? '' : `${place.element.prefix}:`
  const stamp = `<${prefix}SignatureTimeStamp><${prefix}EncapsulatedTimeStamp>${base64(token)}</${prefix}EncapsulatedTimeStamp></${prefix}SignatureTimeStamp>`
  return Buffer.from(text.slice(0, place.end) + stamp + text.slice(place.end))
}

/** What a single time stamp is over: the decoded signature value. */
export function signatureValueOf (signature: Uint8Array): Buffer {
  return parseSignature(signature).value
}
