export { componentStates, heldSpans, type RegisteredComponent, statistics, type Statistics } from './components.ts'
export { StoredFeed } from './feed.ts'
export { eventReader } from './read-events.ts'
export { eraseExpired, RetentionJob } from './retention.ts'
export { storeEvents } from './store-events.ts'
export {
  type ComponentState, type EffectiveVisibility, type EventFeed, type EventFilter, type EventPage, type EventReader, type Facet, type FeedEntry,
  type PersonIndexes, type Receipt, type Receipts, type StoredEvent
} from './types.ts'
