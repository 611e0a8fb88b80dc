export { insertRows } from './insert-rows.ts'
export { EVENTS_STEP } from './steps/01-events.ts'
export { RETENTION_STEP } from './steps/02-retention.ts'
