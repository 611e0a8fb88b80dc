export { Lock } from './lock.ts'
export { openPostgresStore } from './postgres-store.ts'
export { openSqliteStore } from './sqlite-store.ts'
export { type SqlReader, type SqlStore, type SqlValue, type SqlWriter } from './types.ts'
