export { AGREEMENTS, PURPOSES } from './agreements.ts'
export { clientId, encodedClientId, INSTANCE, MEMBERS, subsystem } from './members.ts'
export { PLAN } from './plan.ts'
export { allPorts, GATEWAYS, type GatewayPorts, localhost, PORTS } from './ports.ts'
