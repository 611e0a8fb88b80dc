export { startCore, type Core, type CoreAddresses } from './core.ts'
export { readCoreConfig, type CoreConfig, type ListenAddress } from './config.ts'
export { readSeed, type Seed } from './seed/index.ts'
export { type AnchorFile, type SigningKeyType, type SourceKind } from './globalconf/index.ts'
