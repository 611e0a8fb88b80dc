export { Harvest, type HarvestDeps, type HarvestedService, type HarvestSummary } from './harvest.ts'
export { endBrokenRuns, keepMembers, organisationOf } from './keep.ts'
