export * from './types.ts'
export { Entries, maySeeAll, PUBLIC, SYSTEM_VIEWER, type Viewer } from './entries.ts'
export { type FieldScore, SCORE_MIN, scoreFields, scoreOf } from './completeness.ts'
export { type EntryKind, type FoundEntry, type SearchIndex } from './search-index.ts'
