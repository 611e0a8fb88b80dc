export { startDevelopmentCa, type DevelopmentCa, type DevelopmentCaOptions } from './development-ca.ts'
