export { createServices, type ServicesDeps } from './services.ts'
