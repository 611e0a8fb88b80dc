export { DEFAULT_LINKS, DEFAULT_PARTNERS, type PartnerScope, type PortalLinks, type PortalOptions } from './options.ts'
export { startDiiaPortal, type DiiaPortal } from './portal.ts'
