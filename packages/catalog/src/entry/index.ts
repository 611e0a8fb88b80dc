export * from './types.ts'
export { Entries, maySeeAll, PUBLIC, type Viewer } from './entries.ts'
export { type EntryKind, type FoundEntry, type SearchIndex } from './search-index.ts'
