export { internalCertificateFile, openInternalTls, type InternalTls } from './internal-tls.ts'
