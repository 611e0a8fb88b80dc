export { syncDirectory, writeFileAtomic } from './write-file-atomic.ts'
