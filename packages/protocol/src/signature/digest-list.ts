import type { DigestAlgorithm } from './digests.ts'

/** A digest as the chain holds it: value and the method that made it. */
export interface ChainDigest {
  readonly value: Uint8Array
  readonly method: DigestAlgorithm
}

const tails = new Map<string, Buffer>()

/** `UTF8String method, SEQUENCE {}`: the transforms are always empty. */
function tailOf (method: DigestAlgorithm): Buffer {
  let tail = tails.get(method.uri)
  if (tail === undefined) {
    tail = Buffer.concat([Buffer.from([0x0c, method.uri.length]), Buffer.from(method.uri), Buffer.from([0x30, 0x00])])
    tails.set(method.uri, tail)
  }
  return tail
}

function header (tag: number, length: number): Buffer {
  if (length < 0x80) return Buffer.from([tag, length])
  if (length < 0x100) return Buffer.from([tag, 0x81, length])
  if (length < 0x10000) return Buffer.from([tag, 0x82, length >> 8, length & 0xff])
  return Buffer.from([tag, 0x83, length >> 16, (length >> 8) & 0xff, length & 0xff])
}

/** DER of `DigestList ::= SEQUENCE OF SEQUENCE { OCTET STRING, UTF8String, SEQUENCE {} }`: what a hash step is hashed over. */
export function encodeDigestList (digests: readonly ChainDigest[]): Buffer {
  const parts: Uint8Array[] = []
  let total = 0
  for (const { value, method } of digests) {
    const tail = tailOf(method)
    const octets = header(0x04, value.length)
    const length = octets.length + value.length + tail.length
    const sequence = header(0x30, length)
    parts.push(sequence, octets, value, tail)
    total += sequence.length + length
  }
  return Buffer.concat([header(0x30, total), ...parts])
}
