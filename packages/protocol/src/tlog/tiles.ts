import { HASH_BYTES, nodeHash } from './hash.ts'
import { TlogError } from './tlog-error.ts'

/** Hashes of a full tile. */
export const TILE_WIDTH = 256
const ENTRY_BYTES_MAX = 0xffff

/** Part of the tree as a file: `width` hashes of one level, those from `index`·256 on. */
export interface Tile {
  readonly level: number
  readonly index: number
  readonly width: number
}

/** `x001/x234/067` for 1234067; with `.p/17` behind it when not full. */
function numberPath (index: number, width: number): string {
  const groups: string[] = []
  for (let rest = index; groups.length === 0 || rest > 0; rest = Math.floor(rest / 1000)) groups.unshift(`${groups.length === 0 ? '' : 'x'}${String(rest % 1000).padStart(3, '0')}`)
  return `${groups.join('/')}${width === TILE_WIDTH ? '' : `.p/${width}`}`
}

/** Where a tile is found below the log's address. @see C2SP tlog-tiles */
export function tilePath ({ level, index, width }: Tile): string {
  return `tile/${level}/${numberPath(index, width)}`
}

/** Where the entries of a tile of level 0 are found. */
export function entriesPath (index: number, width: number): string {
  return `tile/entries/${numberPath(index, width)}`
}

const PATH = /^tile\/(entries|[0-9]|[1-5][0-9]|6[0-3])\/((?:x\d{3}\/)*\d{3})(?:\.p\/([1-9]\d{0,2}))?$/

/** Undoes `tilePath` and `entriesPath`; undefined for what neither of them writes. */
export function parseTilePath (path: string): (Omit<Tile, 'level'> & { readonly level: number | 'entries' }) | undefined {
  const [, levelText, numbers, widthText] = PATH.exec(path) ?? []
  if (levelText === undefined || numbers === undefined) return undefined
  const index = Number(numbers.replaceAll(/[x/]/g, ''))
  const width = widthText === undefined ? TILE_WIDTH : Number(widthText)
  if (!Number.isSafeInteger(index) || (widthText !== undefined && width >= TILE_WIDTH)) return undefined
  const tile = { level: levelText === 'entries' ? 'entries' as const : Number(levelText), index, width }
  const written = tile.level === 'entries' ? entriesPath(index, width) : tilePath({ ...tile, level: tile.level })
  return written === path ? tile : undefined
}

/** All tiles of a tree that hold something not in the tree of `from`; whole trees from 0. A level without hashes has none. */
export function tilesOf (size: number, from = 0): Tile[] {
  const tiles: Tile[] = []
  for (let level = 0, hashes = size, before = from; hashes > 0; level++, hashes = Math.floor(hashes / TILE_WIDTH), before = Math.floor(before / TILE_WIDTH)) {
    if (hashes === before) continue
    for (let index = Math.floor(before / TILE_WIDTH); index * TILE_WIDTH < hashes; index++) {
      tiles.push({ level, index, width: Math.min(TILE_WIDTH, hashes - index * TILE_WIDTH) })
    }
  }
  return tiles
}

/** The hashes of a tile; with `height`, those of the perfect subtrees of 2^height of them. */
export function tileHashes (bytes: Uint8Array, height = 0): Buffer[] {
  if (bytes.length % HASH_BYTES !== 0 || bytes.length > TILE_WIDTH * HASH_BYTES) throw new TlogError('tiles', 'a tile is not made of hashes')
  let hashes: Buffer[] = []
  for (let at = 0; at < bytes.length; at += HASH_BYTES) hashes.push(Buffer.from(bytes.subarray(at, at + HASH_BYTES)))
  for (let level = 0; level < height; level++) hashes = Array.from({ length: Math.floor(hashes.length / 2) }, (_, i) => nodeHash(hashes[i * 2]!, hashes[i * 2 + 1]!))
  return hashes
}

/** An entry bundle: each entry behind its length, two bytes big-endian. */
export function encodeEntries (entries: readonly Uint8Array[]): Buffer {
  return Buffer.concat(entries.flatMap((entry) => {
    if (entry.length > ENTRY_BYTES_MAX) throw new RangeError(`an entry has at most ${ENTRY_BYTES_MAX} bytes`)
    const length = Buffer.alloc(2)
    length.writeUInt16BE(entry.length)
    return [length, entry]
  }))
}

/** @throws {TlogError} `tiles` for a bundle that is cut or holds more than a tile. */
export function parseEntries (bytes: Uint8Array): Buffer[] {
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length)
  const entries: Buffer[] = []
  for (let at = 0; at < buffer.length;) {
    const end = at + 2 <= buffer.length ? at + 2 + buffer.readUInt16BE(at) : Infinity
    if (end > buffer.length || entries.length === TILE_WIDTH) throw new TlogError('tiles', 'an entry bundle is cut or too long')
    entries.push(buffer.subarray(at + 2, end))
    at = end
  }
  return entries
}
