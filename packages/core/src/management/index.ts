export { type ManagementHandler, type VerifiedManagementRequest } from './handler.ts'
