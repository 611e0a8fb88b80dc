export { canonicalJson, type Json } from './canonical-json.ts'
export { AUDIT_START, auditEventHash, type AuditEvent } from './event.ts'
export { AuditVerifier, writeAuditExport, type AuditReport } from './export.ts'
