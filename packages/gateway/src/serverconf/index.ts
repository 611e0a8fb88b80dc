export type {
  AccessRight, AgreementMode, ClientConf, ConnectionType, EndpointPattern, LocalClientStatus, ProviderConf, ServerConfSnapshot, ServiceConf, ServiceType, Subject
} from './types.ts'
export { openServerConf, ServerConf } from './serverconf.ts'
export { readServerConfSeed, type ClientSeed, type DescriptionSeed, type RightSeed, type ServerConfSeed } from './seed.ts'
