export { Intake, type IntakeOptions, type Report, ReportRefused } from './intake.ts'
export { intakeRoutes, type IntakeRoutesOptions } from './routes.ts'
