export { usageRoutes, type UsageRoutesOptions } from './routes.ts'
