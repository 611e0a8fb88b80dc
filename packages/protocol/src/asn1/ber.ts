import { DerError } from './der-error.ts'
import { DER_BYTES_MAX, DER_CHILDREN_MAX, DER_DEPTH_MAX } from './der-node.ts'
import { derElement } from './der-writer.ts'
import { TAG } from './tags.ts'

/**
 * Rewrites BER with definite, shortest lengths and whole OCTET STRINGs; bytes that are DER come back equal.
 *
 * Timestamp services built on Bouncy Castle answer with indefinite lengths, and X-Road stores the token as DER. What is
 * signed inside (attributes, the content of an OCTET STRING) is DER already and does not change.
 *
 * @throws {DerError} over the limits of the reader.
 */
export function derOfBer (bytes: Uint8Array, bytesMax = DER_BYTES_MAX): Buffer {
  if (bytes.length > bytesMax) throw new DerError(`longer than ${bytesMax} bytes`)
  const reader = new BerReader(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength))
  const der = reader.element(bytes.length, 0)
  if (reader.offset !== bytes.length) throw new DerError('bytes after the end')
  return der
}

class BerReader {
  readonly #bytes: Buffer
  offset = 0

  constructor (bytes: Buffer) {
    this.#bytes = bytes
  }

  element (end: number, depth: number): Buffer {
    if (depth > DER_DEPTH_MAX) throw new DerError(`deeper than ${DER_DEPTH_MAX} levels`)
    const tag = this.#byte(end)
    if ((tag & 0x1f) === 0x1f || tag === 0) throw new DerError('tag not allowed')
    const length = this.#length(end)
    if ((tag & 0x20) === 0) {
      if (length === undefined) throw new DerError('primitive of indefinite length')
      const content = this.#bytes.subarray(this.offset, this.offset + length)
      this.offset += length
      return derElement(tag, content)
    }
    const parts = length === undefined ? this.#untilMark(end, depth) : this.#untilEnd(this.offset + length, depth)
    if (tag !== (TAG.OCTET_STRING | 0x20)) return derElement(tag, ...parts)
    return derElement(TAG.OCTET_STRING, ...parts.map(segment))
  }

  #untilMark (end: number, depth: number): Buffer[] {
    const parts: Buffer[] = []
    while (this.#bytes[this.offset] !== 0 || this.#bytes[this.offset + 1] !== 0 || this.offset + 2 > end) {
      if (parts.length === DER_CHILDREN_MAX) throw new DerError(`more than ${DER_CHILDREN_MAX} elements in one`)
      parts.push(this.element(end, depth + 1))
    }
    this.offset += 2
    return parts
  }

  #untilEnd (end: number, depth: number): Buffer[] {
    const parts: Buffer[] = []
    while (this.offset < end) {
      if (parts.length === DER_CHILDREN_MAX) throw new DerError(`more than ${DER_CHILDREN_MAX} elements in one`)
      parts.push(this.element(end, depth + 1))
    }
    return parts
  }

  #byte (end: number): number {
    const byte = this.#bytes[this.offset]
    if (byte === undefined || this.offset >= end) throw new DerError('cut short')
    this.offset++
    return byte
  }

  #length (end: number): number | undefined {
    const first = this.#byte(end)
    if (first === 0x80) return undefined
    let length = first
    if (first > 0x80) {
      if (first > 0x84) throw new DerError('length too large')
      length = 0
      for (let i = first & 0x7f; i > 0; i--) length = length * 256 + this.#byte(end)
    }
    if (this.offset + length > end) throw new DerError('cut short')
    return length
  }
}

/** The content of one primitive piece of a constructed OCTET STRING. Nested pieces are whole ones by now. */
function segment (der: Buffer): Buffer {
  if (der[0] !== TAG.OCTET_STRING) throw new DerError('OCTET STRING made of something else')
  const first = der[1] ?? 0
  return der.subarray(first < 0x80 ? 2 : 2 + (first & 0x7f))
}
