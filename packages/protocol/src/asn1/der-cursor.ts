import { DerError } from './der-error.ts'
import type { DerNode } from './der-node.ts'
import { TAG } from './tags.ts'

/** Walks the parts of a SEQUENCE in their order: the shape of every ASN.1 type we read. */
export class DerCursor {
  readonly #nodes: readonly DerNode[]
  #next = 0

  constructor (nodes: readonly DerNode[]) {
    this.#nodes = nodes
  }

  /** The next part, which must be there and, with `tag`, be of it. */
  take (tag?: number): DerNode {
    const node = this.#nodes[this.#next]
    if (node === undefined) throw new DerError('a part is missing')
    if (tag !== undefined && node.tag !== tag) throw new DerError(`expected tag ${hex(tag)}, got ${hex(node.tag)}`)
    this.#next++
    return node
  }

  /** The next part if it has this tag. */
  optional (tag: number): DerNode | undefined {
    const node = this.#nodes[this.#next]
    if (node === undefined || node.tag !== tag) return undefined
    this.#next++
    return node
  }

  /** The parts of the next SEQUENCE. */
  sequence (): DerCursor {
    return sequenceOf(this.take())
  }

  get done (): boolean {
    return this.#next >= this.#nodes.length
  }

  /** @throws {DerError} when a part is left over. */
  end (): void {
    if (!this.done) throw new DerError('a part too many')
  }
}

/** The parts of a SEQUENCE, or of another constructed type given by its tag. */
export function sequenceOf (node: DerNode, tag: number = TAG.SEQUENCE): DerCursor {
  if (node.tag !== tag) throw new DerError(`expected tag ${hex(tag)}, got ${hex(node.tag)}`)
  return new DerCursor(node.children())
}

/** The one element inside an explicit tag such as `[0]`. */
export function explicitOf (node: DerNode): DerNode {
  const inner = new DerCursor(node.children())
  const only = inner.take()
  inner.end()
  return only
}

function hex (tag: number): string {
  return tag.toString(16).padStart(2, '0')
}
