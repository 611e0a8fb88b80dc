export { overviewApi, type OverviewDeps, type Warning } from './api.ts'
