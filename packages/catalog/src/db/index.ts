export { MIGRATIONS } from './migrations.ts'
export { openCatalogStore } from './open-store.ts'
export { recordEvent, type EventToRecord } from './events.ts'
