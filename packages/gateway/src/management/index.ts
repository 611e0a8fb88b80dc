export { type AuthCertificateRegistration, type ManagementRequests } from './requests.ts'
export { ManagementClient, type ManagementClientDeps } from './client.ts'
export { type CallTimes } from './registration-call.ts'
