export { GlobalConf, startGlobalConf, type GlobalConfOptions, type GlobalConfStatus } from './globalconf.ts'
export { Snapshot } from './snapshot.ts'
export { parseServerAddress, type ServerAddress } from './server-address.ts'
export { tryAnchor } from './try-anchor.ts'
