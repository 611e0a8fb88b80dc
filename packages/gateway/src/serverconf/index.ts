export type {
  AccessRight, AgreementMode, ClientConf, ConnectionType, EndpointPattern, LocalClientStatus, ProviderConf, ServerConfSnapshot, ServiceConf, ServiceType, Subject
} from './types.ts'
export { openServerConf, ServerConf } from './serverconf.ts'
export { readServerConfSeed, type ClientSeed, type DescriptionSeed, type RightSeed, type ServerConfSeed } from './seed.ts'
export { type LocalGroup } from './group-store.ts'
export { type DescribedEndpoint, type DescribedService, type Description, type ServiceToWrite } from './description-store.ts'
export { BASE_ENDPOINT, type GivenRight, type RightTarget } from './right-store.ts'
