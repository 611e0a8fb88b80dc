export { createAdminApp, type AdminAppDeps } from './admin-app.ts'
