import { mkdir, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import fc from 'fast-check'
import t from 'tap'
import { consistencyRanges, entriesPath, hashOfRange, inclusionRanges, leafHash, rootOf, tilePath, tilesOf, verifyConsistency, verifyInclusion } from '@trembita/protocol/tlog'
import { RightEdge } from '../../src/ledger/right-edge.ts'
import { TileFiles } from '../../src/ledger/tile-files.ts'

const SIZE = 70_000
const entry = (index: number): Buffer => Buffer.from(`leaf ${index}`)

t.test('70,000 leaves make exactly the tiles of C2SP, and proofs of any leaf and any older tree are read from them', async (t) => {
  t.setTimeout(60_000)
  const folder = t.testdir()
  const edge = new RightEdge()
  for (let i = 0; i < SIZE; i++) edge.append(entry(i))
  const due = edge.due(true)
  const wanted = [...tilesOf(SIZE).map(tilePath), ...tilesOf(SIZE).filter(({ level }) => level === 0).map(({ index, width }) => entriesPath(index, width))]
  t.same(due.map(({ path }) => path).sort(), wanted.sort())
  t.same(edge.due(false), [], 'told once')
  for (const { path, bytes } of due) {
    await mkdir(dirname(join(folder, path)), { recursive: true })
    await writeFile(join(folder, path), bytes)
  }
  const read = new TileFiles(folder).reader(SIZE)
  t.ok((await rootOf(SIZE, read)).equals(edge.root))
  await fc.assert(fc.asyncProperty(fc.nat(SIZE - 1), async (index) => {
    verifyInclusion(leafHash(entry(index)), index, SIZE, await Promise.all(inclusionRanges(index, SIZE).map((range) => hashOfRange(range, read))), edge.root)
  }), { examples: [[0], [255], [256], [65_535], [65_536], [SIZE - 1]] })
  await fc.assert(fc.asyncProperty(fc.integer({ min: 1, max: SIZE }), async (old) => {
    verifyConsistency(old, SIZE, await Promise.all(consistencyRanges(old, SIZE).map((range) => hashOfRange(range, read))), await rootOf(old, read), edge.root)
  }), { examples: [[1], [256], [65_536], [65_537], [SIZE]] })
})

t.test('a tile is written once: another content in its place is refused', async (t) => {
  const files = new TileFiles(t.testdir())
  await files.put('tile/0/000.p/1', Buffer.alloc(32, 1))
  await files.put('tile/0/000.p/1', Buffer.alloc(32, 1))
  await t.rejects(files.put('tile/0/000.p/1', Buffer.alloc(32, 2)), { name: 'TlogError', problem: 'tiles' })
  await t.rejects(files.tile(0, 0, 2), { name: 'TlogError', problem: 'tiles' }, 'missing')
})
