import { EMPTY_ROOT, HASH_BYTES, nodeHash } from './hash.ts'
import { TlogError } from './tlog-error.ts'

/** Leaves `from` up to, and without, `to`. */
export interface Range {
  readonly from: number
  readonly to: number
}

/** Hash of the perfect subtree of 2^level leaves that starts at leaf `index`·2^level. */
export type ReadHash = (level: number, index: number) => Promise<Buffer>

/** 2^53 leaves are more than there will be; a longer proof is none. */
const PROOF_LENGTH_MAX = 64

/** Largest power of two strictly below a width above 1. */
function splitOf (width: number): number {
  let split = 1
  while (split * 2 < width) split *= 2
  return split
}

/** The parts of the tree whose hashes prove that leaf `index` is in a tree of `size`, from the leaf upward (RFC 6962 §2.1.1). */
export function inclusionRanges (index: number, size: number): Range[] {
  if (!(index >= 0 && index < size)) throw new RangeError(`no leaf ${index} in a tree of ${size}`)
  const ranges: Range[] = []
  for (let from = 0, to = size; to - from > 1;) {
    const middle = from + splitOf(to - from)
    if (index < middle) {
      ranges.push({ from: middle, to })
      to = middle
    } else {
      ranges.push({ from, to: middle })
      from = middle
    }
  }
  return ranges.reverse()
}

/** The parts whose hashes prove that a tree of `size` begins with the tree of `old` (RFC 6962 §2.1.2). Empty for 0 and for equal sizes. */
export function consistencyRanges (old: number, size: number): Range[] {
  if (!(old >= 0 && old <= size)) throw new RangeError(`a tree of ${size} does not begin with ${old}`)
  if (old === 0 || old === size) return []
  const ranges: Range[] = []
  let from = 0
  let to = size
  while (to !== old) {
    const middle = from + splitOf(to - from)
    if (old <= middle) {
      ranges.push({ from: middle, to })
      to = middle
    } else {
      ranges.push({ from, to: middle })
      from = middle
    }
  }
  // Who knows the old root knows the hash of what starts at the first leaf.
  if (from !== 0) ranges.push({ from, to })
  return ranges.reverse()
}

/** The perfect subtrees that a range of a tree is made of, left to right; largest first, as trees are split. */
export function perfectSubtrees ({ from, to }: Range): { readonly level: number, readonly index: number }[] {
  const found: { level: number, index: number }[] = []
  for (let start = from; start < to;) {
    let level = 0
    let width = 1
    while (start % (width * 2) === 0 && start + width * 2 <= to) {
      width *= 2
      level++
    }
    found.push({ level, index: start / width })
    start += width
  }
  return found
}

/** One hash of subtrees side by side, smallest last. */
export function foldRange (hashes: readonly Buffer[]): Buffer {
  return hashes.reduceRight((right, left) => nodeHash(left, right))
}

export async function hashOfRange (range: Range, read: ReadHash): Promise<Buffer> {
  return foldRange(await Promise.all(perfectSubtrees(range).map(({ level, index }) => read(level, index))))
}

export async function rootOf (size: number, read: ReadHash): Promise<Buffer> {
  return size === 0 ? EMPTY_ROOT : await hashOfRange({ from: 0, to: size }, read)
}

const half = (value: number): number => Math.floor(value / 2)
const isOdd = (value: number): boolean => value % 2 === 1

/**
 * Checks that a leaf is in a tree.
 *
 * @throws {TlogError} `inclusion`.
 */
export function verifyInclusion (leaf: Uint8Array, index: number, size: number, proof: readonly Uint8Array[], root: Uint8Array): void {
  const refuse = (): never => { throw new TlogError('inclusion', 'the leaf is not proved to be in the log') }
  if (!Number.isSafeInteger(index) || !Number.isSafeInteger(size) || index < 0 || index >= size || !areHashes([leaf, root, ...proof])) refuse()
  let fn = index
  let sn = size - 1
  let computed = Buffer.from(leaf)
  for (const sibling of proof) {
    if (sn === 0) refuse()
    if (isOdd(fn) || fn === sn) {
      computed = nodeHash(sibling, computed) as Buffer<ArrayBuffer>
      while (!isOdd(fn) && fn !== 0) {
        fn = half(fn)
        sn = half(sn)
      }
    } else {
      computed = nodeHash(computed, sibling) as Buffer<ArrayBuffer>
    }
    fn = half(fn)
    sn = half(sn)
  }
  if (sn !== 0 || !computed.equals(root)) refuse()
}

/**
 * Checks that a tree begins with an older one.
 *
 * @throws {TlogError} `consistency`.
 */
export function verifyConsistency (old: number, size: number, proof: readonly Uint8Array[], oldRoot: Uint8Array, root: Uint8Array): void {
  const refuse = (): never => { throw new TlogError('consistency', 'the tree is not proved to go on from the older one') }
  if (!Number.isSafeInteger(old) || !Number.isSafeInteger(size) || old < 0 || old > size || !areHashes([oldRoot, root, ...proof])) refuse()
  if (old === 0 || old === size) {
    const known = old === 0 ? EMPTY_ROOT : Buffer.from(root)
    if (proof.length > 0 || !known.equals(oldRoot)) refuse()
    return
  }
  const [first, ...rest] = isPowerOfTwo(old) ? [oldRoot, ...proof] : proof
  if (first === undefined) return refuse()
  let fn = old - 1
  let sn = size - 1
  while (isOdd(fn)) {
    fn = half(fn)
    sn = half(sn)
  }
  let before = Buffer.from(first)
  let after = Buffer.from(first)
  for (const sibling of rest) {
    if (sn === 0) refuse()
    if (isOdd(fn) || fn === sn) {
      before = nodeHash(sibling, before) as Buffer<ArrayBuffer>
      after = nodeHash(sibling, after) as Buffer<ArrayBuffer>
      while (!isOdd(fn) && fn !== 0) {
        fn = half(fn)
        sn = half(sn)
      }
    } else {
      after = nodeHash(after, sibling) as Buffer<ArrayBuffer>
    }
    fn = half(fn)
    sn = half(sn)
  }
  if (sn !== 0 || !before.equals(oldRoot) || !after.equals(root)) refuse()
}

function areHashes (hashes: readonly Uint8Array[]): boolean {
  return hashes.length <= PROOF_LENGTH_MAX + 2 && hashes.every(({ length }) => length === HASH_BYTES)
}

function isPowerOfTwo (value: number): boolean {
  return Number.isInteger(Math.log2(value)) && 2 ** Math.round(Math.log2(value)) === value
}
