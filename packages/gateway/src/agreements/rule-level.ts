import type { MemberRule } from './field-rules.ts'

/**
 * What rules say of one place of an answer, taken together, and the way to what they say of the places below. Made once for all
 * places that the same rules reach: a list of many thousands has one level for its elements.
 */
export class Level {
  /** Permitted with all that is below. */
  readonly whole: boolean
  readonly #rules: readonly MemberRule[]
  readonly #names: ReadonlySet<string>
  /** Made when they are met: all that could be met may be more than anybody can hold. */
  readonly #named = new Map<string, Level>()
  readonly #any: readonly MemberRule[]
  #anyLevel: Level | undefined
  #reported: Set<string> | undefined

  constructor (rules: readonly MemberRule[]) {
    this.#rules = rules
    this.whole = rules.some((rule) => rule.whole)
    this.#any = rules.flatMap(({ any }) => any ?? [])
    this.#names = new Set(rules.flatMap(({ members }) => [...members.keys()]))
  }

  /** Undefined for what is outside. */
  step (name: string): Level | undefined {
    if (!this.#names.has(name)) {
      if (this.#any.length > 0) this.#anyLevel ??= new Level(this.#any)
      return this.#anyLevel
    }
    let level = this.#named.get(name)
    if (level === undefined) this.#named.set(name, level = new Level([...this.#rules.flatMap(({ members }) => members.get(name) ?? []), ...this.#any]))
    return level
  }

  /** Whether the rules call the member by its name, and not merely "any". */
  names (name: string): boolean {
    return this.#names.has(name)
  }

  /** Whether something of this name, as a log would call it, is told of here for the first time. */
  isNews (name: string): boolean {
    this.#reported ??= new Set()
    if (this.#reported.has(name) || this.#reported.size >= REPORTED_MAX) return false
    this.#reported.add(name)
    return true
  }
}

const REPORTED_MAX = 1000
