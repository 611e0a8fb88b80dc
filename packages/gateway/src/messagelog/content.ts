/** A body as a record keeps it: small ones beside the message, larger ones in a file of their own. */
export type KeptBody = { readonly bytes: Uint8Array } | { readonly file: string, readonly size: number }

/** What is sealed into one row: all that a container is rebuilt from, except the time stamp. */
export interface RecordContent {
  readonly message: Uint8Array
  readonly signature: Uint8Array
  readonly hashChainResult?: Uint8Array | undefined
  readonly hashChain?: Uint8Array | undefined
  readonly bodies: readonly KeptBody[]
}

/*
 * version 1 | message | signature | hash chain result | hash chain | number of bodies (u16) | bodies
 * piece: length (u32), bytes; an absent piece has length ABSENT and no bytes
 * body:  0, piece | 1, size (u64), name (piece)
 */
const VERSION = 1
const ABSENT = 0xffffffff
const INLINE = 0
const FILE = 1

export function contentSize (content: RecordContent): number {
  let size = 1 + 4 * 4 + 2 + content.message.length + content.signature.length + (content.hashChainResult?.length ?? 0) + (content.hashChain?.length ?? 0)
  for (const body of content.bodies) size += 'bytes' in body ? 5 + body.bytes.length : 13 + body.file.length
  return size
}

/** Writes into `target`, which has `contentSize` bytes free at `offset`. */
export function writeContent (content: RecordContent, target: Buffer, offset: number): number {
  let at = target.writeUInt8(VERSION, offset)
  const piece = (bytes: Uint8Array | undefined): void => {
    at = target.writeUInt32BE(bytes?.length ?? ABSENT, at)
    if (bytes === undefined) return
    target.set(bytes, at)
    at += bytes.length
  }
  piece(content.message)
  piece(content.signature)
  piece(content.hashChainResult)
  piece(content.hashChain)
  at = target.writeUInt16BE(content.bodies.length, at)
  for (const body of content.bodies) {
    if ('bytes' in body) {
      at = target.writeUInt8(INLINE, at)
      piece(body.bytes)
    } else {
      at = target.writeUInt8(FILE, at)
      at = target.writeBigUInt64BE(BigInt(body.size), at)
      piece(Buffer.from(body.file, 'latin1'))
    }
  }
  return at
}

/** The parts are views into `bytes`. Only what was authenticated on decryption is read here, so a misfit is a bug of ours. */
export function readContent (bytes: Buffer): RecordContent {
  const version = bytes.readUInt8(0)
  if (version !== VERSION) throw new Error(`record content of version ${version} is not known here`)
  let at = 1
  const piece = (): Buffer | undefined => {
    const length = bytes.readUInt32BE(at)
    at += 4
    if (length === ABSENT) return undefined
    if (at + length > bytes.length) throw new Error('record content is cut short')
    at += length
    return bytes.subarray(at - length, at)
  }
  const [message, signature, hashChainResult, hashChain] = [piece()!, piece()!, piece(), piece()]
  const bodies: KeptBody[] = []
  const count = bytes.readUInt16BE(at)
  at += 2
  for (let i = 0; i < count; i++) {
    const kind = bytes.readUInt8(at++)
    if (kind === INLINE) {
      bodies.push({ bytes: piece()! })
    } else {
      const size = Number(bytes.readBigUInt64BE(at))
      at += 8
      bodies.push({ file: piece()!.toString('latin1'), size })
    }
  }
  return { message, signature, hashChainResult, hashChain, bodies }
}

/** Only the signature, for its hash: skips the message. */
export function signatureIn (bytes: Buffer): Buffer {
  const start = 5 + bytes.readUInt32BE(1)
  return bytes.subarray(start + 4, start + 4 + bytes.readUInt32BE(start))
}
