export { startGateway, type Gateway, type GatewayAddresses, type GatewayHooks } from './gateway.ts'
export { readGatewayConfig, type GatewayConfig, type ListenAddress } from './config.ts'
export { readServerConfSeed, type ServerConfSeed } from './serverconf/index.ts'
export { SoftwareToken, readPkcs12, type KeyKind, type KeyToken, type TokenKey } from './signer/index.ts'
