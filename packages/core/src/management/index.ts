export { type ManagementHandler, type VerifiedManagementRequest } from './handler.ts'
export { type ManagementListenerDeps, type ManagementTrust } from './listener.ts'
export { createManagementServer, createRegistrationServer, MANAGEMENT_PATH, REGISTRATION_PATH, type ManagementServerDeps } from './servers.ts'
export { openServiceTls, type ServiceTls } from './service-tls.ts'
