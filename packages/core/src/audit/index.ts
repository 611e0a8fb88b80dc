export { Changes, revisionOf, SYSTEM, type ChangeRecord, type ChangeTx } from './changes.ts'
