export {
  type ComponentState, type EffectiveVisibility, type EventFeed, type EventFilter, type EventPage, type EventReader, type Facet, type FeedEntry,
  type PersonIndexes, type Receipt, type Receipts, type StoredEvent
} from './types.ts'
