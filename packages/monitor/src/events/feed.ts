import type { AccessEvent } from '@trembita/protocol/accessevent'
import type { SqlStore } from '@trembita/daemon/store'
import type { EventFeed } from './types.ts'

/** The feed, and the bell that rings for those who read it. */
export class StoredFeed implements EventFeed {
  readonly #store: SqlStore
  readonly #listeners = new Set<() => void>()

  constructor (store: SqlStore) {
    this.#store = store
  }

  async after (position: number, limit: number): ReturnType<EventFeed['after']> {
    const rows = await this.#store.all<{ position: number, lifted: number, body: string }>(
      'SELECT f.position, f.lifted, a.body FROM event_feed f JOIN access_event a ON a.event_id = f.event_id WHERE f.position > ? ORDER BY f.position LIMIT ?', position, limit)
    return rows.map(({ position, lifted, body }) => ({ position: Number(position), lifted: Number(lifted) === 1, event: JSON.parse(body) as AccessEvent }))
  }

  onAppended (listener: () => void): () => void {
    this.#listeners.add(listener)
    return () => { this.#listeners.delete(listener) }
  }

  /** To be called when a transaction that added entries is over. */
  ring (): void {
    for (const listener of this.#listeners) listener()
  }
}
