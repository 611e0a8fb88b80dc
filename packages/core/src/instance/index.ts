export { instanceApi, type InstanceApiDeps } from './api.ts'
export { ServerAddress, type ServerAddressDeps } from './server-address.ts'
