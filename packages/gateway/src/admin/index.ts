export { type ConsoleAppPages, createConsoleApp } from './admin-api.ts'
export { makeApiKey, openAdminFiles, type SignInSettings } from './admin-files.ts'
export { type AdminDeps, type RunningParts } from './deps.ts'
export { GATEWAY_ROLES } from './roles.ts'
