/** One line of a difference. */
export interface DiffLine {
  readonly kind: 'same' | 'added' | 'removed'
  readonly text: string
  /** Number of the line in the old and in the new text. */
  readonly before?: number
  readonly after?: number
}

/** More differing lines than this are not compared: time and memory (16 MB here) grow with their square. */
const EDITS_MAX = 2000

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

type Kind = DiffLine['kind']

/** How far into `a` the paths of so many edits come, by diagonal k = x - y from -edits to +edits. */
type Reach = Int32Array

function edits (a: readonly string[], b: readonly string[]): Kind[] | undefined {
  const reached: Reach[] = []
  for (let edit = 0; edit <= Math.min(a.length + b.length, EDITS_MAX); edit++) {
    const reach: Reach = new Int32Array(2 * edit + 1)
    reached.push(reach)
    for (let k = -edit; k <= edit; k += 2) {
      const { from, isDown } = edit === 0 ? { from: 0, isDown: false } : stepOf(reached[edit - 1]!, edit, k)
      let x = edit === 0 || isDown ? from : from + 1
      while (x < a.length && x - k < b.length && a[x] === b[x - k]) x++
      reach[k + edit] = x
      if (x >= a.length && x - k >= b.length) return walkBack(reached, a.length, b.length)
    }
  }
  return undefined
}

/** The edit by which diagonal `k` is best entered: down adds a line of `b`, else a line of `a` is removed. */
function stepOf (before: Reach, edit: number, k: number): { readonly from: number, readonly isDown: boolean } {
  const at = (diagonal: number): number => before[diagonal + edit - 1]!
  const isDown = k === -edit || (k !== edit && at(k - 1) < at(k + 1))
  return { from: at(isDown ? k + 1 : k - 1), isDown }
}

function walkBack (reached: readonly Reach[], aLength: number, bLength: number): Kind[] {
  const kinds: Kind[] = []
  let [x, k] = [aLength, aLength - bLength]
  for (let edit = reached.length - 1; edit > 0; edit--) {
    const { from, isDown } = stepOf(reached[edit - 1]!, edit, k)
    for (const start = isDown ? from : from + 1; x > start; x--) kinds.push('same')
    kinds.push(isDown ? 'added' : 'removed')
    x = from
    k += isDown ? 1 : -1
  }
  for (; x > 0; x--) kinds.push('same')
  return kinds.reverse()
}
