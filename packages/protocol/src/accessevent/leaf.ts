import { createHash } from 'node:crypto'

/** What a leaf of the log stands for. @see facts: monitor §12.2 */
export const LEAF_KIND = { event: 1, visibilityChange: 2, configChange: 3, componentCheckpoint: 4, epochSummary: 5 } as const
export type LeafKind = typeof LEAF_KIND[keyof typeof LEAF_KIND]

/** Random, kept beside the event and erased with it: what then stays in the log can be linked to nobody. */
export const LEAF_SALT_BYTES = 32
const COMMITMENT_BYTES = 32

/** SHA-256 of `monitor.leaf.v1`, a zero byte, the salt, the canonical bytes. */
export function eventCommitment (salt: Uint8Array, canonical: Uint8Array): Buffer {
  if (salt.length !== LEAF_SALT_BYTES) throw new RangeError(`a salt has ${LEAF_SALT_BYTES} bytes`)
  return createHash('sha256').update('monitor.leaf.v1\0').update(salt).update(canonical).digest()
}

/** The 33 bytes that stand in the public log: kind and commitment. */
export function leafData (kind: LeafKind, commitment: Uint8Array): Buffer {
  if (commitment.length !== COMMITMENT_BYTES) throw new RangeError(`a commitment has ${COMMITMENT_BYTES} bytes`)
  return Buffer.concat([Buffer.of(kind), commitment])
}
