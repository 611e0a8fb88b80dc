import assert from 'node:assert'
import {
  CHAIN_CLOSE, CHAIN_OPEN, DATA_REF_CLOSE, DATA_REF_MIDDLE, DATA_REF_OPEN, HASH_VALUE_CLOSE, HASH_VALUE_OPEN, METHOD, RESULT_CLOSE, RESULT_MIDDLE,
  RESULT_OPEN, STEP_CLOSE, stepOpen, stepRef
} from './chain-template.ts'
import { encodeDigestList } from './digest-list.ts'
import { digest } from './digests.ts'
import { type Piece, SIG_CHAIN, SIGNATURE, TS_CHAIN } from './pieces.ts'
import { base64 } from './texts.ts'

/** One Merkle tree over several messages: the result that is signed or stamped, and for each leaf the way up to it. */
export interface HashChains {
  readonly result: Buffer
  /** In the order of the leaves. Written out each time it is asked for. */
  readonly chains: readonly Buffer[]
  /** The chain of one leaf: a time stamp over thousands needs one at a time, years apart. */
  chain (leaf: number): Buffer
}

function step (...digests: Uint8Array[]): Buffer {
  return digest(METHOD, encodeDigestList(digests.map((value) => ({ value, method: METHOD }))))
}

/**
 * Builds the tree of X-Road: halves of the next power of two, an absent right half promotes the left one unchanged,
 * a message of several pieces is a step of its own.
 *
 * @param leaves the pieces of each message; at least two pieces in all.
 */
export function buildHashChain (leaves: readonly (readonly Piece[])[], chainUri: string = SIG_CHAIN): HashChains {
  assert(leaves.length > 1 || (leaves[0]?.length ?? 0) > 1, 'one piece alone has no chain')
  assert(leaves.every((pieces) => pieces.length > 0), 'a message has at least one piece')
  const levels: Uint8Array[][] = [leaves.map((pieces) => pieces.length === 1 ? pieces[0]!.digest : step(...pieces.map((piece) => piece.digest)))]
  for (let level = levels[0]!; level.length > 1; level = levels.at(-1)!) {
    const above: Uint8Array[] = []
    for (let i = 0; i < level.length; i += 2) above.push(i + 1 < level.length ? step(level[i]!, level[i + 1]!) : level[i]!)
    levels.push(above)
  }
  const root = levels.at(-1)![0]!
  const result = RESULT_OPEN + chainUri + RESULT_MIDDLE + base64(root) + RESULT_CLOSE
  const chain = (leaf: number): Buffer => chainOf(levels, leaves[leaf]!, leaf)
  return { result: Buffer.from(result), chain, get chains () { return leaves.map((_, leaf) => chain(leaf)) } }
}

/** The tree over the hashes (SHA-512) of whole stored signatures that one time stamp covers: at least two. */
export function timestampTree (signatureHashes: readonly Uint8Array[]): HashChains {
  return buildHashChain(signatureHashes.map((value) => [{ name: SIGNATURE, digest: value }]), TS_CHAIN)
}

function chainOf (levels: readonly (readonly Uint8Array[])[], pieces: readonly Piece[], leaf: number): Buffer {
  const steps: { left?: Uint8Array, right?: Uint8Array }[] = []
  for (let level = levels.length - 2; level >= 0; level--) {
    const nodes = levels[level]!
    const own = leaf >> level
    if ((own | 1) >= nodes.length) continue // the right half is absent: nothing was hashed here
    steps.push(own % 2 === 0 ? { right: nodes[own + 1]! } : { left: nodes[own - 1]! })
  }
  const refs = pieces.map(dataRef).join('')
  let xml = CHAIN_OPEN
  steps.forEach(({ left, right }, k) => {
    const own = k + 1 < steps.length || pieces.length > 1 ? stepRef(k + 1) : refs
    xml += stepOpen(k) + (left === undefined ? '' : hashValue(left)) + own + (right === undefined ? '' : hashValue(right)) + STEP_CLOSE
  })
  if (pieces.length > 1) xml += stepOpen(steps.length) + refs + STEP_CLOSE
  return Buffer.from(xml + CHAIN_CLOSE)
}

function hashValue (value: Uint8Array): string {
  return HASH_VALUE_OPEN + base64(value) + HASH_VALUE_CLOSE
}

function dataRef (piece: Piece): string {
  return DATA_REF_OPEN + piece.name + DATA_REF_MIDDLE + base64(piece.digest) + DATA_REF_CLOSE
}
