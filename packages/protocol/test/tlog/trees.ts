import { nodeHash, type ReadHash } from '../../src/tlog/index.ts'

/** Perfect subtrees of leaves held in memory. */
export function readerOf (leaves: readonly Buffer[]): ReadHash {
  const known = new Map<string, Buffer>()
  const read = (level: number, index: number): Buffer => {
    if (level === 0) return leaves[index]!
    const key = `${level}/${index}`
    let hash = known.get(key)
    if (hash === undefined) known.set(key, hash = nodeHash(read(level - 1, index * 2), read(level - 1, index * 2 + 1)))
    return hash
  }
  return async (level, index) => read(level, index)
}
