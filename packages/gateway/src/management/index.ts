export { type AuthCertificateRegistration, type ManagementRequests } from './requests.ts'
