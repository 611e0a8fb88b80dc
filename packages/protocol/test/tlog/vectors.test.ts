import t from 'tap'
import {
  EMPTY_ROOT, entriesPath, GrowingTree, hashOfRange, inclusionRanges, consistencyRanges, leafHash, nodeHash, parseTilePath, rootOf, tilePath, tilesOf,
  verifyConsistency, verifyInclusion
} from '../../src/tlog/index.ts'
import { readerOf } from './trees.ts'

/** Leaves of the published test vectors of RFC 6962 implementations (monitor §12.1). */
const LEAVES = ['', '00', '10', '2021', '3031', '40414243', '5051525354555657', '606162636465666768696a6b6c6d6e6f'].map((hex) => leafHash(Buffer.from(hex, 'hex')))
const ROOTS = [
  'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855',
  '6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d',
  'fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125',
  'aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77',
  'd37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7',
  '4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4',
  '76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef',
  'ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c',
  '5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328'
]
const INCLUSION: readonly [number, number, string[]][] = [
  [0, 8, ['96a296d224f285c67bee93c30f8a309157f0daa35dc5b87e410b78630a09cfc7', '5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e', '6b47aaf29ee3c2af9af889bc1fb9254dabd31177f16232dd6aab035ca39bf6e4']],
  [5, 8, ['bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b', 'ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0', 'd37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7']],
  [2, 3, ['fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125']],
  [1, 5, ['6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d', '5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e', 'bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b']]
]
const CONSISTENCY: readonly [number, number, string[]][] = [
  [1, 8, INCLUSION[0]![2]],
  [6, 8, ['0ebc5d3437fbe2db158b9f126a1d118e308181031d0a949f8dededebc558ef6a', 'ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0', 'd37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7']],
  [2, 5, ['5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e', 'bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b']]
]
const read = readerOf(LEAVES)
const hexes = async (ranges: ReturnType<typeof inclusionRanges>): Promise<string[]> => (await Promise.all(ranges.map((range) => hashOfRange(range, read)))).map((hash) => hash.toString('hex'))

t.test('roots and proofs are those of the published vectors', async (t) => {
  t.equal(EMPTY_ROOT.toString('hex'), ROOTS[0])
  const tree = new GrowingTree()
  t.equal(tree.root.toString('hex'), ROOTS[0])
  for (const [i, leaf] of LEAVES.entries()) {
    tree.append(leaf)
    t.equal(tree.root.toString('hex'), ROOTS[i + 1], `size ${i + 1}`)
    t.equal((await rootOf(i + 1, read)).toString('hex'), ROOTS[i + 1])
  }
  for (const [index, size, proof] of INCLUSION) t.same(await hexes(inclusionRanges(index, size)), proof, `inclusion ${index} in ${size}`)
  for (const [old, size, proof] of CONSISTENCY) t.same(await hexes(consistencyRanges(old, size)), proof, `consistency ${old} to ${size}`)
})

t.test('each leaf of each tree up to 130 is proved, and each tree to begin with each older one; a proof changed in any way is refused', async (t) => {
  const size = 130
  const leaves = Array.from({ length: size }, (_, i) => leafHash(Buffer.of(i)))
  const read = readerOf(leaves)
  const roots = await Promise.all(Array.from({ length: size + 1 }, (_, i) => rootOf(i, read)))
  const tree = new GrowingTree()
  let refused = 0
  let wrong = 0
  const refuses = (run: () => void): void => {
    try {
      run()
      wrong++
    } catch {
      refused++
    }
  }
  for (let n = 1; n <= size; n++) {
    tree.append(leaves[n - 1]!)
    if (!tree.root.equals(roots[n]!)) wrong++
    for (let i = 0; i < n; i++) {
      const proof = await Promise.all(inclusionRanges(i, n).map((range) => hashOfRange(range, read)))
      verifyInclusion(leaves[i]!, i, n, proof, roots[n]!)
      if (i % 7 === n % 7) {
        if (proof.length > 0) refuses(() => { verifyInclusion(leaves[i]!, i, n, [...proof.slice(0, -1), flipped(proof.at(-1)!)], roots[n]!) })
        if (proof.length > 0) refuses(() => { verifyInclusion(leaves[i]!, i, n, proof.slice(1), roots[n]!) })
        refuses(() => { verifyInclusion(leaves[i]!, i, n, [...proof, proof[0] ?? leaves[0]!], roots[n]!) })
        refuses(() => { verifyInclusion(flipped(leaves[i]!), i, n, proof, roots[n]!) })
        refuses(() => { verifyInclusion(leaves[i]!, i, n, proof, flipped(roots[n]!)) })
        if (n > 1) refuses(() => { verifyInclusion(leaves[i]!, (i + 1) % n, n, proof, roots[n]!) })
      }
    }
    for (let old = 0; old <= n; old++) {
      const proof = await Promise.all(consistencyRanges(old, n).map((range) => hashOfRange(range, read)))
      verifyConsistency(old, n, proof, roots[old]!, roots[n]!)
      if (old % 5 === n % 5 && old > 0 && old < n) {
        refuses(() => { verifyConsistency(old, n, [...proof.slice(0, -1), flipped(proof.at(-1)!)], roots[old]!, roots[n]!) })
        refuses(() => { verifyConsistency(old, n, proof.slice(0, -1), roots[old]!, roots[n]!) })
        refuses(() => { verifyConsistency(old, n, [...proof, proof[0]!], roots[old]!, roots[n]!) })
        refuses(() => { verifyConsistency(old, n, proof, flipped(roots[old]!), roots[n]!) })
        refuses(() => { verifyConsistency(old, n, proof, roots[old]!, flipped(roots[n]!)) })
      }
    }
  }
  t.equal(wrong, 0)
  t.ok(refused > 5000, `${refused} refused`)
})

t.test('tiles are named as C2SP tlog-tiles says, and a tree of 70,000 has the tiles of the vector', async (t) => {
  t.equal(tilePath({ level: 0, index: 1234067, width: 256 }), 'tile/0/x001/x234/067')
  t.equal(tilePath({ level: 1, index: 0, width: 17 }), 'tile/1/000.p/17')
  t.equal(entriesPath(273, 112), 'tile/entries/273.p/112')
  t.same(parseTilePath('tile/0/x001/x234/067'), { level: 0, index: 1234067, width: 256 })
  t.same(parseTilePath('tile/entries/273.p/112'), { level: 'entries', index: 273, width: 112 })
  for (const bad of ['tile/0/1', 'tile/0/x000/001', 'tile/64/000', 'tile/0/000.p/256', 'tile/0/000.p/0', 'tile/0/../000', 'tile/01/000', 'tile/data/000', '/tile/0/000']) t.equal(parseTilePath(bad), undefined, bad)
  const tiles = tilesOf(70_000)
  const count = (level: number): string => `${tiles.filter((tile) => tile.level === level && tile.width === 256).length} + ${tiles.filter((tile) => tile.level === level && tile.width < 256).map(({ width }) => width).join()}`
  t.equal(count(0), '273 + 112')
  t.equal(count(1), '1 + 17')
  t.equal(count(2), '0 + 1')
  t.equal(tilesOf(256).length, 2, 'no tile of width zero')
  t.same(tilesOf(300, 256), [{ level: 0, index: 1, width: 44 }])
})

t.test('a tree of 70,000 leaves grows to the root that its tiles fold to', async (t) => {
  const tree = new GrowingTree()
  const level: Buffer[] = []
  for (let i = 0; i < 70_000; i++) {
    const leaf = leafHash(Buffer.from(String(i)))
    tree.append(leaf)
    level.push(leaf)
  }
  let hashes = level
  const rest: Buffer[] = []
  while (hashes.length > 1) {
    if (hashes.length % 2 === 1) rest.unshift(hashes.at(-1)!)
    hashes = Array.from({ length: Math.floor(hashes.length / 2) }, (_, i) => nodeHash(hashes[i * 2]!, hashes[i * 2 + 1]!))
  }
  t.equal(tree.root.toString('hex'), [...hashes, ...rest].reduceRight((right, left) => nodeHash(left, right)).toString('hex'))
})

function flipped (bytes: Buffer): Buffer {
  const copy = Buffer.from(bytes)
  copy[7]! ^= 0x10
  return copy
}
