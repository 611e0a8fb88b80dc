export { Harvest, type HarvestDeps, type HarvestedService, type HarvestSummary } from './harvest.ts'
export { endBrokenRuns, FollowedSuspensions, keepMembers, organisationOf } from './keep.ts'
