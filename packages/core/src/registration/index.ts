export { Registration, type RegistrationDeps } from './registration.ts'
export { type NewRequest } from './add-request.ts'
export { PENDING, REQUEST_ORIGINS, REQUEST_STATUSES, type RequestOrigin, type RequestStatus, type StoredRequest } from './types.ts'
