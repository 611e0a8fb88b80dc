import { createHash, hash } from 'node:crypto'

/** SHA-256. */
export const HASH_BYTES = 32

/** Root of a tree without leaves. */
export const EMPTY_ROOT: Buffer = createHash('sha256').digest()

const LEAF_PREFIX = Buffer.of(0)
const NODE_PREFIX = Buffer.of(1)

/** @see RFC 6962 §2.1 */
export function leafHash (data: Uint8Array): Buffer {
  return hash('sha256', Buffer.concat([LEAF_PREFIX, data]), 'buffer')
}

/** @see RFC 6962 §2.1 */
export function nodeHash (left: Uint8Array, right: Uint8Array): Buffer {
  return hash('sha256', Buffer.concat([NODE_PREFIX, left, right]), 'buffer')
}
