import { isUtf8 } from 'node:buffer'
import { TextDecoder } from 'node:util'
import { Fault } from '../fault/index.ts'

/**
 * Bytes of a document to its text. A byte order mark stays in the text (the reader skips it), so that offsets in the
 * text and offsets in the bytes can be brought together.
 *
 * @param charset label of the transport (HTTP `charset`), UTF-8 when absent; the XML declaration is not consulted.
 * @throws {Fault} `InvalidXml` for a charset that is unknown and for bytes that are not of it.
 */
export function decodeXml (bytes: Uint8Array, charset = 'utf-8'): string {
  const label = charset.trim().toLowerCase()
  if (label === 'utf-8' || label === 'utf8') {
    if (!isUtf8(bytes)) throw new Fault('InvalidXml', 'document is not valid UTF-8')
    return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('utf8')
  }
  let decoder: TextDecoder
  try {
    decoder = new TextDecoder(utf16WithMark(label, bytes), { fatal: true, ignoreBOM: true })
  } catch (cause) {
    throw new Fault('InvalidXml', 'charset of the document is not supported', { cause })
  }
  try {
    return decoder.decode(bytes)
  } catch (cause) {
    throw new Fault('InvalidXml', `document is not valid ${decoder.encoding}`, { cause })
  }
}

/** RFC 2781 §4.3: plain "utf-16" is as its mark says; without a mark it is big-endian. */
function utf16WithMark (label: string, bytes: Uint8Array): string {
  if (label !== 'utf-16') return label
  return bytes[0] === 0xff && bytes[1] === 0xfe ? 'utf-16le' : 'utf-16be'
}
