export { applySeed } from './apply-seed.ts'
export { readSeed } from './read-seed.ts'
export { type Seed } from './types.ts'
