export { isAllowedLink } from './partner.ts'
export { createServices, type ServicesDeps } from './services.ts'
