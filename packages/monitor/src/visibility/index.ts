export { ReviewJob } from './review-job.ts'
export { visibilityRoutes, type VisibilityRoutesOptions } from './routes.ts'
export { VisibilityChanges, type VisibilityChangesDeps, VisibilityRefused, type WantedChange } from './visibility-changes.ts'
