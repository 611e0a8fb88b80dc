export { AccessRequests, type AccessRequestsDeps, rightsPath } from './access-requests.ts'
export { AdminError, type AdminSettings, askAdmin } from './admin-client.ts'
export { type AccessRequest, type AccessState, type AccessTerms } from './types.ts'
