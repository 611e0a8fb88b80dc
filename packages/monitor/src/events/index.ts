export {
  type ComponentState, type EffectiveVisibility, type EventFilter, type EventPage, type EventReader, type Facet, type NoticeTask, type NoticeTasks,
  type PersonIndexes, type Receipt, type Receipts, type StoredEvent
} from './types.ts'
