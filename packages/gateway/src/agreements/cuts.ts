/** A run that is left out: `start` included, `end` not. */
export interface Cut {
  readonly start: number
  readonly end: number
}

/** What is left without the cuts, which lie apart from one another. */
export function kept (cuts: readonly Cut[], end: number): Cut[] {
  const runs: Cut[] = []
  let at = 0
  const sorted = cuts.every(({ start }, i) => i === 0 || cuts[i - 1]!.start < start)
  for (const cut of sorted ? cuts : [...cuts].sort((a, b) => a.start - b.start)) {
    if (cut.start > at) runs.push({ start: at, end: cut.start })
    at = cut.end
  }
  if (at < end) runs.push({ start: at, end })
  return runs
}

/**
 * Where to cut a list of items that are separated by something: between two that stay, one separator stays; what is before the
 * first and behind the last stays.
 */
export function cutItems (items: readonly (Cut & { readonly stays: boolean })[]): Cut[] {
  const cuts: Cut[] = []
  const first = items.findIndex(({ stays }) => stays)
  if (first < 0) return items.length === 0 ? [] : [{ start: items[0]!.start, end: items.at(-1)!.end }]
  if (first > 0) cuts.push({ start: items[0]!.start, end: items[first]!.start })
  for (let i = first + 1; i < items.length; i++) if (!items[i]!.stays) cuts.push({ start: items[i - 1]!.end, end: items[i]!.end })
  return cuts
}

/** What was found about an answer. */
export interface Bounds {
  /** Where it is outside, as a log may tell it; empty when it is all inside. */
  readonly outside: readonly string[]
  /** The answer without what is outside: the very bytes given when there is nothing to cut, undefined when nothing can be left. */
  readonly inside: Buffer | undefined
}

/** Why an answer cannot be looked through: a sentence for the fault. */
export class Unreadable extends Error {
  override readonly name = 'Unreadable'
}
