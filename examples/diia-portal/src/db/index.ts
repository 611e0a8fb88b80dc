export { nextAttemptAt, Retrier, type OnRetryError } from './retrier.ts'
export { PORTAL_SCHEMA } from './schema.ts'
