export { createProviderServer, showIdentity } from './server.ts'
