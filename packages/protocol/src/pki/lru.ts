/** A map that forgets what was not used for longest once `max` entries stand in it. */
export class LruMap<V> {
  readonly #entries = new Map<string, V>()
  readonly #max: number

  constructor (max: number) {
    this.#max = max
  }

  get (key: string): V | undefined {
    const value = this.#entries.get(key)
    if (value === undefined) return undefined
    // a Map keeps insertion order: moving an entry to the end only matters once the map is filling up
    if (this.#entries.size * 2 > this.#max) {
      this.#entries.delete(key)
      this.#entries.set(key, value)
    }
    return value
  }

  set (key: string, value: V): void {
    if (this.#entries.size >= this.#max && !this.#entries.has(key)) {
      const oldest = this.#entries.keys().next()
      if (oldest.done !== true) this.#entries.delete(oldest.value)
    }
    this.#entries.set(key, value)
  }
}
