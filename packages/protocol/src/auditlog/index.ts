export { canonicalJson, type Json } from './canonical-json.ts'
export { checkpointBytes, writeCheckpoint, type AuditCheckpoint, type SignedCheckpoint } from './checkpoint.ts'
export { AUDIT_START, auditEventHash, type AuditEvent } from './event.ts'
export { AuditVerifier, writeAuditExport, type AuditReport } from './export.ts'
