export { readIndexKeysConfig, type IndexKeysConfig } from './config.ts'
export { EpochDestroyed, EpochKeys } from './epoch-keys.ts'
export { startIndexKeys, type RunningIndexKeys } from './start-index-keys.ts'
export { KeyServiceClient, KeyServiceUnavailable } from './key-service-client.ts'
