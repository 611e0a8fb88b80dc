export { type Access, type Enrolment, type EnrolmentEvent, Enrolments, type EnrolmentStatus } from './enrolments.ts'
export { type Body, type OfficialCard, Personnel, PersonnelUnavailable, type StaffLine, type UnitNode } from './personnel.ts'
export { type BodyEvent, BodyRegistry, type BodyState, type ConnectedBody } from './registry.ts'
export { OFFICE_SCHEMA } from './schema.ts'
