export { openInternalTls, type InternalTls } from './internal-tls.ts'
