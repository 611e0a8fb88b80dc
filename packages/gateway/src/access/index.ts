export { checkAccess, type AccessRequest } from './check-access.ts'
export { mayCallAny, maySee } from './rights.ts'
