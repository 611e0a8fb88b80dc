export type { BodyContact, LogState, PortalDeps, PublicFigures } from './deps.ts'
export { CITIZEN_ROLE, createPortal } from './portal.ts'
export { sendQuestions } from './questions.ts'
export { PORTAL_SCHEMA } from './schema.ts'
