export { ServiceCaller } from './service-caller.ts'
