import { createHash, randomBytes, type Hash } from 'node:crypto'

const BLOCK_BYTES = 256 * 1024
const random = randomBytes(BLOCK_BYTES)

/** `size` bytes made on the fly, each block another, so that one that is lost, doubled or misplaced shows in the hash. */
export function * blocks (size: number, hash: Hash): Generator<Buffer, void> {
  for (let at = 0; at < size; at += BLOCK_BYTES) {
    const block = Buffer.from(random.subarray(0, Math.min(BLOCK_BYTES, size - at)))
    if (block.length >= 8) block.writeBigUInt64LE(BigInt(at))
    hash.update(block)
    yield block
  }
}

/** Hash and size of what comes. */
export async function digestOf (source: AsyncIterable<Buffer>): Promise<{ size: number, sha256: string }> {
  const hash = createHash('sha256')
  let size = 0
  for await (const chunk of source) {
    hash.update(chunk)
    size += chunk.length
  }
  return { size, sha256: hash.digest('hex') }
}

/**
 * What stands in a multipart of an envelope and one attachment, by counting alone: the envelope's part, and hash and size of
 * the attachment, whose length is known.
 */
export async function readTwoParts (source: AsyncIterable<Buffer>, attachmentBytes: number): Promise<{ before: string, sha256: string, after: string }> {
  const hash = createHash('sha256')
  let before: Buffer = Buffer.alloc(0)
  let start = -1
  let left = attachmentBytes
  const after: Buffer[] = []
  for await (const chunk of source) {
    let rest: Buffer = chunk
    if (start === -1) {
      before = Buffer.concat([before, chunk])
      const first = before.indexOf('\r\n\r\n')
      const envelopeEnd = first === -1 ? -1 : before.indexOf('</e:Envelope>', first)
      const second = envelopeEnd === -1 ? -1 : before.indexOf('\r\n\r\n', envelopeEnd)
      if (second === -1) continue
      start = second + 4
      rest = before.subarray(start)
      before = before.subarray(0, start)
    }
    const taken = rest.subarray(0, left)
    hash.update(taken)
    left -= taken.length
    if (rest.length > taken.length) after.push(Buffer.from(rest.subarray(taken.length)))
  }
  if (left > 0) throw new Error(`${left} bytes of the attachment are missing`)
  return { before: before.toString(), sha256: hash.digest('hex'), after: Buffer.concat(after).toString() }
}
