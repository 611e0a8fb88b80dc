/** One line of a difference. */
export interface DiffLine {
  readonly kind: 'same' | 'added' | 'removed'
  readonly text: string
  /** Number of the line in the old and in the new text. */
  readonly before?: number
  readonly after?: number
}

/** More differing lines than this are not compared: time and memory grow with their square. */
const EDITS_MAX = 4000

/**
 * Shortest difference between two lists of lines (Myers, “An O(ND) Difference Algorithm and Its Variations”, 1986).
 *
 * @returns `undefined` when the texts differ by more than is worth showing.
 */
export function diffLines (before: readonly string[], after: readonly string[]): DiffLine[] | undefined {
  let start = 0
  while (start < before.length && start < after.length && before[start] === after[start]) start++
  let end = 0
  while (end < before.length - start && end < after.length - start && before[before.length - 1 - end] === after[after.length - 1 - end]) end++
  const middle = edits(before.slice(start, before.length - end), after.slice(start, after.length - end))
  if (middle === undefined) return undefined
  const kinds = [...Array<'same'>(start).fill('same'), ...middle, ...Array<'same'>(end).fill('same')]
  let [old, now] = [0, 0]
  return kinds.map((kind) => {
    if (kind === 'removed') return { kind, text: before[old]!, before: ++old }
    if (kind === 'added') return { kind, text: after[now]!, after: ++now }
    return { kind, text: after[now]!, before: ++old, after: ++now }
  })
}

function edits (a: readonly string[], b: readonly string[]): Array<DiffLine['kind']> | undefined {
  const reach = a.length + b.length
  // furthest[k]: how far into `a` a path of so many edits comes on the diagonal k = x - y.
  const furthest = new Map<number, number>([[1, 0]])
  const trace: Array<Map<number, number>> = []
  for (let edit = 0; edit <= Math.min(reach, EDITS_MAX); edit++) {
    trace.push(new Map(furthest))
    for (let k = -edit; k <= edit; k += 2) {
      const down = k === -edit || (k !== edit && (furthest.get(k - 1) ?? -1) < (furthest.get(k + 1) ?? -1))
      let x = down ? furthest.get(k + 1)! : furthest.get(k - 1)! + 1
      while (x < a.length && x - k < b.length && a[x] === b[x - k]) x++
      furthest.set(k, x)
      if (x >= a.length && x - k >= b.length) return walkBack(trace, a.length, b.length)
    }
  }
  return undefined
}

function walkBack (trace: ReadonlyArray<ReadonlyMap<number, number>>, aLength: number, bLength: number): Array<DiffLine['kind']> {
  const kinds: Array<DiffLine['kind']> = []
  let [x, y] = [aLength, bLength]
  for (let edit = trace.length - 1; edit > 0; edit--) {
    const furthest = trace[edit]!
    const k = x - y
    const down = k === -edit || (k !== edit && (furthest.get(k - 1) ?? -1) < (furthest.get(k + 1) ?? -1))
    const previous = down ? k + 1 : k - 1
    const from = furthest.get(previous)!
    while (x > from && y > from - previous && x > 0 && y > 0 && !(down ? x === from && y === from - previous + 1 : x === from + 1 && y === from - previous)) {
      kinds.push('same')
      x--
      y--
    }
    kinds.push(down ? 'added' : 'removed')
    if (down) y--
    else x--
  }
  while (x > 0) {
    kinds.push('same')
    x--
  }
  return kinds.reverse()
}
