import { DerError } from './der-error.ts'

/** A certificate, OCSP answer or timestamp token is a few kilobytes; one with a long chain, some tens. */
export const DER_BYTES_MAX = 1024 * 1024
/** The deepest structure in use (a token with a certificate with extensions) has about 20 levels. */
export const DER_DEPTH_MAX = 64
/** Against a megabyte of empty elements: each costs an object. */
export const DER_CHILDREN_MAX = 10_000

/**
 * One element of a DER encoding: a view on the bytes that were read, not a copy.
 * The content of a constructed element is checked when it is asked for, so a caller sees what it looked at and nothing else.
 */
export class DerNode {
  /** Identifier octet: class, constructed bit and number (multi-byte tags are refused). */
  readonly tag: number
  readonly content: Buffer
  readonly raw: Buffer
  readonly #depth: number

  constructor (tag: number, content: Buffer, raw: Buffer, depth: number) {
    this.tag = tag
    this.content = content
    this.raw = raw
    this.#depth = depth
  }

  get constructed (): boolean {
    return (this.tag & 0x20) !== 0
  }

  /** The elements inside. @throws {DerError} when this is a primitive, or the content is not a run of whole elements. */
  children (): DerNode[] {
    if (!this.constructed) throw new DerError('a primitive element has no parts')
    if (this.#depth >= DER_DEPTH_MAX) throw new DerError(`deeper than ${DER_DEPTH_MAX} levels`)
    const nodes: DerNode[] = []
    let offset = 0
    while (offset < this.content.length) {
      if (nodes.length === DER_CHILDREN_MAX) throw new DerError(`more than ${DER_CHILDREN_MAX} elements in one`)
      const node = readElement(this.content, offset, this.#depth + 1)
      nodes.push(node)
      offset += node.raw.length
    }
    return nodes
  }
}

/**
 * Reads one DER element that fills the bytes exactly.
 *
 * @throws {DerError} for an indefinite or not minimal length, a multi-byte tag, a cut or trailing byte, or more than
 *   `bytesMax` bytes (default {@link DER_BYTES_MAX}).
 * @see X.690 §10
 */
export function readDer (bytes: Uint8Array, bytesMax = DER_BYTES_MAX): DerNode {
  if (bytes.length > bytesMax) throw new DerError(`longer than ${bytesMax} bytes`)
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  const node = readElement(buffer, 0, 0)
  if (node.raw.length !== buffer.length) throw new DerError('bytes after the end')
  return node
}

function readElement (bytes: Buffer, start: number, depth: number): DerNode {
  const tag = bytes[start]
  const first = bytes[start + 1]
  if (tag === undefined || first === undefined) throw new DerError('cut short')
  if ((tag & 0x1f) === 0x1f) throw new DerError('tag of several bytes')
  if (tag === 0) throw new DerError('end-of-contents mark: not DER')
  let body = start + 2
  let length = first
  if (first >= 0x80) {
    const count = first & 0x7f
    if (count === 0) throw new DerError('indefinite length: not DER')
    if (count > 4) throw new DerError('length too large')
    length = 0
    for (let i = 0; i < count; i++) {
      const byte = bytes[body++]
      if (byte === undefined) throw new DerError('cut short')
      length = length * 256 + byte
    }
    if (length < 0x80 || length < 256 ** (count - 1)) throw new DerError('length not minimal')
  }
  const end = body + length
  if (end > bytes.length) throw new DerError('cut short')
  return new DerNode(tag, bytes.subarray(body, end), bytes.subarray(start, end), depth)
}
