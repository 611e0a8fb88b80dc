export { overviewApi, type OverviewDeps, type Warning } from './api.ts'
export { GatewayCertificates } from './gateway-certificates.ts'
