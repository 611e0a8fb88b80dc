export { auditApi } from './api.ts'
export { Changes, revisionOf, SYSTEM, type ChangeRecord, type ChangeTx } from './changes.ts'
export { eventsAfter, findEvents, getEvent, historyOf, type EventQuery, type KeptEvent } from './events.ts'
