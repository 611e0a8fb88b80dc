import type { Viewer } from './entries.ts'

/** What can be found. */
export type EntryKind = 'organisation' | 'resource' | 'interface' | 'service'

export interface FoundEntry {
  readonly kind: EntryKind
  readonly id: string
}

/** Finds entries by words. What a viewer may not see must not be found, nor counted (catalog facts §7). */
export interface SearchIndex {
  search (query: string, viewer: Viewer, kind?: EntryKind): Promise<readonly FoundEntry[]>
}
