export { type MonitorConfig, type PortalConfig, readMonitorConfig } from './config.ts'
export { type IndexKeysConfig, readIndexKeysConfig, type RunningIndexKeys, startIndexKeys } from './index-keys/index.ts'
export { MIGRATIONS, type Monitor, type MonitorAddresses, openMonitorStore, startMonitor } from './monitor.ts'
export { OPERATOR_ROLES, operatorKeys } from './operators.ts'
