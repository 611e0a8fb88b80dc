/** Places that are told of one answer; more say nothing new. */
export const PLACES_MAX = 50

const NAME = /^[\p{L}_$@][\p{L}\p{N}_$@.:-]{0,63}$/u
const DIGITS = /\p{Nd}{4}/u

/**
 * A name of a member or element as a log may hold it. Keys of maps may be data (a tax number, a name of a person in words), so
 * what does not look like a name that a programmer gave is shown as `?`.
 */
export function loggableName (name: string): string {
  return NAME.test(name) && !DIGITS.test(name) ? name : '?'
}

/** Collects the places where an answer is outside the agreement: each once, and not without end. */
export class Places {
  readonly #found = new Set<string>()
  #more = 0

  add (path: readonly string[]): void {
    const place = path.map((name) => `/${name}`).join('')
    if (this.#found.size < PLACES_MAX || this.#found.has(place)) this.#found.add(place)
    else this.#more += 1
  }

  get isEmpty (): boolean {
    return this.#found.size === 0
  }

  all (): string[] {
    return this.#more === 0 ? [...this.#found] : [...this.#found, `and ${this.#more} more`]
  }
}
