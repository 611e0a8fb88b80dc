export { type Availability, availabilityOf } from './availability.ts'
export { type ProbeResult, stateAfter } from './health-state.ts'
export { announceMaintenance, type Maintenance, upcomingMaintenance } from './maintenances.ts'
export { Probes, type ProbesDeps, subsystemOf } from './probes.ts'
