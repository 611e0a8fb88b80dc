import { EMPTY_ROOT, nodeHash } from './hash.ts'

/** A tree that only grows: keeps the roots of its perfect subtrees, one for each set bit of its size. */
export class GrowingTree {
  #size = 0
  /** Largest subtree first. */
  readonly #roots: Buffer[] = []

  get size (): number {
    return this.#size
  }

  get root (): Buffer {
    return this.#roots.reduceRight<Buffer | undefined>((right, left) => right === undefined ? left : nodeHash(left, right), undefined) ?? EMPTY_ROOT
  }

  /** @param leaf hash of the leaf, not its data. */
  append (leaf: Buffer): void {
    let merged = leaf
    for (let rest = this.#size; rest % 2 === 1; rest = (rest - 1) / 2) merged = nodeHash(this.#roots.pop()!, merged)
    this.#roots.push(merged)
    this.#size++
  }
}
