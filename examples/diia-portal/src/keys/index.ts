export { Box, loadPortalKeys, type PortalKeys } from './portal-keys.ts'
