import { setImmediate as turn, setTimeout as pause } from 'node:timers/promises'
import type { SqlReader } from '@trembita/daemon/store'
import type { Entries, EntryKind, FoundEntry, SearchIndex, Viewer } from '../entry/index.ts'
import { readDocuments } from './read-documents.ts'
import type { FacetName } from './search-document.ts'
import { TextIndex, type Facets, type TextAnswer } from './text-index.ts'

/** A question: words, and values of facets. */
export interface SearchQuestion {
  readonly query: string
  readonly viewer: Viewer
  readonly facets?: Facets | undefined
}

export interface Suggestion {
  readonly text: string
  readonly kind: EntryKind
  readonly id: string
}

const SUGGESTIONS_MAX = 8
/** Documents that are indexed before others get their turn. */
const BATCH = 50
/** How long a question waits for the newest entries before it is answered from those of a moment ago. */
const WAIT_MS = 1000

/** Changes when anything that is indexed does: every entry is written with its moment. */
const STATE = `SELECT (SELECT MAX(id) FROM event) AS event, (SELECT MAX(ended_at) FROM harvest_run) AS harvest,
  (SELECT COUNT(*) FROM organisation) AS organisations, (SELECT MAX(last_seen) FROM organisation) AS organisation,
  (SELECT COUNT(*) FROM service) AS services, (SELECT MAX(last_seen) FROM service) AS service,
  (SELECT COUNT(*) FROM resource) AS resources, (SELECT MAX(updated_at) FROM resource) AS resource,
  (SELECT COUNT(*) FROM interface_version) AS versions, (SELECT MAX(updated_at) FROM interface_version) AS version`

/**
 * Search of the catalog, in memory (ADR 18). Asks the store at each question whether anything changed, so that it follows every harvest and
 * publication, whichever process made it.
 */
export class CatalogSearch implements SearchIndex {
  readonly #store: SqlReader
  readonly #entries: Entries
  readonly #words = new Map<string, string>()
  #index: TextIndex | undefined
  #state = ''
  #building: Promise<TextIndex> | undefined

  constructor (store: SqlReader, entries: Entries) {
    this.#store = store
    this.#entries = entries
  }

  async search (query: string, viewer: Viewer, kind?: EntryKind): Promise<readonly FoundEntry[]> {
    const { hits } = await this.find({ query, viewer, facets: kind === undefined ? {} : { kind } })
    return hits.map(({ document: { kind, id } }) => ({ kind, id }))
  }

  async find ({ query, viewer, facets = {} }: SearchQuestion): Promise<TextAnswer> {
    return (await this.#current()).find(query, viewer, facets)
  }

  /** Entries whose title or code goes on from what was typed. */
  async suggest (query: string, viewer: Viewer): Promise<Suggestion[]> {
    if (query.trim().length < 2) return []
    const { hits, reading } = await this.find({ query, viewer })
    if (reading === 'mistyped' || reading === 'someWords') return []
    const found = new Map<string, Suggestion>()
    for (const { document: { title, kind, id } } of hits) {
      if (!found.has(title)) found.set(title, { text: title, kind, id })
      if (found.size === SUGGESTIONS_MAX) break
    }
    return [...found.values()]
  }

  /** Names of a facet's values: organisations have them, the rest is said by the page. */
  async titlesOf (name: FacetName, ids: Iterable<string>): Promise<ReadonlyMap<string, string>> {
    const wanted = new Set(ids)
    return new Map((await this.#current()).documents.flatMap(({ kind, id, title }) => kind === name && wanted.has(id) ? [[id, title] as const] : []))
  }

  async #current (): Promise<TextIndex> {
    const state = JSON.stringify(await this.#store.get(STATE))
    if (this.#index !== undefined && state === this.#state) return this.#index
    this.#building ??= this.#build(state).finally(() => { this.#building = undefined })
    if (this.#index === undefined) return await this.#building
    const patience = new AbortController()
    try {
      return await Promise.race([this.#building, pause(WAIT_MS, this.#index, { signal: patience.signal, ref: false })])
    } finally {
      patience.abort()
    }
  }

  async #build (state: string): Promise<TextIndex> {
    const index = new TextIndex()
    for (const [number, document] of (await readDocuments(this.#entries, this.#words)).entries()) {
      index.add(document)
      if (number % BATCH === BATCH - 1) await turn()
    }
    this.#index = index
    this.#state = state
    return index
  }
}
