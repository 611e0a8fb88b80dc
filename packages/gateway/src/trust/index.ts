export { markVerified, type Verified } from './verified.ts'
export { Trust } from './trust.ts'
