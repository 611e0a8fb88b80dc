import { encodeEntries, entriesPath, GrowingTree, leafHash, TILE_WIDTH, tileHashes, tilePath } from '@trembita/protocol/tlog'

/** A file of the log that is now due. `full` ones replace their partial predecessors. */
export interface DueFile {
  readonly path: string
  readonly bytes: Buffer
  readonly full: boolean
}

interface Level {
  index: number
  hashes: Buffer[]
}

/** The growing end of a log: the tiles that are not full yet, one a level, and the root. */
export class RightEdge {
  readonly #tree = new GrowingTree()
  readonly #levels: Level[] = []
  #entries: Buffer[] = []
  #due: DueFile[] = []

  get size (): number {
    return this.#tree.size
  }

  get root (): Buffer {
    return this.#tree.root
  }

  append (entry: Buffer): void {
    const hash = leafHash(entry)
    this.#entries.push(entry)
    this.#tree.append(hash)
    this.#push(0, hash)
  }

  /** Files that became due since the last call: tiles that became full, and with `partial` the present state of the others. */
  due (partial: boolean): readonly DueFile[] {
    const due = this.#due
    this.#due = []
    if (!partial) return due
    for (const [level, { index, hashes }] of this.#levels.entries()) {
      if (hashes.length === 0) continue
      if (level === 0) due.push({ path: entriesPath(index, hashes.length), bytes: encodeEntries(this.#entries), full: false })
      due.push({ path: tilePath({ level, index, width: hashes.length }), bytes: Buffer.concat(hashes), full: false })
    }
    return due
  }

  #push (level: number, hash: Buffer): void {
    const edge = this.#levels[level] ??= { index: 0, hashes: [] }
    edge.hashes.push(hash)
    if (edge.hashes.length < TILE_WIDTH) return
    if (level === 0) {
      this.#due.push({ path: entriesPath(edge.index, TILE_WIDTH), bytes: encodeEntries(this.#entries), full: true })
      this.#entries = []
    }
    const bytes = Buffer.concat(edge.hashes)
    this.#due.push({ path: tilePath({ level, index: edge.index, width: TILE_WIDTH }), bytes, full: true })
    edge.index++
    edge.hashes = []
    this.#push(level + 1, tileHashes(bytes, 8)[0]!)
  }
}
