import { mkdir, readFile, rm } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { syncDirectory, writeFileAtomic } from '@trembita/daemon'
import { entriesPath, HASH_BYTES, parseEntries, TILE_WIDTH, tileHashes, tilePath, TlogError, type ReadHash } from '@trembita/protocol/tlog'

const CACHED_MAX = 200

/** Tiles of a log as files below one folder: what a static web server may serve. */
export class TileFiles {
  readonly #folder: string
  readonly #cache = new Map<string, Buffer>()

  constructor (folder: string) {
    this.#folder = folder
  }

  /** Writes a file that must never change: one that is there already must be the same. Durable when it resolves. */
  async put (path: string, bytes: Buffer): Promise<void> {
    const file = join(this.#folder, path)
    const present = await readFile(file).catch(missing)
    if (present !== undefined) {
      if (!present.equals(bytes)) throw new TlogError('tiles', `${path} is not what the log has there`)
      return
    }
    const made = await mkdir(dirname(file), { recursive: true })
    await writeFileAtomic(file, bytes, { mode: 0o644 })
    // A new folder is an entry of the one above it, and so on up to what was there before.
    if (made !== undefined) for (let folder = dirname(file); folder.length >= made.length; folder = dirname(folder)) await syncDirectory(dirname(folder))
  }

  /** Takes away the partial tiles that a full one has replaced. */
  async dropPartial (fullPath: string): Promise<void> {
    await rm(join(this.#folder, `${fullPath}.p`), { recursive: true, force: true })
  }

  /** Entries of a tile of level 0 in a tree of `size`. @throws {TlogError} `tiles` when they are missing or cut. */
  async entries (index: number, width: number): Promise<Buffer[]> {
    const entries = parseEntries(await this.#read((width) => entriesPath(index, width), width))
    if (entries.length < width) throw new TlogError('tiles', `${entriesPath(index, width)} is cut`)
    return entries.slice(0, width)
  }

  /** The bytes of a tile. @throws {TlogError} `tiles` when they are missing or cut. */
  async tile (level: number, index: number, width: number): Promise<Buffer> {
    const bytes = await this.#read((width) => tilePath({ level, index, width }), width)
    if (bytes.length < width * HASH_BYTES) throw new TlogError('tiles', `${tilePath({ level, index, width })} is cut`)
    return bytes.subarray(0, width * HASH_BYTES)
  }

  /** Hashes of perfect subtrees within a tree of `size`. */
  reader (size: number): ReadHash {
    return async (level, index) => {
      const tileLevel = Math.floor(level / 8)
      const height = level % 8
      const inTile = TILE_WIDTH / 2 ** height
      const tileIndex = Math.floor(index / inTile)
      const width = Math.min(TILE_WIDTH, Math.floor(size / TILE_WIDTH ** tileLevel) - tileIndex * TILE_WIDTH)
      const first = (index % inTile) * 2 ** height * HASH_BYTES
      const bytes = await this.tile(tileLevel, tileIndex, width)
      return tileHashes(bytes.subarray(first, first + 2 ** height * HASH_BYTES), height)[0]!
    }
  }

  /** A partial tile gives way to the full one in time. */
  async #read (pathOf: (width: number) => string, width: number): Promise<Buffer> {
    for (const path of width === TILE_WIDTH ? [pathOf(width)] : [pathOf(width), pathOf(TILE_WIDTH)]) {
      const known = this.#cache.get(path)
      if (known !== undefined) return known
      const bytes = await readFile(join(this.#folder, path)).catch(missing)
      if (bytes === undefined) continue
      if (this.#cache.size >= CACHED_MAX) this.#cache.clear()
      this.#cache.set(path, bytes)
      return bytes
    }
    throw new TlogError('tiles', `${pathOf(width)} is missing`)
  }
}

function missing (error: NodeJS.ErrnoException): undefined {
  if (error.code !== 'ENOENT' && error.code !== 'ENOTDIR') throw error
}
