export { createAdminApp, type AdminAppDeps } from './admin-app.ts'
export { errorSchema, type ErrorBody } from './error-reply.ts'
export { listQuery, LIMIT_MAX, pageOf, toPage, type ListQuery, type Page } from './lists.ts'
export { ADMINISTRATION, HOLDER, READERS, REGISTRATION, ROLES, SECURITY, type Role } from './roles.ts'
