export { VISIT_SCHEMA } from './schema.ts'
export { Visits, type NewVisit, type Visit, type VisitState } from './visits.ts'
